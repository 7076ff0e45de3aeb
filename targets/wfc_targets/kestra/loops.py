"""`for` → Loop (2.0): each iteration is an execution of its own, so that bodies nest freely.

The engine drops an item that equals another, so a loop goes over indexes unless its items are literals that differ.
"""

from __future__ import annotations

from wfc import ir
from wfc.record import replace
from wfc_targets.common import yaml
from wfc_targets.kestra import model, pebble
from wfc_targets.kestra.native import native
from wfc_targets.kestra.places import literal_items, nested
from wfc_targets.kestra.unit import Calc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wfc.ir import Block
    from wfc_targets.common.yaml import Node
    from wfc_targets.kestra.tasks import Tasks
    from wfc_targets.kestra.unit import Site, Unit

    Sequence = Callable[[Unit, Block, Site], Tasks]


def lower_for(unit: Unit, stmt: ir.For, site: Site, sequence: Sequence) -> Tasks:
    """A Loop; with `max` a gate behind it, since all items shall run."""
    calc = Calc(unit, stmt, site)
    if native(stmt.items, unit.places, site.around) is None:
        calc.computed(stmt.items, "items")
    tasks = sequence(unit, stmt.body, replace(site, around=(*site.around, stmt.label)))
    if not tasks:
        return []
    unit.note(stmt.label, stmt, "loop", site)
    loop = model.Loop(
        id=stmt.label,
        values=_values(unit, stmt, site),
        concurrency_limit=stmt.maximum or 1,
        transmit_failed=None if stmt.maximum is None else False,
        tasks=tuple(tasks),
        outputs=tuple(exports(unit, stmt, site)),
    )
    if stmt.maximum is None:
        return [*calc.tasks(), loop]
    gate = f"{stmt.label}_gate"
    unit.note(gate, stmt, "gate", site)
    failed = pebble.output(f"outputs.{stmt.label}.terminatedIterations.FAILED is defined")
    return [*calc.tasks(), loop, model.Fail(id=gate, condition=failed, error_message=f"an item of {stmt.label} failed")]


def _values(unit: Unit, stmt: ir.For, site: Site) -> Node:
    literals = literal_items(stmt)
    if literals is not None:
        return yaml.Flow(literals)
    items = unit.places.items(stmt, site.around)
    return pebble.output(f"range(0, ({items} | length) - 1)")


def exports(unit: Unit, stmt: ir.For, site: Site) -> list[model.FlowOutput]:
    """What an iteration hands out: the results that are read outside, the states that undos ask for."""
    around = (*site.around, stmt.label)
    found = []
    for path, producer in unit.places.producers.items():
        if stmt.label in producer.loops and path in unit.collected(stmt.label):
            found.append(model.FlowOutput(producer.stmt.label, "JSON", _exported(unit, path, around)))
    for inner, loops in nested(stmt.body, around):
        if isinstance(inner, ir.Task) and inner.undo is not None and loops == around:
            state = pebble.output(f"tasks.{inner.label}.state ?? 'NOT_RUN'")
            found.append(model.FlowOutput(f"{inner.label}_undo", "STRING", state))
    return found


def _exported(unit: Unit, path: str, around: tuple[str, ...]) -> str:
    """The result of a task in this iteration, a list of them when there are loops in between."""
    producer = unit.places.producers[path]
    kind = producer.stmt.type if isinstance(producer.stmt, ir.Task) else producer.stmt.fields
    ref = ir.Ref(kind, producer.stmt.span, "task", path, len(producer.loops) - len(around))
    text = unit.places.path(ref, around)
    return pebble.output(f"({text} ?? null) | toJson")


def state_test(unit: Unit, stmt: ir.Task, task: str, site: Site) -> str:
    """Did the task succeed, in this execution?"""
    del unit, stmt, site
    return pebble.ended(task, "SUCCESS")


def undo_loop(unit: Unit, stmt: ir.For, site: Site, undos: Callable[[Unit, Block, Site], Tasks]) -> Tasks:
    """A loop over the iterations of a loop, last first, that undoes what succeeded in each."""
    raise NotImplementedError((unit, stmt, site, undos))
