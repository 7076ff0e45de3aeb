"""Inputs, events and the run, read in a loop in a loop on 2.0 → one task in front of the outer loop that keeps them.

An iteration of an iteration sees the outputs of all tasks in front of its loops, but no `inputs`, no `trigger`, and
another `execution` (2.0.0).
"""

from __future__ import annotations

from wfc import ir, types, walk
from wfc_targets.kestra import model, pebble
from wfc_targets.kestra.nesting import literal_items, nested
from wfc_targets.kestra.places import hoisted_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyExpr
    from wfc_targets.kestra.places import Places
    from wfc_targets.kestra.unit import Site, Unit


def hoisting(unit: Unit, loop: ir.For, site: Site) -> list[model.EngineTask]:
    """The task `X_once` in front of an outermost loop, when loops in it need one."""
    if site.around or unit.version != "2.0":
        return []
    texts: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for expr in _read_deep(loop):
        for name, text in _outside(unit.places, expr, seen):
            texts.setdefault(name, text)
    if not texts:
        return []
    task = f"{loop.label}_once"
    unit.note(task, loop, "calc", site)
    entries = ", ".join(f"{pebble.string(name)}: {text}" for name, text in texts.items())
    return [model.Return(id=task, format="{{ {" + entries + "} | toJson }}")]


def _read_deep(loop: ir.For) -> Iterator[AnyExpr]:
    """The expressions that are read in an iteration of an iteration."""
    for stmt, around in nested(loop.body, (loop.label,)):
        if len(around) > 1:
            yield from walk.own_expressions(stmt)
            if isinstance(stmt, ir.Task):
                for call in walk.calls(stmt):
                    if call.idempotent and call.idempotent.key is None:
                        yield ir.Ref(types.STRING, call.span, "run", "id")


def _outside(places: Places, expr: AnyExpr, seen: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Name and text of what an expression reads of inputs, events and the run, by way of items and fallbacks too.

    seen: the items and tasks that were followed before, for each may name the one before it twice.
    """
    if isinstance(expr, ir.Ref) and expr.kind in ("item", "task"):
        if (expr.kind, expr.name) in seen:
            return
        seen.add((expr.kind, expr.name))
    match expr:
        case ir.Field(of=ir.Ref(kind="event") as ref):
            yield hoisted_name(ref, [expr.name]) or "", places.path(expr, ()) or "null"
        case ir.Ref(kind="item") if literal_items(places.loops[expr.name]) is None:
            yield from _outside(places, places.loops[expr.name].items, seen)
        case ir.Ref(kind="task"):
            stmt = places.producers[expr.name].stmt
            fallback = stmt.fallback.value if isinstance(stmt, ir.Task) and stmt.fallback else None
            fallback = stmt.fallback if isinstance(stmt, ir.Approve) else fallback
            if fallback is not None:
                yield from _outside(places, fallback, seen)
        case ir.Ref():
            name = hoisted_name(expr, [])
            if name is not None:
                yield name, places.path(expr, ()) or "null"
        case _:
            for part in walk.children(expr):
                yield from _outside(places, part, seen)
