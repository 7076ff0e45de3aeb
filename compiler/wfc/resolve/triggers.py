"""`on` headers → triggers, with constant arguments and a typed payload."""

from __future__ import annotations

from wfc import ir, types
from wfc.resolve.constants import constant
from wfc.resolve.scope import Names, Scope, Symbol
from wfc.syntax import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.resolve.calls import Calls
    from wfc.resolve.expressions import Expressions
    from wfc.resolve.report import Report
    from wfc.syntax import Document


class TriggerReader:
    """Reads the triggers of one flow. Reports WF102, WF201, WF202 and what expressions report."""

    def __init__(self, document: Document, report: Report, expressions: Expressions, calls: Calls) -> None:
        self.document = document
        self.report = report
        self.expressions = expressions
        self.calls = calls

    def read(self, node: Node, scope: Scope) -> ir.Trigger | None:
        """The trigger of an `on` header; None when the catalog has none of that name."""
        call = node.nodes()[0]
        signature = self.calls.signature(call, "trigger")
        if signature is None:
            return None
        given = self.calls.bind(call, signature, Scope(Names()))
        if signature.name == "flow":
            self.check_flow(call, given)
        args = tuple(
            (name, constant(value, self.report, f"`{name}` of `{signature.name}`")) for name, value in given.items()
        )
        alias = node.token("NAME")
        payload = signature.result
        where = None
        if node.token("WHERE"):
            names = Names()
            if alias:
                names.own[alias.text] = Symbol("event", alias.text, payload, self.document.span(alias))
            value = self.expressions.resolve(node.nodes()[1], Scope(names))
            where = self.expressions.demand(value, types.BOOL, "`where`")
        name = alias.text if alias else None
        return ir.Trigger(signature.name, args, name, where, payload, self.document.span(node))

    def check_flow(self, call: Node, given: dict[str, ir.AnyExpr]) -> None:
        """WF102 for `on flow(x)` where the project has no flow `x`."""
        for key, value in given.items():
            name = value.value if isinstance(value, ir.Literal) else None
            if key in ("flow", "name") and isinstance(name, str) and name not in self.calls.flows:
                self.report.unknown("flow", name, value.span, self.calls.flows)
