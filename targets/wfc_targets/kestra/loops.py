"""`for` → Loop (2.0): each iteration is an execution of its own, so that bodies nest freely.

The engine drops an item that equals another, so a loop goes over indexes unless its items are literals that differ.
"""

from __future__ import annotations

from wfc import ir
from wfc.record import replace
from wfc.types import ListType, OptionalType
from wfc.undo import undo_sequence
from wfc.walk import blocks
from wfc_targets.common import yaml
from wfc_targets.kestra import model, pebble
from wfc_targets.kestra.bodies import detached
from wfc_targets.kestra.native import native
from wfc_targets.kestra.operations import subflow_inputs
from wfc_targets.kestra.places import literal_items, nested
from wfc_targets.kestra.unit import Calc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wfc.ir import Block
    from wfc.types import Type
    from wfc_targets.common.yaml import Node
    from wfc_targets.kestra.tasks import Tasks
    from wfc_targets.kestra.unit import Site, Unit

    Sequence = Callable[[Unit, Block, Site], Tasks]
    Undos = Callable[[Unit, Block, Site], Tasks]


def lower_for(unit: Unit, stmt: ir.For, site: Site, sequence: Sequence) -> Tasks:
    """A Loop; with `max` a gate behind it, since all items shall run."""
    calc = Calc(unit, stmt, site)
    if native(stmt.items, unit.places, site.around) is None:
        calc.computed(stmt.items, "items")
    if unit.version == "1.3":
        return [*calc.tasks(), *_for_each(unit, stmt, site)]
    tasks = sequence(unit, stmt.body, replace(site, around=(*site.around, stmt.label), arms=()))
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


def _for_each(unit: Unit, stmt: ir.For, site: Site) -> Tasks:
    """1.3: a ForEach over a sub-flow, so that each iteration is an execution of its own there as well."""
    from wfc_targets.kestra.lower import lower_part

    if undo_sequence(stmt.body):
        unit.unsupported(
            "`undo` in a loop",
            stmt.span,
            "on 1.3 the states of an iteration can't be read after the loop",
            "compile for 2.0, or undo in a `try` inside the loop",
        )
    name = f"{unit.flow.name}_{stmt.label}_body"
    part = detached(unit, name, stmt.body)
    made, child = lower_part(unit, part.flow)
    if not made.tasks:
        return []
    outputs = [
        model.FlowOutput(label, "JSON", pebble.output(f"[({text} ?? null)] | toJson"))
        for label, text in _exports_of_part(unit, child, stmt)
    ]
    unit.adopt(child, replace(made, outputs=tuple(outputs)))
    item = f"{stmt.label}_item"
    inside = replace(site, around=(*site.around, stmt.label))
    calc = Calc(unit, stmt, inside)
    inputs = subflow_inputs(calc, part.inputs)
    call = model.Subflow(id=item, flow_id=name, inputs=inputs or None, allow_failure=stmt.maximum is not None)
    unit.note(stmt.label, stmt, "loop", site)
    unit.note(item, stmt, "wrapper", inside)
    values = _values(unit, stmt, site)
    loop = model.ForEach(id=stmt.label, values=values, concurrency_limit=stmt.maximum or 1, tasks=(call,))
    if stmt.maximum is None:
        return [loop]
    gate = f"{stmt.label}_gate"
    unit.note(gate, stmt, "gate", site)
    failed = pebble.output(f"tasks.{stmt.label}.state == 'WARNING'")
    return [loop, model.Fail(id=gate, condition=failed, error_message=f"an item of {stmt.label} failed")]


def _exports_of_part(unit: Unit, child: Unit, stmt: ir.For) -> Iterator[tuple[str, str]]:
    """The results in the body's own flow that are read outside of the loop."""
    wanted = unit.collected(stmt.label) | {path for path in unit.exported if path in child.places.producers}
    for path, producer in child.places.producers.items():
        if path in wanted:
            child.exported.add(path)
            stmt_type = producer.stmt.type if isinstance(producer.stmt, ir.Task) else producer.stmt.fields
            ref = ir.Ref(OptionalType(stmt_type), producer.stmt.span, "task", path, len(producer.loops))
            text = child.places.path(ref, ())
            if text is not None:
                yield producer.stmt.label, text.removeprefix("(").removesuffix(" ?? null)")


def _values(unit: Unit, stmt: ir.For, site: Site) -> Node:
    literals = literal_items(stmt)
    if literals is not None:
        return yaml.Flow(literals)
    items = unit.places.items(stmt, site.around)
    return pebble.output(f"range(0, ({items} | length) - 1)")


def exports(unit: Unit, stmt: ir.For, site: Site) -> list[model.FlowOutput]:
    """What an iteration hands out: the results that are read outside, the states that undos ask for."""
    around = (*site.around, stmt.label)
    wanted = unit.collected(stmt.label)
    found = []
    for path, producer in unit.places.producers.items():
        if stmt.label in producer.loops and path in wanted:
            found.append(model.FlowOutput(producer.stmt.label, "JSON", _exported(unit, path, around)))
    for inner, loops in nested(stmt.body, around):
        if loops == around and isinstance(inner, ir.For) and undo_sequence(inner.body):
            value = pebble.output(f"(outputs.{inner.label}.outputs ?? []) | toJson")
            found.append(model.FlowOutput(f"{inner.label}_undo", "JSON", value))
    for task in _undo_states(stmt.body):
        found.append(model.FlowOutput(f"{task}_undo", "STRING", pebble.output(f"tasks.{task}.state ?? 'NOT_RUN'")))
    return found


def _undo_states(block: Block) -> Iterator[str]:
    """The engine tasks whose states decide what is undone after the loop; the body of a `try` never is."""
    for stmt in block:
        if isinstance(stmt, ir.Task) and stmt.undo is not None:
            yield done_task(stmt)
        elif isinstance(stmt, ir.Try):
            yield from _undo_states(stmt.recover)
        elif not isinstance(stmt, ir.For):
            for body in blocks(stmt):
                yield from _undo_states(body)


def done_task(stmt: ir.Task) -> str:
    """The engine task whose SUCCESS is that of the task."""
    return f"{stmt.label}_until" if stmt.until else f"{stmt.label}_gate" if stmt.holds else stmt.label


def _exported(unit: Unit, path: str, around: tuple[str, ...]) -> str:
    """The result of a task in this iteration, a list of them when there are loops in between."""
    producer = unit.places.producers[path]
    kind = producer.stmt.type if isinstance(producer.stmt, ir.Task) else producer.stmt.fields
    outside = unit.read_type(path)
    inside = len(producer.loops) - len(around)
    missing = isinstance(outside, ListType) and isinstance(_item_type(outside, inside), OptionalType)
    wanted: Type = OptionalType(kind) if missing and not inside else kind
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
    inside = replace(site, around=(*site.around, stmt.label))
    numbers = "jq('sort_by(-.item.iteration) | map(.item.iteration)')"
    values = pebble.output(f"{unit.places.iterations(stmt.label, site.around)} | {numbers} | first")
    unit.places.undone.add(stmt.label)
    tasks = undos(unit, stmt.body, inside)
    unit.places.undone.discard(stmt.label)
    unit.note(task, stmt, "loop", replace(site, section="undo"))
    return [
        model.Loop(
            id=task, values=values, concurrency_limit=1, transmit_failed=False, allow_failure=True, tasks=tuple(tasks)
        )
    ]
