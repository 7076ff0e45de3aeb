"""What the manifest says beyond ids, so that a skipped step can be told apart: was its branch not taken, or did
something before it fail? GitHub has one word for both.
"""

from __future__ import annotations

from wfc import ir
from wfc.record import Record, replace
from wfc.target import Entry
from wfc.walk import statements
from wfc_targets.github.draft import in_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyStmt, Block, Json
    from wfc_targets.github.draft import Draft


class Facts(Record):
    """after: paths directly before the statement in its sequence. guarded: it has a guard, or stands in an arm.

    recovers: the paths of the `try` whose failure leads here; () outside of a `recover`.
    """

    after: tuple[str, ...]
    guarded: bool
    recovers: tuple[str, ...]


class Place(Record):
    """Where a block stands: what precedes it, and the facts that hold for all in it."""

    after: tuple[str, ...] = ()
    guarded: bool = False
    recovers: tuple[str, ...] = ()


def ordered_entries(draft: Draft) -> tuple[Entry, ...]:
    """The entries with their facts in `extra`: `after`, `guarded`, `recovers`, each only where it says something."""
    facts: dict[str, Facts] = {}
    for block in (draft.flow.body, draft.flow.on_failure, draft.flow.finally_):
        _block(block, Place(), facts)
    return tuple(_with_facts(entry, facts.get(entry.path)) for entry in draft.entries)


def _with_facts(entry: Entry, facts: Facts | None) -> Entry:
    if facts is None:
        return entry
    extra: list[tuple[str, Json]] = list(entry.extra)
    if facts.guarded:
        extra += [("after", list(facts.after)), ("guarded", True)]
    if facts.recovers:
        extra.append(("recovers", list(facts.recovers)))
    return replace(entry, extra=tuple(extra))


def _block(block: Block, place: Place, facts: dict[str, Facts]) -> tuple[str, ...]:
    for stmt in block:
        place = replace(place, after=_statement(stmt, place, facts))
    return place.after


def _statement(stmt: AnyStmt, place: Place, facts: dict[str, Facts]) -> tuple[str, ...]:
    """Notes the facts; gives what precedes the next statement."""
    when = isinstance(stmt, ir.Task | ir.Approve) and stmt.when is not None
    facts[stmt.path] = Facts(place.after, place.guarded or when, place.recovers)
    match stmt:
        case ir.Task() | ir.Approve() | ir.Require() | ir.Stop() | ir.Fail():
            return (stmt.path,)
        case ir.Let():
            return place.after
        case ir.Parallel():
            return _graph(stmt, place, facts)
        case ir.For():
            # a branch around a loop that is not taken leaves no instances of the loop's tasks
            return _block(stmt.body, replace(place, guarded=False), facts)
        case ir.Workspace():
            return _block(stmt.body, place, facts)
        case ir.Try():
            _block(stmt.body, place, facts)
            tried = tuple(inner.path for inner in statements(stmt.body))
            return _block(stmt.recover, replace(place, recovers=tried), facts)
        case ir.If():
            bodies = (*(body for _, body in stmt.arms), stmt.other)
        case ir.Match():
            bodies = (*(body for _, body in stmt.arms), stmt.other or ())
    ends = [_block(body, replace(place, guarded=True), facts) for body in bodies]
    return tuple(dict.fromkeys(path for end in ends for path in end))


def _graph(stmt: ir.Parallel, place: Place, facts: dict[str, Facts]) -> tuple[str, ...]:
    ends: dict[int, tuple[str, ...]] = {}
    for number in in_order(len(stmt.body), stmt.edges):
        preceding = tuple(path for first, second in stmt.edges if second == number for path in ends[first])
        ends[number] = _statement(stmt.body[number], replace(place, after=preceding or place.after), facts)
    last = set(range(len(stmt.body))) - {first for first, _ in stmt.edges}
    return tuple(path for number in sorted(last) for path in ends[number])
