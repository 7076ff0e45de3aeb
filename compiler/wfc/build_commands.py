"""embedded/commands.toml as a marshal file: `python -m wfc.build_commands` writes commands.bin.

Reading TOML takes a cold process 30 ms, which a check of a script would pay. Run when the table changes; a test holds
that the file is current.
"""

from __future__ import annotations

import marshal
import tomllib
from pathlib import Path

from wfc.embedded.shell_table import TABLE

SOURCE = Path(TABLE).with_suffix(".toml")


def build(text: str) -> bytes:
    """The tables of a TOML text by name; the lists of `[plain]` as tables of their own."""
    entries = tomllib.loads(text)
    plain = entries.pop("plain")
    named = {name: {"": verdict} for verdict, names in plain.items() for name in names.split()}
    # version 2 has no references and no interned strings, whose use depends on what else the process holds
    return marshal.dumps({**named, **entries}, 2)


if __name__ == "__main__":
    Path(TABLE).write_bytes(build(SOURCE.read_text("utf-8")))
