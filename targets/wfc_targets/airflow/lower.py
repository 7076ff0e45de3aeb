"""Statements → Airflow tasks with edges, trigger rules and guards (docs/targets/airflow.md says why each is so).

`all_success` where nothing before may be skipped, else `none_failed`; what handles a failure waits by `all_done` and
asks for the state `failed` itself: a task behind a failed one is `upstream_failed` and must not be handled.
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.record import replace
from wfc_targets.airflow.blocks import Blocks
from wfc_targets.airflow.graph import last_of
from wfc_targets.airflow.kernel import Kernel, may_be_record, seconds
from wfc_targets.airflow.model import ALL_DONE, ALL_SUCCESS, NONE_FAILED, Draft, Function, Line, anywhere, asks
from wfc_targets.airflow.names import Context, Names, Scope, Site, Tail
from wfc_targets.airflow.report import unsupported
from wfc_targets.airflow.undo import Undos
from wfc_targets.airflow.values import FunctionWriter, Values
from wfc_targets.common.python_source import Call, Code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wfc.ir import AnyExpr, AnyStmt, Block
    from wfc_targets.airflow.model import Arguments
    from wfc_targets.common.python_source import Node

YEAR = 31_536_000_000
"""The deadline, in milliseconds, of a wait that was given none: Airflow's own default would be seven days."""
LONG_POLL = 60_000
"""From this pause on (milliseconds) a sensor gives its worker back between two calls."""


class Lowering(Blocks):
    """Lowers the statements of one flow into `names.drafts`."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.undos = Undos(self)
        self.choices: list[tuple[Draft, Scope, list[AnyExpr], list[Context]]] = []

    # --- adding tasks ---

    def add(self, draft: Draft, scope: Scope, rule: str = "", upstream: Sequence[str] | None = None) -> Draft:
        """Put a task behind what stands before it: edges, trigger rule, guards of the conditions around it."""
        draft.upstream = list(dict.fromkeys(scope.before if upstream is None else upstream))
        usual = NONE_FAILED if scope.skippable and draft.upstream else ALL_SUCCESS
        draft.rule = rule or (ALL_DONE if scope.waits else usual)
        draft.group, draft.section, draft.fixed = scope.group, scope.section, scope.fixed
        draft.looped = scope.looped
        draft.contexts = scope.contexts
        for context in scope.contexts:
            self.put_inside(draft, context)
        self.names.drafts[draft.id] = draft
        return draft

    def put_inside(self, draft: Draft, context: Context) -> None:
        """A task that would not be skipped along with the task before it hangs on the branch, or has the check."""
        inside = [name in context.members for name in draft.upstream]
        chained = {ALL_SUCCESS: any(inside), NONE_FAILED: False, ALL_DONE: bool(inside) and all(inside)}
        if context.branch and draft.rule == NONE_FAILED and context.branch not in draft.upstream:
            draft.upstream.append(context.branch)
        if not context.branch and not chained[draft.rule]:
            assert context.check
            everywhere = context.recovers is not None and context.group != draft.group
            draft.checks.insert(0, anywhere(context.check) if everywhere else context.check)
        context.members.add(draft.id)

    def function_task(
        self,
        name: str,
        role: str,
        stmt: AnyStmt,
        lines: Iterable[Line],
        operator: str = "task",
    ) -> Draft:
        """A @task whose function takes the context."""
        return Draft(name, role, stmt.path, stmt.span, operator, Function(name, "**context", tuple(lines)))

    # --- blocks ---

    def block(self, body: Block, scope: Scope) -> Tail:
        """Statements one after the other."""
        tail = scope.tail
        for stmt in body:
            tail = self.statement(stmt, scope.after(tail))
        return tail

    def statement(self, stmt: AnyStmt, scope: Scope) -> Tail:
        """Lower one statement; gives what the next one depends on."""
        match stmt:
            case ir.Task():
                return self.task(stmt, scope)
            case ir.Parallel():
                return self.parallel(stmt, scope)
            case ir.For():
                return self.loop(stmt, scope)
            case ir.If():
                arms = [(test, body) for test, body in stmt.arms]
                return self.branch(stmt, self.tests(arms), [*(body for _, body in arms), stmt.other], scope)
            case ir.Match():
                bodies = [*(body for _, body in stmt.arms), stmt.other or ()]
                return self.branch(stmt, self.members(stmt), bodies, scope)
            case ir.Try():
                return self.try_(stmt, scope)
            case ir.Workspace():
                return self.workspace(stmt, scope)
            case ir.Approve():
                return self.approve(stmt, scope)
            case ir.Require():
                return self.require(stmt, scope)
            case ir.Fail():
                return self.fail(stmt, scope)
            case ir.Stop():
                return self.stop(stmt, scope)
            case ir.Let():
                return scope.tail

    def created(self, start: int) -> list[Draft]:
        """The tasks added since there were `start`."""
        return list(self.names.drafts.values())[start:]

    # --- tasks ---

    def task(self, stmt: ir.Task, scope: Scope) -> Tail:
        """A call with its guard, its polling, its fallback; its undo is kept for the end of the block."""
        draft = Kernel(self.names, scope).draft(self.id(stmt.label, scope), "task", stmt, stmt.call)
        self.guard(draft, stmt.when, scope)
        if stmt.until or stmt.holds:
            self.poll(draft, stmt, scope)
        self.add(draft, scope)
        ids = [draft.id]
        tail = Tail((draft.id,), stmt.when is not None)
        self.site(stmt, ids, draft, scope)
        if stmt.fallback:
            tail = self.fallback(stmt, stmt.fallback, draft, scope)
        self.undos.note(stmt, scope)
        return tail

    def site(self, stmt: ir.Task | ir.Approve, ids: Sequence[str], draft: Draft, scope: Scope) -> None:
        """Where the result of a statement is found."""
        child = stmt.call.op.flow if isinstance(stmt, ir.Task) and isinstance(stmt.call.op, ir.RunFlow) else ""
        field = "params_input" if isinstance(stmt, ir.Approve) else ""
        self.names.sites[stmt.path, scope.suffix] = Site(tuple(ids), scope.group, draft, child, field)

    def id(self, label: str, scope: Scope) -> str:
        """The engine's id of something with this label here."""
        return self.names.fresh(label + scope.suffix, scope.group is not None)

    def guard(self, draft: Draft, when: AnyExpr | None, scope: Scope) -> None:
        """Let the task run only when the guard holds: a function for its `pre_execute`."""
        if when is None:
            return
        name = self.names.fresh(f"{draft.id}_when")
        draft.functions.insert(0, self.condition(name, when, scope))
        draft.checks.insert(0, Code(name))

    def condition(self, name: str, test: AnyExpr, scope: Scope) -> Function:
        """A function of the context that says whether something holds."""
        writer = FunctionWriter(Values(self.names, scope))
        code = writer.code(test, "holds")
        return Function(name, "context", (*writer.lines, Line("return ", code)))

    def fallback(self, stmt: ir.Task, fallback: ir.Fallback, draft: Draft, scope: Scope) -> Tail:
        """What runs when every attempt failed: a task that waits for the first and asks how it ended."""
        name = self.id(f"{stmt.label}_fallback", scope)
        check = asks("failed", draft.id)
        if fallback.call:
            other = Kernel(self.names, scope).draft(name, "fallback", stmt, fallback.call)
        else:
            assert fallback.value is not None
            other = self.value_task(name, "calc", stmt, fallback.value, scope)
        draft.handled = True
        other.checks.append(check)
        self.add(other, scope, ALL_DONE, [draft.id])
        site = self.names.sites[stmt.path, scope.suffix]
        self.names.sites[stmt.path, scope.suffix] = replace(site, ids=(draft.id, other.id))
        return Tail(tuple(dict.fromkeys((other.id, *scope.solid))), True)

    def value_task(self, name: str, role: str, stmt: AnyStmt, value: AnyExpr, scope: Scope) -> Draft:
        """A task that returns a computed value."""
        writer = FunctionWriter(Values(self.names, scope))
        code = writer.code(value)
        draft = self.function_task(name, role, stmt, (*writer.lines, Line("return ", code)))
        draft.record = may_be_record(value.type)
        return draft

    def poll(self, draft: Draft, stmt: ir.Task, scope: Scope) -> None:
        """Make a sensor of the call: `until` and `holds`."""
        clause = stmt.until or stmt.holds
        assert clause is not None
        writer = FunctionWriter(Values(self.names, scope))
        own = stmt.label + "_"
        for ref in walk.references(clause.condition):
            if ref.kind == "task" and ref.name == stmt.path:
                writer.known[ref] = own
        test = writer.code(clause.condition, "holds")
        until = self.names.fresh(f"{draft.id}_until")
        draft.functions.append(Function(until, f"context, {own}", (*writer.lines, Line("return ", test))))
        hold: Arguments = []
        if stmt.holds:
            hold.append(("hold_for", Code(self.names.seconds(stmt.holds.duration))))
        limit = stmt.until.within if stmt.until else None
        rest = clause.every >= LONG_POLL or stmt.call.timeout is not None
        draft.notes.append(("polled", True))
        options = [("poke_interval", seconds(clause.every)), ("timeout", seconds(limit or YEAR))]
        draft.options += [*options, ("mode", "reschedule")] if rest else options
        if draft.function:
            draft.operator = "task.sensor"
            if not any(call.function == "wfc.given" for call in draft.decorators):
                Kernel(self.names, scope).function_arguments(draft, self.python_args(stmt), force=True)
                draft.arguments.clear()
            draft.decorators.insert(0, Call("wfc.polled", ((None, Code(until)), *hold)))
        elif draft.operator in ("wfc.Shell", "wfc.Http", "wfc.Chat", "wfc.Sql"):
            draft.operator += "Sensor"
            draft.arguments.append(("until", Code(until)))
            draft.arguments += hold
        else:
            unsupported(
                self.names,
                clause.span,
                f"`until` on `{stmt.call.action}`",
                "Only shell, python, http, sql and llm calls can be made again and again by a sensor.",
                "poll with one of them after the call",
            )

    def python_args(self, stmt: ir.Task) -> Sequence[tuple[str, AnyExpr]]:
        """The arguments of a Python body, none for other operations."""
        return stmt.call.op.args if isinstance(stmt.call.op, ir.Python) else ()

    # --- ends by hand, gates ---

    def require(self, stmt: ir.Require, scope: Scope) -> Tail:
        """A function task that raises AirflowFailException, which is not retried, when the condition is false."""
        writer = FunctionWriter(Values(self.names, scope))
        test, message = writer.code(stmt.condition, "holds"), writer.code(stmt.message, "message")
        error = self.names.use("airflow.sdk.exceptions", "AirflowFailException")
        lines = (*writer.lines, Line(f"if not ({test.text}):"), Line(f"raise {error}({message.text})", depth=1))
        return self.plain(self.function_task(self.id(stmt.label, scope), "require", stmt, lines), scope)

    def fail(self, stmt: ir.Fail, scope: Scope) -> Tail:
        """A function task that raises AirflowFailException."""
        writer = FunctionWriter(Values(self.names, scope))
        message = writer.code(stmt.message, "message")
        error = self.names.use("airflow.sdk.exceptions", "AirflowFailException")
        lines = (*writer.lines, Line(f"raise {error}({message.text})"))
        draft = self.function_task(self.id(stmt.label, scope), "require", stmt, lines)
        draft.notes.append(("fail", True))
        return self.plain(draft, scope)

    def stop(self, stmt: ir.Stop, scope: Scope) -> Tail:
        """A short circuit that never lets anything through; it skips all that follows but teardowns."""
        if scope.group or scope.section != "body":
            unsupported(
                self.names,
                stmt.span,
                "`stop` here",
                "It would end one item or one handler, not the flow.",
                "put what follows into an `if`",
            )
        writer = FunctionWriter(Values(self.names, scope))
        message = writer.code(stmt.message, "message")
        lines = (*writer.lines, Line(f"print({message.text})"), Line("return False"))
        draft = self.function_task(self.id(stmt.label, scope), "stop", stmt, lines, "task.short_circuit")
        return self.plain(draft, scope)

    def plain(self, draft: Draft, scope: Scope) -> Tail:
        """Add a task without further parts."""
        self.add(draft, scope)
        return Tail((draft.id,), False)

    # --- conditions ---

    def tests(self, arms: Sequence[tuple[AnyExpr, Block]]) -> list[AnyExpr]:
        """The conditions of the arms of an `if`."""
        return [test for test, _ in arms]

    def members(self, stmt: ir.Match) -> list[AnyExpr]:
        """`match` as conditions: is the subject one of the members?"""
        from wfc.types import BOOL, STRING, ListType

        found: list[AnyExpr] = []
        for members, _ in stmt.arms:
            literals = tuple(ir.Literal(STRING, stmt.span, member) for member in members)
            if len(literals) == 1:
                found.append(ir.Binary(BOOL, stmt.span, "==", stmt.subject, literals[0]))
            else:
                listed = ir.ListExpr(ListType(STRING), stmt.span, literals)
                found.append(ir.Binary(BOOL, stmt.span, "in", stmt.subject, listed))
        return found

    def branch(self, stmt: ir.If | ir.Match, tests: list[AnyExpr], bodies: Sequence[Block], scope: Scope) -> Tail:
        """One `@task.branch` and its arms; in a mapped group, where a branch skips nothing, a check on each arm."""
        if not any(True for body in bodies for _ in walk.statements(body)):
            return scope.tail
        if scope.group:
            return self.guarded(stmt, tests, bodies, scope)
        draft = self.function_task(self.id(stmt.label, scope), "branch", stmt, (), "task.branch")
        self.add(draft, scope)
        arms: list[Context] = []
        nodes: list[str] = []
        for body in bodies:
            context = Context(branch=draft.id)
            inner = scope.after(Tail((draft.id,), False)).inside(context)
            tail = self.block(body, inner)
            arms.append(context)
            nodes += [] if not context.members else tail.nodes
        self.choices.append((draft, scope, tests, arms))
        return Tail(tuple(dict.fromkeys(nodes)), True)

    def guarded(self, stmt: ir.If | ir.Match, tests: list[AnyExpr], bodies: Sequence[Block], scope: Scope) -> Tail:
        """Arms inside a mapped group: each task asks for its arm, since a branch cannot skip in there."""
        name = self.id(f"{stmt.label}_branch", scope)
        writer = FunctionWriter(Values(self.names, scope))
        lines = self.arm_lines(writer, tests, list(range(len(bodies))))
        nodes: list[str] = []
        first = len(self.names.drafts)
        for number, body in enumerate(bodies):
            start = len(self.names.drafts)
            tail = self.block(body, scope.inside(Context(check=Code(f"wfc.arm({name}, {number})"))))
            nodes += tail.nodes if self.created(start) else []
        self.created(first)[0].functions.insert(0, Function(name, "context", tuple(lines)))
        return Tail(tuple(dict.fromkeys(nodes)), True)

    def arm_lines(self, writer: FunctionWriter, tests: list[AnyExpr], results: Sequence[Node]) -> list[Line]:
        """`if …: return …` for each test, then the last result.

        Several ids are a tuple: beside one list, ruff takes a branch for a short circuit (AIR004), which skips more.
        """
        results = [tuple(result) if isinstance(result, list) else result for result in results]
        lines: list[Line] = []
        for test, result in zip(tests, results, strict=False):
            code = writer.code(test, "holds").text
            lines += [*writer.lines, Line(f"if {code}:"), Line("return ", result, 1)]
            writer.lines.clear()
        return [*lines, Line("return ", results[-1])]

    # --- try ---

    def try_(self, stmt: ir.Try, scope: Scope) -> Tail:
        """The body, its undos, then the recover block, whose first tasks ask whether the body failed."""
        start = len(self.names.drafts)
        self.undos.open()
        self.block(stmt.body, scope)
        body = self.created(start)
        undos = self.undos.close()
        if not body:
            return scope.tail
        failing = [draft.id for draft in body if not draft.handled and not draft.is_empty]
        for draft in body:
            draft.handled = True
        check = asks("failed", *failing)
        last = last_of(self.names.drafts, [draft.id for draft in body])
        waiting = replace(scope, before=last, skippable=True, waits=True)
        last = self.undos.emit(undos, waiting, check)
        recovers = Context(check=check, recovers=failing, group=scope.group)
        inner = replace(waiting, before=last).inside(recovers)
        if any(True for _ in walk.statements(stmt.recover)):
            tail = self.block(stmt.recover, inner)
        else:
            tail = self.settled(stmt, replace(waiting, before=last))
        return Tail(tuple(dict.fromkeys((*tail.nodes, *scope.solid))), True)

    def settled(self, stmt: ir.Try, scope: Scope) -> Tail:
        """An empty `recover`: one task that takes no worker and is there only to wait."""
        operator = self.names.use("airflow.providers.standard.operators.empty", "EmptyOperator")
        draft = Draft(self.id(stmt.label, scope), "glue", stmt.path, stmt.span, operator)
        self.add(draft, scope)
        return Tail((draft.id,), False)

    # --- branches, once all edges are known ---

    def finish(self) -> None:
        """Write what each branch returns, now that it is known what hangs on it."""
        from wfc_targets.airflow.graph import children, followed

        following = children(self.names.drafts)
        for draft, scope, tests, arms in self.choices:
            writer = FunctionWriter(Values(self.names, scope))
            members = [arm.members for arm in arms]
            for arm in arms:
                arm.taken = followed(following, draft.id, arm.members, members)
            results = [self.chosen(arm.taken) for arm in arms]
            draft.function = Function(draft.id, "**context", tuple(self.arm_lines(writer, tests, results)))

    def chosen(self, ids: Sequence[str]) -> Node:
        """What a branch returns: None, an id, or several."""
        return None if not ids else ids[0] if len(ids) == 1 else list(ids)
