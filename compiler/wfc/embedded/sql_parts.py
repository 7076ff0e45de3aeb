"""The parts of a SQL text that matter to its parameters; light, for targets and checks read it without a parser."""

from __future__ import annotations

from wfc.patterns import DOTALL, IGNORECASE, ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = ready(
    r"""(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"[^"]*"|--[^\n]*|/\*.*?(?:\*/|\Z)"""
    r"""|(?<![\w$])\$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)"""
    r"""|::|(?<![\w:]):(?P<name>[A-Za-z_]\w*)|[:%]""",
    DOTALL,
)
"""Strings, quoted names, comments, dollar quotes and casts, in which nothing is a parameter; `:name`, the group of
which is the parameter; any other `:` (of a slice, `d[1:n]`) and `%`, which drivers want doubled.

PostgreSQL's documentation, 4.1 "Lexical Structure"; a colon right behind a word is a slice's. What is not closed goes
to the end: looking for the end of each such opening once more would take the square of the text's length.
"""


IS_TEXT = ready(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?(?:\*/|\Z)", DOTALL)
"""Strings and comments."""
REMOVES = ready(
    r"(?:^|[;(])\s*(?:delete\s+from|truncate(?:\s+table)?|drop\s+(?:table|schema|database|view))\s+"
    r"(?:if\s+exists\s+|only\s+)*(?P<name>[^\s;(),]+)",
    IGNORECASE,
)
"""SQL that takes rows or tables away, at the beginning of a statement."""
CREATES = ready(
    r"(?:^|[;(])\s*create\s+(?:(?:or\s+replace|global|local|temp|temporary|unlogged|materialized)\s+)*"
    r"(?:table|view|schema|database)\s+(?:if\s+not\s+exists\s+)?(?P<name>[^\s;(),]+)",
    IGNORECASE,
)


def removed(sql: str) -> list[str]:
    """The names of what a text takes away, or takes rows from, without what it has made itself."""
    plain = IS_TEXT.sub("''", sql)
    own = created(sql)
    return [found["name"] for found in REMOVES.finditer(plain) if found["name"].lower() not in own]


def created(sql: str) -> set[str]:
    """The names of what a text makes, in small letters."""
    return {found["name"].lower() for found in CREATES.finditer(IS_TEXT.sub("''", sql))}


def parameters(sql: str) -> Iterator[str]:
    """The names of the parameters of a text, in their order, as often as they stand there."""
    return (part["name"] for part in PARTS.finditer(sql) if part["name"])
