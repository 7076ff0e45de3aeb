"""Documents + catalog → a project of resolved flows: the only producer of `ir`.

All independent defects are reported in one run: what is wrong leaves a hole of type `unknown`, never an abort.
"""

from __future__ import annotations

from wfc import ir, types
from wfc.diagnostic import Label, ordered
from wfc.parse import parse
from wfc.record import Record
from wfc.resolve.calls import Callee, Callees
from wfc.resolve.clauses import Clauses, Policies
from wfc.resolve.declarations import TYPE_NODES
from wfc.resolve.expressions import Expressions
from wfc.resolve.flows import FlowResolver
from wfc.resolve.named_types import read_types
from wfc.resolve.report import Report
from wfc.resolve.scope import Names, Scope
from wfc.resolve.signatures import Signatures, dotted
from wfc.resolve.type_syntax import TypeReader
from wfc.syntax import Document, Node, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

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
    done, found = resolve_each(documents, catalog, defaults)
    return tuple(one.flow for one in done), ordered((*found, *(item for one in done for item in one.found)))


class Resolved(Record):
    """A flow, and what is wrong with it. asked: the names of flows that were looked for, `ANY` for all there are."""

    flow: ir.Flow
    found: tuple[Diagnostic, ...]
    asked: frozenset[str]


def resolve_each(
    documents: list[Document], catalog: Catalog, defaults: str, others: Iterable[ir.Flow] = ()
) -> tuple[tuple[Resolved, ...], tuple[Diagnostic, ...]]:
    """The flows of a project one by one, in order of name, and what is wrong with what they share; see `resolve`.

    others: flows of the project that were resolved before, and are not again.
    """
    report = Report()
    named = read_types(documents, report)
    before = {flow.name: flow for flow in others}
    nodes = {name: found for name, found in unique_flows(documents, report).items() if name not in before}
    signatures = Signatures(catalog, report, named)
    callees = Callees(
        {name: of_flow(flow) for name, flow in before.items()}
        | {name: callee(node, document, named) for name, (document, node) in nodes.items()}
    )
    inherited = project_defaults(defaults, report)
    if any(document.root.nodes("action") for document in documents):
        from wfc.resolve.actions import check_actions

        check_actions(documents, signatures, report)
    shared, done = tuple(report.found), []
    for _, (document, node) in sorted(nodes.items()):
        report.found, callees.asked = [], set()
        flow = FlowResolver(document, report, signatures, named, callees, inherited).resolve(node)
        done.append(Resolved(flow, tuple(report.found), frozenset(callees.asked)))
    return tuple(done), shared


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


def of_flow(flow: ir.Flow) -> Callee:
    """What a resolved flow takes and gives: the same as `callee` finds in its headers."""
    inputs = tuple((item.name, item.type, item.default is not None) for item in flow.inputs)
    return Callee(inputs, types.RecordType(tuple((item.name, item.type) for item in flow.outputs)))


__all__ = ["dotted", "resolve"]
