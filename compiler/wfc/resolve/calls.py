"""A call and its clauses → `ir.Call`: arguments bound to a signature, the action's body put in place of the call."""

from __future__ import annotations

from wfc import ir, types
from wfc.record import Record, replace
from wfc.resolve.kernel import KERNEL, build
from wfc.resolve.scope import Names, Scope
from wfc.resolve.signatures import dotted
from wfc.syntax import Node, Token
from wfc.text import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyExpr
    from wfc.resolve.expressions import Expressions
    from wfc.resolve.report import Report
    from wfc.resolve.signatures import Signature, Signatures
    from wfc.source import Span
    from wfc.syntax import Document
    from wfc.types import Type

DEEPEST_ACTIONS = 5
"""Actions in a row of which each runs the next."""

TYPED = ("shell", "python", "sql.query", "llm.classify", "llm.extract")


class Callee(Record):
    """inputs: (name, type, has a default). outputs: the type of a result that a caller reads."""

    inputs: tuple[tuple[str, Type, bool], ...]
    outputs: Type


ANY = "*"
"""Stands for the names of all flows among those that were asked for; no flow has it."""


class Callees:
    """What the flows of a project take and give, by name. asked: the names that were looked for, ANY for all."""

    def __init__(self, flows: dict[str, Callee]) -> None:
        self.flows = flows
        self.asked: set[str] = set()

    def get(self, name: str) -> Callee | None:
        """The flow of that name, or None."""
        self.asked.add(name)
        return self.flows.get(name)

    def __contains__(self, name: str) -> bool:
        self.asked.add(name)
        return name in self.flows

    def __iter__(self) -> Iterator[str]:
        self.asked.add(ANY)
        return iter(self.flows)


class Calls:
    """Resolves calls of one document.

    flows: what other flows of the project take and give. Reports WF102 (unknown action or flow), WF202 (argument
    missing, unknown, doubled, or not constant where that is demanded), WF201, WF203, WF210 (no result type).
    """

    def __init__(
        self,
        document: Document,
        report: Report,
        signatures: Signatures,
        expressions: Expressions,
        flows: Callees,
    ) -> None:
        self.document = document
        self.report = report
        self.signatures = signatures
        self.expressions = expressions
        self.flows = flows
        self.sizes: dict[str, tuple[int, int]] = {}

    def signature(self, call: Node, kind: str = "action") -> Signature | None:
        """The signature that a call names, or None after a report of WF102."""
        head = call.nodes()[0]
        name = dotted(head)
        found = self.signatures.get(name)
        if found is not None and found.kind == kind:
            return found
        known = self.signatures.names(kind)
        if found is not None:
            article = "an action" if found.kind == "action" else "a trigger"
            self.report.error("WF102", f"`{name}` is {article}, not {kind_name(kind)}", self.document.span(head))
        else:
            self.report.unknown(kind, name, self.document.span(head), known, listing=False)
        return None

    def declared_type(self, call: Node, written: Type | None) -> Type:
        """The type of a call's value before its arguments are looked at: from `->`, the callee or the signature."""
        name = dotted(call.nodes()[0])
        if name == "flow.run":
            callee = self.flows.get(flow_name(call) or "")
            return callee.outputs if callee else types.UNKNOWN
        if name.startswith("http.") and name in KERNEL:
            body = written or types.JSON
            return types.RecordType((("status", types.INT), ("headers", types.MapType(types.STRING)), ("body", body)))
        if written is not None:
            return written
        if name in ("shell", "python"):
            return types.NOTHING
        signature = self.signatures.get(name)
        return types.UNKNOWN if signature is None or signature.kind != "action" else signature.result

    def resolve(self, node: Node, written: Type | None, scope: Scope, written_span: Span | None = None) -> ir.Call:
        """The call of a syntax node. An unknown action gives a call whose operation does nothing."""
        signature = self.signature(node)
        span = self.document.span(node)
        if signature is None:
            for arg in arguments(node):
                self.expressions.resolve(arg.kids[-1] if arg.kind == "named" else arg, scope)
            effect = ir.Effect("unknown")
            return ir.Call(dotted(node.nodes()[0]), (), ir.Shell(""), types.UNKNOWN, (), effect, span)
        if written is not None and not takes_type(signature):
            self.report.error(
                "WF210",
                f"`{signature.name}` already says what it gives (`{signature.result}`)",
                written_span or span,
                help="leave `->` out",
            )
        if written is None and signature.name in ("sql.query", "llm.classify", "llm.extract"):
            self.report.error(
                "WF210",
                f"`{signature.name}` needs the type of its result",
                span,
                why="The answer is checked against it before anything reads it.",
                help="write it behind the call: `-> list<{ id: int, name: string }>`"
                if signature.name == "sql.query"
                else 'write it behind the call: `-> "bug" | "billing"` or `-> { total: float }`',
            )
        given = self.bind(node, signature, scope)
        kind = self.declared_type(node, written)
        call = self.expand(signature, given, kind, span)
        as_written = tuple((name, value) for name, value in given.items() if not from_default(value, span))
        return replace(call, action=signature.name, args=as_written, written=written)

    def bind(self, node: Node, signature: Signature, scope: Scope) -> dict[str, AnyExpr]:
        """Arguments by parameter, in the order of the signature, defaults filled in; `sizes` has how large they are."""
        self.sizes = {}
        params = {param.name: param for param in signature.params}
        given: dict[str, AnyExpr] = {}
        positions = list(params)
        meant = probably_meant(node, signature)
        for arg in arguments(node):
            key = arg.kids[0] if arg.kind == "named" else None
            if isinstance(key, Token):
                name, place = key.text, self.document.span(key)
                value_node = arg.kids[-1]
            else:
                name, place = (positions.pop(0) if positions else ""), self.document.span(arg)
                value_node = arg
            value = self.argument(value_node, name, signature, scope)
            if name not in params:
                name = self.unknown_argument(name, place, signature, meant)
                if name not in params:
                    continue
            if name in given:
                self.report.error("WF202", f"`{name}` is given twice", place)
            if name in positions:
                positions.remove(name)
            wanted = params[name].type
            what = f"`{name}` of `{signature.name}`"
            if wanted not in (types.ANY, types.MapType(types.ANY)) and str(wanted) not in ("script", "name"):
                value = self.expressions.demand(value, wanted, what)
            given[name] = value
            self.sizes[name] = self.expressions.extent.size
        return self.complete(node, signature, given)

    def argument(self, node: Node | Token, name: str, signature: Signature, scope: Scope) -> AnyExpr:
        """The value of an argument; names of flows and `bearer(…)`, `basic(…)` have forms of their own."""
        wanted = next((str(param.type) for param in signature.params if param.name == name), "")
        if isinstance(node, Node) and wanted == "name" and node.kind == "reference":
            token = node.kids[0]
            assert isinstance(token, Token)
            return ir.Literal(types.STRING, self.document.span(node), token.text)
        if isinstance(node, Node) and node.kind == "apply" and name == "auth":
            head = node.token("NAME")
            assert head is not None
            args = tuple(self.expressions.resolve(kid, scope) for kid in node.nodes())
            if (head.text, len(args)) not in (("bearer", 1), ("basic", 2)):
                self.report.error(
                    "WF202", "`auth` is `bearer(token)` or `basic(user, password)`", self.document.span(node)
                )
            return ir.Apply(types.SECRET, self.document.span(node), head.text, args)
        return self.expressions.resolve(node, scope)

    def unknown_argument(self, name: str, place: Span, signature: Signature, meant: str) -> str:
        """Report WF202; gives the parameter that was probably meant, so that it does not count as missing.

        meant: the one of `probably_meant`, for a name that is like none.
        """
        from wfc.diagnostic import Edit, Fix, suggest

        known = [param.name for param in signature.params]
        if not name:
            self.report.error("WF202", f"`{signature.name}` takes {len(known)} arguments at most", place)
            return ""
        near = suggest(name, known) or meant
        listing = ", ".join(f"`{known_name}`" for known_name in known) or "none"
        self.report.error(
            "WF202",
            f"`{signature.name}` has no parameter `{name}`",
            place,
            help=f"did you mean `{near}`?" if near else f"it takes {listing}",
            fixes=(Fix(f"write `{near}`", (Edit(place, near),), safe=False),) if near else (),
        )
        return near

    def complete(self, node: Node, signature: Signature, given: dict[str, AnyExpr]) -> dict[str, AnyExpr]:
        """`given` in the order of the signature, with defaults. Reports WF202, once, for all that is missing."""
        full: dict[str, AnyExpr] = {}
        missing = [param for param in signature.params if param.name not in given and param.default is None]
        if missing:
            self.report.error(
                "WF202",
                f"`{signature.name}` needs {listed([f'`{param.name}`' for param in missing])}",
                self.document.span(node.nodes()[0]),
                help="add " + ", ".join(f"`{param.name}: …` (`{param.type}`)" for param in missing),
            )
        for param in signature.params:
            if param.name in given:
                full[param.name] = given[param.name]
            elif param.default is not None:
                full[param.name] = self.default(param.name, param.default, signature)
            else:
                full[param.name] = ir.Literal(types.UNKNOWN, self.document.span(node), None)
        return full

    def default(self, name: str, node: Node, signature: Signature) -> AnyExpr:
        """The default of a parameter, as written in the signature's own text; `sizes` has how large it is."""
        from wfc.resolve.expressions import Expressions

        expressions = Expressions(signature.document, self.report)
        value = expressions.resolve(node, Scope(Names(), substituted={}))
        self.sizes[name] = expressions.extent.size
        return value

    def expand(
        self, signature: Signature, given: dict[str, AnyExpr], kind: Type, span: Span, depth: int = 1
    ) -> ir.Call:
        """The kernel call that an action comes to: its body, with arguments for parameters.

        Reports WF207 where that becomes too deep or too large. What runs actions more than DEEPEST_ACTIONS deep is
        reported where it is defined (wfc.resolve.actions), and does nothing here.
        """
        effect = ir.Effect(signature.repeat, signature.reversible)
        needs = tuple(str(item) for item in as_list(signature.settings.get("needs")))
        if signature.name in KERNEL:
            op = build(signature.name, given, span, self)
            extra = constant_list(given.get("needs"))
            return ir.Call(signature.name, (), op, kind, (), effect, span, needs + extra)
        inner = Calls(
            signature.document,
            self.report,
            self.signatures,
            type(self.expressions)(signature.document, self.report),
            self.flows,
        )
        inner.expressions.given = self.sizes
        body = self.signatures.get(dotted(signature.run.nodes()[0])) if signature.run else None
        self.report.quiet += 1
        try:
            if body is None or signature.run is None or depth > DEEPEST_ACTIONS:
                return ir.Call(signature.name, (), ir.Shell(""), kind, (), effect, span, needs)
            bound = inner.bind(signature.run, body, Scope(Names(), substituted=given))
        finally:
            self.report.quiet -= 1
        if inner.expressions.extent.refused:
            message = f"with its arguments in their places `{signature.name}` is too deep or too large"
            self.report.error("WF207", message, span, help="let a `python` task compute them, and give its result")
            return ir.Call(signature.name, (), ir.Shell(""), kind, (), effect, span, needs)
        call = inner.expand(body, bound, kind, span, depth + 1)
        return replace(call, select=signature.returns or call.select, effect=effect, needs=call.needs + needs)


def takes_type(signature: Signature) -> bool:
    """May `->` stand behind a call of this action: is its result open, as JSON?"""
    open_result = signature.result in (types.JSON, types.ListType(types.JSON))
    return open_result or signature.name in TYPED or signature.name.startswith(("http.", "llm."))


def kind_name(kind: str) -> str:
    """`an action` or `a trigger`."""
    return "an action" if kind == "action" else "a trigger"


def arguments(call: Node) -> list[Node]:
    """The argument nodes of a call: `named` nodes and expressions."""
    holder = call.node("args")
    return holder.nodes() if holder else []


def probably_meant(call: Node, signature: Signature) -> str:
    """The one parameter that is missing where one name is like none, "" when there are more, or fewer, of either."""
    args = arguments(call)
    names = {arg.kids[0].text for arg in args if arg.kind == "named" and isinstance(arg.kids[0], Token)}
    known = [param.name for param in signature.params]
    strange = names.difference(known)
    missing = {param.name for param in signature.params if param.default is None}
    missing -= {*names, *known[: len(args) - len(names)]}
    if len(missing) != 1 or not strange:
        return ""
    from wfc.diagnostic import suggest

    unlike = [name for name in strange if not suggest(name, known)]
    return missing.pop() if len(unlike) == 1 else ""


def flow_name(call: Node) -> str | None:
    """The flow that a `flow.run` names, by reference or text, or None."""
    for arg in arguments(call):
        value = arg.kids[-1] if arg.kind == "named" else arg
        key = arg.kids[0]
        if arg.kind == "named" and isinstance(key, Token) and key.text != "name":
            continue
        if isinstance(value, Node) and value.kind in ("reference", "text"):
            token = value.kids[0]
            assert isinstance(token, Token)
            return token.text.strip('"')
    return None


def from_default(value: AnyExpr, call: Span) -> bool:
    """Does this value come from a signature's default, that is, from another text?"""
    return value.span.source != call.source


def as_list(value: object) -> list[object]:
    """A list as it is, one value as a list of one, nothing as an empty list."""
    return value if isinstance(value, list) else [value] if value else []


def constant_list(value: AnyExpr | None) -> tuple[str, ...]:
    """The texts of a constant list expression; () for anything else."""
    if not isinstance(value, ir.ListExpr):
        return ()
    return tuple(item.value for item in value.items if isinstance(item, ir.Literal) and isinstance(item.value, str))
