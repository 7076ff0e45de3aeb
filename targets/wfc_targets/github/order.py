"""What the manifest says beyond ids: for each statement, the statements that must have ended well before it."""

from __future__ import annotations

from wfc import ir
from wfc.record import replace
from wfc.target import Entry
from wfc_targets.github.draft import in_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyStmt, Block
    from wfc_targets.github.draft import Draft


def ordered_entries(draft: Draft) -> tuple[Entry, ...]:
    """The entries with `after`: the paths of the tasks directly before the statement in its sequence."""
    before: dict[str, tuple[str, ...]] = {}
    _block(draft.flow.body, (), before)
    _block(draft.flow.on_failure, (), before)
    _block(draft.flow.finally_, (), before)
    return tuple(_with_after(entry, before) for entry in draft.entries)


def _with_after(entry: Entry, before: dict[str, tuple[str, ...]]) -> Entry:
    after = before.get(entry.path, ())
    return replace(entry, extra=(*entry.extra, ("after", list(after)))) if after else entry


def _block(block: Block, start: tuple[str, ...], before: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    for stmt in block:
        start = _statement(stmt, start, before)
    return start


def _statement(stmt: AnyStmt, start: tuple[str, ...], before: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Notes what precedes; gives what precedes the next statement."""
    before[stmt.path] = start
    match stmt:
        case ir.Task() | ir.Approve() | ir.Require() | ir.Stop() | ir.Fail():
            return (stmt.path,)
        case ir.Let():
            return start
        case ir.Parallel():
            return _graph(stmt, start, before)
        case ir.For() | ir.Workspace():
            return (*_block(stmt.body, start, before),)
        case ir.Try():
            _block(stmt.body, start, before)
            return _block(stmt.recover, start, before)
        case ir.If():
            bodies = (*(body for _, body in stmt.arms), stmt.other)
        case ir.Match():
            bodies = (*(body for _, body in stmt.arms), stmt.other or ())
    ends = [_block(body, start, before) for body in bodies]
    return tuple(dict.fromkeys(path for end in ends for path in end))


def _graph(stmt: ir.Parallel, start: tuple[str, ...], before: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    ends: dict[int, tuple[str, ...]] = {}
    for number in in_order(len(stmt.body), stmt.edges):
        preceding = tuple(path for first, second in stmt.edges if second == number for path in ends[first])
        ends[number] = _statement(stmt.body[number], preceding or start, before)
    last = set(range(len(stmt.body))) - {first for first, _ in stmt.edges}
    return tuple(path for number in sorted(last) for path in ends[number])
