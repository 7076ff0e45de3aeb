"""Tokens → the brackets that are never closed, and where they should be: brackets first, then indentation."""

from __future__ import annotations

from wfc.record import Record
from wfc.repair import begins_line
from wfc.syntax import Token

MOST_OPEN = 200
"""Open brackets that are looked at; the parser refuses deeper nesting."""
CLOSERS = {"(": ")", "[": "]", "{": "}"}
HEADS = frozenset(
    "flow parallel for if else match try recover workspace on finally defaults budget test action trigger".split()
)


class Unclosed(Record):
    """An open bracket. of: what it belongs to ("of `for m`"). at: the token before which `closer` is due."""

    opener: Token
    of: str
    closer: str
    at: int


class Layout:
    """Tokens with what their lines tell: the indentation of its line for each, and which are the first on theirs."""

    __slots__ = ("first", "indents", "tokens")

    def __init__(self, tokens: list[Token], text: str, offset: int) -> None:
        self.tokens = tokens
        self.first = [begins_line(tokens, at, text, offset) for at in range(len(tokens))]
        self.indents: list[int] = []
        for token, first in zip(tokens, self.first, strict=True):
            self.indents.append(indentation(text, token.start - offset) if first else self.indents[-1])


def unclosed(tokens: list[Token], text: str, offset: int) -> list[Unclosed]:
    """The brackets that lack their closer, if the brackets of the text do not match; [] otherwise."""
    return matched(Layout(tokens, text, offset)) if unbalanced(tokens) else []


def unbalanced(tokens: list[Token]) -> bool:
    """Is there a bracket that is not closed by its own kind?"""
    stack: list[str] = []
    for token in tokens:
        if token.text in CLOSERS:
            stack.append(CLOSERS[token.text])
        elif token.kind in ("RPAR", "RSQB", "RBRACE") and (not stack or stack.pop() != token.text):
            return True
    return bool(stack)


def matched(layout: Layout) -> list[Unclosed]:
    """Match brackets; a `}` that begins its line closes the brace whose line has the same indentation."""
    missing: list[Unclosed] = []
    stack: list[int] = []
    for at, token in enumerate(layout.tokens):
        if token.kind in ("LPAR", "LSQB", "LBRACE"):
            stack.append(at)
        elif token.kind in ("RPAR", "RSQB", "RBRACE"):
            depth = partner(layout, stack, at)
            if depth is None:
                continue
            missing += [lacking(layout, opener, at) for opener in stack[depth + 1 :]]
            del stack[depth:]
    return missing + [lacking(layout, opener, len(layout.tokens) - 1) for opener in stack[:MOST_OPEN]]


def partner(layout: Layout, stack: list[int], at: int) -> int | None:
    """The place in the stack of the bracket that a closer closes; None when it closes nothing."""
    tokens, indents = layout.tokens, layout.indents
    same = last = None
    for depth in range(len(stack) - 1, max(-1, len(stack) - MOST_OPEN), -1):
        if CLOSERS[tokens[stack[depth]].text] == tokens[at].text:
            last = depth if last is None else last
            same = depth if same is None and indents[stack[depth]] == indents[at] else same
    if last is None or tokens[at].text != "}" or not layout.first[at]:
        return last
    if same is None and indents[stack[last]] < indents[at]:
        return None
    return last if same is None else same


def lacking(layout: Layout, opener: int, stop: int) -> Unclosed:
    """Where the closer of a bracket is missing: before the first line that is indented no more than its own."""
    token = layout.tokens[opener]
    ends = (at for at in range(opener + 1, stop) if layout.first[at] and layout.indents[at] <= layout.indents[opener])
    return Unclosed(token, owner(layout.tokens, opener), CLOSERS[token.text], next(ends, stop))


def owner(tokens: list[Token], at: int) -> str:
    """What a bracket belongs to, in words: the head of its block, or the call before it."""
    before = tokens[at - 1] if at else Token("", "", 0, 0)
    if tokens[at].text == "(" and before.kind == "NAME":
        return f"of `{before.text}(`"
    for index in range(at - 1, max(-1, at - 30), -1):
        token = tokens[index]
        if token.text in HEADS and token.kind != "NAME":
            name = tokens[index + 1]
            named = index + 1 < at and name.kind in ("NAME", "FAILURE")
            return f"of `{token.text} {name.text}`" if named else f"of `{token.text}`"
        if token.kind in ("COLON", "LPAR", "COMMA", "EQUAL", "RBRACE", "LBRACE"):
            break
    return "here" if tokens[at].text != "{" else "of this block or record"


def indentation(text: str, start: int) -> int:
    """The indentation, in characters, of the line that holds a place."""
    line = text.rfind("\n", 0, start) + 1
    rest = text[line : start + 1]
    return len(rest) - len(rest.lstrip(" \t"))
