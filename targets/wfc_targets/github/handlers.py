"""Undo, `on failure` and `finally`: last steps of the one job, or jobs of their own behind all others."""

from __future__ import annotations

from wfc import ir
from wfc.record import replace
from wfc_targets.github import bash, matrix, model
from wfc_targets.github.computed import WRITE
from wfc_targets.github.draft import STEP_SECONDS, Binding, Region, Scope, Site, add
from wfc_targets.github.files import TRANSFER
from wfc_targets.github.jobs import Line, after_job, opened, removed, scope_in
from wfc_targets.github.operations import reached
from wfc_targets.github.steps import failure_names, sequence
from wfc_targets.github.undo import GOES_ON, compensate, compensation
from wfc_targets.github.values import across, output_name
from wfc_targets.github.wires import insert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Block, For
    from wfc_targets.github.draft import Draft, JobDraft, Undo
    from wfc_targets.github.jobs import Condition


def names_of(region: Region, jobs: list[JobDraft]) -> Condition:
    """Makes the expression of `failure.task`: the first of the tasks that failed, in order of the text."""

    def made(reader: JobDraft) -> str:
        parts = []
        for job in jobs:
            failures = [failure for failure in region.failures if failure.job is job]
            if job is reader:
                parts += [f"{failure.test} && '{failure.task}'" for failure in failures]
            elif job.uses and failures:
                reader.need(job.id)
                parts.append(f"needs.{job.id}.result == 'failure' && '{failures[0].task}'")
            elif failures:
                tests = " || ".join(f"{failure.test} && '{failure.task}'" for failure in failures)
                parts.append(across(job, f"{tests} || ''", "failed_task", reader))
            if job.approval:
                reader.need(job.id)
                parts.append(f"needs.{job.id}.result == 'failure' && '{job.approval}'")
        names = " || ".join([*parts, "'a runner'"])
        if reader in jobs:
            return names
        reader.env["FAILED_TASK"] = insert(names)
        return "env.FAILED_TASK"

    return made


def handlers(draft: Draft, region: Region) -> None:
    """Append what happens at the end of the flow."""
    flow = draft.flow
    jobs = list(draft.jobs)
    if not (region.undos or flow.on_failure or flow.finally_):
        return
    single = len(jobs) == 1 and not jobs[0].matrix and not jobs[0].uses and not jobs[0].environment
    if single:
        _as_steps(draft, region, jobs[0])
    else:
        _as_jobs(draft, region, jobs)


def _as_steps(draft: Draft, region: Region, job: JobDraft) -> None:
    names = failure_names(list(region.failures))
    base = Scope(job, Region(), explicit=True, failure=lambda _: names)
    undo = replace(base, section="undo", status="failure()", title="undo ")
    compensate(draft, region.undos, undo)
    failure = replace(base, section="on_failure", status="failure()", title="on failure: ")
    sequence(draft, draft.flow.on_failure, failure)
    sequence(draft, draft.flow.finally_, replace(base, section="finally", status="always()", title="finally: "))


def _as_jobs(draft: Draft, region: Region, jobs: list[JobDraft]) -> None:
    every = tuple(job.id for job in jobs)
    base = Line(Region(), every, failure=names_of(region, jobs))
    compensation_jobs(draft, region.undos, replace(base, title="undo "), "failure()")
    added = tuple(job.id for job in draft.jobs if job.id not in every)
    failure, end = draft.flow.on_failure, draft.flow.finally_
    if failure:
        added += _handler(draft, failure, replace(base, needs=(*every, *added)), "on_failure", "failure()")
    if end:
        _handler(draft, end, replace(base, needs=(*every, *added)), "finally", "always()")


def _handler(draft: Draft, block: Block, line: Line, section: str, status: str) -> tuple[str, ...]:
    job = opened(draft, line, section, section.replace("_", " "))
    job.status = status
    job.conditions.clear()
    scope = replace(scope_in(draft, job, line), section=section, title=f"{section.replace('_', ' ')}: ")
    sequence(draft, block, scope)
    return () if removed(draft, job) else (job.id,)


# --- undo as jobs ------------------------------------------------------------------------------------------------


def compensation_jobs(draft: Draft, undos: list[Undo], line: Line, status: str = "") -> Line:
    """Jobs for the undos of a region, from the last to the first: those of a matrix are a matrix themselves."""
    groups: list[tuple[For | None, list[Undo]]] = []
    for undo in reversed(undos):
        loop = next((binding.loop for binding in undo.loops if binding.matrix), None)
        if groups and groups[-1][0] is loop:
            groups[-1][1].append(undo)
        else:
            groups.append((loop, [undo]))
    for loop, group in groups:
        title = "undo" if loop is None else f"undo {loop.label}"
        job = opened(draft, replace(line, title=""), "undo" if loop is None else f"undo_{loop.label}", title)
        job.status = status
        if status:
            job.conditions.clear()
        swallow = "" if status else GOES_ON
        scope = scope_in(draft, job, line)
        scope = replace(scope, section="undo", title="undo ", status="!cancelled()", swallow=swallow)
        if loop is None:
            compensate(draft, list(reversed(group)), scope)
        else:
            _matrix(draft, loop, group, scope)
        line = replace(after_job(line, job), needs=(*line.needs, job.id))
    return line


def _matrix(draft: Draft, loop: For, group: list[Undo], scope: Scope) -> None:
    """A leg an item, the last item first, one at a time; each reads what its item's leg left behind."""
    job, legs = scope.job, matrix.static(loop)
    job.need(matrix.job_of(draft, loop).id)
    made: str | tuple[tuple[int, str], ...] = tuple(reversed(legs)) if legs is not None else ""
    if legs is None:
        source, count = draft.counts[loop.label]
        assert source is not None
        name = count.removesuffix(".count") + ".reversed"
        found = across(source, name, f"{loop.label}_reversed", job)
        job.conditions.append(f"needs.{source.id}.result == 'success' && {found} != '[]'")
        made = insert(f"fromJSON(needs.{source.id}.result == 'success' && {found} || '[]')")
    job.matrix = model.Matrix(loop.variable, made, 1, False)
    job.name = f"undo {loop.label}: {loop.variable} = {insert(f'matrix.{loop.variable}.v')}"
    number = insert(f"matrix.{loop.variable}.i")
    fetch = model.Step(
        name=f"fetch what was done for this item ({loop.label})",
        swallow="an item that never began has left nothing",
        uses=model.DOWNLOAD,
        inputs=(("name", f"{loop.label}-{number}"), ("path", f"{insert('runner.temp')}/undo")),
    )
    add(job, fetch, TRANSFER)
    for undo in group:
        _leg_undo(draft, loop, undo, scope)


def _leg_undo(draft: Draft, loop: For, undo: Undo, scope: Scope) -> None:
    assert undo.task.undo is not None
    path = undo.task.path
    step = draft.name(f"undo_{undo.label}_was")
    reads = draft.reads.get(path, [])
    around = draft.loops_of[path]
    inner = [binding.index for binding in undo.loops if binding.loop in around[around.index(loop) + 1 :]]
    file = f'file = os.environ["RUNNER_TEMP"] + "/undo/{loop.label}-" + os.environ["I"] + ".json"'
    items = "".join(f"[{number}]" for number in inner) + (" if leg else None" if inner else "")
    lines = [
        "import json",
        "import os",
        "",
        file,
        'leg = json.load(open(file, encoding="utf-8")) if os.path.exists(file) else {}',
        *([f'value = leg.get("{path}"){items} or {{}}'] if reads else []),
        WRITE.rstrip("\n"),
        f'    print("done=" + json.dumps(leg.get("done {undo.label}") is True), file=outputs)',
        *(f'    print("{output_name(read)}=" + json.dumps({reached("value", read)}), file=outputs)' for read in reads),
    ]
    env = (("I", insert(f"matrix.{loop.variable}.i")),)
    name, run = f"what {undo.label} did", bash.lines(*lines)
    made = model.Step(name=name, id=step, condition="!cancelled()", env=env, shell="python", run=run)
    add(scope.job, made, STEP_SECONDS)
    draft.entry(f"{scope.job.id}/{step}", path, "glue", scope, undo.task.undo.span)
    numbers = tuple(binding.index for binding in undo.loops if not binding.matrix)
    before = draft.sites[path, numbers]
    draft.sites[path, numbers] = Site(scope.job, step, ir.Python(""), undo.task, False)
    loops = tuple(Binding(b.loop, b.matrix, b.index, b.item) for b in undo.loops)
    here = replace(undo, job=scope.job, test=f"steps.{step}.outputs.done == 'true'", loops=loops)
    compensation(draft, here, scope)
    draft.sites[path, numbers] = before
