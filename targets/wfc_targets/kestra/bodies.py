"""A block → a flow of its own and the inputs to call it with: what it reads from outside becomes an input.

Wanted on 1.3 for the bodies of loops (states and outputs below a ForEach are keyed by the nearest item only) and for
the body of a flow whose time is bounded (an execution that its SLA cuts runs no handlers).
"""

from __future__ import annotations

from wfc import ir
from wfc.record import Record, replace
from wfc.walk import statements
from wfc_targets.kestra.nesting import nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from wfc.ir import AnyExpr, Block
    from wfc_targets.kestra.unit import Unit

RUN = {"id": "run_id", "date": "run_date", "url": "run_url"}


class Detached(Record):
    """flow: the new one. inputs: what its caller hands over, by name."""

    flow: ir.Flow
    inputs: tuple[tuple[str, AnyExpr], ...]


def detached(unit: Unit, name: str, block: Block) -> Detached:
    """The block as a flow called `name`."""
    inside = {stmt.path for stmt, _ in nested(block, ())}
    loops = {stmt.label for stmt in statements(block) if isinstance(stmt, ir.For)}
    names: dict[ir.Ref, str] = {}

    def moved(ref: ir.Ref) -> AnyExpr:
        own = {"task": ref.name in inside, "item": ref.name in loops, "index": ref.name in loops}
        if own.get(ref.kind, ref.kind in ("var", "secret", "config")) or (ref.kind, ref.name) == ("run", "attempt"):
            return ref
        key = replace(ref, span=unit.flow.span)
        return replace(ref, kind="input", name=names.setdefault(key, _fresh(unit, ref, names)), collect=0)

    body = rewritten(block, moved)
    span = unit.flow.span
    inputs = tuple(ir.Input(given, ref.type, None, span) for ref, given in names.items())
    doc = f"Part of {unit.flow.name}."
    flow = ir.Flow(
        name,
        doc,
        (),
        inputs,
        unit.flow.secrets,
        unit.flow.configs,
        (),
        body,
        (),
        (),
        span,
        source=unit.flow.source,
    )
    return Detached(replace(flow, options=unit.flow.options), tuple((given, ref) for ref, given in names.items()))


def _fresh(unit: Unit, ref: ir.Ref, names: dict[ir.Ref, str]) -> str:
    wanted = RUN.get(ref.name, ref.name) if ref.kind == "run" else ref.name.rpartition("/")[2]
    if ref.kind in ("item", "index"):
        variable = unit.places.loops[ref.name].variable
        wanted = variable if ref.kind == "item" else f"{variable}_index"
    name, number = wanted, 2
    while name in names.values():
        name, number = f"{wanted}_{number}", number + 1
    return name


def rewritten(value: Any, change: Callable[[ir.Ref], AnyExpr]) -> Any:
    """A copy of a value of the IR (a record, a tuple or a plain value) with every reference changed."""
    if isinstance(value, ir.Ref):
        return change(value)
    if isinstance(value, ir.Try):
        # its recovery reads its own `failure`, not one from outside
        recover = rewritten(value.recover, lambda ref: ref if ref.kind == "failure" else change(ref))
        return replace(value, body=rewritten(value.body, change), recover=recover)
    if isinstance(value, tuple):
        return tuple(rewritten(item, change) for item in value)
    if not isinstance(value, Record) or type(value).__module__ != ir.__name__:
        return value
    return type(value)(**{name: rewritten(getattr(value, name), change) for name in value.__match_args__})
