"""What happens when a flow fails: undo tasks in reverse order, handlers, `finally`."""

from __future__ import annotations

from wfc import ir, walk
from wfc.record import replace
from wfc.undo import undo_order, undo_sequence
from wfc.walk import blocks
from wfc_targets.kestra import loops, model, pebble
from wfc_targets.kestra.failed import failure_of, failure_reads, failure_texts
from wfc_targets.kestra.tasks import alone, called, in_turn
from wfc_targets.kestra.unit import Calc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyStmt, Block
    from wfc_targets.kestra.tasks import Tasks
    from wfc_targets.kestra.unit import Site, Unit


def may_fail(stmt: AnyStmt) -> bool:
    """Can this statement end as failed?"""
    match stmt:
        case ir.Task():
            return not isinstance(stmt.call.op, ir.Sleep)
        case ir.Approve() | ir.Require() | ir.Fail() | ir.Workspace() | ir.Match() | ir.If() | ir.For():
            return True
        case ir.Parallel():
            return any(may_fail(inner) for inner in stmt.body)
        case ir.Try():
            return any(may_fail(inner) for inner in stmt.recover)
        case ir.Stop() | ir.Let():
            return False


# --- undo ---


def undos(unit: Unit, block: Block, site: Site) -> Tasks:
    """The undo tasks of a block, last first; each runs when its task succeeded.

    What stands in the body of a `try` is left out: that `try` undoes it when it fails, and else it stays done.
    """
    return [task for stmt in reversed(block) for task in _undos_of(unit, stmt, site)]


def _undos_of(unit: Unit, stmt: AnyStmt, site: Site) -> Tasks:
    match stmt:
        case ir.Task() if stmt.undo is not None:
            return _undo(unit, stmt, stmt.undo, site)
        case ir.Parallel():
            return [task for inner in undo_order(stmt) for task in _undos_of(unit, inner, site)]
        case ir.For():
            return loops.undo_loop(unit, stmt, site, undos) if undo_sequence(stmt.body) else []
        case ir.Try():
            before = unit.places.failure
            unit.places.failure = failure_texts(stmt.body)
            found = undos(unit, stmt.recover, site)
            unit.places.failure = before
            return found
        case _:
            return [task for body in reversed(blocks(stmt)) for task in undos(unit, body, site)]


def _undo(unit: Unit, stmt: ir.Task, call: ir.Call, site: Site) -> Tasks:
    name = f"{stmt.label}_undo"
    run_if = pebble.output(f"{unit.places.state(stmt, site.around)} == 'SUCCESS'")
    _check_failure_read(unit, call, site)
    calc = Calc(unit, replace(stmt, label=name), site)
    task = called(unit, stmt, call, name, site, calc, "undo")
    if stmt.undo_on_timeout:
        unit.unsupported(
            "`undo also on timeout`",
            stmt.span,
            "an expression can't tell a task that timed out from one that failed",
            "undo in `on failure`, where the state can be looked up first",
        )
    return [*calc.tasks(run_if), replace(task, run_if=run_if, allow_failure=True)]


def _check_failure_read(unit: Unit, call: ir.Call, site: Site) -> None:
    """WF951 where an undo reads what its `try` caught, and that was in another execution."""
    read = [ref for expr in walk.call_expressions(call) for ref in walk.references(expr) if ref.kind == "failure"]
    if read and (unit.places.handed or set(site.around) & unit.places.undone):
        unit.unsupported(
            "`failure` in this undo",
            read[0].span,
            "an item of a loop, and a body with a budget, is an execution of its own, whose log an undo can't read",
            "give the name to a task in the `recover`, and read its result in the undo",
        )


# --- the end of a flow ---


def handlers(unit: Unit, site: Site, sequence: loops.Sequence) -> Tasks:
    """The flow's `errors`: undos, then `on failure`."""
    _check_failure(unit)
    before = [] if unit.part else undos(unit, unit.flow.body, replace(site, section="undo"))
    unit.places.failure = failure_of(unit)
    tasks = sequence(unit, unit.flow.on_failure, site)
    after = in_turn(unit, "failure_handler", unit.flow.on_failure[0], tasks, site) if tasks else []
    return [*alone(unit, before, first=True), *after]


def _check_failure(unit: Unit) -> None:
    """WF952 where a handler reads `failure` and a loop may be what failed."""
    loops_inside = [stmt for stmt in walk.statements(unit.flow.body) if isinstance(stmt, ir.For)]
    read = failure_reads(unit.flow.on_failure)
    if read and loops_inside:
        unit.lossy(
            f"`failure` names the loop `{loops_inside[0].label}`, not the task in it that failed",
            next(iter(read.values())),
            "each item of a loop is an execution of its own on Kestra, and a handler sees only that one has failed",
            "handle the failure by `try` inside the loop, or look into the executions of the items",
        )


def endings(unit: Unit, site: Site, sequence: loops.Sequence) -> Tasks:
    """The flow's `finally`; the engine leaves a run SUCCESS whose `finally` failed, so an Exit stands behind it.

    Directly in `finally` the engine's `tasks` shows the first attempt of a retried task; inside of a block, the last.
    """
    tasks = sequence(unit, unit.flow.finally_, site)
    retried = any(getattr(task, "retry", None) is not None for task in tasks)
    fails = any(may_fail(stmt) for stmt in unit.flow.finally_)
    if not tasks or not (fails or (retried and len(tasks) > 1)):
        return tasks
    stmt = unit.flow.finally_[0]
    if len(tasks) == 1 and not retried:
        last = replace(alone(unit, tasks, first=True)[0], allow_failure=True)
    else:
        name = "finally_branch"
        unit.note(name, stmt, "wrapper", site)
        last = model.AllowFailure(id=name, tasks=tuple(tasks))
    if not fails:
        return [last]
    unit.note("finally_gate", stmt, "gate", site)
    failed = pebble.output(f"tasks.{last.id}.state == 'WARNING'")
    return [last, model.Exit(id="finally_gate", state="FAILED", run_if=failed)]
