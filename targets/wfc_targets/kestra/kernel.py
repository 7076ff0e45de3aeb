"""The helper texts of generated flows: the parts of kernel.py.txt that a flow uses, and outputs.sh."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def kernel_text(wanted: Iterable[str]) -> str:
    """kernel.py with the wanted functions, and those that they use, only; imports likewise."""
    head, *parts = _read("kernel.py.txt").removesuffix("\n").split("\n\n\n")
    by_name = {re.match(r"(?:def|class) (\w+)", part)[1]: part for part in parts}  # type: ignore[index]
    needed: set[str] = set()
    stack = list(wanted)
    while stack:
        name = stack.pop()
        if name not in needed:
            needed.add(name)
            stack += [other for other in by_name if re.search(rf"\b{other}\b", by_name[name])]
    kept = [part for name, part in by_name.items() if name in needed]
    body = "\n\n\n".join(kept)
    doc, _, imports = head.partition("\n\n")
    lines = [line for line in imports.split("\n") if re.search(rf"\b{line.removeprefix('import ')}\.", body)]
    return "\n\n\n".join(["\n\n".join([doc, "\n".join(lines)]), *kept]) + "\n"


def outputs_text() -> str:
    """outputs.sh"""
    return _read("outputs.sh")


def _read(name: str) -> str:
    import os

    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()
