"""The parts of a SQL text that matter to its parameters; light, for targets and checks read it without a parser."""

from __future__ import annotations

from wfc.patterns import DOTALL, ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = ready(
    r"""(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"[^"]*"|--[^\n]*|/\*.*?\*/"""
    r"""|(?<![\w$])\$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?\$(?P=tag)\$"""
    r"""|::|(?<![\w:]):(?P<name>[A-Za-z_]\w*)|[:%]""",
    DOTALL,
)
"""Strings, quoted names, comments, dollar quotes and casts, in which nothing is a parameter; `:name`, the group of
which is the parameter; any other `:` (of a slice, `d[1:n]`) and `%`, which drivers want doubled.

PostgreSQL's documentation, 4.1 "Lexical Structure"; a colon right behind a word is a slice's.
"""


def parameters(sql: str) -> Iterator[str]:
    """The names of the parameters of a text, in their order, as often as they stand there."""
    return (part["name"] for part in PARTS.finditer(sql) if part["name"])
