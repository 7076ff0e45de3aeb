"""Source → Document: Lark's LALR tables, run by a loop of our own that keeps places and comments.

Lark itself is not imported: its import alone costs more than the whole parse (docs/benchmarks.md). What to do about
errors stands in wfc.recover, which is imported when there is one.
"""

from __future__ import annotations

from wfc.lex import RULES, SOFT, STARTS, STATES, lex
from wfc.syntax import Document, Node, Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.diagnostic import Diagnostic

END = "$END"
DEEPEST = 200
"""Levels of the tree; a block in a block takes two. Deeper text is refused, so that later phases may recurse."""

_UNITS: dict[tuple[int, int, str], int] = {}


class Stack:
    """What the loop has taken so far: states, their values, and how deep each value is. `at`: the next token."""

    __slots__ = ("at", "depths", "states", "values")

    def __init__(self, start: str) -> None:
        self.at = 0
        self.states = [STARTS[start]]
        self.values: list[Node | Token] = []
        self.depths: list[int] = []


def parse(path: str, text: str) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Parse a file. The document is always usable; with errors it is `broken`, with holes where they were.

    Reports WF001 (syntax).
    """
    tokens, comments = lex(text)
    root = tree(tokens, "start", len(text)) if "\r" not in text.replace("\r\n", "") else None
    if root is not None:
        return Document(path, text, root, tokens, comments, False), ()
    from wfc.recover import recover

    return recover(path, text)


def parse_part(text: str, start: str, offset: int, path: str = "") -> tuple[Node, Diagnostic | None]:
    """Parse an expression (`start` "expr") or a type ("type"); places are moved by `offset`.

    Gives the tree and None, or a node "error" and the first thing that is wrong (WF001).
    """
    tokens, _ = lex(text, offset)
    root = tree(tokens, start, offset + len(text))
    if root is not None:
        return root, None
    from wfc.recover import first_problem

    return Node("error", [], offset, offset + len(text)), first_problem(path, text, start, offset)


def tree(tokens: list[Token], start: str, end: int) -> Node | None:
    """The tree of tokens that follow the grammar, or None. Sets the kind of each token that is a name."""
    stack = Stack(start)
    tokens.append(Token(END, "", end, end))
    done = drive(stack, tokens)
    tokens.pop()
    return whole(stack.values[0]) if done else None


def whole(value: Node | Token) -> Node:
    """The node of a complete parse; a lone token (a start rule that was replaced by its kid) is wrapped."""
    return value if isinstance(value, Node) else Node(value.kind, [value], value.start, value.end)


def drive(stack: Stack, tokens: list[Token]) -> bool:
    """Run the tables from `stack.at`. True when the end was taken; False at a token that does not fit (or is too deep).

    A keyword that fits only as a name becomes one. The last token must be the end.
    """
    states, values, depths, at = stack.states, stack.values, stack.depths, stack.at
    row = STATES[states[-1]]
    while True:
        token = tokens[at]
        kind = token.kind
        action = row.get(kind)
        if action is None and kind in SOFT and "NAME" in row:
            kind = token.kind = "NAME"
            action = row[kind]
        while action is not None and action < 0:
            name, length, origin, inline, repeats = RULES[-1 - action]
            if inline:
                states[-1] = unit(states[-2], states[-1], kind)
            elif not build(stack, name, length, origin, repeats, token):
                action = None
                break
            row = STATES[states[-1]]
            action = row.get(kind)
        if action is None:
            stack.at = at
            return kind == END and not row
        states.append(action)
        values.append(token)
        depths.append(0)
        row = STATES[action]
        at += 1


def unit(below: int, state: int, kind: str) -> int:
    """The state after all replacements of a value by itself that the token asks for; each case is found once."""
    key = (below, state, kind)
    found = _UNITS.get(key)
    if found is None:
        action = STATES[state].get(kind, 0)
        while action < 0 and RULES[-1 - action][3]:
            state = STATES[below][RULES[-1 - action][2]]
            action = STATES[state].get(kind, 0)
        found = _UNITS[key] = state
    return found


def build(stack: Stack, kind: str, length: int, origin: str, repeats: tuple[int, ...], token: Token) -> bool:
    """Replace the last `length` values by a node; a repetition grows in place, so that it stays linear.

    False when the node would be too deep.
    """
    states, values, depths = stack.states, stack.values, stack.depths
    if not length:
        states.append(STATES[states[-1]][origin])
        values.append(Node(kind, [], token.start, token.start))
        depths.append(1)
        return True
    parts = values[-length:]
    depth = max(depths[-length:])
    repetition = kind.startswith("__")
    if not repetition:
        depth += 1
        if depth > DEEPEST:
            return False
    del values[-length:], depths[-length:], states[-length:]
    states.append(STATES[states[-1]][origin])
    depths.append(depth)
    first, end = parts[0], parts[-1].end
    if not repeats:
        values.append(Node(kind, parts, first.start, end))
    elif repetition and repeats == (0,) and isinstance(first, Node):
        first.kids += parts[1:]
        first.end = end
        values.append(first)
    else:
        values.append(Node(kind, flat(parts, repeats), first.start, end))
    return True


def flat(parts: list[Node | Token], repeats: tuple[int, ...]) -> list[Node | Token]:
    """The parts, repetitions replaced by their kids."""
    kids: list[Node | Token] = []
    for at, part in enumerate(parts):
        if at in repeats and isinstance(part, Node):
            kids += part.kids
        else:
            kids.append(part)
    return kids
