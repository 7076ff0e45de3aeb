"""What a run needs to know once, at its start: the date, and when its time budget ends."""

from __future__ import annotations

from wfc import ir
from wfc.types import STRING, required
from wfc_targets.github import model
from wfc_targets.github.calls import raw
from wfc_targets.github.computed import WRITE, Program
from wfc_targets.github.draft import STEP_SECONDS, Region, Scope, add
from wfc_targets.github.grants import permissions
from wfc_targets.github.plan import uses_date
from wfc_targets.github.shapes import textual
from wfc_targets.github.triggers import DISPATCH, called, dispatched, event_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc_targets.github.draft import Draft, JobDraft


def plan(draft: Draft) -> None:
    """Decide which inputs a step has to fill in: those that may be missing and whose default GitHub does not apply."""
    others = any(event_of(trigger.kind) != DISPATCH for trigger in draft.flow.triggers)
    draft.filled = tuple(
        item.name
        for item in draft.flow.inputs
        if item.default is not None
        and (others or not isinstance(item.default, ir.Literal) or item.default.value is None)
    )
    draft.dated = uses_date(draft)


CHECKOUT_TIME = 5 * 60_000
"""What a checkout is given in the worst case, in milliseconds."""


def has_prologue(draft: Draft) -> bool:
    """Are there steps of the start?"""
    budget = draft.flow.budget
    return draft.dated or bool(draft.filled) or (budget is not None and budget.time is not None)


def begin(draft: Draft, job: JobDraft) -> None:
    """Put the steps of the start into the first job."""
    job.permissions += permissions(draft.options)
    if draft.option("checkout", False):
        checkout(job)
    first = draft.clock is None
    if first and (draft.dated or draft.filled):
        draft.clock = job
        if draft.dated:
            _date(draft, job)
        if draft.filled:
            _inputs(draft, job)
    budget = draft.flow.budget
    if budget is not None and budget.time is not None and draft.deadline is None:
        draft.deadline = job
        run = f'echo "end=$(($(date +%s) + {-(-budget.time // 1000)}))" >> "$GITHUB_OUTPUT"\n'
        add(job, model.Step(name="end of the time budget", id=draft.name("budget"), run=run), STEP_SECONDS)


def checkout(job: JobDraft) -> None:
    """The step that fetches the repository, which keeps no credentials behind."""
    inputs = (("persist-credentials", False),)
    add(job, model.Step(name="check out", uses=model.CHECKOUT, inputs=inputs), CHECKOUT_TIME)


def _date(draft: Draft, job: JobDraft) -> None:
    zones = (dict(trigger.args).get("timezone") for trigger in draft.flow.triggers)
    zone = next((str(zone) for zone in zones if zone), "UTC")
    run = f'echo "date=$(TZ={zone} date +%F)" >> "$GITHUB_OUTPUT"\n'
    add(job, model.Step(name="date of the run", id=draft.name("run_date"), run=run), STEP_SECONDS)


def _inputs(draft: Draft, job: JobDraft) -> None:
    """Inputs that nobody gave get their default, which the run computes: an event has no inputs."""
    program = Program(draft, Scope(job, Region()))
    asked = dispatched(draft) or called(draft)
    lines = ['given = json.loads(os.environ["GIVEN"]) or {}\n', WRITE] if asked else [WRITE]
    for item in draft.flow.inputs:
        if item.name not in draft.filled or item.default is None:
            continue
        default = program.code(item.default)
        if not asked:
            lines.append(f'    print("{item.name}=" + json.dumps({default}), file=outputs)\n')
            continue
        lines.append(f'    value = given.get("{item.name}")\n')
        parse = "" if textual(item.type) else " if not isinstance(value, str) else json.loads(value)"
        empty = "value is None" if required(item.type) == STRING and not needs_value(item) else 'value in (None, "")'
        lines.append(f"    value = {default} if {empty} else value{parse}\n")
        lines.append(f'    print("{item.name}=" + json.dumps(value), file=outputs)\n')
    env = ((("GIVEN", "${{ toJSON(inputs) }}"),) if asked else ()) + tuple(program.env.items())
    text = program.head() + "".join(lines)
    made = model.Step(name="inputs", id=draft.name("inputs"), env=env, shell="python", run=raw(text))
    add(job, made, STEP_SECONDS)


def needs_value(item: ir.Input) -> bool:
    """Is the empty text no value of the input? GitHub gives it for an input without a default that was left empty."""
    return not isinstance(item.default, ir.Literal)
