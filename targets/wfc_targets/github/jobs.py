"""Statements → jobs: runs of statements that share a job, and the shapes that are jobs (parallel, matrix, approval …).

A job whose `if` names no status function is skipped when any job before it was, however far; so behind everything
that may be skipped a job says `!failure() && !cancelled()`.
"""

from __future__ import annotations

from wfc import ir
from wfc.python_text import fold
from wfc.record import Record, replace
from wfc.types import NOTHING
from wfc_targets.github import matrix, model
from wfc_targets.github.calls import compute
from wfc_targets.github.draft import Binding, Failure, Region, Scope, in_order
from wfc_targets.github.expressions import condition as native
from wfc_targets.github.expressions import text
from wfc_targets.github.plan import cuts, unrolled
from wfc_targets.github.rewrite import bound
from wfc_targets.github.steps import arm_number, arm_tests, arms_of, drop, sequence
from wfc_targets.github.undo import reorder
from wfc_targets.github.values import across
from wfc_targets.github.wires import insert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wfc.ir import AnyStmt, Block
    from wfc_targets.github.draft import Draft, JobDraft

    Condition = Callable[[JobDraft], str]


APPROVAL_DAYS = 30
"""docs.github.com, "Usage limits": a job waits at most so long for a review."""


class Line(Record):
    """A place for jobs. needs: the jobs that must have ended. conditions: of every job here, made for the job.

    may_skip: may a job before this place be skipped? swallow: why failures here do not count ("" when they do).
    host: the scope at the end of the job directly before, where a computation may be added; open: may statements, too?
    environment: of the next job. failure: makes the expression of `failure.task` for a job.
    """

    region: Region
    needs: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    may_skip: bool = False
    swallow: str = ""
    host: Scope | None = None
    open: bool = False
    environment: str = ""
    failure: Condition | None = None
    title: str = ""
    loops: tuple[Binding, ...] = ()


def lower_jobs(draft: Draft, block: Block, line: Line) -> Line:
    """Statements one after the other as jobs; the line that is left behind them."""
    pending: list[AnyStmt] = []
    for stmt in block:
        if not cuts(draft, stmt):
            pending.append(stmt)
            continue
        line = segment(draft, tuple(pending), line)
        pending = []
        line = shape(draft, stmt, line)
    return segment(draft, tuple(pending), line)


def shape(draft: Draft, stmt: AnyStmt, line: Line) -> Line:
    """One statement that is jobs."""
    match stmt:
        case ir.Parallel():
            return parallel(draft, stmt, line)
        case ir.For():
            return matrix_loop(draft, stmt, line) if stmt.label in draft.matrices else unrolled_loop(draft, stmt, line)
        case ir.If() | ir.Match():
            return branch(draft, stmt, line)
        case ir.Try():
            return attempt(draft, stmt, line)
        case ir.Workspace():
            return workspace(draft, stmt, line)
        case ir.Approve():
            return approve(draft, stmt, line)
        case ir.Task():
            return call(draft, stmt, line)
        case _:
            raise AssertionError(stmt)


def opened(draft: Draft, line: Line, name: str, title: str) -> JobDraft:
    """A new job at a place."""
    job = draft.job(name, line.title + title)
    for need in line.needs:
        job.need(need)
    job.may_skip = line.may_skip
    job.swallow = bool(line.swallow)
    job.environment = line.environment or str(draft.option("environment", "") or "")
    for stopped, step in draft.stops:
        ran = across(stopped, f"steps.{step}.outcome == 'success'", "stopped", job)
        job.conditions.append(f"{ran} != 'true'")
    for made in line.conditions:
        job.conditions.append(made(job))
    return job


def scope_in(draft: Draft, job: JobDraft, line: Line) -> Scope:
    """The scope at the beginning of a job."""
    from wfc_targets.github.prologue import begin

    begin(draft, job)
    explicit = bool(line.swallow)
    return Scope(job, line.region, swallow=line.swallow, explicit=explicit, loops=line.loops, failure=line.failure)


def after_job(line: Line, job: JobDraft, host: Scope | None = None) -> Line:
    """The line behind a job. In a `try` what follows must ask whether its steps failed: the job itself is green."""
    conditions = line.conditions
    if line.swallow:
        conditions = (*conditions, lambda reader: f"{failed(line.region, job, reader)} != 'true'")
    return replace(line, needs=(job.id,), conditions=conditions, host=host, open=False, environment="")


def failed(region: Region, job: JobDraft, reader: JobDraft) -> str:
    """The output of a job that is `true` when a step failed, else empty: of a matrix any leg's `true` then counts."""
    tests = dict.fromkeys(failure.test for failure in region.failures if failure.job is job)
    return across(job, f"({' || '.join(tests) or 'false'}) && 'true' || ''", "failed", reader)


def segment(draft: Draft, block: Block, line: Line) -> Line:
    """Statements that share a job."""
    if not any(not isinstance(stmt, ir.Let) for stmt in block):
        return line
    if line.open and line.host is not None:
        return replace(line, host=sequence(draft, block, line.host), open=False)
    first = next(stmt for stmt in block if not isinstance(stmt, ir.Let))
    whole = not any(cuts(draft, stmt) for stmt in draft.flow.body)
    name = draft.flow.name if whole else first.label
    job = opened(draft, line, name, name)
    scope = sequence(draft, block, scope_in(draft, job, line))
    return line if removed(draft, job) else after_job(line, job, scope)


def removed(draft: Draft, job: JobDraft) -> bool:
    """Take a job without steps out again: all its statements are known never to run."""
    if job.steps or job.uses:
        return False
    draft.forget(job)
    return True


def host(draft: Draft, line: Line, name: str) -> tuple[Scope, Line]:
    """The scope of a job directly before this place, for a computation that what follows reads; a new one if none."""
    if line.host is not None:
        return line.host, line
    job = opened(draft, line, name, name)
    scope = scope_in(draft, job, line)
    return scope, after_job(line, job, scope)


# --- shapes ------------------------------------------------------------------------------------------------------


def parallel(draft: Draft, stmt: ir.Parallel, line: Line) -> Line:
    """Each branch is jobs of its own; a chain of the graph shares a job."""
    before = {n: [a for a, b in stmt.edges if b == n] for n in range(len(stmt.body))}
    after = {n: [b for a, b in stmt.edges if a == n] for n in range(len(stmt.body))}
    ends: dict[int, Line] = {}
    undos = len(line.region.undos)
    for number in in_order(len(stmt.body), stmt.edges):
        if number in ends:
            continue
        chain = [number]
        while _chained(draft, stmt, chain[-1], before, after):
            chain.append(after[chain[-1]][0])
        preceding = [ends[n] for n in before[number]]
        start = joined(line, preceding) if preceding else replace(line, host=None, open=False)
        end = lower_jobs(draft, tuple(stmt.body[n] for n in chain), start)
        ends |= dict.fromkeys(chain, end)
    reorder(line.region.undos, undos, stmt)
    last = [ends[n] for n in range(len(stmt.body)) if not after[n]]
    return joined(line, last)


def _chained(
    draft: Draft, stmt: ir.Parallel, number: int, before: dict[int, list[int]], after: dict[int, list[int]]
) -> bool:
    """Can the one statement after this one share its job?"""
    follows = after[number]
    alone = len(follows) == 1 and len(before[follows[0]]) == 1
    return alone and not cuts(draft, stmt.body[number]) and not cuts(draft, stmt.body[follows[0]])


def joined(line: Line, ends: list[Line]) -> Line:
    """The line behind several lines."""
    needs = tuple(dict.fromkeys(need for end in ends for need in end.needs))
    conditions = tuple(dict.fromkeys(condition for end in ends for condition in end.conditions))
    may_skip = any(end.may_skip for end in ends)
    return replace(line, needs=needs, conditions=conditions, may_skip=may_skip, host=None, open=False, environment="")


def matrix_loop(draft: Draft, stmt: ir.For, line: Line) -> Line:
    """A leg an item; the list is made by the job before."""
    static = matrix.static(stmt)
    source: tuple[JobDraft, str] | None = None
    if static is None:
        before, line = host(draft, line, f"{stmt.label}_items")
        step = matrix.listed(draft, stmt, bound(stmt.items, line.loops), before)
        line.region.failures.append(Failure(before.job, f"steps.{step}.outcome == 'failure'", stmt.label))
        source = before.job, step
    job = opened(draft, line, stmt.label, "")
    job.name = f"{line.title}for {stmt.variable} = ${{{{ matrix.{stmt.variable}.v }}}}"
    legs: str | tuple[tuple[int, str], ...] = static or ()
    if source is not None:
        producer, step = source
        output = across(producer, f"steps.{step}.outputs.items", f"{stmt.label}_items", job)
        if producer.guard():
            job.conditions.append(f"needs.{producer.id}.result == 'success'")
        job.conditions.append(f"{output} != '[]'")
        made = f"fromJSON(needs.{producer.id}.result == 'success' && {output} || '[]')"
        legs = insert(made)
    job.matrix = model.Matrix(stmt.variable, legs, stmt.maximum or 1, stmt.maximum is None)
    inner = replace(line, loops=(*line.loops, Binding(stmt, stmt.variable)))
    scope = sequence(draft, stmt.body, scope_in(draft, job, inner))
    if removed(draft, job):
        return line
    matrix.keep_results(draft, stmt, scope)
    return replace(after_job(line, job), may_skip=line.may_skip or static is None)


def unrolled_loop(draft: Draft, stmt: ir.For, line: Line) -> Line:
    """A list of known length whose bodies are jobs: one after the other, or side by side with `max`."""
    if stmt.maximum is not None and stmt.maximum < len(unrolled(stmt)):
        draft.unsupported(
            stmt.span,
            f"GitHub Actions can't hold {len(unrolled(stmt))} items of several jobs to {stmt.maximum} at once",
            "GitHub Actions bounds the legs of a matrix, and a leg is one job.",
            "leave `max` out, raise it to the number of items, or put the body into a flow of its own",
        )
        return line
    ends: list[Line] = []
    here = line
    for number, item in enumerate(unrolled(stmt)):
        binding = Binding(stmt, "", number, bound(item, line.loops))
        start = line if stmt.maximum is not None else here
        here = replace(lower_jobs(draft, stmt.body, replace(start, loops=(*line.loops, binding))), loops=line.loops)
        ends.append(here)
    return joined(line, ends) if stmt.maximum is not None and ends else here


def branch(draft: Draft, stmt: ir.If | ir.Match, line: Line) -> Line:
    """Each arm's jobs have its condition."""
    probe = Scope(draft.probe(), line.region, loops=line.loops)
    if arm_tests(draft, stmt, probe, probe) is None:
        scope, line = host(draft, line, stmt.label)
        step = draft.name(stmt.label)
        compute(draft, scope, step, stmt.label, [("arm", arm_number(stmt, scope))])
        draft.entry(f"{scope.job.id}/{step}", stmt.path, "branch", scope, stmt.span)
        line.region.failures.append(Failure(scope.job, f"steps.{step}.outcome == 'failure'", stmt.label))
    else:
        scope, step = probe, ""
    ends: list[Line] = []
    for number, body in enumerate(arms_of(stmt)):
        if not step and (arm_tests(draft, stmt, probe, probe) or [])[number] == "false":
            drop(draft, body, probe)
            continue
        test = _arm(draft, stmt, number, scope, step)
        ends.append(lower_jobs(draft, body, replace(line, conditions=(*line.conditions, test), host=None, open=False)))
    after = [replace(end, conditions=_without(end.conditions, line)) for end in ends]
    return replace(joined(line, after), may_skip=True)


def _without(conditions: tuple[Condition, ...], line: Line) -> tuple[Condition, ...]:
    """The conditions that still count behind a branch: the arm's own, which follows those of the line, is gone."""
    known = len(line.conditions)
    return (*conditions[:known], *conditions[known + 1 :])


def _arm(draft: Draft, stmt: ir.If | ir.Match, number: int, scope: Scope, step: str) -> Condition:
    def test(job: JobDraft) -> str:
        if step:
            return f"{across(scope.job, f'steps.{step}.outputs.arm', stmt.label, job)} == '{number}'"
        here = replace(scope, job=job)
        tests = arm_tests(draft, stmt, here, here)
        assert tests is not None
        return "" if tests[number] == "true" else tests[number]

    return test


def attempt(draft: Draft, stmt: ir.Try, line: Line) -> Line:
    """The body's jobs stay green and say whether a step failed; recover runs when one did."""
    from wfc_targets.github.handlers import compensation_jobs, names_of

    region = Region()
    inner = replace(line, region=region, swallow="recover follows", title=f"{line.title}try: ", host=None, open=False)
    first = len(draft.jobs)
    end = lower_jobs(draft, stmt.body, inner)
    jobs = draft.jobs[first:]
    guilty = [job for job in jobs if any(failure.job is job for failure in region.failures)]
    if not guilty:
        drop(draft, stmt.recover, Scope(jobs[-1] if jobs else draft.probe(), line.region, loops=line.loops))
        return replace(end, region=line.region, swallow=line.swallow, title=line.title, conditions=line.conditions)

    def any_failed(reader: JobDraft) -> str:
        return " || ".join(f"{failed(region, job, reader)} == 'true'" for job in guilty)

    after = replace(joined(line, [end]), conditions=(*line.conditions, any_failed), may_skip=True)
    after = compensation_jobs(draft, region.undos, replace(after, title=f"{line.title}undo "))
    recover = replace(after, title=f"{line.title}recover: ")
    failure = names_of(region, jobs)
    behind = lower_jobs(draft, stmt.recover, replace(recover, failure=failure))
    conditions = _without(behind.conditions, line)
    return replace(joined(line, [end, behind]), conditions=conditions, may_skip=True)


def workspace(draft: Draft, stmt: ir.Workspace, line: Line) -> Line:
    """A job, whose directory is the workspace's."""
    if any(cuts(draft, inner) for inner in stmt.body):
        draft.unsupported(
            stmt.span,
            f"the workspace `{stmt.label}` holds statements that are jobs of their own on GitHub Actions",
            "The tasks of a workspace share one directory, which is that of one job.",
            'set `target github { parallel: "steps" }`, or move those statements out of the workspace',
        )
        return line
    job = opened(draft, line, stmt.label, f"workspace {stmt.label}")
    sequence(draft, stmt.body, scope_in(draft, job, line))
    return line if removed(draft, job) else after_job(line, job)


def approve(draft: Draft, stmt: ir.Approve, line: Line) -> Line:
    """The next job waits for the reviewers of an environment."""
    limits(draft, stmt)
    when = None if stmt.when is None else fold(bound(stmt.when, line.loops))
    probe = Scope(draft.probe(), line.region, loops=line.loops)
    job = opened(draft, replace(line, environment=stmt.label), stmt.label, "")
    question = text(draft, stmt.question, replace(probe, job=job)) or "see the flow"
    job.name = f"{line.title}approve {stmt.label}: {question}"
    if when is not None:
        test = native(draft, when, replace(probe, job=job))
        if test is None:
            draft.unsupported(
                stmt.span,
                f"the condition of the approval `{stmt.label}` has to be computed",
                "The `if` of a job on GitHub Actions knows no arithmetic and no exact comparison of texts.",
                "put the approval into an `if` block",
            )
            return line
        job.conditions.append(test)
    scope = scope_in(draft, job, line)
    job.steps.append(model.Step(name=f"approved: {stmt.label}", id=draft.name(stmt.label), run="true\n"))
    job.spend(0)
    draft.entry(f"{job.id}/{stmt.label}", stmt.path, "approve", scope, stmt.span)
    # secrets of another environment cannot be read in the job of the approval
    shared = when is None and not draft.option("environment")
    after = replace(after_job(line, job, scope if shared else None), open=shared)
    job.approval = stmt.label
    return replace(after, may_skip=after.may_skip or when is not None)


def limits(draft: Draft, stmt: ir.Approve) -> None:
    """Report what an environment's reviewers do not give: forms, fallbacks, deadlines of one's own, named groups."""
    name = stmt.label
    if stmt.fallback is not None or stmt.fields != NOTHING:
        draft.unsupported(
            stmt.span,
            f"the approval `{name}` asks for a form or a fallback",
            "Reviewers of an environment can only approve or reject, and a rejected job has failed for good.",
            "leave them out, or make the value an input of the flow",
        )
    if stmt.timeout is not None and stmt.timeout != APPROVAL_DAYS * 86_400_000:
        draft.lossy(
            stmt.span,
            f"the approval `{name}` waits {APPROVAL_DAYS} days, not as long as its timeout",
            f"GitHub ends a job that waits for a review after {APPROVAL_DAYS} days and has no other deadline.",
            "leave the timeout out, or write `timeout 30d`",
        )
    if stmt.by is not None:
        draft.lossy(
            stmt.span,
            f"who may approve `{name}` is not in the workflow",
            "GitHub keeps the reviewers of an environment in the settings of the repository.",
            f"create the environment `{name}` with `{stmt.by}` as required reviewers",
        )


def call(draft: Draft, stmt: ir.Task, line: Line) -> Line:
    """A call of another workflow of the project."""
    from wfc_targets.github.subflow import called

    return called(draft, stmt, line)
