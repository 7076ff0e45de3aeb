"""Keys of a TOML text → where they stand. tomllib keeps no places, so it is asked how much of the text it takes.

A key stands in the first statement with which it is there; statements end at the ends of lines, and a text that is cut
inside of one is refused by tomllib. So all syntax is read by tomllib alone, and only where there is something to say.
"""

from __future__ import annotations

from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Keys = tuple[str, ...]


def is_there(text: str, keys: Keys) -> bool:
    """Has a text, which is TOML, these keys?"""
    lines = text.splitlines(keepends=True)
    return there(lines, len(lines), keys)


def place(text: str, keys: Keys) -> Span:
    """Where the last of the keys stands: its name, else its statement; the start of the text where it is not there.

    text: TOML that tomllib takes. keys: from the outermost table to the key. The span has no source.
    """
    import re

    lines = text.splitlines(keepends=True)
    if not keys or not there(lines, len(lines), keys):
        return Span(0, 0)
    first = statement(lines, keys)
    start = sum(map(len, lines[:first]))
    line = lines[first].rstrip("\r\n")
    name = re.compile(rf"(?<![\w-])(['\"]?){re.escape(keys[-1])}\1(?![\w-])")
    found = name.search(line)
    if found is not None:
        return Span(start + found.start(), start + found.end())
    indent = len(line) - len(line.lstrip())
    return Span(start + indent, start + len(line))


def statement(lines: list[str], keys: Keys) -> int:
    """The number, from 0, of the line in which the statement begins that brings the keys."""
    absent, present = 0, len(lines)
    while True:
        middle = (absent + present) // 2
        tries = [*range(middle, absent, -1), *range(middle + 1, present)]
        cut = next((number for number in tries if is_whole(lines, number)), None)
        if cut is None:
            return absent
        if there(lines, cut, keys):
            present = cut
        else:
            absent = cut


def is_whole(lines: list[str], count: int) -> bool:
    """Do the first lines end with a statement?"""
    return read(lines, count) is not None


def there(lines: list[str], count: int, keys: Keys) -> bool:
    """Have the first lines these keys?"""
    found: Any = read(lines, count)
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            return False
        found = found[key]
    return True


def read(lines: list[str], count: int) -> dict[str, Any] | None:
    """What the first lines say; None where they are cut inside of a statement."""
    import tomllib

    try:
        return tomllib.loads("".join(lines[:count]))
    except tomllib.TOMLDecodeError:
        return None


def inside(text: str, keys: Keys, value: str, start: int, end: int) -> Span:
    """The characters [start, end) of a value that is a text, where it is written out as it is; else its key."""
    key = place(text, keys)
    line_end = text.find("\n", key.end)
    at = text.find(value, key.end, line_end if line_end >= 0 else len(text))
    if at < 0 or not value:
        return key
    return Span(at + min(start, len(value)), at + min(max(end, start), len(value)))
