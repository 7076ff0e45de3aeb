"""The .wf files of the catalog, as one marshal file: `python -m wfc.build_catalog` writes catalog.bin.

Run when a file of the catalog changes; a test holds that the table is current.
"""

from __future__ import annotations

import marshal
from pathlib import Path

from wfc.catalog import FOLDER, PREFIX, TABLE, Catalog


def build(folder: Path) -> bytes:
    """The table of all .wf files of a folder: one row a definition, the fields of `wfc.catalog.Entry`, by name.

    Raises ValueError for a file that does not parse and for a name that is defined twice.
    """
    catalog = Catalog({})
    for file in sorted(folder.glob("*.wf")):
        text = file.read_bytes().decode("utf-8")
        catalog, problems = catalog.with_file(PREFIX + file.name, text)
        for problem in problems:
            raise ValueError(f"{file.name}:{text.count(chr(10), 0, problem.span.start) + 1}: {problem.message}")
    # version 2 has no references and no interned strings, whose use depends on what else the process holds
    return marshal.dumps(tuple(catalog.rows[name] for name in sorted(catalog.rows)), 2)


if __name__ == "__main__":
    Path(TABLE).write_bytes(build(Path(FOLDER)))
