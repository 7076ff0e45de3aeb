"""Lines of output for a line of source: `python benchmarks/emit.py` prints Markdown, one row an example."""

from __future__ import annotations

from outputs import EXAMPLES, table, written

import wfc_targets


def main() -> None:
    rows: dict[str, list[int | None]] = {}
    for path in EXAMPLES:
        texts = [path.read_text("utf-8"), *(written(path, target) for target in wfc_targets.NAMES)]
        rows[path.stem] = [None if text is None else text.count("\n") for text in texts]
    print(table("lines, x source", rows))


if __name__ == "__main__":
    main()
