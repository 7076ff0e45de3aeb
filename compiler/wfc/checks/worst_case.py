"""How long a flow can take at least in its worst case, by arithmetic: timeouts × attempts + pauses + waits."""

from __future__ import annotations

from wfc import ir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyStmt, Block, Call, Flow, Task


def longest_run(flow: Flow) -> int:
    """Milliseconds that the body of a flow can take: its worst case, but no longer than its budget of time."""
    longest = worst_case(flow.body)
    return min(longest, flow.budget.time) if flow.budget is not None and flow.budget.time else longest


def worst_case(block: Block) -> int:
    """Milliseconds that the statements can take one after the other.

    What nobody knows (no timeout, a list of unknown length, another flow) counts as little as it can, so that the
    real worst case is never less.
    """
    return sum(of_statement(stmt) for stmt in block)


def of_statement(stmt: AnyStmt) -> int:
    """The longest that a statement can take, in milliseconds, as far as limits are known."""
    match stmt:
        case ir.Task():
            return of_task(stmt)
        case ir.Parallel():
            return of_parallel(stmt)
        case ir.For():
            count = len(stmt.items.items) if isinstance(stmt.items, ir.ListExpr) else 1
            rounds = count if stmt.maximum is None else -(-count // stmt.maximum)
            return rounds * worst_case(stmt.body)
        case ir.If():
            return max(worst_case(body) for body in (*(body for _, body in stmt.arms), stmt.other))
        case ir.Match():
            return max((worst_case(body) for body in (*(body for _, body in stmt.arms), stmt.other or ())), default=0)
        case ir.Try():
            return worst_case(stmt.body) + worst_case(stmt.recover)
        case ir.Workspace():
            return worst_case(stmt.body)
        case ir.Approve():
            return stmt.timeout or 0
        case _:
            return 0


def of_task(task: Task) -> int:
    """The last call of a poll or a watch may begin as its time ends; a fallback comes after the last attempt."""
    own = of_call(task.call)
    if task.until is not None:
        own += task.until.within or 0
    elif task.holds is not None:
        own += task.holds.duration
    return own + (of_call(task.fallback.call) if task.fallback and task.fallback.call else 0)


def of_call(call: Call) -> int:
    """The longest of all attempts of a call with its pauses, in milliseconds; at most 100 attempts are counted."""
    if isinstance(call.op, ir.Sleep):
        known = call.op.duration
        return known.value if isinstance(known, ir.Literal) and isinstance(known.value, int) else 0
    attempts = min(call.retry.attempts, 100) if call.retry else 1
    pauses = sum(call.retry.pauses()[:100]) if call.retry and call.retry.attempts <= 100 else 0
    return attempts * (call.timeout or 0) + pauses


def of_parallel(stmt: ir.Parallel) -> int:
    """The length of the longest path through the statements, in milliseconds."""
    return longest_path(stmt)[0]


def longest_path(stmt: ir.Parallel) -> tuple[int, tuple[int, ...]]:
    """Milliseconds, and the numbers of the statements on the longest path by the edges between them, in its order.

    Of several that are as long, the one of the statement that stands first.
    """
    own = [of_statement(inner) for inner in stmt.body]
    starts = [0] * len(own)
    from_: list[int | None] = [None] * len(own)
    waiting = [0] * len(own)
    behind: list[list[int]] = [[] for _ in own]
    for first, second in stmt.edges:
        behind[first].append(second)
        waiting[second] += 1
    ready = [index for index, count in enumerate(waiting) if not count]
    for index in ready:
        for other in behind[index]:
            if starts[index] + own[index] > starts[other]:
                starts[other], from_[other] = starts[index] + own[index], index
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    ends = [start + length for start, length in zip(starts, own, strict=True)]
    at: int | None = max(range(len(ends)), key=ends.__getitem__) if ends else None
    path = []
    while at is not None:
        path.append(at)
        at = from_[at]
    return max(ends, default=0), tuple(reversed(path))
