"""A task with its policies: retry, timeout, guard, fallback, until, holds; and a person's approval."""

from __future__ import annotations

from wfc import ir, types
from wfc.record import replace
from wfc_targets.kestra import compute, model, pebble
from wfc_targets.kestra.job import Job
from wfc_targets.kestra.native import condition, template
from wfc_targets.kestra.operations import operation
from wfc_targets.kestra.repeat import repeated, repeats
from wfc_targets.kestra.shapes import engine_type
from wfc_targets.kestra.unit import Calc, Site, Unit, script_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, AnyStmt, Call, Retry

Tasks = list[model.EngineTask]
OWN_ATTEMPTS = (ir.Http, ir.Llm)


def task_retry(retry: Retry | None) -> model.TaskRetry | None:
    """The engine's retry with the same attempts and pauses; None for one attempt."""
    if retry is None or retry.attempts < 2:
        return None
    pauses = retry.pauses()
    first, last = pauses[0], pauses[-1]
    if first == last:
        return model.TaskRetry("constant", pebble.duration(first), retry.attempts)
    return model.TaskRetry("exponential", pebble.duration(first), retry.attempts, pebble.duration(last), 2.0)


def called(unit: Unit, stmt: AnyStmt, call: Call, task: str, site: Site, calc: Calc, role: str) -> model.EngineTask:
    """The engine task of one call with its retry and timeout."""
    made = operation(Job(unit=unit, stmt=stmt, call=call, task=task, site=site, calc=calc))
    inside = site.shared and call.retry is not None and repeats(call)
    own = isinstance(call.op, OWN_ATTEMPTS) or inside
    unit.note(task, stmt, role, site, **({"inside": True} if own else {}))
    _check_needs(unit, call)
    if isinstance(call.op, OWN_ATTEMPTS):
        return made
    if isinstance(call.op, ir.RunFlow):
        _check_subflow(unit, call)
    if inside and call.retry is not None:
        return repeated(made, call.retry)
    timeout = None if call.timeout is None else pebble.duration(call.timeout)
    return replace(made, retry=task_retry(call.retry), timeout=timeout)


def _check_needs(unit: Unit, call: Call) -> None:
    """WF952 where a script wants a command that nobody has promised."""
    image = getattr(call.op, "image", None) or unit.options.get("image")
    if call.needs and image is None and unit.options.get("runner") != "process":
        unit.lossy(
            f"`{call.action}` needs {', '.join(call.needs)}, which the default image of script tasks does not have",
            call.span,
            "the commands of a script come from its container image",
            'name an image that has them: `target kestra { image: "…" }`',
        )


def _check_subflow(unit: Unit, call: Call) -> None:
    if call.timeout is not None:
        unit.lossy(
            "the timeout of a sub-flow is not kept by Kestra",
            call.timeout_span or call.span,
            "the engine does not cut a sub-flow that takes longer",
            "give the called flow a `budget { time … }`",
        )


def alone(unit: Unit, tasks: Tasks, *, first: bool = False) -> Tasks:
    """The list with its retried tasks in lists of their own, but the first unless `first` says so.

    Both versions run a retried task twice that another is in front of, and do not wait for one that is a handler.
    """
    return [_once(unit, task) if task.retry and (number or first) else task for number, task in enumerate(tasks)]


def in_turn(unit: Unit, name: str, stmt: AnyStmt, tasks: Tasks, site: Site) -> Tasks:
    """Handlers as one task: a list of handlers would go on behind one that failed."""
    if len(tasks) < 2:
        return alone(unit, tasks, first=True)
    unit.note(name, stmt, "wrapper", site)
    return [model.Sequential(id=name, tasks=tuple(alone(unit, tasks)))]


def _once(unit: Unit, task: model.EngineTask) -> model.EngineTask:
    name = f"{task.id}_once"
    unit.wrap(name, task.id)
    inner = replace(task, run_if=None, allow_failure=False)
    return model.Sequential(id=name, run_if=task.run_if, allow_failure=task.allow_failure, tasks=(inner,))


def lower_task(unit: Unit, stmt: ir.Task, site: Site) -> Tasks:
    """What Pebble can't compute, the task in its wrappers, its gate. A fallback catches a failed computation too."""
    calc = Calc(unit, stmt, site)
    native_guard = None if stmt.when is None else condition(stmt.when, unit.places, site.around)
    guard = None if stmt.when is None else native_guard or pebble.output(calc.computed(stmt.when, "when"))
    main = called(unit, stmt, stmt.call, stmt.label, site, calc, "task")
    gates: Tasks = []
    if stmt.until or stmt.holds:
        main, gates = _repeated(unit, stmt, main, site)
    if stmt.fallback is None:
        return [*calc.tasks(native_guard), *_guarded([main, *gates], guard)]
    body = [*calc.tasks(), *_guarded([main, *gates], None if native_guard else guard)]
    whole, gates = _with_fallback(unit, stmt, stmt.fallback, body, site)
    return [replace(whole, run_if=native_guard), *gates]


def _guarded(tasks: Tasks, guard: str | None) -> Tasks:
    return tasks if guard is None else [replace(task, run_if=guard) for task in tasks]


def _guard(unit: Unit, when: AnyExpr, site: Site, calc: Calc) -> str:
    text = condition(when, unit.places, site.around)
    return text if text is not None else pebble.output(calc.computed(when, "when"))


def _repeated(unit: Unit, stmt: ir.Task, main: model.EngineTask, site: Site) -> tuple[model.EngineTask, Tasks]:
    """until: LoopUntil that fails at its end. holds: LoopUntil over the negation, and a gate."""
    name = f"{stmt.label}_until"
    unit.note(name, stmt, "loop", site)
    repeat = stmt.until or stmt.holds
    assert repeat is not None
    holds = stmt.holds is not None
    wanted = negation(repeat.condition) if holds else repeat.condition
    check = Calc(unit, replace(stmt, label=name), site)
    unit.places.polled = stmt.path
    text = condition(wanted, unit.places, site.around)
    tasks: Tasks = [main]
    if text is None:
        text = pebble.output(check.computed(wanted, "done"))
        tasks += check.tasks()
    unit.places.polled = ""
    limit = stmt.holds.duration if stmt.holds else stmt.until.within if stmt.until else None
    loop = model.LoopUntil(
        id=name,
        condition=text,
        check_frequency=model.CheckFrequency(
            pebble.duration(repeat.every), None if limit is None else pebble.duration(limit)
        ),
        fail_on_max_reached=None if limit is None else not holds,
        tasks=tuple(alone(unit, tasks)),
    )
    if not holds:
        return loop, []
    gate = f"{stmt.label}_gate"
    unit.note(gate, stmt, "gate", site)
    return loop, [model.Fail(id=gate, condition=text, error_message=f"{stmt.label} did not hold")]


def negation(expr: AnyExpr) -> AnyExpr:
    """not expr, without a double negation."""
    if isinstance(expr, ir.Unary) and expr.op == "not":
        return expr.operand
    flipped = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in", "not in": "in"}
    if isinstance(expr, ir.Binary) and expr.op in flipped:
        return replace(expr, op=flipped[expr.op])
    return ir.Unary(types.BOOL, expr.span, "not", expr)


def _with_fallback(
    unit: Unit, stmt: ir.Task, fallback: ir.Fallback, body: Tasks, site: Site
) -> tuple[model.EngineTask, Tasks]:
    """A Sequential that swallows the failure, the other call in its handlers, a gate when that failed as well."""
    wrapper, other = f"{stmt.label}_body", f"{stmt.label}_fallback"
    gate = f"{other}_gate"
    errors: Tasks = []
    if fallback.call is not None:
        calc = Calc(unit, replace(stmt, label=other), site)
        task = called(unit, stmt, fallback.call, other, site, calc, "fallback")
        errors = alone(unit, [*calc.tasks(), task], first=True)
    elif fallback.value is not None and not unit.places.is_inline(fallback.value, site.around):
        operands = compute.Operands(unit.places, site.around)
        code = operands.code(fallback.value)
        unit.note(other, stmt, "calc", site)
        errors = [
            script_task(unit, other, f'print("::" + json.dumps({{"outputs": {{"value": {code}}}}}) + "::")', operands)
        ]
    unit.note(wrapper, stmt, "wrapper", site)
    whole = model.Sequential(
        id=wrapper, allow_failure=True, allow_warning=True, tasks=tuple(alone(unit, body)), errors=tuple(errors)
    )
    if not errors:
        return whole, []
    unit.note(gate, stmt, "gate", site)
    failed = " or ".join(pebble.ended(task.id, "FAILED") for task in errors)
    return whole, [
        model.Fail(id=gate, condition=pebble.output(failed), error_message=f"the fallback of {stmt.label} failed")
    ]


def lower_approve(unit: Unit, stmt: ir.Approve, site: Site) -> Tasks:
    """A Pause that asks, and a gate for `no`."""
    if stmt.by is not None:
        unit.lossy(
            f"Kestra does not hold `by {stmt.by!r}`: everybody who may resume an execution may answer",
            stmt.span,
            "who may answer is a permission of the Enterprise Edition, not part of a flow",
            "give that permission to the group only, or leave `by` out",
        )
    calc = Calc(unit, stmt, site)
    guard = None if stmt.when is None else _guard(unit, stmt.when, site, calc)
    fields = stmt.fields.fields if isinstance(stmt.fields, types.RecordType) else ()
    answers = [model.FlowInput(id="approved", type="BOOL")]
    for name, kind in fields:
        of, item = engine_type(kind)
        answers.append(model.FlowInput(id=name, type=of, item_type=item, required=False))
    pause = model.Pause(
        id=stmt.label,
        description=template(stmt.question, unit.places, site.around) or "approve?",
        run_if=guard,
        pause_duration=None if stmt.timeout is None else pebble.duration(stmt.timeout),
        behavior=None if stmt.timeout is None else "FAIL",
        on_resume=tuple(answers),
    )
    gate = f"{stmt.label}_gate"
    refused = f"not ({pebble.member('outputs', stmt.label)}.onResume.approved ?? false)"
    unit.note(stmt.label, stmt, "approve", site)
    unit.note(gate, stmt, "gate", site)
    both: Tasks = [
        pause,
        model.Fail(id=gate, run_if=guard, condition=pebble.output(refused), error_message=f"{stmt.label} was rejected"),
    ]
    if stmt.fallback is None:
        return [*calc.tasks(), *both]
    wrapper = f"{stmt.label}_body"
    unit.note(wrapper, stmt, "wrapper", site)
    return [*calc.tasks(), model.Sequential(id=wrapper, allow_failure=True, allow_warning=True, tasks=tuple(both))]
