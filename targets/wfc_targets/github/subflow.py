"""flow.run → a job that calls the workflow of the other flow, its inputs as texts."""

from __future__ import annotations

from wfc import ir
from wfc.record import replace
from wfc.types import BOOL, required
from wfc.walk import references
from wfc_targets.github.calls import compute
from wfc_targets.github.computed import output, program
from wfc_targets.github.draft import Failure, Scope, Site
from wfc_targets.github.expressions import text
from wfc_targets.github.grants import family, granted, handed_on
from wfc_targets.github.instances import suffixed
from wfc_targets.github.jobs import Line, after_job, host, opened
from wfc_targets.github.rewrite import bound
from wfc_targets.github.triggers import CALL_INPUT, numbered
from wfc_targets.github.triggers import called as is_called
from wfc_targets.github.values import across
from wfc_targets.github.wires import insert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc_targets.github.draft import Draft, JobDraft


def called(draft: Draft, stmt: ir.Task, line: Line) -> Line:
    """The calling job."""
    op = stmt.call.op
    assert isinstance(op, ir.RunFlow)
    _limits(draft, stmt, line)
    computed = [(name, value) for name, value in op.inputs if _is_computed(draft, value, line)]
    source: JobDraft | None = None
    step = f"{stmt.label}_calc"
    if computed:
        scope, line = host(draft, line, step)
        compute(draft, scope, draft.name(step), f"{stmt.label}: values", computed)
        draft.entry(f"{scope.job.id}/{step}", stmt.path, "calc", scope, stmt.span)
        line.region.failures.append(Failure(scope.job, f"steps.{step}.outcome == 'failure'", stmt.label))
        source = scope.job
    job = opened(draft, replace(line, environment=""), stmt.label, f"call {op.flow}")
    job.environment = ""
    job.uses = f"./.github/workflows/{op.flow}.yml"
    job.worst = None
    for name, value in op.inputs:
        job.inputs.append(
            (name, _given(draft, name, value, line, job, source if (name, value) in computed else None, step))
        )
    child = draft.project.flow(op.flow)
    if child is not None and any(one.name == draft.flow.name for one in family(draft.project, child)):
        draft.unsupported(
            stmt.span,
            f"the call of `{op.flow}` closes a circle of flows that run each other",
            "GitHub Actions refuses workflows that call each other in a circle.",
            "take the call out of one of them",
        )
    if child is not None and numbered(draft.project, child):
        own = insert(f"inputs.{CALL_INPUT}") if is_called(draft) and numbered(draft.project, draft.flow) else ""
        job.inputs.append((CALL_INPUT, f"{own}-{suffixed(stmt.label, line.loops)}"))
    if child is not None:
        job.secrets = handed_on(draft.project, child)
        job.permissions += granted(draft.project, child)
    return _noted(draft, stmt, line, job)


def _noted(draft: Draft, stmt: ir.Task, line: Line, job: JobDraft) -> Line:
    scope = Scope(job, line.region, loops=line.loops)
    numbers = tuple(binding.index for binding in line.loops if not binding.matrix)
    draft.sites[stmt.path, numbers] = Site(job, "", stmt.call.op, stmt, bool(job.guard()))
    draft.entry(job.id, stmt.path, "task", scope, stmt.span)
    line.region.failures.append(Failure(job, "false", stmt.label))
    skips = stmt.when is not None
    if stmt.when is not None:
        from wfc_targets.github.expressions import condition

        test = condition(draft, stmt.when, scope)
        if test is None:
            draft.unsupported(
                stmt.span,
                f"the guard of `{stmt.label}` has to be computed",
                "The `if` of a calling job on GitHub Actions knows no arithmetic and no exact comparison of texts.",
                "put the call into an `if` block",
            )
        else:
            job.conditions.append(test)
    return replace(after_job(replace(line, swallow=""), job), swallow=line.swallow, may_skip=line.may_skip or skips)


def _is_computed(draft: Draft, value: AnyExpr, line: Line) -> bool:
    if any(ref.collect for ref in references(value)):
        return True
    return text(draft, _wanted(value), Scope(draft.probe(), line.region, loops=line.loops)) is None


def _wanted(value: AnyExpr) -> AnyExpr:
    return value


def _given(
    draft: Draft, name: str, value: AnyExpr, line: Line, job: JobDraft, source: JobDraft | None, step: str
) -> str:
    """The text of an input; a bool is given as one."""
    if source is None:
        found = text(draft, bound(value, line.loops), Scope(job, line.region, loops=line.loops))
        assert found is not None
    else:
        local = output(step, name, value)[4:-3]
        plain = f"steps.{step}.outputs.{name}"
        found = insert(local.replace(plain, across(source, plain, f"{step}_{name}", job)))
    if required(value.type) == BOOL and found.startswith("${{ ") and "inputs." not in found:
        return insert(f"fromJSON({found[4:-3]})")
    return found


def _limits(draft: Draft, stmt: ir.Task, line: Line) -> None:
    """A called workflow that fails is red for good, is not retried and has no time limit."""
    asked = {
        "retry": stmt.call.retry is not None and not stmt.call.retry.inherited,
        "timeout": stmt.call.timeout_span is not None,
        "fallback": stmt.fallback is not None,
        "undo": stmt.undo is not None,
        "until": stmt.until is not None or stmt.holds is not None,
        "try": bool(line.swallow),
    }
    for clause, wanted in asked.items():
        if wanted:
            draft.unsupported(
                stmt.call.timeout_span or stmt.span if clause == "timeout" else stmt.span,
                f"GitHub Actions has no `{clause}` for the call of a flow, as in `{stmt.label}`",
                "A calling job on GitHub Actions takes no timeout and no retry, and its failure fails the run.",
                "put the tasks of the called flow here, or the clause on its tasks",
            )


__all__ = ("called", "program")
