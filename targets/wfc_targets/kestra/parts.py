"""Parts of a flow that run as flows of their own, what they hand out, and the flow that undoes an iteration on 1.3.

A part hands out its results as lists of one (an output that is null is forgotten), `X_undo`, the state of a task that
has an undo or the iterations of a loop that has one, and `X_input`, an input that an undo reads.
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.record import replace
from wfc.types import OptionalType
from wfc.undo import undo_sequence
from wfc.walk import blocks
from wfc_targets.kestra import model, pebble
from wfc_targets.kestra.bodies import detached
from wfc_targets.kestra.failed import failure_reads, failure_texts
from wfc_targets.kestra.nesting import nested
from wfc_targets.kestra.places import ITERATION
from wfc_targets.kestra.unit import Site, Unit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wfc.ir import AnyStmt, Block
    from wfc_targets.kestra.bodies import Detached
    from wfc_targets.kestra.places import Around
    from wfc_targets.kestra.tasks import Tasks

    Undos = Callable[[Unit, Block, Site], Tasks]


def part_of(
    unit: Unit, name: str, block: Block, wanted: set[str], *, sla: tuple[model.Sla, ...] = (), handlers: bool = False
) -> Detached | None:
    """A block as the flow `name`, taken in by `unit`, or None when nothing is left of it.

    wanted: the paths of the tasks whose results are read outside of it. handlers: the handlers of a flow stand
    outside of it, and may read what has failed in it.
    """
    from wfc_targets.kestra.lower import lower

    part = detached(unit, name, block)
    child = Unit(unit.project, part.flow, unit.version)
    child.limits = unit.limits
    child.exported = {path for path in wanted | unit.exported if path in child.places.producers}
    child.part = True
    made = lower(child)
    outputs = [*_results(child), *undo_exports(child, part.flow.body, ())]
    if handlers:
        made = _failure(unit, part.flow, replace(made, outputs=tuple(outputs), sla=sla))
    else:
        made = replace(made, outputs=(*outputs, *_read_by_undos(child, part.flow)))
    unit.adopt(child, made)
    return part


def _failure(unit: Unit, part: ir.Flow, made: model.EngineFlow) -> model.EngineFlow:
    """The part with what has failed in it among its outputs, where a handler of `unit` reads it.

    Only a task can read the error log, and none runs after a cut.
    """
    names = failure_reads(unit.flow.on_failure)
    texts = failure_texts(part.body, ("FAILED", "WARNING", "KILLED"))
    outputs = [_one("failure_task", texts["task"])] if "task" in names else []
    if "message" in names:
        task = f"{part.body[0].label}_handler"
        outputs.append(_one("failure_message", f"outputs.{task}.value"))
        made = replace(made, errors=(*made.errors, model.Return(id=task, format=pebble.output(texts["message"]))))
    return replace(made, outputs=(*made.outputs, *outputs))


def _results(child: Unit) -> Iterator[model.FlowOutput]:
    for path, producer in child.places.producers.items():
        if path in child.exported:
            kind = producer.stmt.type if isinstance(producer.stmt, ir.Task) else producer.stmt.fields
            ref = ir.Ref(OptionalType(kind), producer.stmt.span, "task", path, len(producer.loops))
            text = child.places.path(ref, ())
            if text is not None:
                yield _one(producer.stmt.label, text)


def _one(name: str, text: str) -> model.FlowOutput:
    bare = text.removeprefix("(").removesuffix(" ?? null)") if text.endswith(" ?? null)") else text
    return model.FlowOutput(name, "JSON", pebble.output(f"[({bare} ?? null)] | toJson"))


def _read_by_undos(child: Unit, flow: ir.Flow) -> Iterator[model.FlowOutput]:
    """The inputs of a part that its undos read."""
    names = {
        ref.name
        for task in undo_sequence(flow.body)
        for expr in (walk.call_expressions(task.undo) if task.undo else ())
        for ref in walk.references(expr)
        if ref.kind == "input"
    }
    for declared in flow.inputs:
        if declared.name in names:
            ref = ir.Ref(declared.type, declared.span, "input", declared.name)
            yield _one(f"{declared.name}_input", child.places.reference(ref, ()))


def undo_exports(unit: Unit, block: Block, around: Around) -> list[model.FlowOutput]:
    """What decides about undos outside of a block: states of its tasks, iterations of its loops."""
    found = []
    for inner, loops in nested(block, around):
        if loops == around and isinstance(inner, ir.For) and undo_sequence(inner.body):
            value = pebble.output(f"{unit.places.iterations(inner.label, around)} | toJson")
            found.append(model.FlowOutput(f"{inner.label}_undo", "JSON", value))
    for stmt in _undoable(block):
        value = pebble.output(unit.places.state(stmt, around).replace("?? ''", "?? 'NOT_RUN'"))
        found.append(model.FlowOutput(f"{stmt.label}_undo", "STRING", value))
    return found


def _undoable(block: Block) -> Iterator[ir.Task]:
    """The tasks of a block, not of its loops, that are undone after it; the body of a `try` never is."""
    for stmt in block:
        if isinstance(stmt, ir.Task) and stmt.undo is not None:
            yield stmt
        elif isinstance(stmt, ir.Try):
            yield from _undoable(stmt.recover)
        elif not isinstance(stmt, ir.For):
            for body in blocks(stmt):
                yield from _undoable(body)


def undo_part(unit: Unit, stmt: ir.For, undos: Undos) -> str:
    """1.3: the id of a flow that undoes one iteration, given what that handed out."""
    from wfc_targets.kestra.lower import lower_undo

    name = f"{unit.flow.name}_{stmt.label}_undo"
    part = detached(unit, name, stmt.body)
    child = Unit(unit.project, part.flow, unit.version)
    child.limits = unit.limits
    child.places.handed = ITERATION
    child.places.inside = labels(part.flow.body)
    child.undoes = (*unit.undoes, stmt.label)
    unit.adopt(child, lower_undo(child, undos(child, part.flow.body, Site(section="undo"))))
    return name


def labels(block: Block) -> frozenset[str]:
    """The labels of every statement of a block."""
    every: Iterator[AnyStmt] = walk.statements(block)
    return frozenset(stmt.label for stmt in every if not isinstance(stmt, ir.Let))
