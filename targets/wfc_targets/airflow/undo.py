"""`undo` → compensations: one after the other, the last task first, each only if its task succeeded."""

from __future__ import annotations

from wfc import ir
from wfc.record import Record, replace
from wfc_targets.airflow.graph import children, descendants
from wfc_targets.airflow.kernel import Kernel
from wfc_targets.airflow.model import ALL_DONE, ALL_SUCCESS, Draft, Function, Line
from wfc_targets.airflow.report import lossy
from wfc_targets.common.python_source import Call, Code, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wfc_targets.airflow.lower import Lowering
    from wfc_targets.airflow.names import Scope


class Undo(Record):
    """A task whose undo is owed when the block around it fails."""

    stmt: ir.Task
    scope: Scope


class Undos:
    """Keeps what is to be undone, by block: `try` opens one, the body of the flow is the outermost.

    What handlers and `finally` owe outside of a `try` is never asked for: nothing undoes them.
    """

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.stack: list[list[Undo]] = [[]]

    def open(self) -> None:
        """A block begins that undoes its own tasks."""
        self.stack.append([])

    def close(self) -> list[Undo]:
        """The block ends; what it owes."""
        return self.stack.pop()

    def note(self, stmt: ir.Task, scope: Scope) -> None:
        """A task with an undo stands here."""
        if stmt.undo:
            self.stack[-1].append(Undo(stmt, scope))

    def emit(self, undos: Sequence[Undo], scope: Scope, check: Call | None = None) -> tuple[str, ...]:
        """Add the undos behind `scope.before`, in reverse; what the next handler waits for.

        check: the condition under which they run, None where a gate in `scope.contexts` sees to it.
        """
        looped = [undo for undo in undos if undo.scope.group and undo.scope.group != scope.group]
        for undo in looped[1:]:
            lossy(
                self.lowering.names,
                undo.stmt.span,
                "these undos do not go item by item",
                "Each undo in a loop is a mapped task: all items of one task are undone before those of the next.",
                "keep one undo in a loop, or call a flow that has them with `flow.run`",
            )
        last = scope.before
        for undo in self.backwards(undos):
            inside = undo.scope.group is not None and undo.scope.group != scope.group
            behind = replace(scope, before=last, fixed=undo.scope.fixed, section="undo")
            last = self.mapped(undo, behind, check) if inside else self.single(undo, behind, check)
        return last

    def backwards(self, undos: Sequence[Undo]) -> list[Undo]:
        """Reverse happens-before; where that leaves a choice, the last in the text, or the last item, goes first."""
        drafts = self.lowering.names.drafts
        following = children(drafts)
        ids = {id(undo): self.task(undo) for undo in undos}
        left = sorted(undos, key=lambda undo: ([one.index for one in undo.scope.fixed], undo.stmt.span.start))
        order: list[Undo] = []
        while left:
            waiting = {ids[id(undo)] for undo in left}
            free = [undo for undo in left if not descendants(following, [ids[id(undo)]]) & waiting]
            order.append(free[-1])
            left.remove(free[-1])
        return order

    def task(self, undo: Undo) -> str:
        """The id of the task that is to be undone."""
        return self.lowering.names.sites[undo.stmt.path, undo.scope.suffix].draft.id

    def gates(self, scope: Scope) -> list[str]:
        """The gate that every handler hangs on directly."""
        return [context.branch for context in scope.contexts[-1:] if context.branch and scope.waits]

    def checks(self, undo: Undo, check: Call | None) -> list[Code | Call]:
        """The conditions of an undo's `pre_execute`: that of its place, and how its task has ended."""
        name = self.task(undo)
        also = (("or_timed_out", True),) if undo.stmt.undo_on_timeout else ()
        if also:
            self.lowering.names.notes_failures = True
        return [*([check] if check else []), Call("wfc.succeeded", ((None, name), *also))]

    def single(self, undo: Undo, scope: Scope, check: Call | None) -> tuple[str, ...]:
        """The undo of a task outside of loops; gives the ids of its tasks."""
        assert undo.stmt.undo
        lowering = self.lowering
        name = lowering.id(f"{undo.stmt.label}_undo", scope)
        values = replace(undo.scope, section="undo", directory="")
        draft = Kernel(lowering.names, values).draft(name, "undo", undo.stmt, undo.stmt.undo)
        draft.checks += self.checks(undo, check)
        lowering.add(draft, scope, ALL_DONE, [*scope.before, *self.gates(scope)])
        draft.handled = True
        return (name,)

    def mapped(self, undo: Undo, scope: Scope, check: Call | None) -> tuple[str, ...]:
        """In a loop: one task lists what to undo, the last item first; a mapped task does it, one at a time."""
        assert undo.stmt.undo
        lowering, names = self.lowering, self.lowering.names
        task = self.task(undo)
        name = names.fresh(f"{undo.stmt.label}_undo{scope.suffix}", mapped=True)
        draft = Kernel(names, undo.scope, undo=True).draft(name, "undo", undo.stmt, undo.stmt.undo)
        items = self.items(undo, draft, task, scope)
        if check:
            items.checks.append(check)
        lowering.add(items, scope, ALL_DONE, [*scope.before, *self.gates(scope)])
        items.handled = True
        draft.expand = items.id
        draft.notes += [("undoes", task), ("waits", True)]
        draft.checks.append(Call("wfc.in_turn", ((None, name), ("whatever", True))))
        draft.options.append(("max_active_tis_per_dagrun", 1))
        lowering.add(draft, scope, ALL_SUCCESS, [items.id])
        draft.handled = True
        return (name,)

    def items(self, undo: Undo, draft: Draft, task: str, scope: Scope) -> Draft:
        """The task that says how many undos there are.

        Each computes its own arguments: those that go through `expand_kwargs` would be rendered as templates.
        """
        name = self.lowering.id(f"{undo.stmt.label}_undo_items", scope)
        number = Line(f'index = wfc.to_undo(context, {string(task)})[context["ti"].map_index]')
        draft.functions = [replace(function, lines=(number, *function.lines)) for function in draft.functions]
        lines = (Line(f"return [{{}} for _ in wfc.to_undo(context, {string(task)})]"),)
        return Draft(name, "calc", undo.stmt.path, undo.stmt.span, "task", Function(name, "**context", lines))
