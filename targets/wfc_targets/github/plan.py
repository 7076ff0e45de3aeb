"""What is decided before anything is lowered: which statements start a new job, which loops are a matrix, what is read.

A job costs a machine's start and passes on texts only, so statements share one job until something forces a cut.
"""

from __future__ import annotations

from wfc import ir
from wfc.walk import all_statements, blocks, children, flow_expressions, references, statements
from wfc_targets.common.copies import MOST_COPIES, too_many
from wfc_targets.github.rewrite import path_of
from wfc_targets.github.values import output_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, AnyStmt, Block, For
    from wfc_targets.github.draft import Draft

LONGEST_UNROLLED = 24
"""Steps of an unrolled loop; a longer one is a matrix, one job an item."""

MOST_NAMED = 1_000
"""References in one item: each is an expression of its own in the file, and nobody writes so many."""


def unrolled(loop: For) -> tuple[AnyExpr, ...]:
    """The items of a loop whose number is known, else ()."""
    return loop.items.items if isinstance(loop.items, ir.ListExpr) else ()


def prepare(draft: Draft) -> None:
    """Fill in which loops stand around what, which of them are matrices, and which results are read."""
    flow = draft.flow
    _loops(draft, flow.body, (), True)
    _loops(draft, flow.on_failure, (), False)
    _loops(draft, flow.finally_, (), False)
    tasks = {stmt.path: stmt for block in (flow.body, flow.on_failure, flow.finally_) for stmt in statements(block)}
    for expr in flow_expressions(flow):
        _reads(draft, expr, tasks)
    for path, stmt in tasks.items():
        if isinstance(stmt, ir.Task) and stmt.undo is not None and draft.loops_of[path]:
            _collects(draft, path, 0)


def _loops(draft: Draft, block: Block, around: tuple[For, ...], jobs: bool) -> None:
    """jobs: may a loop here be jobs of its own?"""
    for stmt in block:
        draft.loops_of[stmt.path] = around
        inner, further = around, jobs
        if isinstance(stmt, ir.For):
            inner = (*around, stmt)
            if jobs and is_matrix(draft, stmt):
                draft.matrices.add(stmt.label)
                further = False
        for body in blocks(stmt):
            _loops(draft, body, inner, further)


def is_matrix(draft: Draft, loop: For) -> bool:
    """Is a loop that may be jobs a matrix? One over a list of known length stays steps, if it is short and in order.

    Found once a loop: the answer for a loop asks for all loops inside it, and each of those for those inside it.
    """
    known = draft.can_be_matrix.get(loop.path)
    if known is None:
        known = draft.can_be_matrix[loop.path] = _is_matrix(draft, loop)
    return known


def _is_matrix(draft: Draft, loop: For) -> bool:
    items = unrolled(loop)
    if not isinstance(loop.items, ir.ListExpr):
        return True
    if any(divides(draft, stmt) for stmt in loop.body):
        return False
    inner = (stmt for stmt in statements(loop.body) if isinstance(stmt, ir.For))
    several = any(cuts(draft, stmt) for stmt in loop.body) or any(is_matrix(draft, stmt) for stmt in inner)
    if loop.maximum is not None and (loop.maximum > 1 or several):
        return draft.option("parallel", "jobs") != "steps" and len(items) > 1
    return len(items) * sum(1 for _ in statements(loop.body)) > LONGEST_UNROLLED


def too_long(draft: Draft) -> bool:
    """Do loops in loops, written out, make more steps than a file takes? Reports WF951 at the innermost that does."""
    loop = too_many(draft.flow, lambda loop, _: 1 if loop.label in draft.matrices else len(unrolled(loop)))
    if loop is None:
        return _too_long_items(draft)
    draft.unsupported(
        loop.span,
        f"with the loops inside it, `{loop.label}` makes more than {MOST_COPIES:,} steps",
        "A list that is written out gives steps or jobs for each item, and loops in loops multiply.",
        "shorten the lists, or put the inner loop into a flow of its own and call it with flow.run",
    )
    return True


def _too_long_items(draft: Draft) -> bool:
    """Is an item, with the items that it names in their place, too long? It stands wherever the variable does."""
    sizes: dict[str, int] = {}
    for stmt in all_statements(draft.flow):
        if not isinstance(stmt, ir.For) or not unrolled(stmt):
            continue
        sizes[stmt.label] = max(
            sum(sizes.get(ref.name, 1) if ref.kind == "item" else 1 for ref in references(item))
            for item in unrolled(stmt)
        )
        if sizes[stmt.label] > MOST_NAMED:
            draft.unsupported(
                stmt.items.span,
                f"an item of `{stmt.label}` names more than {MOST_NAMED:,} values, counted through the loops around it",
                "The item of a list that is written out is put where its name stands.",
                "let a task compute the items, and name its result",
            )
            return True
    return False


def divides(draft: Draft, stmt: AnyStmt) -> bool:
    """Can the statement only be jobs, whatever stands around it?"""
    match stmt:
        case ir.Approve():
            return True
        case ir.Task():
            return isinstance(stmt.call.op, ir.RunFlow)
        case ir.For():
            return not isinstance(stmt.items, ir.ListExpr) or any(divides(draft, inner) for inner in stmt.body)
        case _:
            return any(divides(draft, inner) for body in blocks(stmt) for inner in body)


def cuts(draft: Draft, stmt: AnyStmt) -> bool:
    """Does the statement start a new job, at a place where that can be?"""
    match stmt:
        case ir.Approve() | ir.Workspace():
            return True
        case ir.Parallel() if draft.option("parallel", "jobs") != "steps":
            return True
        case ir.For() if stmt.label in draft.matrices:
            return True
        case ir.Task():
            return isinstance(stmt.call.op, ir.RunFlow)
        case _:
            return any(cuts(draft, inner) for body in blocks(stmt) for inner in body)


def _reads(draft: Draft, expr: AnyExpr, tasks: dict[str, AnyStmt]) -> None:
    path = path_of(expr)
    if path is None:
        for part in children(expr):
            _reads(draft, part, tasks)
        return
    ref, names = path
    task = tasks.get(ref.name)
    if ref.kind != "task" or not isinstance(task, ir.Task):
        return
    if ref.collect:
        _collects(draft, ref.name, len(draft.loops_of[ref.name]) - ref.collect)
    wanted = output_path(task, ref.type, names) if not ref.collect else ()
    known = draft.reads.setdefault(ref.name, [])
    if wanted not in known:
        known.append(wanted)


def _collects(draft: Draft, path: str, shared: int) -> None:
    """Note that the legs of a matrix have to hand on the results of a task."""
    for loop in draft.loops_of[path][shared:]:
        known = draft.collected.setdefault(loop.label, [])
        if path not in known:
            known.append(path)


def uses_date(draft: Draft) -> bool:
    """Does the flow read the date of the run (or of its schedule)?"""
    schedules = {trigger.alias for trigger in draft.flow.triggers if trigger.kind == "schedule"}
    return any(_reads_date(expr, schedules) for expr in flow_expressions(draft.flow))


def _reads_date(expr: AnyExpr, schedules: set[str | None]) -> bool:
    if isinstance(expr, ir.Ref):
        return (expr.kind == "run" and expr.name == "date") or (expr.kind == "event" and expr.name in schedules)
    return any(_reads_date(part, schedules) for part in children(expr))
