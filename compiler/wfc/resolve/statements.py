"""Statement syntax → statements of the resolved flow: the second pass, after `declarations`."""

from __future__ import annotations

from wfc import ir, types, walk
from wfc.diagnostic import Label
from wfc.record import Record, replace
from wfc.resolve.clauses import Clauses, Policies, with_policies
from wfc.resolve.declarations import TYPE_NODES, Declarations
from wfc.resolve.literals import unescape
from wfc.resolve.order import Item, Use, edges
from wfc.resolve.scope import Names, Scope, Symbol
from wfc.source import Span
from wfc.syntax import Node, Token
from wfc.text import duration_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, AnyStmt, Block
    from wfc.resolve.calls import Calls
    from wfc.resolve.expressions import Expressions
    from wfc.resolve.report import Report
    from wfc.resolve.type_syntax import TypeReader
    from wfc.syntax import Document
    from wfc.types import Type


class Done(Record):
    """Statements and everything that they need of others."""

    block: Block
    uses: tuple[Use, ...]
    paths: tuple[str, ...]


class Statements(Declarations):
    """Resolves the statements of one flow. Reports WF101, WF103, WF202, WF205, WF209 and what its parts report."""

    def __init__(
        self,
        document: Document,
        report: Report,
        expressions: Expressions,
        calls: Calls,
        reader: TypeReader,
        names: Names,
    ) -> None:
        super().__init__(document, report, calls, reader, names)
        self.expressions = expressions
        self.clauses = Clauses(document, report, expressions)
        self.defaults: Policies | None = None

    def block(
        self, node: Node, scope: Scope, sequence: bool = True, names: Names | None = None
    ) -> tuple[Done, tuple[tuple[int, int], ...]]:
        """The statements of a block, what they use of others, and the edges between them.

        names: where its lets go, for whoever reads them later; names of its own unless given.
        """
        inner = replace(scope, names=names or Names(scope.names), frames=self.frames[id(node)])
        prefix = self.prefixes[id(node)]
        statements: list[AnyStmt] = []
        items: list[Item] = []
        for kid in node.nodes():
            if kid.kind == "error":
                continue
            stmt, done = self.statement(kid, inner, prefix)
            statements.append(stmt)
            simple = not walk.blocks(stmt)
            items.append(Item(stmt.label, stmt.span, done.paths, done.uses, simple))
        pairs = edges(items, sequence, self.report)
        uses = tuple(use for item in items for use in item.uses)
        paths = tuple(path for item in items for path in item.paths)
        return Done(tuple(statements), uses, paths), pairs

    def statement(self, node: Node, scope: Scope, prefix: str) -> tuple[AnyStmt, Done]:
        """One statement, with what it and everything in it uses."""
        handler = getattr(self, f"on_{node.kind.rstrip('_')}")
        stmt, inner = handler(node, scope, prefix)
        uses = [use for done in inner for use in done.uses]
        for expression in walk.own_expressions(stmt):
            for ref in walk.references(expression):
                if ref.kind == "task" and not (ref.name == stmt.path and self.reads_itself(stmt, ref)):
                    uses.append(Use(ref.name, ref.span))
        if isinstance(stmt, ir.Task | ir.Approve):
            uses += self.after_uses(node)
        paths = tuple(path for done in inner for path in done.paths)
        if isinstance(stmt, ir.Task | ir.Approve):
            paths = (stmt.path,)
        own = set(paths) if walk.blocks(stmt) else set()
        needs = tuple(dict.fromkeys(use.path for use in uses if use.path not in own))
        return replace(stmt, needs=needs), Done((), tuple(uses), paths)

    def reads_itself(self, stmt: AnyStmt, ref: ir.Ref) -> bool:
        """Does the reference stand where a task may read its own result: in `until`, `holds` or `undo`?"""
        if not isinstance(stmt, ir.Task):
            return False
        allowed: list[AnyExpr] = [clause.condition for clause in (stmt.until, stmt.holds) if clause]
        allowed += walk.call_expressions(stmt.undo) if stmt.undo else ()
        return any(ref is found for expression in allowed for found in walk.references(expression))

    def after_uses(self, node: Node) -> list[Use]:
        """What the `after` clauses of a statement name; names that are no tasks are left out."""
        uses = []
        for clause in node.nodes("after"):
            for token in clause.tokens("NAME"):
                symbol = self.names.get(token.text)
                if symbol is not None and symbol.kind == "task":
                    uses.append(Use(symbol.path, self.document.span(token), "after"))
        return uses

    def after_paths(self, node: Node) -> tuple[str, ...]:
        """The paths behind `after`. Reports WF102."""
        paths = []
        for clause in node.nodes("after"):
            for token in clause.tokens("NAME"):
                symbol = self.names.get(token.text)
                if symbol is None or symbol.kind != "task":
                    if token.text not in self.expressions.lost:
                        known = [name for name, other in self.names.own.items() if other.kind == "task"]
                        self.report.unknown("task", token.text, self.document.span(token), known)
                else:
                    paths.append(symbol.path)
        return tuple(paths)

    def head(self, node: Node, label: str, prefix: str) -> dict[str, object]:
        """The fields that all statements have; `needs` is filled in by `statement`."""
        end = next((kid.start for kid in node.kids if kid.kind in ("block", "LBRACE")), node.end)
        text = self.document.text[node.start : end].rstrip()
        span = Span(node.start, node.start + len(text), self.document.path)
        return {"label": label, "path": prefix + label, "span": span, "needs": ()}

    # --- tasks ---

    def on_task(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.Task, list[Done]]:
        """A task with its call and clauses, and nothing of inner blocks."""
        name = node.token("NAME")
        assert name is not None
        self.once(node, "after", "when", "fallback", "undo", "until", "holds")
        types_written = node.nodes(*TYPE_NODES)
        self.report.quiet += 1
        written = self.written_type(node)
        self.report.quiet -= 1
        written_span = self.document.span(types_written[0]) if types_written else None
        call = self.calls.resolve(node.nodes("call")[0], written, scope, written_span)
        policies = self.clauses.policies(node.nodes(), scope)
        call = with_policies(call, policies, self.defaults)
        symbol = self.names.get(name.text)
        kind = symbol.type if symbol else types.UNKNOWN
        own = replace(scope, own=name.text, own_type=types.required(kind))
        when = node.node("when")
        undo = node.node("undo")
        task = ir.Task(
            **self.head(node, name.text, prefix),  # type: ignore[arg-type]
            call=call,
            type=kind,
            name_span=self.document.span(name),
            when=self.condition(when.nodes()[0], scope, "`when`") if when else None,
            after=self.after_paths(node),
            fallback=self.fallback(node, call, written, scope),
            undo=self.inner_call(name.text, undo, call, None, own) if undo else None,
            undo_on_timeout=undo is not None and undo.token("ALSO") is not None,
            until=self.until(node, own),
            holds=self.holds(node, own),
            allows=policies.allows,
        )
        return task, []

    def once(self, node: Node, *kinds: str) -> None:
        """WF103 for a clause that is said twice."""
        for kind in kinds:
            for extra in node.nodes(kind)[1:]:
                self.report.error("WF103", f"`{kind}` is said twice", self.document.span(extra))

    def condition(self, node: Node, scope: Scope, what: str) -> AnyExpr:
        """An expression that must be a bool. Reports WF201 for another type; `what` is said in the message."""
        return self.expressions.demand(self.expressions.resolve(node, scope), types.BOOL, what)

    def fallback(self, node: Node, call: ir.Call, written: Type | None, scope: Scope) -> ir.Fallback | None:
        """The clause `fallback`, None without one. Reports a value or call whose type does not fit the task's."""
        clause = node.node("fallback")
        if clause is None:
            return None
        span = self.document.span(clause)
        if clause.token("VALUE"):
            value = self.expressions.resolve(clause.nodes()[0], scope)
            if value.type != types.NULL:
                value = self.expressions.demand(value, call.type, "the fallback")
            return ir.Fallback(None, value, span)
        task = node.token("NAME")
        other = self.inner_call(task.text if task else "", clause, call, written, scope)
        if types.common(call.type, other.type) is None:
            self.report.error(
                "WF201",
                f"the fallback gives `{other.type}`, the call `{call.type}`",
                span,
                why="Whoever reads the result can't know which of the two it was.",
            )
        return ir.Fallback(other, None, span)

    def own_key(self, name: str, scope: Scope, span: Span) -> AnyExpr:
        """The key of a call beside a task's own: run, name, and the numbers of the items around it."""
        parts: list[AnyExpr] = [
            ir.Ref(types.STRING, span, "run", "id"),
            ir.Literal(types.STRING, span, f"-{name}"),
        ]
        for frame in scope.frames:
            if frame.kind == "for":
                parts += [ir.Literal(types.STRING, span, "-"), ir.Ref(types.INT, span, "index", frame.name)]
        return ir.Text(types.STRING, span, tuple(parts))

    def inner_call(self, name: str, clause: Node, outer: ir.Call, written: Type | None, scope: Scope) -> ir.Call:
        """The call of `fallback` or `undo`: own clauses in braces, else the task's timeout, and its retry if safe."""
        call = self.calls.resolve(clause.nodes("call")[0], written, scope)
        braces = clause.node("clauses")
        policies = self.clauses.policies(braces.nodes() if braces else [], scope)
        if policies.idempotent is not None and policies.idempotent.key is None:
            key = self.own_key(f"{name}-{clause.kind}", scope, policies.idempotent.span)
            policies = replace(policies, idempotent=replace(policies.idempotent, key=key))
        inherited = Policies(outer.retry, None, outer.timeout, outer.timeout_span)
        return with_policies(call, policies, inherited)

    def until(self, node: Node, scope: Scope) -> ir.Until | None:
        """The clause `until`, None without one; times in milliseconds."""
        clause = node.node("until")
        if clause is None:
            return None
        every, *within = [duration_value(token.text) for token in clause.tokens("DURATION")]
        condition = self.condition(clause.nodes()[0], scope, "`until`")
        return ir.Until(condition, every, within[0] if within else None, self.document.span(clause))

    def holds(self, node: Node, scope: Scope) -> ir.Holds | None:
        """The clause `holds`, None without one; times in milliseconds."""
        clause = node.node("holds")
        if clause is None:
            return None
        every, duration = (duration_value(token.text) for token in clause.tokens("DURATION"))
        condition = self.condition(clause.nodes()[0], scope, "`holds`")
        return ir.Holds(condition, every, duration, self.document.span(clause))

    def on_approve(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.Approve, list[Done]]:
        """An approval. Reports WF209 for clauses that it does not take."""
        name = node.token("NAME")
        assert name is not None
        strings = node.tokens("STRING")
        by = strings[1] if len(strings) > 1 and node.token("BY") else None
        policies = self.clauses.policies(node.nodes(), scope)
        kind = self.names.get(name.text)
        fields = kind.type if kind else types.NOTHING
        for clause in node.nodes("retry", "no_retry", "undo", "until", "holds", "idempotent", "effect"):
            word = clause.kind.replace("_", " ")
            self.report.error("WF209", f"an approval takes no `{word}`", self.document.span(clause))
        fallback = node.node("fallback")
        value = None
        if fallback is not None and fallback.token("VALUE"):
            value = self.expressions.demand(
                self.expressions.resolve(fallback.nodes()[0], scope), fields, "the fallback"
            )
        elif fallback is not None:
            self.report.error("WF209", "an approval falls back to a value, not to a call", self.document.span(fallback))
        when = node.node("when")
        approve = ir.Approve(
            **self.head(node, name.text, prefix),  # type: ignore[arg-type]
            question=self.text(strings[0], scope),
            by=unescape(by, self.document, self.report) if by else None,
            timeout=policies.timeout,
            fields=fields,
            fallback=value,
            when=self.condition(when.nodes()[0], scope, "`when`") if when else None,
            after=self.after_paths(node),
            allows=policies.allows,
        )
        return approve, []

    def text(self, token: Token, scope: Scope) -> AnyExpr:
        """A string token as text; a secret in it is WF201."""
        node = Node("text", [token], token.start, token.end)
        return self.expressions.demand(self.expressions.resolve(node, scope), types.STRING, "a message")

    # --- blocks ---

    def on_parallel(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.Parallel, list[Done]]:
        """A `parallel` with the edges between its statements."""
        done, pairs = self.block(node.nodes("block")[0], scope, sequence=False)
        head = self.head(node, self.labels[id(node)], prefix)
        fail_fast = node.token("FAIL_FAST") is not None
        return ir.Parallel(**head, body=done.block, edges=pairs, fail_fast=fail_fast), [done]  # type: ignore[arg-type]

    def on_for(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.For, list[Done]]:
        """A loop; its variable has the type of an item. Reports WF201 for what is no list, WF207 for a maximum of 0."""
        name, limit = node.token("NAME"), node.token("INT")
        assert name is not None
        label = self.labels[id(node)]
        items = self.expressions.resolve(node.nodes()[0], scope)
        item: Type = types.UNKNOWN
        if isinstance(items.type, types.ListType):
            item = items.type.item
        elif items.type not in (types.UNKNOWN, types.JSON):
            self.expressions.demand(items, types.ListType(types.UNKNOWN), "`for … in`")
        elif items.type == types.JSON:
            item = types.JSON
        block = node.nodes("block")[0]
        names = Names(scope.names)
        self.define(Symbol("item", name.text, item, self.document.span(name), path=label), names)
        done, _ = self.block(block, replace(scope, names=names))
        maximum = int(limit.text) if limit else None
        if maximum == 0:
            assert limit is not None
            self.report.error("WF207", "`max` counts from 1", self.document.span(limit))
            maximum = 1  # the checks divide by it
        head = self.head(node, label, prefix)
        loop = ir.For(**head, variable=name.text, items=items, maximum=maximum, body=done.block)  # type: ignore[arg-type]
        return loop, [done]

    def on_if(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.If, list[Done]]:
        """An `if` with all its arms."""
        blocks = node.nodes("block")
        tests = [kid for kid in node.nodes() if kid.kind != "block"]
        done = [self.block(block, scope)[0] for block in blocks]
        conditions = [self.condition(test, scope, "`if`") for test in tests]
        arms = tuple((test, inner.block) for test, inner in zip(conditions, done, strict=False))
        other = done[-1].block if len(blocks) > len(tests) else ()
        head = self.head(node, self.labels[id(node)], prefix)
        return ir.If(**head, arms=arms, other=other), done  # type: ignore[arg-type]

    def on_match(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.Match, list[Done]]:
        """A `match`. Reports WF205 for members without an arm."""
        subject = self.expressions.resolve(node.nodes()[0], scope)
        arms, done = [], []
        seen: dict[str, Token] = {}
        for case in node.nodes("case"):
            members = tuple(self.member(token, subject.type, seen) for token in case.tokens("STRING"))
            inner = self.block(case.nodes("block")[0], scope)[0]
            arms.append((members, inner.block))
            done.append(inner)
        otherwise = node.nodes("block")
        other = None
        if otherwise:
            done.append(self.block(otherwise[0], scope)[0])
            other = done[-1].block
        else:
            self.exhaustive(node, subject, seen)
        head = self.head(node, self.labels[id(node)], prefix)
        return ir.Match(**head, subject=subject, arms=tuple(arms), other=other), done  # type: ignore[arg-type]

    def member(self, token: Token, kind: Type, seen: dict[str, Token]) -> str:
        """A member that an arm is for. Reports WF103 for a second arm, and what is no member of the type."""
        value = unescape(token, self.document, self.report)
        if value in seen:
            labels = (Label(self.document.span(seen[value]), "it is here first"),)
            self.report.error("WF103", f'"{value}" has two arms', self.document.span(token), *labels)
        elif isinstance(kind, types.EnumType) and value not in kind.members:
            self.report.unknown(f"member of `{kind}`", value, self.document.span(token), kind.members)
        seen[value] = token
        return value

    def exhaustive(self, node: Node, subject: AnyExpr, seen: dict[str, Token]) -> None:
        """WF205 for members without an arm, and for texts of any value without an `else`."""
        head = self.head(node, "", "")["span"]
        assert isinstance(head, Span)
        match subject.type:
            case types.EnumType(members):
                missing = [member for member in members if member not in seen]
                if missing:
                    listing = ", ".join(f'"{member}"' for member in missing)
                    self.report.error(
                        "WF205", f"no arm for {listing}", head, help="add the arm, or an `else { }` for all others"
                    )
            case types.Primitive("string"):
                self.report.error("WF205", "a `match` over any text needs an `else`", head, help="add `else { }`")
            case types.Primitive("unknown"):
                return
            case _:
                self.expressions.demand(subject, types.STRING, "`match`")

    def on_try(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.Try, list[Done]]:
        """A `try`; inside of `recover` there is a `failure`."""
        body_node, recover_node = node.nodes("block")
        body = self.block(body_node, scope)[0]
        recover = self.block(recover_node, replace(scope, failure=True))[0]
        head = self.head(node, self.labels[id(node)], prefix)
        return ir.Try(**head, body=body.block, recover=recover.block), [body, recover]  # type: ignore[arg-type]

    def on_workspace(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.Workspace, list[Done]]:
        """A workspace; an inherited retry stops at its border."""
        before, self.defaults = self.defaults, self.defaults and replace(self.defaults, retry=None)
        done = self.block(node.nodes("block")[0], scope)[0]
        self.defaults = before
        head = self.head(node, self.labels[id(node)], prefix)
        return ir.Workspace(**head, body=done.block), [done]  # type: ignore[arg-type]

    # --- statements without blocks ---

    def on_require(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.Require, list[Done]]:
        """A `require`; without a message of its own it says its condition."""
        condition = self.condition(node.nodes()[0], scope, "`require`")
        message = node.token("STRING")
        place = self.document.span(node.nodes()[0])
        shown = self.document.text[place.start : place.end]
        text = self.text(message, scope) if message else ir.Literal(types.STRING, place, f"it must hold that {shown}")
        allows = tuple(self.clauses.allow(item) for item in node.nodes("allow"))
        head = self.head(node, self.labels[id(node)], prefix)
        return ir.Require(**head, condition=condition, message=text, allows=allows), []  # type: ignore[arg-type]

    def on_stop(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.Stop, list[Done]]:
        """A `stop`. Reports WF209 inside a loop, a `parallel` or a `try`."""
        token = node.token("STRING")
        assert token is not None
        for frame in scope.frames:
            if frame.kind in ("for", "parallel", "try"):
                where = {"for": "a `for`", "parallel": "`parallel`", "try": "a `try`"}[frame.kind]
                self.report.error(
                    "WF209",
                    f"`stop` ends the flow, and can't stand inside {where}",
                    self.document.span(node),
                    why="Other items or branches may still be at work, and no engine can end them well.",
                    help="keep what you found in a result, and put an `if` around what comes after the block",
                )
                break
        head = self.head(node, self.labels[id(node)], prefix)
        return ir.Stop(**head, message=self.text(token, scope)), []  # type: ignore[arg-type]

    def on_fail(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.Fail, list[Done]]:
        """A `fail`."""
        token = node.token("STRING")
        assert token is not None
        head = self.head(node, self.labels[id(node)], prefix)
        return ir.Fail(**head, message=self.text(token, scope)), []  # type: ignore[arg-type]

    def on_let(self, node: Node, scope: Scope, prefix: str) -> tuple[ir.Let, list[Done]]:
        """A `let`, whose name is known in the rest of its block."""
        name = node.token("NAME")
        assert name is not None
        value = self.expressions.resolve(node.nodes()[0], scope)
        size = self.expressions.extent.size
        symbol = Symbol("let", name.text, value.type, self.document.span(name), value=value, size=size)
        # What no run can change is known in the handlers too, so it stands with the names of the whole flow.
        known = len(scope.frames) == 1 and not any(ref.kind == "task" for ref in walk.references(value))
        self.define(symbol, self.names if known else scope.names)
        return ir.Let(**self.head(node, name.text, prefix), value=value), []  # type: ignore[arg-type]
