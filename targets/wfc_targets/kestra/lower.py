"""A flow → the model of its Kestra file: head, triggers, inputs, tasks, handlers, outputs."""

from __future__ import annotations

from wfc import ir, types, walk
from wfc.target import Entry
from wfc.types import EnumType
from wfc.undo import undo_sequence
from wfc_targets.common import yaml
from wfc_targets.kestra import compute, failures, model, pebble
from wfc_targets.kestra.kernel import kernel_text, outputs_text
from wfc_targets.kestra.native import native
from wfc_targets.kestra.operations import subflow_inputs
from wfc_targets.kestra.parts import labels, part_of
from wfc_targets.kestra.places import LONGEST_INLINE
from wfc_targets.kestra.shapes import engine_type
from wfc_targets.kestra.statements import sequence
from wfc_targets.kestra.triggers import lower_triggers
from wfc_targets.kestra.unit import Calc, Site, Unit, script_task
from wfc_targets.kestra.watch import event_inputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc_targets.common.yaml import Node
    from wfc_targets.kestra.tasks import Tasks

BODY, ON_FAILURE, FINALLY = Site(section="body"), Site(section="on_failure"), Site(section="finally")
MODES = {"queue": "QUEUE", "skip": "CANCEL"}


def lower(unit: Unit) -> model.EngineFlow:
    """The main file of a flow; `unit` gathers manifest, diagnostics and helpers."""
    flow = unit.flow
    triggers, gates = lower_triggers(unit)
    inner = enclosed(unit)
    tasks = sequence(unit, flow.body, BODY) if inner is None else inner
    calculated = _calculated_outputs(unit)
    time = flow.budget.time if flow.budget and inner is None else None
    errors = failures.handlers(unit, ON_FAILURE, sequence)
    ends = failures.endings(unit, FINALLY, sequence)
    return model.EngineFlow(
        id=flow.name,
        namespace=unit.project.namespace,
        description=flow.doc.strip() or None,
        inputs=(*(_input(unit, declared) for declared in flow.inputs), *event_inputs(unit)),
        variables=_variables(unit),
        concurrency=_concurrency(unit),
        sla=() if time is None else _sla(time),
        triggers=triggers,
        tasks=tuple([*gates, *tasks, *calculated] or [model.Log(id="nothing_gate", message="nothing to do")]),
        errors=tuple(errors),
        finally_=tuple(ends),
        outputs=tuple(_output(unit, output) for output in flow.outputs),
    )


def lower_undo(child: Unit, tasks: Tasks) -> model.EngineFlow:
    """The flow that undoes one iteration; its input is what that handed out."""
    return model.EngineFlow(
        id=child.flow.name,
        namespace=child.project.namespace,
        description=f"{child.flow.doc} It undoes one iteration.",
        inputs=(model.FlowInput(id="iteration", type="JSON"),),
        variables=_variables(child),
        tasks=tuple(tasks),
    )


def _input(unit: Unit, declared: ir.Input) -> model.FlowInput:
    kind, item = engine_type(declared.type, bool(unit.options.get("wide_ints")))
    inner = types.required(declared.type)
    default = declared.default
    constant = isinstance(default, ir.Literal) and default.value is not None
    constant = constant or isinstance(default, ir.ListExpr | ir.RecordExpr)
    computed = default is not None and not constant and not isinstance(default, ir.Literal)
    if computed and default is not None and not unit.places.is_inline(default, ()):
        unit.unsupported(
            f"the default of `{declared.name}`",
            default.span,
            f"Pebble has no form of this expression, or, with the defaults that it names, one of more than "
            f"{LONGEST_INLINE:,} characters, and an input has no task in front of it",
            "make the input optional and compute its value in a task",
        )
    return model.FlowInput(
        id=declared.name,
        type="SELECT" if isinstance(inner, EnumType) else kind,
        item_type=item,
        values=list(inner.members) if isinstance(inner, EnumType) else None,
        required=False if computed or (isinstance(declared.type, types.OptionalType) and not constant) else None,
        defaults=_default(inner, default) if constant else None,
    )


def _default(kind: types.Type, default: ir.AnyExpr | None) -> Node:
    value = constant_value(default)
    if kind == types.DURATION and isinstance(value, int):
        return pebble.duration(value)
    if isinstance(value, list | dict):
        import json

        return json.dumps(value, ensure_ascii=False)
    return pebble.raw(value) if isinstance(value, str) else value


def constant_value(expr: ir.AnyExpr | None) -> Node:
    """The value of a constant expression, None for any other."""
    match expr:
        case ir.Literal():
            return expr.value
        case ir.ListExpr():
            return [constant_value(item) for item in expr.items]
        case ir.RecordExpr():
            return {name: constant_value(value) for name, value in expr.entries}
        case _:
            return None


def _variables(unit: Unit) -> Node:
    variables: dict[str, Node] = {}
    if unit.kernel:
        variables["kernel"] = yaml.Block(kernel_text(unit.kernel))
    if unit.scripts:
        variables["outputs"] = yaml.Block(outputs_text())
    return variables or None


def _concurrency(unit: Unit) -> model.EngineConcurrency | None:
    wanted = unit.flow.concurrency
    if wanted is None:
        return None
    loops = [stmt for stmt in walk.statements((*unit.flow.on_failure, *unit.flow.finally_)) if isinstance(stmt, ir.For)]
    loops += [stmt for stmt in walk.statements(unit.flow.body) if isinstance(stmt, ir.For) and undo_sequence(stmt.body)]
    if loops and unit.version != "1.3":
        unit.lossy(
            f"a further run may start while handlers or undos go through `{loops[0].label}`",
            wanted.span,
            "on Kestra 2.0 each item of a loop that ends gives the place of its run free",
            "compile for Kestra 1.3, or keep loops out of handlers, and undos out of loops",
        )
    if wanted.by is not None or wanted.mode not in MODES:
        why = (
            "a limit counts all executions of a flow"
            if wanted.by is not None
            else "a limit can't end an older execution"
        )
        unit.unsupported(
            "`concurrency … by`" if wanted.by is not None else f"`concurrency {wanted.limit} {wanted.mode}`",
            wanted.span,
            why,
            "use `queue` or `skip` without `by`, or one flow for each key",
        )
        return None
    return model.EngineConcurrency(wanted.limit, MODES[wanted.mode])


def enclosed(unit: Unit) -> Tasks | None:
    """The body as a sub-flow, where the flow itself must not hold it; None where it can."""
    flow, budget = unit.flow, unit.flow.budget
    if not cut(flow) and not counted(unit):
        return None
    if budget and cut(flow):
        unit.lossy(
            "a handler may start before the task that was cut has ended",
            budget.span,
            "Kestra fails a run that took too long at once, and kills its task a moment later",
            "let a handler not rely on the task being gone",
        )
    name = f"{flow.name}_body"
    sla = () if budget is None or budget.time is None else _sla(budget.time)
    part = part_of(unit, name, flow.body, _read_outside(unit), sla=sla, handlers=True)
    if part is None:
        return []
    unit.places.handed = f"outputs.{name}.outputs"
    unit.places.inside = labels(flow.body)
    stmt = flow.body[0]
    unit.note(name, stmt, "wrapper", BODY)
    return [model.Subflow(id=name, flow_id=name, inputs=subflow_inputs(Calc(unit, stmt, BODY), part.inputs) or None)]


def cut(flow: ir.Flow) -> bool:
    """Whether a time limit leaves something to do behind what it cuts: a run that its SLA ends runs no handler."""
    undone = any(isinstance(stmt, ir.Task) and stmt.undo for stmt in walk.statements(flow.body))
    timed = flow.budget is not None and flow.budget.time is not None
    return timed and bool(flow.on_failure or flow.finally_ or undone)


def counted(unit: Unit) -> bool:
    """Whether executions of loops would take part in the flow's limit of concurrency, as on 2.0.

    Those of a Loop that comes first wait for, or are dropped in favour of, the very run that waits for them; of any
    other, each gives the place of its run free when it ends.
    """
    loops = any(isinstance(stmt, ir.For) for stmt in walk.statements(unit.flow.body))
    return unit.version != "1.3" and unit.flow.concurrency is not None and loops


def _read_outside(unit: Unit) -> set[str]:
    """The paths of the tasks of the body whose results its handlers, its undos or the outputs of the flow read."""
    flow = unit.flow
    expressions = [output.value for output in flow.outputs]
    for block in (flow.on_failure, flow.finally_):
        for stmt in walk.statements(block):
            expressions += walk.own_expressions(stmt)
    for task in undo_sequence(flow.body):
        expressions += walk.call_expressions(task.undo) if task.undo else ()
    return {ref.name for expr in expressions for ref in walk.references(expr) if ref.kind == "task"}


def _sla(time: int) -> tuple[model.Sla, ...]:
    return (model.Sla("time", "MAX_DURATION", pebble.duration(time), "FAIL"),)


# --- outputs ---


def _calculated_outputs(unit: Unit) -> Tasks:
    """A task that computes the outputs that Pebble can't; a run that was stopped has none."""
    operands = compute.Operands(unit.places, ())
    codes = {
        output.name: operands.code(output.value)
        for output in unit.flow.outputs
        if native(output.value, unit.places, ()) is None
    }
    if not codes:
        return []
    entries = ", ".join(f'"{name}": {code}' for name, code in codes.items())
    unit.entries.append(Entry("outputs_calc", "", "calc", "body", unit.flow.span))
    body = f'print("::" + json.dumps({{"outputs": {{{entries}}}}}) + "::")'
    stops = [stmt.label for stmt in walk.statements(unit.flow.body) if isinstance(stmt, ir.Stop)]
    went_on = pebble.output(" and ".join(f"{pebble.state_of(label)} == ''" for label in stops)) if stops else None
    return [script_task(unit, "outputs_calc", body, operands, run_if=went_on)]


def _output(unit: Unit, output: ir.Output) -> model.FlowOutput:
    """Computed after a failure as well, so it must stand a missing value."""
    text = native(output.value, unit.places, ())
    if text is None:
        text = pebble.member("outputs.outputs_calc.vars", output.name)
    kind, _ = engine_type(output.type, bool(unit.options.get("wide_ints")))
    kind = "JSON" if kind == "ARRAY" else kind
    text = text if text.endswith("?? null)") else f"({text} ?? null)"
    shown = f"{text} | toJson" if kind == "JSON" else text[1:-1]
    return model.FlowOutput(output.name, kind, pebble.output(shown), required=False)
