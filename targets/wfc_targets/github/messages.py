"""`require`, `stop` and `fail` → steps that leave an annotation in the run."""

from __future__ import annotations

from wfc import ir
from wfc.record import replace
from wfc_targets.github import bash, model
from wfc_targets.github.arguments import Arguments
from wfc_targets.github.calls import compute, condition
from wfc_targets.github.draft import STEP_SECONDS, Scope, add
from wfc_targets.github.expressions import condition as native
from wfc_targets.github.instances import note, suffixed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyStmt
    from wfc_targets.github.draft import Draft

ESCAPE = "message=${MESSAGE//%/%25} message=${message//$'\\r'/%0D} message=${message//$'\\n'/%0A}"
"""GitHub reads a line of output as a command; a value must not end it."""


def require(draft: Draft, stmt: ir.Require, scope: Scope) -> Scope:
    """A step that fails, with the message, when the condition is false."""
    label = draft.name(suffixed(stmt.label, scope.loops))
    arguments = Arguments(draft, scope, f"{label}_calc")
    test = native(draft, stmt.condition, scope)
    if test is None:
        arguments.give("HOLDS", stmt.condition)
    else:
        arguments.env["HOLDS"] = "${{ " + test + " }}"
    arguments.give("MESSAGE", stmt.message)
    run = bash.lines(
        'if [ "$HOLDS" != true ]; then',
        f"  {ESCAPE}",
        f'  echo "::error title={label}::$message"',
        "  exit 1",
        "fi",
    )
    return _said(draft, stmt, label, scope, arguments, f"{scope.title}require {label}", run, "require")


def end(draft: Draft, stmt: ir.Stop | ir.Fail, scope: Scope) -> Scope:
    """`stop` leaves a notice, and all steps after it ask whether it ran; `fail` fails."""
    label = draft.name(suffixed(stmt.label, scope.loops))
    arguments = Arguments(draft, scope, f"{label}_calc")
    arguments.give("MESSAGE", stmt.message)
    stops = isinstance(stmt, ir.Stop)
    level = "notice" if stops else "error"
    run = bash.lines(ESCAPE, f'echo "::{level} title={label}::$message"', "" if stops else "exit 1")
    after = _said(draft, stmt, label, scope, arguments, f"{scope.title}{label}", run, "stop" if stops else "fail")
    if stops:
        draft.stops.append((scope.job, label))
        return scope
    return after


def _said(
    draft: Draft, stmt: AnyStmt, label: str, scope: Scope, arguments: Arguments, name: str, run: str, role: str
) -> Scope:
    failing = [f"steps.{label}.outcome == 'failure'"]
    if arguments.computed:
        calc = draft.name(arguments.calc)
        compute(draft, scope, calc, f"{name}: values", arguments.computed)
        draft.entry(f"{scope.job.id}/{calc}", stmt.path, "calc", scope, stmt.span)
        failing.insert(0, f"steps.{calc}.outcome == 'failure'")
    env, found = tuple(arguments.env.items()), condition(draft, scope)
    step = model.Step(name=name, id=label, condition=found, swallow=scope.swallow, env=env, run=run)
    add(scope.job, step, STEP_SECONDS)
    draft.entry(f"{scope.job.id}/{label}", stmt.path, role, scope, stmt.span)
    note(stmt, label, scope, tuple(failing))
    return replace(scope, chain=(f"steps.{label}.outcome == 'success'",), guards=() if scope.explicit else scope.guards)
