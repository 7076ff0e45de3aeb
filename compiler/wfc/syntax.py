"""The syntax tree: nodes named after grammar rules, tokens after terminals, each with its place.

The grammar (grammar/wfc_grammar/workflow.lark) is the only description of the shape: a node's `kind` is the rule or
its alias, its `kids` are what the rule's expansion took, keywords and punctuation included, in order.
"""

from __future__ import annotations

from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RESERVED = frozenset(
    [
        "task",
        "parallel",
        "if",
        "then",
        "else",
        "match",
        "try",
        "recover",
        "workspace",
        "approve",
        "require",
        "stop",
        "fail",
        "let",
        "on",
        "finally",
        "for",
        "in",
        "retry",
        "no",
        "timeout",
        "after",
        "when",
        "fallback",
        "undo",
        "until",
        "holds",
        "idempotent",
        "allow",
        "and",
        "or",
        "not",
        "true",
        "false",
        "null",
    ]
)
"""Words that are never a name, but after a dot (`x.match`) and before a colon (`{ match: 1 }`)."""


class Token:
    """A terminal: kind (its name in the grammar), text, and character offsets [start, end)."""

    __slots__ = ("end", "kind", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"{self.kind}:{self.text!r}"


class Node:
    """A rule: kind, kids (nodes and tokens in order), and character offsets [start, end)."""

    __slots__ = ("end", "kids", "kind", "start")

    def __init__(self, kind: str, kids: list[Node | Token], start: int, end: int) -> None:
        self.kind = kind
        self.kids = kids
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"{self.kind}({', '.join(map(repr, self.kids))})"

    def node(self, *kinds: str) -> Node | None:
        """The first kid that is a node of one of these kinds, or None."""
        for kid in self.kids:
            if kid.kind in kinds and isinstance(kid, Node):
                return kid
        return None

    def nodes(self, *kinds: str) -> list[Node]:
        """The kids that are nodes of one of these kinds (of any kind when none is given)."""
        return [kid for kid in self.kids if isinstance(kid, Node) and (not kinds or kid.kind in kinds)]

    def token(self, *kinds: str) -> Token | None:
        """The first kid that is a token of one of these kinds, or None."""
        for kid in self.kids:
            if kid.kind in kinds and isinstance(kid, Token):
                return kid
        return None

    def tokens(self, *kinds: str) -> list[Token]:
        """The kids that are tokens of one of these kinds."""
        return [kid for kid in self.kids if isinstance(kid, Token) and kid.kind in kinds]


class Comment:
    """A comment: its text with the `#`, its place, and whether it stands alone on its line."""

    __slots__ = ("alone", "end", "start", "text")

    def __init__(self, text: str, start: int, end: int, alone: bool) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.alone = alone


class Document:
    """A parsed source: the tree under `start`, all tokens, comments, and whether errors left holes in the tree.

    In a broken tree a hole is a node "error", with what was read of it; a token that was missing has the text that
    was expected ("" for a name) and no length. lost: names that are declared in text that could not be read.
    """

    __slots__ = ("broken", "comments", "lost", "path", "root", "text", "tokens")

    def __init__(
        self,
        path: str,
        text: str,
        root: Node,
        tokens: list[Token],
        comments: list[Comment],
        broken: bool,
        lost: frozenset[str] = frozenset(),
    ) -> None:
        self.path = path
        self.text = text
        self.root = root
        self.tokens = tokens
        self.comments = comments
        self.broken = broken
        self.lost = lost

    def span(self, place: Node | Token) -> Span:
        """The span of a node or token in this document."""
        return Span(place.start, place.end, self.path)


def walk(node: Node) -> Iterator[Node | Token]:
    """A node and everything inside it, in the order of the text; iterative, so that depth is no limit."""
    stack: list[Node | Token] = [node]
    while stack:
        current = stack.pop()
        yield current
        if isinstance(current, Node):
            stack += reversed(current.kids)
