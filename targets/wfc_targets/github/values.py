"""References → wires: where on GitHub the value of an input, a task, an item … is found by a given job."""

from __future__ import annotations

from wfc import ir
from wfc.types import BOOL, DATE, FILE, INT, NOTHING, SECRET, STRING, OptionalType, RecordType, required
from wfc_targets.github import shapes
from wfc_targets.github.draft import Site
from wfc_targets.github.files import handed_on
from wfc_targets.github.rewrite import typed
from wfc_targets.github.wires import JSON, RAW, TYPED, Wire, as_json, grouped, literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import For, Op, Ref
    from wfc.types import Type
    from wfc_targets.github.draft import Draft, JobDraft, Scope

RUN_URL = "format('{0}/{1}/actions/runs/{2}', github.server_url, github.repository, github.run_id)"


def output_path(task: ir.Task, kind: Type, path: tuple[str, ...]) -> tuple[str, ...]:
    """The part of a path that is an output of its own; the rest is read out of the JSON of that output.

    A script writes the fields of its record; of all other results every field that is read becomes an output.
    """
    ops = (task.call.op, task.fallback and task.fallback.call and task.fallback.call.op)
    if any(isinstance(op, ir.Shell | ir.RunFlow) for op in ops):
        return path[:1] if isinstance(required(kind), RecordType) else ()
    depth = 0
    while depth < len(path) and isinstance(required(kind), RecordType):
        kind = typed(kind, path[depth : depth + 1])
        depth += 1
    return path[:depth]


def output_name(path: tuple[str, ...]) -> str:
    """The name of the output of a step that holds the value at a path."""
    words = "_".join("".join(char if char.isalnum() and char.isascii() else "_" for char in name) for name in path)
    return words or "value"


def find(draft: Draft, ref: Ref, path: tuple[str, ...], scope: Scope) -> tuple[Wire, tuple[str, ...]] | None:
    """The wire of as much of ref.path as travels by itself, and the rest of the path. None: the value is null."""
    match ref.kind:
        case "task":
            return _task(draft, ref, path, scope)
        case "input":
            return input_wire(draft, ref, scope), path
        case "secret":
            return Wire(f"secrets.{draft.project.secret_name('github', ref.name)}", RAW, STRING), path
        case "config":
            return _config(draft, ref), path
        case "item":
            return _item(draft, ref, path, scope)
        case "index":
            return Wire(f"matrix.{_matrix(scope, ref.name)}.i", RAW, INT), path
        case "run":
            return _run(draft, ref.name, scope), path
        case "failure":
            return _failure(scope, ref.name), path
        case "event":
            return _event(draft, ref, path, scope), ()
        case _:
            raise AssertionError(ref)


def _item(draft: Draft, ref: Ref, path: tuple[str, ...], scope: Scope) -> tuple[Wire, tuple[str, ...]]:
    """An item of a matrix. Of a secret it holds the name; the value is chosen, by the item's number, where it is read.

    Not by `secrets[name]`, which would hand every secret of the repository to the job.
    """
    leg = f"matrix.{_matrix(scope, ref.name)}"
    secrets = draft.secret_items.get(ref.name, {})
    field = "" if ref.type == SECRET else path[0] if path else None
    if field in secrets:
        choices = (f"{leg}.i == {number} && secrets.{name}" for number, name in enumerate(secrets[field or ""]))
        return Wire(" || ".join([*choices, "''"]), RAW, STRING), path[1:]
    if secrets and not path:
        draft.unsupported(
            ref.span,
            "an item that holds a secret is read as a whole",
            "The item is handed to its job with the names of its secrets only.",
            "read its fields one by one",
        )
    return Wire(f"{leg}.v", RAW if raw_item(ref.type) else JSON, ref.type), path


def raw_item(kind: Type) -> bool:
    """Does an item of a matrix hold the text of the value (and not JSON)? Texts that may be missing are JSON."""
    return shapes.scalar(kind) and not isinstance(kind, OptionalType)


def _matrix(scope: Scope, loop: str) -> str:
    return next(binding.matrix for binding in scope.loops if binding.loop.label == loop)


def input_wire(draft: Draft, ref: Ref, scope: Scope) -> Wire:
    """An input: by dispatch or call, or of the step that fills in defaults. `inputs` keeps bools as bools."""
    if ref.name in draft.filled:
        assert draft.clock is not None
        text = across(draft.clock, f"steps.inputs.outputs.{ref.name}", f"input_{ref.name}", scope.job)
        return Wire(text, JSON, ref.type)
    if required(ref.type) == BOOL and not isinstance(ref.type, OptionalType):
        return Wire(f"inputs.{ref.name}", TYPED, ref.type)
    return Wire(f"inputs.{ref.name}", RAW if shapes.scalar(ref.type) else JSON, ref.type)


def _config(draft: Draft, ref: Ref) -> Wire:
    config = next(config for config in draft.flow.configs if config.name == ref.name)
    form = RAW if shapes.scalar(ref.type) else JSON
    name = f"vars.{ref.name.upper()}"
    default = config.default
    if isinstance(default, ir.Literal) and default.value not in (None, ""):
        text = default.value if isinstance(default.value, str) else repr(default.value).lower()
        return Wire(f"{name} || {literal(str(text))}", form, ref.type)
    return Wire(name, form, ref.type)


def _run(draft: Draft, name: str, scope: Scope) -> Wire:
    match name:
        case "id":
            return Wire(run_id(draft), RAW, STRING)
        case "attempt":
            return Wire("github.run_attempt", RAW, INT)
        case "url":
            return Wire(RUN_URL, RAW, STRING)
        case _:
            assert draft.clock is not None
            return Wire(across(draft.clock, "steps.run_date.outputs.date", "run_date", scope.job), RAW, DATE)


def run_id(draft: Draft) -> str:
    """`run.id`: GitHub's, which a re-run keeps; a called flow adds which call of the run it is."""
    from wfc_targets.github.triggers import CALL_INPUT, called

    return f"format('{{0}}{{1}}', github.run_id, inputs.{CALL_INPUT})" if called(draft) else "github.run_id"


def _failure(scope: Scope, name: str) -> Wire:
    failed = scope.failure(scope.job) if scope.failure else "'a runner'"
    if name == "task":
        return Wire(failed, RAW, STRING)
    url = RUN_URL.removeprefix("format('{0}/{1}/actions/runs/{2}', ").removesuffix(")")
    return Wire(f"format('{{0}} failed, see {{1}}/{{2}}/actions/runs/{{3}}', {failed}, {url})", RAW, STRING)


def _event(draft: Draft, ref: Ref, path: tuple[str, ...], scope: Scope) -> Wire:
    from wfc_targets.github.triggers import event_wire

    trigger = next(trigger for trigger in draft.flow.triggers if trigger.alias == ref.name)
    if trigger.kind == "schedule" and path == ("date",):
        return _run(draft, "date", scope)
    return event_wire(draft, trigger, path, typed(ref.type, path))


def across(job: JobDraft, expression: str, name: str, reader: JobDraft) -> str:
    """The expression by which `reader` gets what `expression` is in `job`: the same, or an output of that job."""
    if job is reader:
        return expression
    reader.need(job.id)
    return f"needs.{job.id}.outputs.{job.export(name, expression)}"


def _task(draft: Draft, ref: Ref, path: tuple[str, ...], scope: Scope) -> tuple[Wire, tuple[str, ...]] | None:
    loops = draft.loops_of[ref.name]
    shared = len(loops) - ref.collect
    indexes = tuple(binding.index for binding in scope.loops[:shared] if not binding.matrix)
    if ref.collect:
        text = _collected(draft, ref, loops[shared:], indexes, scope)
        return Wire(text, JSON, ref.type), path
    site = draft.sites.get((ref.name, indexes))
    if site is None or not (site.step or site.job.uses):
        return None
    prefix = output_path(site.task, ref.type, path)
    failed = (scope.section != "body" or ref.name in draft.tried) and leaves_outputs(site)
    wire = site_wire(site, prefix, typed(ref.type, prefix), scope.job, failed)
    return wire, path[len(prefix) :]


def leaves_outputs(site: Site) -> bool:
    """Has it outputs although it failed? What a script wrote before, the last call of a condition, a called flow."""
    ops = (site.op, site.fallback_op)
    return bool(site.job.uses or site.task.until or site.task.holds) or any(isinstance(op, ir.Shell) for op in ops)


def site_wire(site: Site, path: tuple[str, ...], kind: Type, reader: JobDraft, failed: bool = False) -> Wire:
    """The wire of a task's result at a path, for a reader in some job. failed: outputs of a failed one may be there."""
    label = site.task.label
    if site.job.uses:
        reader.need(site.job.id)
        form = RAW if shapes.scalar(kind) else JSON
        called = Wire(f"needs.{site.job.id}.outputs.{output_name(path)}", form, kind)
        return _if_done(called, (f"needs.{site.job.id}.result",)) if failed else called
    local = _local(site, path, kind, failed)
    if site.job is reader:
        return local
    if required(kind) == FILE:
        return Wire(handed_on(site, output_name(path), local, reader), RAW, kind)
    name = "_".join((label, *([output_name(path)] if path else ())))
    text = across(site.job, local.text, name, reader)
    if not isinstance(kind, OptionalType):
        return Wire(text, local.form, kind)
    bare = f"fromJSON({text})" if local.form == JSON and shapes.textual(kind) else text
    absent = f"{text} == ''"
    if site.job.guard():
        # a skipped job has no outputs on GitHub, but its text on act: so its result is asked first
        absent = f"needs.{site.job.id}.result == 'skipped' || {absent}"
        text = f"needs.{site.job.id}.result != 'skipped' && {text} || ''"
    return Wire(text, local.form, kind, absent, bare)


def _if_done(wire: Wire, states: tuple[str, ...], bare: str = "") -> Wire:
    """A wire that holds nothing unless one of these states is `success`. bare: what it holds then, if not the text."""
    done = grouped(" || ".join(f"{state} == 'success'" for state in states))
    missing = " && ".join(f"{state} != 'success'" for state in states)
    return Wire(f"{done} && {grouped(wire.text)} || ''", wire.form, wire.type, missing, bare or wire.text)


def _local(site: Site, path: tuple[str, ...], kind: Type, failed: bool) -> Wire:
    """The wire inside the job that made the value."""
    main = step_wire(site.step, site.op, path, kind)
    states = [f"steps.{site.step}.outcome"]
    if site.fallback_op is not None and kind != NOTHING:
        other = step_wire(site.fallback, site.fallback_op, path, kind)
        if other.form != main.form:
            main = Wire(as_json(main) or main.text, JSON, kind)
            other = Wire(as_json(other) or other.text, JSON, kind)
        main = Wire(f"{states[0]} == 'success' && {grouped(main.text)} || {grouped(other.text)}", main.form, kind)
        states.append(f"steps.{site.fallback}.outcome")
    if not isinstance(kind, OptionalType):
        return main
    if main.form == RAW and required(kind) == STRING:
        return _if_done(Wire(f"toJSON({main.text})", JSON, kind), tuple(states), main.text)
    whole = isinstance(site.op, ir.Shell) and not path and isinstance(required(kind), RecordType)
    return _if_done(main, tuple(states)) if failed and not whole else main


def step_wire(step: str, op: Op | None, path: tuple[str, ...], kind: Type) -> Wire:
    """The output of a step: a script writes texts, http writes its status as text, everything else writes JSON."""
    inner = required(kind)
    if isinstance(op, ir.Shell) and not path and isinstance(inner, RecordType):
        return _record(step, inner, kind)
    text = f"steps.{step}.outputs.{output_name(path)}"
    return Wire(text, RAW if isinstance(op, ir.Shell) and shapes.scalar(kind) else JSON, kind)


def _record(step: str, record: RecordType, kind: Type) -> Wire:
    """The JSON of a script's whole result, put together from its outputs."""
    if not record.fields:
        return Wire("'{}'", JSON, kind)
    parts, values = [], []
    for number, (name, field) in enumerate(record.fields):
        wire = step_wire(step, ir.Shell(""), (name,), field)
        parts.append(f'"{name}":{{{number}}}')
        values.append(as_json(wire) or "'null'")
    joined = f"format({', '.join([literal('{{' + ','.join(parts) + '}}'), *values])})"
    if isinstance(kind, OptionalType):
        joined = f"steps.{step}.outcome == 'success' && {joined} || ''"
    return Wire(joined, JSON, kind)


def _collected(draft: Draft, ref: Ref, loops: tuple[For, ...], indexes: tuple[int, ...], scope: Scope) -> str:
    """The JSON list of a task's results over the loops that the reader stands outside of."""
    from wfc_targets.github.matrix import merged
    from wfc_targets.github.plan import unrolled

    if loops[0].label in draft.matrices:
        return merged(draft, ref, loops[0], scope)
    parts = []
    for index in range(len(unrolled(loops[0]))):
        if len(loops) > 1:
            parts.append(_collected(draft, ref, loops[1:], (*indexes, index), scope))
            continue
        site = draft.sites.get((ref.name, (*indexes, index)))
        parts.append("'null'" if site is None else element(site, scope.job))
    slots = ",".join(f"{{{number}}}" for number in range(len(parts)))
    return f"format({', '.join([literal('[' + slots + ']'), *parts])})" if parts else "'[]'"


def element(site: Site, reader: JobDraft) -> str:
    """The JSON of one instance's whole result; `null` where it did not succeed."""
    if not site.step:
        return "'null'"
    wire = site_wire(site, (), site.task.type, reader)
    text = as_json(wire) or wire.text
    if site.job is not reader:
        return f"{text} || 'null'"
    done = f"steps.{site.step}.outcome == 'success'"
    if site.fallback:
        done = f"({done} || steps.{site.fallback}.outcome == 'success')"
    return f"{done} && {text if '||' not in text else f'({text})'} || 'null'"
