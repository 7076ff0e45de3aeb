"""Syntax tree → catalog entries: what a table needs to know of a definition without resolving it."""

from __future__ import annotations

from wfc.catalog import ACTION, TRIGGER
from wfc.source import Span
from wfc.syntax import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.catalog import Row
    from wfc.syntax import Document

KINDS = {"action": ACTION, "trigger_action": TRIGGER}


def definitions(document: Document) -> Iterator[tuple[Row, Span]]:
    """The actions and triggers that a document defines (the fields of `Entry`), each with the place of its name."""
    for node in document.root.nodes(*KINDS):
        name = node.node("dotted")
        assert name is not None
        yield (
            (
                dotted(name),
                KINDS[node.kind],
                document.path,
                node.start,
                document.text[node.start : node.end],
                documentation(node).partition("\n")[0],
                parameters(node),
                texts(setting(node, "synonyms")),
            ),
            document.span(name),
        )


def dotted(node: Node) -> str:
    """`github.compare` of a dotted name."""
    return ".".join(token.text for token in node.tokens("NAME"))


def documentation(node: Node) -> str:
    """The documentation of a definition, dedented; "" when it has none."""
    from inspect import cleandoc

    token = node.token("DOC")
    return "" if token is None else cleandoc(token.text[3:-3])


def parameters(node: Node) -> tuple[str, ...]:
    """The names of the parameters, in order."""
    params = node.node("params")
    names = [] if params is None else [param.token("NAME") for param in params.nodes("param")]
    return tuple(name.text for name in names if name is not None)


def setting(node: Node, name: str) -> Node | None:
    """The value of a setting of a definition (`synonyms`, `source`, `needs`), or None."""
    for found in node.nodes("setting"):
        token = found.token("NAME")
        if token is not None and token.text == name:
            return found.nodes()[-1]
    return None


def texts(node: Node | None) -> tuple[str, ...]:
    """The constant strings in a setting: of a list, or the one string that it is."""
    if node is None:
        return ()
    nodes = [node, *node.nodes("text")]
    tokens = [token for inner in nodes if inner.kind == "text" for token in inner.tokens("STRING")]
    return tuple(token.text[1:-1] for token in tokens)
