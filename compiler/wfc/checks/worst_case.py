"""How long a flow can take at least in its worst case, by arithmetic: timeouts × attempts + pauses + waits."""

from __future__ import annotations

from wfc import ir, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyStmt, Block, Call, Flow, Project, Task

MOST = 100
"""Attempts of one call that are counted."""


class Runs:
    """How long the flows of a project take that others run, each counted once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.known: dict[str, tuple[int, bool]] = {}
        self.counting = False

    def of(self, name: str) -> tuple[int, bool]:
        """Milliseconds of a run with its undos and handlers, and whether a part of it is unknown.

        A flow that is not there, or that runs itself (WF901), is unknown.
        """
        if not self.counting:
            self.counting = True
            for one in self.not_counted(name):
                self.known[one] = self.counted(one)
            self.counting = False
        return self.known.get(name, (0, True))

    def not_counted(self, name: str) -> list[str]:
        """The flows that have to be counted for this one, each behind those that it runs: no stack can be too small."""
        order: list[str] = []
        seen = {*self.known, name}
        stack = [] if name in self.known else [(name, self.run_by(name))]
        while stack:
            top, rest = stack[-1]
            deeper = next((one for one in rest if one not in seen), None)
            if deeper is None:
                order.append(top)
                stack.pop()
            else:
                seen.add(deeper)
                stack.append((deeper, self.run_by(deeper)))
        return order

    def run_by(self, name: str) -> Iterator[str]:
        """The names of the flows that a flow runs itself."""
        flow = self.project.flow(name)
        return walk.flows_run(flow) if flow is not None else iter(())

    def counted(self, name: str) -> tuple[int, bool]:
        """What `of` gives, when all that the flow runs has been counted."""
        flow = self.project.flow(name)
        if flow is None:
            return 0, True
        behind = flow.on_failure + flow.finally_
        rest = undos(flow.body, self) + worst_case(behind, self)
        time, open_ = self.body(flow)
        return time + rest, open_ or undos_unknown(flow, self) or has_unknown(behind, self)

    def body(self, flow: Flow) -> tuple[int, bool]:
        """Milliseconds of its body, and whether a part is unknown; with a budget it takes at most that."""
        limit = flow.budget.time if flow.budget is not None else None
        if not limit:
            return worst_case(flow.body, self), has_unknown(flow.body, self)
        return limit if has_unknown(flow.body, self) else longest_run(flow, self), False


def of_each(project: Project, find: Callable[[Flow, Runs], Iterable[Diagnostic]]) -> Iterator[tuple[str, Diagnostic]]:
    """What a check finds in each flow of a project, with its name; times of flows that are run are counted once."""
    runs = Runs(project)
    for flow in project.flows:
        for found in find(flow, runs):
            yield flow.name, found


def longest_run(flow: Flow, runs: Runs) -> int:
    """Milliseconds that the body of a flow can take: its worst case, but no longer than its budget of time."""
    longest = worst_case(flow.body, runs)
    return min(longest, flow.budget.time) if flow.budget is not None and flow.budget.time else longest


def worst_case(block: Block, runs: Runs) -> int:
    """Milliseconds that the statements can take one after the other.

    What nobody knows (no timeout, a list of unknown length) counts as little as it can, so that the real worst case is
    never less.
    """
    return sum(of_statement(stmt, runs) for stmt in block)


def of_statement(stmt: AnyStmt, runs: Runs) -> int:
    """The longest that a statement can take, in milliseconds, as far as limits are known."""
    match stmt:
        case ir.Task():
            return of_task(stmt, runs)
        case ir.Parallel():
            return longest_path(stmt, runs)[0]
        case ir.For():
            count = len(stmt.items.items) if isinstance(stmt.items, ir.ListExpr) else 1
            rounds = count if stmt.maximum is None else -(-count // stmt.maximum)
            return rounds * worst_case(stmt.body, runs)
        case ir.If() | ir.Match():
            return max((worst_case(body, runs) for body in walk.blocks(stmt)), default=0)
        case ir.Try():
            return worst_case(stmt.body, runs) + worst_case(stmt.recover, runs)
        case ir.Workspace():
            return worst_case(stmt.body, runs)
        case ir.Approve():
            return stmt.timeout or 0
        case _:
            return 0


def of_task(task: Task, runs: Runs) -> int:
    """The last call of a poll or a watch may begin as its time ends; a fallback comes after the last attempt."""
    own = of_call(task.call, runs)
    if task.until is not None:
        own += task.until.within or 0
    elif task.holds is not None:
        own += task.holds.duration
    return own + (of_call(task.fallback.call, runs) if task.fallback and task.fallback.call else 0)


def of_call(call: Call, runs: Runs) -> int:
    """The longest of all attempts of a call with its pauses, in milliseconds; at most MOST attempts are counted."""
    if isinstance(call.op, ir.Sleep):
        known = call.op.duration
        return known.value if isinstance(known, ir.Literal) and isinstance(known.value, int) else 0
    attempts = min(call.retry.attempts, MOST) if call.retry else 1
    pauses = sum(call.retry.pauses()[:MOST]) if call.retry and call.retry.attempts <= MOST else 0
    return attempts * of_attempt(call, runs) + pauses


def of_attempt(call: Call, runs: Runs) -> int:
    """Milliseconds of one attempt, 0 when nobody knows: its timeout, or what the flow that it runs takes."""
    if not isinstance(call.op, ir.RunFlow):
        return call.timeout or 0
    time, open_ = runs.of(call.op.flow)
    if call.timeout is None:
        return time
    return call.timeout if open_ else min(time, call.timeout)


def undos(block: Block, runs: Runs) -> int:
    """Milliseconds that all undos of the statements take, for they run one after the other; of arms the longest."""
    return sum(of_undos(stmt, runs) for stmt in block)


def of_undos(stmt: AnyStmt, runs: Runs) -> int:
    """`undos` of one statement; a list of the run counts one item."""
    if isinstance(stmt, ir.Task):
        return of_call(stmt.undo, runs) if stmt.undo else 0
    inner = [undos(body, runs) for body in walk.blocks(stmt)]
    if isinstance(stmt, ir.If | ir.Match):
        return max(inner, default=0)
    items = len(stmt.items.items) if isinstance(stmt, ir.For) and isinstance(stmt.items, ir.ListExpr) else 1
    return items * sum(inner)


def undos_unknown(flow: Flow, runs: Runs) -> bool:
    """Does an undo of the body take a time that nobody knows, or run as often as a list of the run says?"""
    for stmt in walk.statements(flow.body):
        if isinstance(stmt, ir.Task) and stmt.undo and is_unknown(stmt.undo, runs):
            return True
        if isinstance(stmt, ir.For) and not isinstance(stmt.items, ir.ListExpr) and undos(stmt.body, runs):
            return True
    return False


def has_unknown(block: Block, runs: Runs) -> bool:
    """Does a part of the statements take a time that nobody knows?"""
    return any(unknown(stmt, runs) for stmt in block)


def unknown(stmt: AnyStmt, runs: Runs) -> bool:
    """Is the time of the statement, or of one inside of it, not known?"""
    match stmt:
        case ir.Task():
            calls = [stmt.call, *([stmt.fallback.call] if stmt.fallback and stmt.fallback.call else [])]
            endless = stmt.until is not None and stmt.until.within is None
            return endless or any(is_unknown(call, runs) for call in calls)
        case ir.Approve():
            return stmt.timeout is None
        case ir.For() if not isinstance(stmt.items, ir.ListExpr):
            return True
        case _:
            return any(has_unknown(body, runs) for body in walk.blocks(stmt))


def is_unknown(call: Call, runs: Runs) -> bool:
    """No timeout, a pause that the run decides, a flow with such a part, or more attempts than are counted."""
    if isinstance(call.op, ir.Sleep):
        known = call.op.duration
        return not (isinstance(known, ir.Literal) and isinstance(known.value, int))
    if call.retry is not None and call.retry.attempts > MOST:
        return True
    return call.timeout is None and (not isinstance(call.op, ir.RunFlow) or runs.of(call.op.flow)[1])


def longest_path(stmt: ir.Parallel, runs: Runs) -> tuple[int, tuple[int, ...]]:
    """Milliseconds, and the numbers of the statements on the longest path by the edges between them, in its order.

    Of several that are as long, the one of the statement that stands first.
    """
    own = [of_statement(inner, runs) for inner in stmt.body]
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
