"""Text → tokens and comments: the terminals of the grammar in one regular expression.

What no terminal takes becomes a token of kind BAD (a stray character, an unfinished string, single quotes).
"""

from __future__ import annotations

import marshal
import os

from wfc.patterns import ready
from wfc.syntax import RESERVED, Comment, Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Rules = list[tuple[str, int, str, bool, tuple[int, ...]]]

with open(os.path.join(os.path.dirname(__file__), "tables.bin"), "rb") as _file:
    _TABLES: Any = marshal.loads(_file.read())
STATES: list[dict[str, int]] = _TABLES[0]
RULES: Rules = _TABLES[1]
WORDS: dict[str, str] = _TABLES[2]
MARKS: dict[str, str] = _TABLES[3]
STARTS: dict[str, int] = _TABLES[4]

SOFT = frozenset(kind for word, kind in WORDS.items() if word not in RESERVED)
"""The keywords that are names wherever the grammar does not ask for the keyword."""

HARD = frozenset(kind for word, kind in WORDS.items() if word in RESERVED)

TERMINALS = {
    "NAME": r"[A-Za-z_][A-Za-z0-9_]*+",
    "DOC": r'"""(?:[^"]++|"(?!""))*+"""',
    "STRING": r'"(?!"")(?:[^"\\\n{}]++|\\[^\n]|\{\{|\}\}|\{[^{}\n]*+\})*+"',
    "DURATION": r"[0-9]++(?:ms|[smhd])(?:[0-9]++(?:ms|[smh]))*+",
    "NUMBER": r"[0-9]++\.[0-9]++(?:[eE][-+]?[0-9]++)?",
    "INT": r"[0-9]++",
    "COMMENT": r"#[^\n]*+",
}
"""The terminals of the grammar, written to match the same texts without a stack of ways back (a test compares)."""

BAD = r"""\"{3}(?s:.*+)|\"(?:[^\"\\\n]|\\[^\n])*+\"|\"[^\n]*+|'[^'\n]*+'|&&|[^\0-\x7f]++|[^ \t\r\n]"""
_MARKS = "|".join("".join("\\" + char for char in mark) for mark in sorted(MARKS, key=lambda mark: (-len(mark), mark)))
_KINDS = ("", "NAME", "MARK", "DOC", "STRING", "DURATION", "NUMBER", "INT", "COMMENT", "BAD")
LEXER = ready(
    "[ \t\r\n]*+(?:"
    + "|".join(f"({({'MARK': _MARKS, 'BAD': BAD} | TERMINALS)[kind]})" for kind in _KINDS[1:])
    + r"|\Z)"
)
_NAME, _MARK, _COMMENT = 1, 2, 8


def lex(text: str, offset: int = 0) -> tuple[list[Token], list[Comment]]:
    """The tokens and comments of a text, in order; `offset` is added to all places. Linear in the text.

    A keyword is of its own kind but after a dot and before a colon, where it is a NAME. A byte order mark at the
    start is skipped.
    """
    tokens: list[Token] = []
    comments: list[Comment] = []
    add, words = tokens.append, WORDS.get
    last = Token("", "", 0, 0)
    for match in LEXER.finditer(text, 1 if text.startswith("\ufeff") else 0):
        group = match.lastindex
        if group == _NAME:
            lexeme = match[1]
            kind = words(lexeme, "NAME")
            if kind in HARD and last.text == ".":
                kind = "NAME"
        elif group == _MARK:
            lexeme = match[2]
            kind = MARKS[lexeme]
            if lexeme == ":" and last.kind in HARD:
                last.kind = "NAME"
        elif group == _COMMENT:
            comments.append(comment(text, match[_COMMENT], match.end(), offset))
            continue
        elif group is None:
            continue
        else:
            lexeme = match[group]
            kind = _KINDS[group]
        end = match.end() + offset
        last = Token(kind, lexeme, end - len(lexeme), end)
        add(last)
    return tokens, comments


def comment(text: str, lexeme: str, end: int, offset: int) -> Comment:
    """The comment that ends at `end`, and whether it stands alone on its line."""
    start = end - len(lexeme)
    lexeme = lexeme.rstrip("\r")
    line = text.rfind("\n", 0, start) + 1
    return Comment(lexeme, start + offset, start + len(lexeme) + offset, not text[line:start].strip(" \t\r\ufeff"))
