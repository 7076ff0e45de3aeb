"""Source → Document: Lark's LALR tables, run by a loop of our own that keeps places and comments.

Lark itself is not imported: its import alone costs more than the whole parse (docs/benchmarks.md).
"""

from __future__ import annotations

import marshal
import os
import re

from wfc.diagnostic import ERROR, Diagnostic
from wfc.source import Span
from wfc.syntax import RESERVED, Comment, Document, Node, Token

with open(os.path.join(os.path.dirname(__file__), "tables.bin"), "rb") as _file:
    STATES, RULES, WORDS, MARKS, REGEXES, STARTS = marshal.load(_file)

ORDER = ("DOC", "STRING", "DURATION", "NUMBER", "INT", "NAME")
LEXER = re.compile(
    r"(?P<SPACE>[ \t\r\n]+)|(?P<COMMENT>#[^\n]*)|"
    + "|".join(f"(?P<{name}>{REGEXES[name]})" for name in ORDER)
    + "|(?P<MARK>"
    + "|".join(re.escape(mark) for mark in sorted(MARKS, key=lambda mark: -len(mark)))
    + r")|(?P<BAD>\"\"\"|\"[^\n]*|.)"
)
END = "$END"


def parse(path: str, text: str) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Parse a file. The document is always usable; with errors it is `broken`, with holes where they were.

    Reports WF001 (syntax).
    """
    tokens, comments = lex(text)
    root, problem = run(tokens, "start", len(text))
    diagnostics: tuple[Diagnostic, ...] = ()
    if problem is not None:
        span = Span(problem.start, problem.end, path)
        diagnostics = (Diagnostic("WF001", "syntax", ERROR, f"`{problem.text}` does not fit here", span),)
    return Document(path, text, root, tokens, comments, bool(diagnostics)), diagnostics


def parse_part(text: str, start: str, offset: int) -> tuple[Node, Token | None]:
    """Parse an expression (`start` "expr") or a type ("type"); places are moved by `offset`.

    Gives the tree and None, or an empty node and the token that does not fit.
    """
    tokens, _ = lex(text)
    for token in tokens:
        token.start += offset
        token.end += offset
    return run(tokens, start, len(text) + offset)


def lex(text: str) -> tuple[list[Token], list[Comment]]:
    """The tokens and comments of a text. Keywords are still of kind NAME; what no terminal takes is of kind BAD."""
    tokens: list[Token] = []
    comments: list[Comment] = []
    for match in LEXER.finditer(text):
        kind = match.lastgroup
        if kind == "SPACE":
            continue
        start, end = match.span()
        if kind == "COMMENT":
            line = text.rfind("\n", 0, start) + 1
            comments.append(Comment(match.group(), start, end, not text[line:start].strip()))
            continue
        tokens.append(Token(kind or "BAD", match.group(), start, end))
    return tokens, comments


def is_name(tokens: list[Token], at: int) -> bool:
    """May the reserved word at this place stand for a name: after a dot, or before a colon?"""
    if at and tokens[at - 1].text == ".":
        return True
    return at + 1 < len(tokens) and tokens[at + 1].text == ":"


def kinds(tokens: list[Token], at: int) -> tuple[str, ...]:
    """The terminals that a token may be, the preferred first."""
    token = tokens[at]
    if token.kind == "MARK":
        return (MARKS[token.text],)
    if token.kind == "NAME" and token.text in WORDS:
        if token.text not in RESERVED:
            return (WORDS[token.text], "NAME")
        return ("NAME",) if is_name(tokens, at) else (WORDS[token.text],)
    return (token.kind,)


def run(tokens: list[Token], start: str, end: int) -> tuple[Node, Token | None]:
    """Drive the tables over the tokens. Gives the tree, and the first token that does not fit, if any."""
    first, accept = STARTS[start]
    states = [first]
    values: list[Node | Token] = []
    for at, token in enumerate(tokens):
        row = STATES[states[-1]]
        kind = next((kind for kind in kinds(tokens, at) if kind in row), None)
        if kind is None:
            return Node("start", [], 0, end), token
        token.kind = kind
        if not shift(states, values, token):
            return Node("start", [], 0, end), token
    stop = Token(END, "end of the text", end, end)
    if not shift(states, values, stop, accept):
        return Node("start", [], 0, end), stop
    tree = values[0]
    return (tree if isinstance(tree, Node) else Node(tree.kind, [tree], tree.start, tree.end)), None


def shift(states: list[int], values: list[Node | Token], token: Token, accept: int = -1) -> bool:
    """Reduce as the token asks for, then take it. False (with states and values changed) when it does not fit."""
    while True:
        action = STATES[states[-1]].get(token.kind)
        if action is None:
            return False
        if action >= 0:
            states.append(action)
            values.append(token)
            return True
        kind, length, origin, inline = RULES[-1 - action]
        reduce(states, values, kind, length, origin, inline, token)
        if token.kind == END and states[-1] == accept:
            return True


def reduce(
    states: list[int],
    values: list[Node | Token],
    kind: str,
    length: int,
    origin: str,
    inline: bool,
    token: Token,
) -> None:
    """Replace the last `length` values by one node; repetitions grow one list in place, so that they stay linear."""
    if length:
        parts = values[-length:]
        del values[-length:]
        del states[-length:]
    else:
        parts = []
    states.append(STATES[states[-1]][origin])
    if inline and length == 1:
        values.append(parts[0])
        return
    if parts and parts[0].kind == origin and kind.startswith("__") and isinstance(parts[0], Node):
        node, rest = parts[0], parts[1:]
    else:
        place = parts[0].start if parts else token.start
        node, rest = Node(kind, [], place, place), parts
    for part in rest:
        if part.kind.startswith("__") and isinstance(part, Node):
            node.kids += part.kids
        else:
            node.kids.append(part)
        node.end = part.end
    values.append(node)
