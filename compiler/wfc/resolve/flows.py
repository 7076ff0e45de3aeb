"""Flow syntax → `ir.Flow`: headers, the three sections, tests."""

from __future__ import annotations

from wfc import ir, types, walk
from wfc.record import replace
from wfc.resolve.calls import Calls
from wfc.resolve.constants import constant
from wfc.resolve.declarations import TYPE_NODES
from wfc.resolve.expressions import Expressions
from wfc.resolve.kernel import LLM_CONFIG
from wfc.resolve.order import Item, edges
from wfc.resolve.scope import Frame, Names, Scope, Symbol
from wfc.resolve.statements import Statements
from wfc.resolve.test_blocks import TestBlocks
from wfc.resolve.triggers import TriggerReader
from wfc.resolve.type_syntax import TypeReader
from wfc.syntax import Node, Token
from wfc.text import dedented, duration_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.resolve.calls import Callees
    from wfc.resolve.clauses import Policies
    from wfc.resolve.report import Report
    from wfc.resolve.signatures import Signatures
    from wfc.syntax import Document
    from wfc.types import Type

STATEMENTS = frozenset("task parallel for_ if_ match_ try_ workspace approve require stop fail let".split())
ONCE = ("defaults", "concurrency", "budget", "on_failure", "finally_")
MODES = ("queue", "skip", "cancel")
LLM_URL = "https://api.openai.com/v1"


class FlowResolver:
    """Resolves one flow of a document; the parts that it is made of report what they find."""

    def __init__(
        self,
        document: Document,
        report: Report,
        signatures: Signatures,
        named: dict[str, Type],
        flows: Callees,
        inherited: Policies | None = None,
    ) -> None:
        self.document = document
        self.report = report
        self.inherited = inherited
        self.expressions = Expressions(document, report, getattr(document, "lost", frozenset()))
        self.calls = Calls(document, report, signatures, self.expressions, flows)
        self.reader = TypeReader(document, report, named)
        self.names = Names()
        self.statements = Statements(document, report, self.expressions, self.calls, self.reader, self.names)
        self.triggers = TriggerReader(document, report, self.expressions, self.calls)
        self.scope = Scope(self.names)
        self.body_names = Names(self.names)

    def resolve(self, node: Node) -> ir.Flow:
        """The flow of a `flow` node."""
        name = node.token("NAME")
        assert name is not None
        self.check_members(node)
        self.statements.reserve(node)
        triggers = self.trigger_list(node)
        inputs = self.declare_inputs(node)
        sections = self.sections(node)
        self.statements.defaults = self.defaults(node)
        body, on_failure, finally_ = self.resolve_sections(node, sections)
        doc = node.token("DOC")
        flow = ir.Flow(
            name.text,
            dedented(doc.text).strip() if doc else "",
            triggers,
            tuple(self.input(item, inputs) for item in node.nodes("input")),
            tuple(self.secrets(node)),
            tuple(self.config(item) for item in node.nodes("config")),
            tuple(self.output(item) for item in node.nodes("output")),
            body,
            on_failure,
            finally_,
            self.document.span(name),
            concurrency=self.concurrency(node),
            budget=self.budget(node),
            options=tuple(self.options(item) for item in node.nodes("target_options")),
            allows=self.statements.defaults.allows if self.statements.defaults else (),
            source=self.document.text[node.start : node.end],
        )
        flow = self.with_llm_settings(flow)
        tests = TestBlocks(self.document, self.report, self.expressions, flow)
        return replace(flow, tests=tuple(tests.read(item) for item in node.nodes("test")))

    def defaults(self, node: Node) -> Policies | None:
        """The policies of `defaults { }`, and those of the project where it says nothing."""
        own = node.node("defaults")
        if own is None:
            return self.inherited
        policies = self.statements.clauses.policies(own.nodes(), self.scope)
        if self.inherited is None:
            return policies
        quiet = policies.no_retry is not None
        return replace(
            policies,
            retry=policies.retry or (None if quiet else self.inherited.retry),
            timeout=policies.timeout or self.inherited.timeout,
            timeout_span=policies.timeout_span or self.inherited.timeout_span,
        )

    # --- members ---

    def check_members(self, node: Node) -> None:
        """WF103 for a header that is there twice, WF209 for headers below statements."""
        for kind in ONCE:
            for extra in node.nodes(kind)[1:]:
                word = kind.replace("_", " ").strip()
                self.report.error("WF103", f"the flow has two `{word}`", self.document.span(extra))
        ended: Node | None = None
        for member in node.nodes():
            if member.kind in ("on_failure", "finally_"):
                ended = member
            elif ended is not None and member.kind in STATEMENTS:
                word = "on failure" if ended.kind == "on_failure" else "finally"
                self.report.error(
                    "WF209",
                    f"this statement stands below `{word}`",
                    self.document.span(member),
                    why="It would run before it, though it is read after it.",
                    help=f"move it above `{word}`",
                )
                return

    def trigger_list(self, node: Node) -> tuple[ir.Trigger, ...]:
        """The triggers, and their aliases as names of the flow."""
        nodes = node.nodes("trigger")
        triggers = []
        for item in nodes:
            trigger = self.triggers.read(item, self.scope)
            if trigger is not None:
                triggers.append(trigger)
            alias = item.token("NAME")
            if alias:
                payload = trigger.payload if trigger else types.UNKNOWN
                kind = payload if len(nodes) == 1 else types.optional(payload)
                self.statements.define(Symbol("event", alias.text, kind, self.document.span(alias)), self.names)
        return tuple(triggers)

    def declare_inputs(self, node: Node) -> dict[int, Type]:
        """Declare inputs, configs and secrets; gives the types by node."""
        kinds: dict[int, Type] = {}
        for item in node.nodes("input", "config"):
            name = item.token("NAME")
            assert name is not None
            kinds[id(item)] = self.reader.read(item.nodes(*TYPE_NODES)[0])
            symbol = Symbol(item.kind, name.text, kinds[id(item)], self.document.span(name))
            self.statements.define(symbol, self.names)
        for item in node.nodes("secret"):
            for name in item.tokens("NAME"):
                symbol = Symbol("secret", name.text, types.SECRET, self.document.span(name))
                self.statements.define(symbol, self.names)
        self.kinds = kinds
        return kinds

    def input(self, node: Node, kinds: dict[int, Type]) -> ir.Input:
        """An input. Reports a default that does not fit its type."""
        name = node.token("NAME")
        assert name is not None
        inside = node.nodes()
        default = None
        if len(inside) > 1:
            value = self.expressions.resolve(inside[1], self.scope)
            default = self.expressions.demand(value, kinds[id(node)], f"the input `{name.text}`")
            self.known_at_start(default, f"the default of `{name.text}`")
        return ir.Input(name.text, kinds[id(node)], default, self.document.span(node))

    def known_at_start(self, value: ir.AnyExpr, what: str) -> None:
        """WF209 for a task's result where only what is known at the start can be read."""
        for ref in walk.references(value):
            if ref.kind == "task":
                self.report.error("WF209", f"{what} is computed at the start, before any task has run", ref.span)

    def config(self, node: Node) -> ir.Config:
        """A config. Reports a default that does not fit its type or is not constant."""
        name = node.token("NAME")
        assert name is not None
        inside = node.nodes()
        kind = self.kinds[id(node)]
        default = None
        if len(inside) > 1:
            value = self.expressions.resolve(inside[1], Scope(Names()))
            default = self.expressions.demand(value, kind, f"the config `{name.text}`")
        return ir.Config(name.text, kind, default, self.document.span(node))

    def secrets(self, node: Node) -> list[ir.Secret]:
        """The secrets, one for each name."""
        return [
            ir.Secret(name.text, self.document.span(name))
            for item in node.nodes("secret")
            for name in item.tokens("NAME")
        ]

    def output(self, node: Node) -> ir.Output:
        """An output, which may read all tasks of the body. Reports a value that does not fit its type."""
        name = node.token("NAME")
        assert name is not None
        kind_node, value_node = node.nodes()
        kind = self.reader.read(kind_node)
        scope = replace(self.scope, names=self.body_names, frames=self.body_frames)
        value = self.expressions.resolve(value_node, scope)
        value = self.expressions.demand(value, kind, f"the output `{name.text}`")
        return ir.Output(name.text, kind, value, self.document.span(node))

    def concurrency(self, node: Node) -> ir.Concurrency | None:
        """The limit of runs, None without one. Reports WF102 for an unknown mode, WF207 for a limit of 0."""
        item = node.node("concurrency")
        if item is None:
            return None
        limit, mode = item.token("INT"), item.token("NAME")
        assert limit is not None
        if mode and mode.text not in MODES:
            self.report.unknown("way to wait", mode.text, self.document.span(mode), MODES)
        inside = item.nodes()
        by = self.expressions.resolve(inside[0], self.scope) if inside else None
        if by is not None:
            self.expressions.check_text(by)
            self.known_at_start(by, "`by`")
        if not int(limit.text):
            self.report.error("WF207", "no run could ever start", self.document.span(limit), help="write 1 or more")
        return ir.Concurrency(int(limit.text), mode.text if mode else "queue", by, self.document.span(item))

    def budget(self, node: Node) -> ir.Budget | None:
        """The budget, None without one. Reports bounds that stand twice or are of another kind."""
        item = node.node("budget")
        if item is None:
            return None
        time, attempts, cost, currency = None, None, None, ""
        for bound in item.nodes("bound"):
            first, value = bound.kids[0], bound.kids[1]
            assert isinstance(first, Token)
            assert isinstance(value, Token)
            if first.kind == "TIME":
                time = duration_value(value.text)
            elif first.kind == "ATTEMPTS":
                attempts = int(value.text)
            else:
                cost, unit = float(value.text), bound.kids[2]
                currency = unit.text if isinstance(unit, Token) else ""
        return ir.Budget(time, attempts, cost, currency, self.document.span(item))

    def options(self, node: Node) -> ir.TargetOptions:
        """The options of one target, as JSON values; what a target knows is checked later (`wfc.target_options`)."""
        name = node.token("NAME")
        assert name is not None
        values: list[tuple[str, ir.Json]] = []
        for item in node.nodes():
            key = item.kids[0] if item.kind == "named" else None
            if not isinstance(key, Token):
                self.report.error("WF202", "an option is `name: value`", self.document.span(item))
                continue
            value = self.expressions.resolve(item.kids[-1], self.scope)
            values.append((key.text, constant(value, self.report, f"the option `{key.text}`")))
        return ir.TargetOptions(name.text, tuple(values), self.document.span(node))

    # --- sections ---

    def sections(self, node: Node) -> list[Node]:
        """The three sections as blocks, declared: body, on failure, finally."""
        body = Node("block", [kid for kid in node.nodes() if kid.kind in STATEMENTS], node.start, node.end)
        blocks = [body]
        for kind in ("on_failure", "finally_"):
            item = node.node(kind)
            blocks.append(item.nodes("block")[0] if item else Node("block", [], node.end, node.end))
        for block, name in zip(blocks, ("body", "on failure", "finally"), strict=True):
            frame: Frame = self.statements.frame("section", name)
            self.statements.declare(block, (frame,), "")
        self.body_frames = self.statements.frames[id(body)]
        return blocks

    def resolve_sections(self, node: Node, sections: list[Node]) -> tuple[ir.Block, ir.Block, ir.Block]:
        """Body, `on failure` and `finally`, in this order; tasks of the body may be null in the others."""
        done = []
        names = ("the flow", "on failure", "finally")
        items = []
        for index, section in enumerate(sections):
            scope = replace(self.scope, failure=index == 1)
            inner, _ = self.statements.block(section, scope, names=None if index else self.body_names)
            done.append(inner)
            span = self.document.span(section)
            items.append(Item(names[index], span, inner.paths, inner.uses, simple=False))
        edges(items, True, self.report)
        return done[0].block, done[1].block, done[2].block

    def with_llm_settings(self, flow: ir.Flow) -> ir.Flow:
        """Declare the config values and the secret that llm.* reads without being told (kernel.LLM_CONFIG)."""
        read = {
            (ref.kind, ref.name)
            for expression in walk.flow_expressions(flow)
            for ref in walk.references(expression)
            if ref.name in LLM_CONFIG.values() and ref.kind in ("config", "secret")
        }
        known = {item.name for item in flow.configs} | {item.name for item in flow.secrets}
        configs, secrets = list(flow.configs), list(flow.secrets)
        for kind, name in sorted(read):
            if name in known:
                continue
            if kind == "secret":
                secrets.append(ir.Secret(name, flow.span))
            else:
                default = ir.Literal(types.STRING, flow.span, LLM_URL) if name == LLM_CONFIG["url"] else None
                configs.append(ir.Config(name, types.STRING, default, flow.span))
        return replace(flow, configs=tuple(configs), secrets=tuple(secrets))
