"""Documents + catalog → a project of resolved flows: the only producer of `ir`.

All independent defects are reported in one run: what is wrong leaves a hole of type `unknown`, never an abort.
"""

from __future__ import annotations

from wfc import ir, types
from wfc.diagnostic import Label, ordered
from wfc.parse import parse
from wfc.resolve.calls import Callee
from wfc.resolve.clauses import Clauses, Policies
from wfc.resolve.declarations import TYPE_NODES
from wfc.resolve.expressions import Expressions
from wfc.resolve.flows import FlowResolver
from wfc.resolve.report import Report
from wfc.resolve.scope import Names, Scope
from wfc.resolve.signatures import Signatures, dotted
from wfc.resolve.type_syntax import TypeReader
from wfc.source import Span
from wfc.syntax import Document, Node, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.catalog import Catalog
    from wfc.diagnostic import Diagnostic
    from wfc.types import Type


def resolve(
    documents: list[Document], catalog: Catalog, defaults: str = ""
) -> tuple[tuple[ir.Flow, ...], tuple[Diagnostic, ...]]:
    """The flows of a project, by name, and what is wrong with them.

    defaults: clauses in the words of the language that every flow inherits (`timeout 10m`).

    Reports WF101 WF102 WF103 WF201 WF202 WF203 WF205 WF207 WF209 WF210 WF211 WF953 (report.NAMES).
    """
    report = Report()
    named = read_types(documents, report)
    nodes = unique_flows(documents, report)
    signatures = Signatures(catalog, report, named)
    callees = {name: callee(node, document, named) for name, (document, node) in nodes.items()}
    inherited = project_defaults(defaults, report)
    flows = []
    for _, (document, node) in sorted(nodes.items()):
        flows.append(FlowResolver(document, report, signatures, named, callees, inherited).resolve(node))
    return tuple(flows), ordered(report.found)


DEFAULTS_HEAD = "flow defaults { defaults { "
"""What stands before the clauses of the settings, which are read as a flow of their own."""


def project_defaults(clauses: str, report: Report) -> Policies | None:
    """The policies that [defaults] of wfc.toml writes; what is wrong with them is reported at `wfc.toml`."""
    if not clauses:
        return None
    document, problems = parse("wfc.toml", f"{DEFAULTS_HEAD}{clauses} }} }}")
    report.found += problems
    node = next((part for part in walk(document.root) if part.kind == "defaults"), None)
    if not isinstance(node, Node):
        return None
    expressions = Expressions(document, report)
    return Clauses(document, report, expressions).policies(node.nodes(), Scope(Names()))


def unique_flows(documents: list[Document], report: Report) -> dict[str, tuple[Document, Node]]:
    """All flows by name. Reports WF103 for a name that two flows have."""
    found: dict[str, tuple[Document, Node]] = {}
    for document in documents:
        for node in document.root.nodes("flow"):
            name = node.token("NAME")
            if name is None:
                continue
            if name.text in found:
                other, first = found[name.text]
                label = Label(other.span(first.token("NAME") or first), "the first one is here")
                report.error("WF103", f"two flows are called `{name.text}`", document.span(name), label)
                continue
            found[name.text] = (document, node)
    return found


def read_types(documents: list[Document], report: Report) -> dict[str, Type]:
    """The `type NAME = …` definitions of all documents. Reports WF101 for a type inside itself, WF103."""
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
    """Types by name, read when first asked for, so that their order in the files does not count."""

    def __init__(self, nodes: dict[str, tuple[Document, Node]], report: Report) -> None:
        super().__init__()
        self.nodes = nodes
        self.report = report
        for name in nodes:
            self.get(name)

    def get(self, name: str, default: Type | None = None) -> Type | None:  # type: ignore[override]
        """The type of that name, or None."""
        if name in self or name not in self.nodes:
            return super().get(name, default)
        document, node = self.nodes[name]
        self[name] = types.UNKNOWN
        if any(inner.kind == "NAME" and getattr(inner, "text", "") == name for inner in references(node)):
            self.report.error(
                "WF101", f"the type `{name}` is part of itself", Span(node.start, node.end, document.path)
            )
        else:
            self[name] = TypeReader(document, self.report, self).read(node.nodes(*TYPE_NODES)[0])
        return self[name]

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(sorted({*super().__iter__(), *self.nodes}))


def references(node: Node) -> list[Node]:
    """The kids of all type names inside a type definition."""
    return [
        kid  # type: ignore[misc]
        for part in walk(node)
        if isinstance(part, Node) and part.kind == "named_type"
        for kid in part.kids
    ]


def callee(node: Node, document: Document, named: dict[str, Type]) -> Callee:
    """What a flow takes and gives, from its headers alone."""
    quiet = Report()
    reader = TypeReader(document, quiet, named)
    inputs = []
    for item in node.nodes("input"):
        name = item.token("NAME")
        assert name is not None
        inputs.append((name.text, reader.read(item.nodes(*TYPE_NODES)[0]), len(item.nodes()) > 1))
    outputs = []
    for item in node.nodes("output"):
        name = item.token("NAME")
        assert name is not None
        outputs.append((name.text, reader.read(item.nodes(*TYPE_NODES)[0])))
    return Callee(tuple(inputs), types.RecordType(tuple(outputs)))


__all__ = ["dotted", "resolve"]
