"""A program on PATH that writes down how it was called, for tools that cannot run on every machine."""

from __future__ import annotations

import os
from pathlib import Path


def stand_in(folder: Path, name: str, answer: str) -> str:
    """Make a program that records its words and then runs `answer` in bash; gives a PATH on which it comes first."""
    binaries = folder / "bin"
    binaries.mkdir(exist_ok=True)
    record = f"printf '%s\\0' \"${{0##*/}}\" \"$@\" >> '{folder}/calls'; printf '\\n\\0' >> '{folder}/calls'"
    (binaries / name).write_text(f"#!/bin/bash\n{record}\n{answer}\n")
    (binaries / name).chmod(0o755)
    return f"{binaries}:{os.environ['PATH']}"


def recorded(folder: Path) -> list[list[str]]:
    """The words of each call so far, the name of the program first."""
    calls: list[list[str]] = [[]]
    for word in (folder / "calls").read_text().split("\0")[:-1]:
        if word == "\n":
            calls.append([])
        else:
            calls[-1].append(word)
    return calls[:-1]
