"""Small conversions between values and the text of the language."""

from __future__ import annotations

from wfc.patterns import ready

UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))
PART = ready(r"(\d+)(ms|[dhms])")
MOST_SHOWN = 60
"""Characters of a value that a message shows."""


def quoted(value: str) -> str:
    """A string literal of the language that means exactly `value` (escapes as in JSON, braces doubled)."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "{": "{{", "}": "}}"}
    return '"' + "".join(escapes.get(char) or (char if char >= " " else f"\\u{ord(char):04x}") for char in value) + '"'


def brief(value: object) -> str:
    """A value in a message, as Python writes it; of a long one the beginning."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]} …"


def listed(items: list[str]) -> str:
    """Some words in a sentence: `a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(items[:-1]), items[-1]) if part)


def duration_text(milliseconds: int) -> str:
    """A duration literal: 90_000 is `1m30s`, 0 is `0s`."""
    parts = []
    for unit, size in UNITS:
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def duration_value(literal: str) -> int:
    """Milliseconds of a duration literal such as `1h30m` or `250ms`."""
    return sum(int(count) * dict(UNITS)[unit] for count, unit in PART.findall(literal))


def dedented(raw: str) -> str:
    """The value of triple-quoted text: without the quotes, the first empty line, the common indentation."""
    body = raw[3:-3].replace("\r\n", "\n")
    first, newline, rest = body.partition("\n")
    if newline and not first.strip():
        body = rest
    lines = body.split("\n")
    if newline and lines and not lines[-1].strip():
        lines[-1] = ""
    indents = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    common = min(indents, default=0)
    return "\n".join(line[common:] if line.strip() else "" for line in lines)
