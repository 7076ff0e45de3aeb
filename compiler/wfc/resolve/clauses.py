"""Clauses of tasks and calls (`retry`, `timeout`, `idempotent`, `fallback` …) → fields of `ir.Call` and `ir.Task`."""

from __future__ import annotations

from wfc import ir
from wfc.record import Record, replace
from wfc.resolve.literals import unescape
from wfc.resolve.signatures import read_effect
from wfc.syntax import Node, Token
from wfc.text import duration_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.resolve.expressions import Expressions
    from wfc.resolve.report import Report
    from wfc.resolve.scope import Scope
    from wfc.source import Span
    from wfc.syntax import Document

RETRIES = {"exponential": ("attempts", "first", "max"), "fixed": ("attempts", "every")}


class Policies(Record):
    """What clauses say of one call; None where they say nothing."""

    retry: ir.Retry | None = None
    no_retry: str | None = None
    timeout: int | None = None
    timeout_span: Span | None = None
    idempotent: ir.Idempotent | None = None
    effect: ir.Effect | None = None
    allows: tuple[ir.Allow, ...] = ()


class Clauses:
    """Reads clauses of one document. Reports WF103 (a clause twice), WF202, WF207 (what retry is given)."""

    def __init__(self, document: Document, report: Report, expressions: Expressions) -> None:
        self.document = document
        self.report = report
        self.expressions = expressions

    def policies(self, nodes: list[Node], scope: Scope) -> Policies:
        """The policies of a list of clause nodes; clauses that are no policies are passed over."""
        values: dict[str, object] = {}
        allows: list[ir.Allow] = []
        for node in nodes:
            if node.kind == "allow":
                allows.append(self.allow(node))
                continue
            if node.kind not in ("retry", "no_retry", "timeout", "idempotent", "effect"):
                continue
            key = "retry" if node.kind == "no_retry" else node.kind
            if key in values:
                self.report.error("WF103", f"`{key}` is said twice", self.document.span(node))
            values[key] = self.policy(node, scope, values)
        return Policies(**(values | {"allows": tuple(allows)}))  # type: ignore[arg-type]

    def policy(self, node: Node, scope: Scope, values: dict[str, object]) -> object:
        """One clause of a call; what stands beside it (the reason of `no retry`) goes into `values`."""
        match node.kind:
            case "retry":
                return self.retry(node, scope)
            case "no_retry":
                reason = node.token("STRING")
                values["no_retry"] = unescape(reason, self.document, self.report) if reason else ""
                return None
            case "timeout":
                values["timeout_span"] = self.document.span(node)
                return self.duration(node)
            case "idempotent":
                inside = node.nodes()
                key = self.expressions.resolve(inside[0], scope) if inside else None
                if key is not None:
                    self.expressions.check_text(key)
                return ir.Idempotent(key, self.document.span(node))
            case _:
                repeat, reversible = read_effect(node, self.document, self.report)
                return ir.Effect(repeat, reversible, "task")

    def duration(self, node: Node) -> int:
        """The first duration among the kids of a node, in milliseconds; a zero is WF207."""
        token = node.token("DURATION")
        assert token is not None
        value = duration_value(token.text)
        if not value:
            self.report.error("WF207", "a duration of nothing", self.document.span(token), help="write at least `1s`")
        return value

    def allow(self, node: Node) -> ir.Allow:
        """An `allow CODE "reason"`; the reason is "" where none was written, which WF002 is about."""
        code, reason = node.token("NAME"), node.token("STRING")
        assert code is not None
        text = unescape(reason, self.document, self.report) if reason else ""
        return ir.Allow(code.text, text, self.document.span(node))

    def retry(self, node: Node, scope: Scope) -> ir.Retry | None:
        """`retry exponential(attempts:, first:, max:)` or `retry fixed(attempts:, every:)`."""
        name = node.token("NAME")
        assert name is not None
        if name.text not in RETRIES:
            self.report.unknown("kind of retry", name.text, self.document.span(name), RETRIES)
            return None
        given: dict[str, ir.Literal] = {}
        holder = node.node("args")
        for arg in holder.nodes() if holder else ():
            self.retry_argument(arg, name.text, given, scope)
        attempts = given.get("attempts")
        span = self.document.span(node)
        if attempts is None or not isinstance(attempts.value, int) or attempts.value < 1:
            self.report.error(
                "WF202",
                "`retry` needs `attempts:`, a number from 1 that counts the first try",
                span,
                help=f"write `retry {name.text}(attempts: 4, …)`",
            )
            return None
        first = given.get("first") or given.get("every")
        maximum = given.get("max")
        return ir.Retry(
            attempts.value,
            name.text,
            int(first.value) if first and isinstance(first.value, int) else 1000,
            maximum.value if maximum and isinstance(maximum.value, int) else None,
            span,
        )

    def retry_argument(self, arg: Node, kind: str, given: dict[str, ir.Literal], scope: Scope) -> None:
        """Take one argument of `retry` into `given`. Reports WF202 for one that it does not take."""
        key = arg.kids[0] if arg.kind == "named" else None
        if not isinstance(key, Token) or key.text not in RETRIES[kind]:
            place = self.document.span(key or arg)
            known = ", ".join(f"`{name}:`" for name in RETRIES[kind])
            word = f"`{key.text}`" if isinstance(key, Token) else "a value without a name"
            self.report.error("WF202", f"`{kind}` does not take {word}", place, help=f"it takes {known}")
            return
        value = self.expressions.resolve(arg.kids[-1], scope)
        wanted = "int" if key.text == "attempts" else "duration"
        if not isinstance(value, ir.Literal) or value.type.name != wanted:  # type: ignore[union-attr]
            what = "a number" if wanted == "int" else "a duration such as `2s`"
            self.report.error("WF202", f"`{key.text}:` wants {what}, written out", value.span)
            return
        given[key.text] = value


def with_policies(call: ir.Call, own: Policies, inherited: Policies | None) -> ir.Call:
    """`call` under its own policies, and under those of `defaults` where it says nothing.

    An inherited retry reaches only what is safe to repeat: repeat `safe`, or a claim or key of idempotency.
    """
    effect = own.effect or call.effect
    retry, no_retry, timeout = own.retry, own.no_retry, own.timeout
    repeatable = effect.repeat == "safe" or own.idempotent is not None
    if inherited is not None:
        if retry is None and no_retry is None and repeatable and inherited.retry is not None:
            retry = replace(inherited.retry, inherited=True)
        timeout = timeout or inherited.timeout
    return replace(
        call,
        effect=effect,
        retry=retry,
        no_retry=no_retry,
        timeout=timeout,
        timeout_span=own.timeout_span or (inherited.timeout_span if inherited else None),
        idempotent=own.idempotent,
    )
