"""What the manifest says beyond ids, so that a skipped step can be told apart: was its branch not taken, or did
something before it fail? GitHub has one word for both.
"""

from __future__ import annotations

from wfc import ir
from wfc.record import Record, replace
from wfc.target import Entry
from wfc.walk import blocks, statements
from wfc_targets.github.draft import in_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyStmt, Block, Json
    from wfc_targets.github.draft import Draft


class Place(Record):
    """Where a statement stands.

    before: paths of the last statements that must have gone well before it (what a `try` swallows left out); what is
    before those stands with them, so that all of it is no longer than the flow. guarded: it has a guard,
    or stands in an arm. recovers: of each `try` whose failure leads here, outside first, the paths in it, and
    those of the arm it stands in. loops: for each plain loop around, its depth and the paths in it whose failure for
    an earlier item stops the later ones.
    within: for a loop in an arm, what stands in the arm: when none of it ran, the arm was not taken, nor the loop.
    """

    before: tuple[str, ...] = ()
    guarded: bool = False
    recovers: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    loops: tuple[tuple[int, tuple[str, ...]], ...] = ()
    depth: int = 0
    arm: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


def ordered_entries(draft: Draft) -> tuple[Entry, ...]:
    """The entries with what `Place` knows in `extra`, for statements of which it matters."""
    places: dict[str, Place] = {}
    body = _block(draft.flow.body, Place(), places)
    _block(draft.flow.on_failure, Place(recovers=((body, ()),)), places)
    _block(draft.flow.finally_, Place(), places)
    return tuple(_with_place(draft, entry, places.get(entry.path)) for entry in draft.entries)


def _with_place(draft: Draft, entry: Entry, place: Place | None) -> Entry:
    if place is None or entry.role in ("calc", "glue", "gate", "loop"):
        return entry
    extra: list[tuple[str, Json]] = list(entry.extra)
    if place.before:
        extra.append(("before", _shared(draft, entry, place.before)))
    if not place.guarded:
        return replace(entry, extra=tuple(extra))
    extra.append(("guarded", True))
    if place.recovers:
        extra.append(("recovers", [[_shared(draft, entry, p) for p in pair] for pair in place.recovers]))
    if place.within:
        extra.append(("within", _shared(draft, entry, place.within)))
    if place.loops:
        extra.append(("ordered", [[depth, list(paths)] for depth, paths in place.loops]))
    return replace(entry, extra=tuple(extra))


def _shared(draft: Draft, entry: Entry, paths: tuple[str, ...]) -> list[Json]:
    """Each path with the number of loops that stand around both it and the entry."""
    own = draft.loops_of.get(entry.path, ())
    found: list[Json] = []
    for path in paths:
        depth = 0
        for one, other in zip(own, draft.loops_of.get(path, ()), strict=False):
            if one.label != other.label:
                break
            depth += 1
        found.append([path, depth])
    return found


def _block(block: Block, place: Place, places: dict[str, Place]) -> tuple[str, ...]:
    """Notes the places of a block; gives the paths in it that may fail, those a `try` swallows left out."""
    inside: list[str] = []
    last = place.before
    for stmt in block:
        made = _statement(stmt, replace(place, before=last), places)
        inside += made
        last = made or last
    return tuple(inside)


def _statement(stmt: AnyStmt, place: Place, places: dict[str, Place]) -> tuple[str, ...]:
    when = isinstance(stmt, ir.Task | ir.Approve) and stmt.when is not None
    places[stmt.path] = replace(place, guarded=place.guarded or when)
    match stmt:
        case ir.Let():
            return ()
        case ir.Parallel():
            return _graph(stmt, place, places)
        case ir.For():
            loops = place.loops
            if stmt.maximum is None:
                loops = (*loops, (place.depth, tuple(_lasting(stmt.body))))
            # a branch around a loop that is not taken leaves no instances of the loop's tasks
            inside = replace(place, guarded=False, loops=loops, depth=place.depth + 1, within=place.arm or place.within)
            return _block(stmt.body, inside, places)
        case ir.Workspace():
            return _block(stmt.body, place, places)
        case ir.Try():
            tried = _block(stmt.body, place, places)
            return _block(stmt.recover, replace(place, recovers=(*place.recovers, (tried, place.arm))), places)
        case ir.If() | ir.Match():
            arms = (*(body for _, body in stmt.arms), stmt.other or ())
            return tuple(path for body in arms for path in _block(body, _arm(place, body), places))
        case _:
            return (stmt.path,)


def _lasting(block: Block) -> Iterator[str]:
    """The paths of a block whose failure lasts: what a `try` swallows left out."""
    for stmt in block:
        yield stmt.path
        for body in (stmt.recover,) if isinstance(stmt, ir.Try) else blocks(stmt):
            yield from _lasting(body)


def _arm(place: Place, body: Block) -> Place:
    return replace(place, guarded=True, arm=tuple(inner.path for inner in statements(body)))


def _graph(stmt: ir.Parallel, place: Place, places: dict[str, Place]) -> tuple[str, ...]:
    inside: dict[int, tuple[str, ...]] = {}
    ends: dict[int, tuple[str, ...]] = {}
    sources: dict[int, list[int]] = {}
    for first, second in sorted(stmt.edges):
        sources.setdefault(second, []).append(first)
    for number in in_order(len(stmt.body), stmt.edges):
        preceding = tuple(dict.fromkeys(path for first in sources.get(number, ()) for path in ends[first]))
        inside[number] = _statement(stmt.body[number], replace(place, before=preceding or place.before), places)
        ends[number] = inside[number] or preceding or place.before
    return tuple(path for number in sorted(inside) for path in inside[number])
