"""`test` blocks → `ir.Test`: what is given, what is expected, with names that exist and verbs that fit."""

from __future__ import annotations

from wfc import ir, walk
from wfc.resolve.constants import constant
from wfc.resolve.literals import unescape
from wfc.resolve.scope import Names, Scope
from wfc.syntax import Node, Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.resolve.expressions import Expressions
    from wfc.resolve.report import Report
    from wfc.syntax import Document

GIVEN = {"fails": False, "returns": True, "takes": True, "approved": False, "rejected": False, "is": True}
EXPECT = {
    "succeeded": False,
    "failed": False,
    "skipped": False,
    "not_run": False,
    "attempts": True,
    "before": True,
    "returns": True,
}
"""Verbs, and whether a value must follow."""


class TestBlocks:
    """Reads the tests of one flow. Reports WF102 (a name or verb that is not there) and WF202 (a value missing)."""

    def __init__(self, document: Document, report: Report, expressions: Expressions, flow: ir.Flow) -> None:
        self.document = document
        self.report = report
        self.expressions = expressions
        statements = list(walk.all_statements(flow))
        self.tasks = {stmt.label: stmt for stmt in statements if isinstance(stmt, ir.Task | ir.Approve)}
        self.others = {stmt.label for stmt in statements} - set(self.tasks)
        self.inputs = {item.name for item in flow.inputs} | {item.name for item in flow.configs}
        self.events = {trigger.alias for trigger in flow.triggers if trigger.alias}

    def read(self, node: Node) -> ir.Test:
        """The test of a `test` node."""
        title = node.token("STRING")
        assert title is not None
        given = tuple(self.given(item) for item in node.nodes("given"))
        expect = tuple(self.expect(item) for item in node.nodes("expect"))
        return ir.Test(unescape(title, self.document, self.report), given, expect, self.document.span(title))

    def place(self, node: Node) -> tuple[str, str, tuple[int, ...]]:
        """Role, name and item numbers of a place. Reports WF102."""
        place = node.node("place")
        name = place.token("NAME") if place else None
        if place is None or name is None:  # a hole that a syntax error left
            return "task", "", ()
        role = next((word.kind.lower() for word in place.tokens("UNDO", "FALLBACK", "INPUT")), "task")
        indexes = tuple(int(token.text) for token in place.tokens("INT"))
        known = self.inputs | self.events if role == "input" else set(self.tasks) | self.others | {"flow"}
        if name.text not in known:
            self.report.unknown("input" if role == "input" else "task", name.text, self.document.span(name), known)
        return role, name.text, indexes

    def verb(self, node: Node, verbs: dict[str, bool]) -> str:
        """What is given or expected, one of `verbs` (name → does it need a value?). Reports WF102 and WF202."""
        token = node.token("NAME")
        if token is None:
            return ""
        if token.text not in verbs:
            self.report.unknown("outcome", token.text, self.document.span(token), verbs)
        elif verbs[token.text] and len(node.nodes()) < 2:
            self.report.error("WF202", f"`{token.text}` needs a value behind it", self.document.span(token))
        return token.text

    def value(self, node: Node) -> ir.Json:
        """The JSON value behind a verb, None without one."""
        inside = node.nodes()
        if len(inside) < 2:
            return None
        value = inside[1]
        if value.kind == "reference" and isinstance(value.kids[0], Token):
            return value.kids[0].text
        return constant(self.expressions.resolve(value, Scope(Names())), self.report, "a value in a test")

    def given(self, node: Node) -> ir.Given:
        """A `given` line."""
        role, name, indexes = self.place(node)
        times = node.token("INT")
        count = int(times.text) if times else None
        return ir.Given(role, name, indexes, self.verb(node, GIVEN), self.value(node), count, self.document.span(node))

    def expect(self, node: Node) -> ir.Expect:
        """An `expect` line."""
        role, name, indexes = self.place(node)
        return ir.Expect(role, name, indexes, self.verb(node, EXPECT), self.value(node), self.document.span(node))
