"""`for` → Loop (2.0): each iteration is an execution of its own, so that bodies nest freely.

The engine drops an item that equals another, so a loop goes over indexes unless its items are literals that differ.
"""

from __future__ import annotations

from wfc import ir
from wfc.record import replace
from wfc.types import ListType, OptionalType
from wfc.undo import undo_sequence
from wfc_targets.common import yaml
from wfc_targets.kestra import model, pebble
from wfc_targets.kestra.hoist import hoisting
from wfc_targets.kestra.nesting import literal_items
from wfc_targets.kestra.operations import subflow_inputs
from wfc_targets.kestra.parts import part_of, undo_exports, undo_part
from wfc_targets.kestra.tasks import alone
from wfc_targets.kestra.unit import Calc, Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wfc.ir import Block
    from wfc.types import Type
    from wfc_targets.common.yaml import Node
    from wfc_targets.kestra.tasks import Tasks
    from wfc_targets.kestra.unit import Unit

    Sequence = Callable[[Unit, Block, Site], Tasks]
    Undos = Callable[[Unit, Block, Site], Tasks]


def lower_for(unit: Unit, stmt: ir.For, site: Site, sequence: Sequence) -> Tasks:
    """A Loop; with `max` a gate behind it, since all items shall run."""
    calc = Calc(unit, stmt, site)
    if not unit.places.is_inline(stmt.items, site.around):
        calc.computed(stmt.items, "items")
    if unit.version == "1.3":
        return [*calc.tasks(), *_for_each(unit, stmt, site)]
    tasks = sequence(unit, stmt.body, replace(site, around=(*site.around, stmt.label), arms=()))
    if not tasks:
        return []
    before = [*calc.tasks(), *hoisting(unit, stmt, site)]
    unit.note(stmt.label, stmt, "loop", site)
    loop = model.Loop(
        id=stmt.label,
        values=_values(unit, stmt, site),
        concurrency_limit=unit.limits.get(stmt.label, 1),
        transmit_failed=None if stmt.maximum is None else False,
        tasks=tuple(tasks),
        outputs=tuple(exports(unit, stmt, site)),
    )
    if stmt.maximum is None:
        return [*before, loop]
    gate = f"{stmt.label}_gate"
    unit.note(gate, stmt, "gate", site)
    failed = pebble.output(f"outputs.{stmt.label}.terminatedIterations.FAILED is defined")
    return [*before, loop, model.Fail(id=gate, condition=failed, error_message=f"an item of {stmt.label} failed")]


def _for_each(unit: Unit, stmt: ir.For, site: Site) -> Tasks:
    """1.3: a ForEach over a sub-flow, so that each iteration is an execution of its own there as well."""
    part = part_of(unit, f"{unit.flow.name}_{stmt.label}_body", stmt.body, unit.collected(stmt.label))
    if part is None:
        return []
    item = f"{stmt.label}_item"
    inside = replace(site, around=(*site.around, stmt.label))
    inputs = subflow_inputs(Calc(unit, stmt, inside), part.inputs)
    call = model.Subflow(id=item, flow_id=part.flow.name, inputs=inputs or None, allow_failure=stmt.maximum is not None)
    unit.note(stmt.label, stmt, "loop", site)
    unit.note(item, stmt, "wrapper", inside)
    values = _values(unit, stmt, site)
    loop = model.ForEach(id=stmt.label, values=values, concurrency_limit=unit.limits.get(stmt.label, 1), tasks=(call,))
    if stmt.maximum is None:
        return [loop]
    gate = f"{stmt.label}_gate"
    unit.note(gate, stmt, "gate", site)
    failed = pebble.output(f"tasks.{stmt.label}.state == 'WARNING'")
    return [loop, model.Fail(id=gate, condition=failed, error_message=f"an item of {stmt.label} failed")]


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
    for path in unit.in_text_order(unit.collected(stmt.label)):
        producer = unit.places.producers[path]
        if stmt.label in producer.loops:
            found.append(model.FlowOutput(producer.stmt.label, "JSON", _exported(unit, path, around)))
    return found + undo_exports(unit, stmt.body, around)


def _exported(unit: Unit, path: str, around: tuple[str, ...]) -> str:
    """The result of a task in this iteration, a list of them when there are loops in between."""
    producer = unit.places.producers[path]
    kind = producer.stmt.type if isinstance(producer.stmt, ir.Task) else producer.stmt.fields
    outside = unit.read_type(path)
    inside = len(producer.loops) - len(around)
    missing = isinstance(outside, ListType) and isinstance(_item_type(outside, inside), OptionalType)
    # an undo wants the states of an iteration that failed, so nothing in its outputs may fail to render
    partial = missing or bool(undo_sequence(unit.places.loops[around[-1]].body))
    wanted: Type = OptionalType(kind) if partial and not inside else kind
    for _ in range(inside):
        wanted = ListType(OptionalType(kind) if missing else kind)
    text = unit.places.path(ir.Ref(wanted, producer.stmt.span, "task", path, inside), around)
    return pebble.output(f"[{text}] | toJson" if missing and not inside else f"{text} | toJson")


def _item_type(kind: Type, depth: int) -> Type:
    for _ in range(depth + 1):
        kind = kind.item if isinstance(kind, ListType) else kind
    return kind


def undo_loop(unit: Unit, stmt: ir.For, site: Site, undos: Undos) -> Tasks:
    """A loop over the iterations of a loop, last first, that undoes what succeeded in each."""
    task = f"{stmt.label}_undo"
    unit.note(task, stmt, "loop", replace(site, section="undo"))
    if unit.version == "1.3":
        return [_undo_for_each(unit, stmt, task, undos)]
    inside = replace(site, around=(*site.around, stmt.label))
    numbers = "jq('sort_by(-.item.iteration) | map(.item.iteration)')"
    values = pebble.output(f"{unit.places.iterations(stmt.label, site.around)} | {numbers} | first")
    unit.places.undone.add(stmt.label)
    tasks = alone(unit, undos(unit, stmt.body, inside))
    unit.places.undone.discard(stmt.label)
    return [
        model.Loop(
            id=task, values=values, concurrency_limit=1, transmit_failed=False, allow_failure=True, tasks=tuple(tasks)
        )
    ]


def _undo_for_each(unit: Unit, stmt: ir.For, task: str, undos: Undos) -> model.ForEach:
    """1.3: the same over a sub-flow, which is given what the iteration handed out."""
    item = f"{task}_item"
    name = undo_part(unit, stmt, undos)
    known = unit.places.iterations(stmt.label, ())
    literals = literal_items(stmt)
    if literals is None:
        values = pebble.output(f"{known} | jq('keys | map(tonumber) | sort | reverse') | first")
    else:
        there = "jq('.[0] as $o | .[1] | map(select($o[tostring])) | reverse')"
        values = pebble.output(f"[{known}, {unit.places.keys(stmt)}] | {there} | first")
    unit.note(item, stmt, "wrapper", Site(section="undo"))
    one = known.removeprefix("(").removesuffix(" ?? {})")
    iteration = pebble.output(f"({one}[taskrun.value].outputs ?? {{}}) | toJson")
    call = model.Subflow(id=item, flow_id=name, inputs={"iteration": iteration}, allow_failure=True)
    return model.ForEach(id=task, values=values, concurrency_limit=1, allow_failure=True, tasks=(call,))
