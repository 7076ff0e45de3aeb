"""Regular expressions that are ready at once: what `re` would compile them to is kept in patterns.bin.

Importing `re` and compiling took a third of a cold `wfc check` (docs/benchmarks.md). The kept code is CPython's own and
holds for one version of its matching engine only; under any other one `re` compiles as always, with the same result.
"""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]
import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern

    Code = tuple[int, list[int], int, dict[str, int], tuple[str | None, ...]]
    """Flags, the engine's instructions, how many groups, name → group, group → name."""

IGNORECASE = 2
"""re.IGNORECASE."""
DOTALL = 16
"""re.DOTALL."""

ENGINE = (sys.version_info[:2], _sre.MAGIC, _sre.CODESIZE)
"""What compiled code depends on: the release of Python, the set of instructions, their width."""

with open(os.path.join(os.path.dirname(__file__), "patterns.bin"), "rb") as _file:
    _KEPT: tuple[object, dict[tuple[str, int], Code]] = marshal.loads(_file.read())
CODES: dict[tuple[str, int], Code] = _KEPT[1] if _KEPT[0] == ENGINE else {}

asked: dict[tuple[str, int], None] = {}
"""The patterns that modules have asked for, in order: what `wfc.build_patterns` writes."""


def ready(pattern: str, flags: int = 0) -> Pattern[str]:
    """The compiled pattern, as `re.compile` gives it. flags: those of `re`, as a number. Raises re.error."""
    asked[pattern, flags] = None
    kept = CODES.get((pattern, flags))
    if kept is None:
        import re

        return re.compile(pattern, flags)
    found: Pattern[str] = _sre.compile(pattern, *kept)
    return found
