"""Tokens (o200k_base) of output for a token of source: `python benchmarks/tokens.py`, one row an example."""

from __future__ import annotations

import bpe_openai
from outputs import EXAMPLES, table, written

import wfc_targets


def main() -> None:
    encoding = bpe_openai.get_encoding("o200k_base")
    rows: dict[str, list[int | None]] = {}
    for path in EXAMPLES:
        texts = [path.read_text("utf-8"), *(written(path, target) for target in wfc_targets.NAMES)]
        rows[path.stem] = [None if text is None else len(encoding.encode(text)) for text in texts]
    print(table("tokens, x source", rows))


if __name__ == "__main__":
    main()
