"""Blocks with tasks of their own kind: `parallel`, loops, workspaces, approvals with a fallback."""

from __future__ import annotations

from wfc import ir, walk
from wfc.record import replace
from wfc.types import NOTHING, RecordType
from wfc_targets.airflow.copies import written_out
from wfc_targets.airflow.kinds import schema
from wfc_targets.airflow.model import ALL_DONE, NONE_FAILED, Draft, Function, Group, Line, asks
from wfc_targets.airflow.names import Fixed, Tail
from wfc_targets.airflow.report import lossy, unsupported
from wfc_targets.airflow.values import FunctionWriter, Values, constant
from wfc_targets.common.python_source import Call, Code, inline, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wfc.ir import AnyExpr, AnyStmt, Block, Json
    from wfc_targets.airflow.names import Names, Scope


class Blocks:
    """The part of `Lowering` that deals with blocks."""

    if TYPE_CHECKING:
        names: Names

        def add(self, draft: Draft, scope: Scope, rule: str = "", upstream: Sequence[str] | None = None) -> Draft:
            """Put a task into the DAG behind `upstream`, by default behind what the scope waits for."""
            ...

        def block(self, body: Block, scope: Scope) -> Tail:
            """Lower a block; gives what must have ended behind it."""
            ...

        def statement(self, stmt: AnyStmt, scope: Scope) -> Tail:
            """Lower one statement."""
            ...

        def id(self, label: str, scope: Scope) -> str:
            """The task id of a label in a scope."""
            ...

        def created(self, start: int) -> list[Draft]:
            """The tasks that were made since there were `start` of them."""
            ...

        def value_task(self, name: str, role: str, stmt: AnyStmt, value: AnyExpr, scope: Scope) -> Draft:
            """A function task that computes one value."""
            ...

        def guard(self, draft: Draft, when: AnyExpr | None, scope: Scope) -> None:
            """Let a task run only when the guard holds."""
            ...

        def site(self, stmt: ir.Task | ir.Approve, ids: Sequence[str], draft: Draft, scope: Scope) -> None:
            """Note where the result of a statement is to be found."""
            ...

    # --- parallel ---

    def parallel(self, stmt: ir.Parallel, scope: Scope) -> Tail:
        """Each statement behind those that it needs; the block ends with those that nothing needs."""
        if stmt.fail_fast:
            unsupported(
                self.names,
                stmt.span,
                "`fail_fast` on a part of a flow",
                "Airflow has it for a whole DAG only, and there it skips handlers too.",
                "leave `fail_fast` out: the siblings then run to their end",
            )
        edges = reduced(len(stmt.body), stmt.edges)
        tails: dict[int, Tail] = {}
        for index in ordered(len(stmt.body), edges):
            before = [tails[source] for source, target in edges if target == index]
            inner = scope.after(merged(before)) if before else scope
            tails[index] = self.statement(stmt.body[index], inner)
        sources = {source for source, _ in edges}
        return merged([tails[index] for index in range(len(stmt.body)) if index not in sources])

    # --- loops ---

    def loop(self, stmt: ir.For, scope: Scope) -> Tail:
        """A mapped task group; unrolled where the list is constant and Airflow can't map it otherwise."""
        if not any(True for _ in walk.statements(stmt.body)):
            return scope.tail
        items = constant(stmt.items)
        if isinstance(items, list) and written_out(stmt, items, scope.group is not None):
            return self.unrolled(stmt, items, scope)
        if scope.group is not None:
            unsupported(
                self.names,
                stmt.span,
                "a loop over a list of run time inside another one",
                "A mapped task group can't hold another mapped group or task (Airflow 3.3).",
                "put the inner loop into a flow of its own and call it with `flow.run`",
            )
            return scope.tail
        return self.mapped(stmt, items, scope)

    def unrolled(self, stmt: ir.For, items: list[Json], scope: Scope) -> Tail:
        """The body once for each item: one after the other, or side by side for `max`."""
        suffixes = item_suffixes(items)
        kind = stmt.items.type
        values = stmt.items.items if isinstance(stmt.items, ir.ListExpr) else ()
        fixed = []
        for index, item in enumerate(items):
            value = values[index] if len(values) == len(items) else as_literal(item, stmt, kind)
            fixed.append(Fixed(stmt.label, value, index, suffixes[index]))
        self.names.unrolled[stmt.label] = tuple(fixed)
        self.names.variables[stmt.label] = stmt.variable
        self.note_loops(stmt)
        start = len(self.names.drafts)
        tails, tail = [], scope.tail
        for one in fixed:
            inner = scope if stmt.maximum is not None else scope.after(tail)
            tail = self.block(stmt.body, replace(inner, fixed=(*scope.fixed, one), looped=scope.contexts))
            tails.append(tail)
        if stmt.maximum is not None and stmt.maximum < len(items):
            self.bound(stmt, self.created(start))
        return merged(tails) if stmt.maximum is not None and tails else tail

    def mapped(self, stmt: ir.For, items: object, scope: Scope) -> Tail:
        """A task group with one instance of its tasks for each item."""
        group, tail = self.group(stmt, items, scope)
        self.names.groups[stmt.label] = group
        self.names.variables[stmt.label] = stmt.variable
        self.note_loops(stmt)
        start = len(self.names.drafts)
        inner = replace(scope.after(tail), group=group, looped=scope.contexts)
        end = self.block(stmt.body, inner)
        body = self.created(start)
        if stmt.maximum is None:
            self.one_at_a_time(body, end, tail)
        else:
            self.bound(stmt, body)
        return Tail(end.nodes, True)

    def group(self, stmt: ir.For, items: object, scope: Scope) -> tuple[Group, Tail]:
        """The group and what it stands behind: a list that Airflow can't map over directly gets a task."""
        name = self.names.fresh(stmt.label + scope.suffix)
        tail = scope.tail
        variable = self.names.fresh(stmt.variable)
        if isinstance(items, list):
            text = inline(items)
            assert text is not None
            return Group(name, variable, text, text, "", stmt.label), tail
        values = Values(self.names, scope)
        site = values.certain(stmt.items) if isinstance(stmt.items, ir.Ref) else None
        if site is not None and site.group is None:
            feeds = site.draft.id
            source = values.variable(site)
        else:
            draft = self.value_task(self.id(f"{stmt.label}_items", scope), "calc", stmt, stmt.items, scope)
            self.add(draft, scope)
            tail = Tail((draft.id,), False)
            feeds = source = draft.id
        return Group(name, variable, source, f"wfc.result(context, {string(feeds)})", feeds, stmt.label), tail

    def note_loops(self, stmt: ir.For) -> None:
        """Remember, for each statement in the loop, the loops around it, outside first."""
        for inner in walk.statements(stmt.body):
            known = self.names.loops.get(inner.path, ())
            if stmt.label not in known:
                self.names.loops[inner.path] = (*known, stmt.label)

    def one_at_a_time(self, body: list[Draft], end: Tail, before: Tail) -> None:
        """A plain `for`: each item waits until the one before has ended, and runs only if that did not fail."""
        inside = {draft.id for draft in body}
        last = [name for name in end.nodes if name in inside]
        check = asks("in_turn", *last)
        for draft in body:
            draft.notes.append(("turn", list(last)))
            if not set(draft.upstream) & inside:
                draft.checks.insert(0, check)
                draft.notes.append(("waits", True))
                draft.options.append(("max_active_tis_per_dagrun", 1))
            elif survives_a_skip(draft):
                draft.checks.insert(0, check)

    def bound(self, stmt: ir.For, body: list[Draft]) -> None:
        """`max N`: on the one task of the body; for more of them a pool, which is deployed beside the DAG."""
        tasks = [draft for draft in body if draft.role in ("task", "fallback", "undo")]
        if len(tasks) == 1 and tasks[0].group:
            tasks[0].options.append(("max_active_tis_per_dagrun", stmt.maximum))
            return
        if self.is_only_concurrency(stmt):
            self.names.most_tasks = stmt.maximum
            return
        pool = f"{self.names.flow.name}_{stmt.label}"
        self.names.pools[pool] = stmt.maximum or 1
        for draft in tasks:
            draft.options.append(("pool", pool))

    def is_only_concurrency(self, stmt: ir.For) -> bool:
        """Does nothing else of the flow run side by side, so that a limit of the DAG is one of the loop?"""
        return not any(
            isinstance(other, ir.Parallel) or (isinstance(other, ir.For) and other.maximum and other is not stmt)
            for other in walk.all_statements(self.names.flow)
        )

    # --- workspaces ---

    def workspace(self, stmt: ir.Workspace, scope: Scope) -> Tail:
        """A setup that makes a shared directory, the tasks in it, a teardown that removes it."""
        name = self.id(stmt.label, scope)
        self.names.modules.add("os")
        self.names.modules.add("shutil")
        lines = (
            Line('ti = context["ti"]'),
            Line('root = os.environ["WFC_WORKSPACES"]'),
            Line(f"path = os.path.join(root, ti.dag_id, ti.run_id, {string(name)}, str(ti.map_index))"),
            Line("os.makedirs(path)"),
            Line("return path"),
        )
        setup = Draft(name, "glue", stmt.path, stmt.span, self.names.use("airflow.sdk", "setup"))
        setup.function = Function(name, "**context", lines)
        self.add(setup, scope)
        start = len(self.names.drafts)
        inner = replace(scope.after(Tail((name,), False)), directory=name)
        tail = self.block(stmt.body, inner)
        self.remove(stmt, setup, [draft.id for draft in self.created(start)], scope)
        return tail

    def remove(self, stmt: ir.Workspace, setup: Draft, ids: list[str], scope: Scope) -> None:
        """The teardown of a workspace, behind everything that ran in it."""
        from wfc_targets.airflow.graph import last_of

        end = self.id(f"{stmt.label}_end", scope)
        draft = Draft(end, "glue", stmt.path, stmt.span, self.names.use("airflow.sdk", "teardown"))
        draft.function = Function(end, "path", (Line("shutil.rmtree(path)"),))
        draft.arguments.append(("path", Code(setup.id)))
        draft.upstream = [setup.id, *last_of(self.names.drafts, ids)]
        draft.group, draft.section, draft.handled = scope.group, scope.section, True
        draft.rule = ALL_DONE
        self.names.drafts[end] = draft

    # --- approvals ---

    def approve(self, stmt: ir.Approve, scope: Scope) -> Tail:
        """A person decides; a rejection or silence fails it, unless a fallback decides otherwise."""
        draft = Draft(self.id(stmt.label, scope), "approve", stmt.path, stmt.span)
        draft.operator = self.names.use("airflow.providers.standard.operators.hitl", "ApprovalOperator")
        subject = Values(self.names, scope).direct(stmt.question)
        if subject is None:
            subject = self.asked(draft, stmt, scope)
        draft.arguments.append(("subject", subject))
        draft.arguments.append(("fail_on_reject", True))
        if stmt.timeout:
            draft.arguments.append(("response_timeout", Code(self.names.seconds(stmt.timeout))))
        if stmt.by:
            draft.arguments.append(("assigned_users", [{"id": stmt.by, "name": stmt.by}]))
            lossy(
                self.names,
                stmt.span,
                f"`by` is a user, so `{stmt.by}` has to be one",
                "ApprovalOperator knows users, no groups or roles.",
                "name a user, or give the group the permission to answer and leave `by` out",
            )
        self.fields(draft, stmt)
        self.guard(draft, stmt.when, scope)
        self.add(draft, scope)
        self.site(stmt, (draft.id,), draft, scope)
        if stmt.fallback is None:
            return Tail((draft.id,), stmt.when is not None)
        return self.decided(stmt, draft, scope)

    def asked(self, draft: Draft, stmt: ir.Approve, scope: Scope) -> Code:
        """A question with computed parts: a template field of its own takes a function of the context."""
        writer = FunctionWriter(Values(self.names, scope))
        code = writer.code(stmt.question)
        name = self.names.fresh(f"{draft.id}_question")
        draft.functions.append(Function(name, "context, jinja_env", (*writer.lines, Line("return ", code))))
        return Code(name)

    def fields(self, draft: Draft, stmt: ir.Approve) -> None:
        """What a person may fill in, as a form."""
        if stmt.fields == NOTHING or not isinstance(stmt.fields, RecordType):
            return
        param = self.names.use("airflow.sdk", "Param")
        form = {name: Call(param, tuple(schema(kind).items())) for name, kind in stmt.fields.fields}
        draft.arguments.append(("params", form))

    def decided(self, stmt: ir.Approve, draft: Draft, scope: Scope) -> Tail:
        """`fallback value` of an approval: rejection or silence is handled by a task that gives the value."""
        assert stmt.fallback is not None
        other = self.value_task(self.id(f"{stmt.label}_fallback", scope), "calc", stmt, stmt.fallback, scope)
        writer = FunctionWriter(Values(self.names, scope))
        code = writer.code(stmt.fallback)
        lines = (*writer.lines, Line("return ", {"params_input": code}))
        other.function = Function(other.id, "**context", lines)
        other.record = True
        draft.handled = True
        other.checks.append(asks("failed", draft.id))
        self.add(other, scope, ALL_DONE, [draft.id])
        self.site(stmt, (draft.id, other.id), draft, scope)
        return Tail(tuple(dict.fromkeys((other.id, *scope.solid))), True)


def merged(tails: Sequence[Tail]) -> Tail:
    """What follows all of several statements."""
    nodes = tuple(dict.fromkeys(name for tail in tails for name in tail.nodes))
    return Tail(nodes, any(tail.skippable for tail in tails), any(tail.waits for tail in tails))


def reduced(count: int, edges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Edges without those that a longer way implies (transitive reduction of an acyclic graph)."""
    following = {index: {target for source, target in edges if source == index} for index in range(count)}

    def reaches(start: int, end: int, skip: tuple[int, int]) -> bool:
        stack, seen = [start], set()
        while stack:
            node = stack.pop()
            for target in following[node]:
                if (node, target) == skip or target in seen:
                    continue
                if target == end:
                    return True
                seen.add(target)
                stack.append(target)
        return False

    return [edge for edge in edges if not reaches(edge[0], edge[1], edge)]


def ordered(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The order of the text, changed only where an edge points backwards."""
    done: list[int] = []
    while len(done) < count:
        ready = (
            index
            for index in range(count)
            if index not in done and all(source in done for source, target in edges if target == index)
        )
        done.append(next(ready))
    return done


def item_suffixes(items: Sequence[Json]) -> list[str]:
    """What each item adds to ids: itself where all are words and differ whatever their case, else its number."""
    words = [f"_{item}" for item in items if isinstance(item, str) and item.isidentifier() and item.isascii()]
    if len(words) == len(items) == len({word.lower() for word in words}):
        return words
    return [f"_{index}" for index in range(len(items))]


def as_literal(value: Json, stmt: ir.For, kind: object) -> AnyExpr:
    """An item of a folded list as an expression."""
    from wfc.types import JSON, ListType

    item = kind.item if isinstance(kind, ListType) else JSON
    span = stmt.items.span
    if isinstance(value, list):
        return ir.ListExpr(item, span, tuple(as_literal(inner, stmt, item) for inner in value))
    if isinstance(value, dict):
        entries = tuple((name, as_literal(inner, stmt, JSON)) for name, inner in value.items())
        return ir.RecordExpr(item, span, entries)
    return ir.Literal(item, span, value)


def survives_a_skip(draft: Draft) -> bool:
    """Would the task run although the task before it was skipped, as the first of an item is that has no turn?"""
    if draft.is_empty or draft.operator == "teardown":
        return False
    return draft.rule == NONE_FAILED or (draft.rule == ALL_DONE and not draft.checks)
