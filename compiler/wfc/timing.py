"""`wfc check --explain-time`: the longest that a flow can take, as a sum that can be followed line by line.

The arithmetic is that of the checks (wfc.checks.worst_case); what nobody knows is said to be unknown, and every sum
that has such a part is a lower bound (`≥`).
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.checks.client_retries import client
from wfc.checks.schedules import MINUTE, schedules
from wfc.checks.worst_case import (
    has_unknown,
    is_unknown,
    longest_path,
    of_call,
    of_statement,
    undos,
    undos_unknown,
    unknown,
    worst_case,
)
from wfc.record import Record
from wfc.render import COLUMNS, clipped, visible, width
from wfc.text import duration_text
from wfc_targets.github.draft import JOB_LIMIT_MINUTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.worst_case import Runs
    from wfc.ir import AnyStmt, Block, Call, Flow, Task

WIDTHS = (34, 11, 8, 12, 15)
"""Columns of a row: statement, timeout, attempts, pauses, worst case."""

HEADS = ("statement", "timeout", "× tries", "+ pauses", "worst case")
GITHUB = JOB_LIMIT_MINUTES * MINUTE
"""Milliseconds after which GitHub ends a job."""

DAY = 86_400_000


class Row(Record):
    """A line of the table. depth: of nesting. critical: is it on the longest of the paths beside it?

    cells: timeout, attempts, pauses and worst case, as texts.
    """

    depth: int
    title: str
    cells: tuple[str, str, str, str]
    critical: bool = True


def explained(flow: Flow, runs: Runs) -> str:
    """The tables of a flow: its body, what handles failures, and the sum beside what bounds it; 80 columns."""
    lines = [clipped(f"{flow.name} ({flow.span.source})", COLUMNS), line(HEADS)]
    total, open_ = 0, False
    for title, block in (("", flow.body), ("on failure", flow.on_failure), ("finally", flow.finally_)):
        if not block:
            continue
        lines += [f"  {title}"] if title else []
        lines += [line((mark(row), *row.cells)) for row in rows(block, 0, True, runs)]
        total, open_ = total + worst_case(block, runs), open_ or has_unknown(block, runs)
        if block is flow.body and (time := undos(block, runs)):
            many = undos_unknown(flow, runs)
            lines.append(line(("undos, one by one", "", "", "", shown(time, many))))
            total, open_ = total + time, open_ or many
    lines += [clipped(f"  {text}", COLUMNS) for text in clients(flow)]
    lines.append(line(("in all", "", "", "", shown(total, open_))))
    body = worst_case(flow.body, runs), has_unknown(flow.body, runs)
    behind = flow.on_failure + flow.finally_
    rest = total - body[0], has_unknown(behind, runs) or undos_unknown(flow, runs)
    lines += [clipped(f"  {text}", COLUMNS) for text in bounds(flow, rest, body)]
    return "\n".join(lines) + "\n"


def clients(flow: Flow) -> Iterator[str]:
    """Who sends requests again inside of an attempt: that takes no longer, for the timeout holds for the attempt."""
    for task in walk.tasks(flow):
        found = client(task.call)
        if found is not None:
            attempts = task.call.retry.attempts if task.call.retry else 1
            product = f"{attempts} × " if attempts > 1 else ""
            yield f"{found.name} of {task.label}: a request is sent up to {product}{found.requests} times"


def bounds(flow: Flow, rest: tuple[int, bool], body: tuple[int, bool]) -> Iterator[str]:
    """The sum beside the budget (which bounds the body), the schedules, and the limit of GitHub's jobs.

    rest: undos and handlers. Both are milliseconds, and whether a part is unknown.
    """
    total = body[0] + rest[0], body[1] or rest[1]
    if flow.budget is not None and flow.budget.time:
        limit = flow.budget.time
        yield f"budget {duration_text(limit)}: {verdict(*body, limit, 'the body fits', 'it ends the body first')}"
        # with a budget the body takes at most that, whatever nobody knows of it
        capped = limit if body[1] else min(body[0], limit)
        total = capped + rest[0], rest[1]
    for schedule in schedules(flow):
        said = verdict(*total, schedule.gap(), "a run ends before the next one", "runs overlap")
        yield f'schedule "{schedule.expression}", every {duration_text(schedule.gap())} or more: {said}'
    yield f"GitHub, {duration_text(GITHUB)} a job: {verdict(*total, GITHUB, 'fits into one', 'longer than one')}"


def verdict(time: int, open_: bool, limit: int, good: str, bad: str) -> str:
    """Which of the two it is, or that it can't be known: for a lower bound says nothing of what lies above it."""
    if time > limit:
        return f"{bad} (by {rounded(time - limit)})"
    return "unknown, for a part is" if open_ else good


def rows(block: Block, depth: int, critical: bool, runs: Runs) -> Iterator[Row]:
    """The rows of statements that follow each other."""
    for stmt in block:
        yield from of_one(stmt, depth, critical, runs)


def of_one(stmt: AnyStmt, depth: int, critical: bool, runs: Runs) -> Iterator[Row]:
    """The rows of a statement: its own, then those inside of it."""
    match stmt:
        case ir.Task():
            yield from of_task(stmt, depth, critical, runs)
        case ir.Approve():
            limit = duration_text(stmt.timeout) if stmt.timeout is not None else "none"
            yield Row(depth, f"approve {stmt.label}", (limit, "", "", worst(stmt, runs)), critical)
        case ir.Parallel():
            yield heading("parallel", stmt, depth, critical, runs)
            _, path = longest_path(stmt, runs)
            for number, inner in enumerate(stmt.body):
                yield from of_one(inner, depth + 1, critical and number in path, runs)
        case ir.For():
            yield heading(f"for {stmt.variable} {rounds(stmt)}", stmt, depth, critical, runs)
            yield from rows(stmt.body, depth + 1, critical, runs)
        case ir.Workspace():
            yield heading(f"workspace {stmt.label}", stmt, depth, critical, runs)
            yield from rows(stmt.body, depth + 1, critical, runs)
        case ir.Try():
            yield heading("try, then recover", stmt, depth, critical, runs)
            yield from rows(stmt.body, depth + 1, critical, runs)
            yield from rows(stmt.recover, depth + 1, critical, runs)
        case ir.If():
            titles = ["if", *["else if"] * (len(stmt.arms) - 1)]
            arms = [*zip(titles, (body for _, body in stmt.arms), strict=True), ("else", stmt.other)]
            yield from alternatives(arms, depth, critical, runs)
        case ir.Match():
            named = [(f"match {', '.join(members)}", body) for members, body in stmt.arms]
            yield from alternatives([*named, ("else", stmt.other or ())], depth, critical, runs)
        case ir.Require() | ir.Stop() | ir.Fail() | ir.Let():
            return


def alternatives(arms: list[tuple[str, Block]], depth: int, critical: bool, runs: Runs) -> Iterator[Row]:
    """Bodies of which one runs: the longest counts."""
    longest = max(worst_case(body, runs) for _, body in arms)
    counted = next(number for number, (_, body) in enumerate(arms) if worst_case(body, runs) == longest)
    for number, (title, body) in enumerate(arms):
        if not body:
            continue
        here = critical and number == counted
        yield Row(depth, title, ("", "", "", shown(worst_case(body, runs), has_unknown(body, runs))), here)
        yield from rows(body, depth + 1, here, runs)


def heading(title: str, stmt: AnyStmt, depth: int, critical: bool, runs: Runs) -> Row:
    """The row of a statement that holds others: its sum only."""
    return Row(depth, title, ("", "", "", worst(stmt, runs)), critical)


def of_task(task: Task, depth: int, critical: bool, runs: Runs) -> Iterator[Row]:
    """A task's call; the time of its poll or watch; its fallback."""
    yield of_row(task.label, task.call, depth, critical, runs)
    if task.until is not None:
        limit = duration_text(task.until.within) if task.until.within is not None else "none"
        yield Row(depth + 1, "+ until, within", ("", "", "", limit), critical)
    if task.holds is not None:
        limit = duration_text(task.holds.duration)
        yield Row(depth + 1, "+ holds, for", ("", "", "", limit), critical)
    if task.fallback is not None and task.fallback.call is not None:
        yield of_row("fallback", task.fallback.call, depth + 1, critical, runs)


def of_row(title: str, call: Call, depth: int, critical: bool, runs: Runs) -> Row:
    """One call: timeout × attempts + pauses."""
    open_ = is_unknown(call, runs)
    if isinstance(call.op, ir.Sleep):
        return Row(depth, title, ("sleeps", "", "", shown(of_call(call, runs), open_)), critical)
    # pauses alone are no lower bound worth showing; the known part of another flow is
    time = of_call(call, runs) if isinstance(call.op, ir.RunFlow) or not open_ else 0
    limit = rounded(call.timeout) if call.timeout is not None else "none"
    if isinstance(call.op, ir.RunFlow) and call.timeout is None:
        limit = shown(*runs.of(call.op.flow))
    pauses = sum(call.retry.pauses()) if call.retry and call.retry.attempts <= 100 else 0
    attempts = str(call.retry.attempts) if call.retry else "1"
    return Row(depth, title, (limit, attempts, rounded(pauses) if pauses else "", shown(time, open_)), critical)


def rounds(stmt: ir.For) -> str:
    """How often the body of a loop runs one after the other: `× 3`, or `× ?` for a list of the run."""
    if not isinstance(stmt.items, ir.ListExpr):
        return "× ?"
    count = len(stmt.items.items)
    return f"× {count if stmt.maximum is None else -(-count // stmt.maximum)}"


def worst(stmt: AnyStmt, runs: Runs) -> str:
    """The worst case of a statement, as text."""
    return shown(of_statement(stmt, runs), unknown(stmt, runs))


def shown(time: int, open_: bool) -> str:
    """A time; `≥ …` for a lower bound, "unknown" for one of nothing."""
    if open_:
        return f"≥ {rounded(time)}" if time else "unknown"
    return rounded(time)


def rounded(time: int) -> str:
    """A duration short enough for its column: from a minute on without milliseconds, from a day on without seconds."""
    unit = 60_000 if time >= DAY else 1_000 if time >= 60_000 else 1
    return duration_text(-(-time // unit) * unit)


def mark(row: Row) -> str:
    """The title, indented; in parentheses what is not on the longest path."""
    title = visible(row.title)
    return "  " * row.depth + (title if row.critical else f"({title})")


def line(cells: tuple[str, ...]) -> str:
    """A row of the table: the first cell to the left, the others to the right."""
    rooms = (WIDTHS[0] - 2, *WIDTHS[1:])
    first, *others = (clipped(cell, room - 1) for cell, room in zip(cells, rooms, strict=True))
    left = first + " " * (rooms[0] - width(first))
    row = left + "".join(" " * (room - width(cell)) + cell for cell, room in zip(others, rooms[1:], strict=True))
    return f"  {row}".rstrip()
