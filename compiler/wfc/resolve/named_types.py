"""`type NAME = …` definitions → types by name, whatever their order in the files."""

from __future__ import annotations

from wfc import types
from wfc.resolve.declarations import TYPE_NODES
from wfc.resolve.type_syntax import TypeReader
from wfc.syntax import Document, Node, Token, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.resolve.report import Report
    from wfc.types import Type


def read_types(documents: list[Document], report: Report) -> NamedTypes:
    """The definitions of all documents. Reports WF101 for a type inside itself, WF103, and what `TypeReader` does."""
    nodes: dict[str, tuple[Document, Node]] = {}
    for document in documents:
        for node in document.root.nodes("typedef"):
            name = node.token("NAME")
            assert name is not None
            if name.text in nodes or name.text in types.PRIMITIVES or name.text in ("list", "map"):
                report.error("WF103", f"the type `{name.text}` is there already", document.span(name))
                continue
            nodes[name.text] = (document, node)
    return NamedTypes(nodes, report)


class NamedTypes(dict[str, "Type"]):
    """Types by name. sizes: depth and parts of each (wfc.resolve.extent)."""

    def __init__(self, nodes: dict[str, tuple[Document, Node]], report: Report) -> None:
        super().__init__()
        self.nodes = nodes
        self.report = report
        self.sizes: dict[str, tuple[int, int]] = {}
        self.inside = {name: tuple(dict.fromkeys(names_in(node))) for name, (_, node) in nodes.items()}
        for name in nodes:
            self.load(name)

    def load(self, name: str) -> None:
        """Read a type, before it those that it names: without recursion, for a chain may be long."""
        line = {name: iter(self.inside[name])} if name not in self else {}
        while line:
            last = next(reversed(line))
            ahead = next((one for one in line[last] if one in self.nodes and one not in self), None)
            if ahead is None:
                self.read(last)
                del line[last]
            elif ahead in line:
                circle = [*line][[*line].index(ahead) :]
                self.report_circle(circle)
                self |= dict.fromkeys(circle, types.UNKNOWN)
                line = {one: rest for one, rest in line.items() if one not in circle}
            else:
                line[ahead] = iter(self.inside[ahead])

    def report_circle(self, circle: list[str]) -> None:
        """WF101 for types of which each is part of the next."""
        document, node = self.nodes[circle[0]]
        through = " through " + ", ".join(f"`{name}`" for name in circle[1:]) if len(circle) > 1 else ""
        self.report.error("WF101", f"the type `{circle[0]}` is part of itself{through}", document.span(node))

    def read(self, name: str) -> None:
        """Read one type; those that it names are known."""
        document, node = self.nodes[name]
        reader = TypeReader(document, self.report, self)
        self[name] = reader.read(node.nodes(*TYPE_NODES)[0])
        self.sizes[name] = reader.extent.size

    def __iter__(self) -> Iterator[str]:
        # the names are for suggestions, and those that are not read yet are names too
        return iter(sorted({*super().__iter__(), *self.nodes}))


def names_in(node: Node) -> list[str]:
    """The names of the types inside a definition."""
    parts = [part for part in walk(node) if isinstance(part, Node) and part.kind == "named_type"]
    return [kid.text for part in parts for kid in part.kids if isinstance(kid, Token) and kid.kind == "NAME"]
