"""Statements → steps of one job: conditions instead of branches, `continue-on-error` instead of `try`.

GitHub runs a step when all before it went well, unless its `if` names a status function. That is the meaning of a
sequence, so a plain sequence needs no conditions. Inside `try`, handlers and what runs side by side, every step says
itself what must have gone well before it (`Scope.explicit`).
"""

from __future__ import annotations

from wfc import ir
from wfc.python_text import fold
from wfc.record import replace
from wfc.types import BOOL, INT, STRING
from wfc.walk import blocks, references
from wfc_targets.github.calls import Steps, compute, put
from wfc_targets.github.draft import (
    Binding,
    Failure,
    Region,
    Scope,
    Site,
    conjunction,
    in_order,
)
from wfc_targets.github.expressions import condition as native
from wfc_targets.github.expressions import negated
from wfc_targets.github.instances import indexes, note, suffixed
from wfc_targets.github.messages import end, require
from wfc_targets.github.operations import Place
from wfc_targets.github.plan import unrolled
from wfc_targets.github.rewrite import bound
from wfc_targets.github.undo import GOES_ON, compensate, reorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, AnyStmt, Block
    from wfc_targets.github.draft import Draft


def sequence(draft: Draft, block: Block, scope: Scope) -> Scope:
    """Statements one after the other; the scope that is left behind them."""
    for stmt in block:
        scope = statement(draft, stmt, scope)
    return scope


def statement(draft: Draft, stmt: AnyStmt, scope: Scope) -> Scope:
    """One statement as steps."""
    match stmt:
        case ir.Task():
            return task(draft, stmt, scope)
        case ir.If() | ir.Match():
            return branch(draft, stmt, scope)
        case ir.Try():
            return attempt(draft, stmt, scope)
        case ir.For():
            return loop(draft, stmt, scope)
        case ir.Parallel():
            return parallel(draft, stmt, scope)
        case ir.Workspace():
            return sequence(draft, stmt.body, scope)
        case ir.Require():
            return require(draft, stmt, scope)
        case ir.Stop() | ir.Fail():
            return end(draft, stmt, scope)
        case ir.Approve():
            draft.unsupported(
                stmt.span,
                f"the approval `{stmt.label}` stands inside something that is one job on GitHub Actions",
                "An approval there is the environment of a job, which waits as a whole.",
                "move the approval out of the loop, handler or branch, or to a flow of its own",
            )
            return scope
        case ir.Let():
            return scope
    raise AssertionError(stmt)


# --- tasks -------------------------------------------------------------------------------------------------------


def task(draft: Draft, stmt: ir.Task, scope: Scope) -> Scope:
    """The guard, the call, its fallback; what was done and what failed is noted in the region."""
    if isinstance(stmt.call.op, ir.RunFlow):
        draft.unsupported(
            stmt.span,
            f"`{stmt.label}` runs a flow inside something that is one job on GitHub Actions",
            "A called workflow is a job of its own there, and its failure cannot be handled.",
            "put the tasks of the called flow here, or move the call out of the loop, try or handler",
        )
        return scope
    when = None if stmt.when is None else fold(bound(stmt.when, scope.loops))
    if isinstance(when, ir.Literal) and when.value is False:
        drop(draft, (stmt,), scope)
        return scope
    label = draft.name(suffixed(stmt.label, scope.loops))
    inner, gates = _guarded(draft, when, stmt, label, scope)
    main = _call(draft, stmt, label, inner)
    failing = (*gates, *main.failing())
    site = Site(scope.job, label, stmt.call.op, stmt, _conditional(scope, when))
    if stmt.fallback is not None:
        other = fallback(draft, stmt, label, inner)
        failing = (*gates, *other.failing())
        fallback_op = stmt.fallback.call.op if stmt.fallback.call else ir.Python("")
        site = replace(site, fallback=other.step, fallback_op=fallback_op)
    draft.sites[stmt.path, indexes(scope)] = site
    note(stmt, label, inner, failing)
    if not isinstance(when, ir.Literal) and when is not None:
        return replace(scope, chain=(*scope.chain, *(negated(test) for test in failing)))
    done = f"steps.{label}.outcome == 'success'"
    done = f"{done} || steps.{site.fallback}.outcome == 'success'" if site.fallback else done
    return replace(scope, chain=(done,), guards=() if scope.explicit else scope.guards)


def _conditional(scope: Scope, when: AnyExpr | None) -> bool:
    return bool(scope.guards or scope.explicit or when is not None)


def _guarded(
    draft: Draft, when: AnyExpr | None, stmt: AnyStmt, label: str, scope: Scope
) -> tuple[Scope, tuple[str, ...]]:
    """The scope behind a guard, and the tests of the step that computes the guard, if one does."""
    if when is None or isinstance(when, ir.Literal):
        return scope, ()
    test = native(draft, when, scope)
    if test is not None:
        return replace(scope, guards=scope.guards if test == "true" else (*scope.guards, test)), ()
    gate = draft.name(f"{label}_gate")
    compute(draft, scope, gate, f"{scope.title}when {label}", [("value", bound(when, scope.loops))])
    draft.entry(f"{scope.job.id}/{gate}", stmt.path, "gate", scope, stmt.span)
    guarded = replace(scope, guards=(*scope.guards, f"steps.{gate}.outputs.value == 'true'"))
    return guarded, (f"steps.{gate}.outcome == 'failure'",)


def _call(draft: Draft, stmt: ir.Task, label: str, scope: Scope) -> Steps:
    paths = tuple(draft.reads.get(stmt.path, ()))
    place = Place(draft, scope, label, f"{label}_calc", stmt.label, stmt.path, paths, stmt.undo_on_timeout)
    swallow = "the fallback follows" if stmt.fallback is not None else scope.swallow
    steps = put(draft, replace(scope, swallow=swallow), stmt.call, place, scope.title + label, stmt.until or stmt.holds)
    if steps.calc:
        draft.entry(f"{scope.job.id}/{steps.calc}", stmt.path, "calc", scope, stmt.span)
    known: dict[str, bool] = {"polled": True} if stmt.until or stmt.holds else {}
    if stmt.fallback is not None:
        known["spare"] = True
    draft.entry(f"{scope.job.id}/{label}", stmt.path, "task", scope, stmt.span, **known)
    return steps


def fallback(draft: Draft, stmt: ir.Task, label: str, scope: Scope) -> Steps:
    """The step that runs when every attempt failed: another call, or one that gives a value."""
    assert stmt.fallback is not None
    name = f"{scope.title}{label}, fallback"
    step = draft.name(f"{label}_fallback")
    after = replace(scope, guards=(*scope.guards, f"steps.{label}.outcome != 'success'"))
    paths = tuple(draft.reads.get(stmt.path, ()))
    if stmt.fallback.call is not None:
        place = Place(draft, after, step, f"{step}_calc", stmt.label, stmt.path, paths)
        steps = put(draft, after, stmt.fallback.call, place, name)
        if steps.calc:
            draft.entry(f"{scope.job.id}/{steps.calc}", stmt.path, "calc", scope, stmt.span, of="fallback")
    else:
        assert stmt.fallback.value is not None
        value = stmt.fallback.value
        # one that nobody reads is computed as well: it may fail, and with it the task
        wanted = paths or (((),) if any(True for _ in references(value)) else ())
        compute(draft, after, step, name, [(_output(path), _at(value, path)) for path in wanted])
        steps = Steps(step)
    role = "fallback" if stmt.fallback.call is not None else "glue"
    draft.entry(f"{scope.job.id}/{step}", stmt.path, role, scope, stmt.fallback.span)
    return steps


def _output(path: tuple[str, ...]) -> str:
    from wfc_targets.github.values import output_name

    return output_name(path)


def _at(value: AnyExpr, path: tuple[str, ...]) -> AnyExpr:
    from wfc_targets.github.rewrite import typed

    for name in path:
        entries = dict(value.entries) if isinstance(value, ir.RecordExpr) else {}
        value = entries.get(name) or ir.Field(typed(value.type, (name,)), value.span, value, name)
    return value


def drop(draft: Draft, block: Block, scope: Scope) -> None:
    """Statements that are known never to run: no steps, but the manifest knows them."""
    for stmt in block:
        if isinstance(stmt, ir.Task | ir.Approve | ir.Require | ir.Stop | ir.Fail):
            role = {ir.Approve: "approve", ir.Require: "require", ir.Stop: "stop"}.get(type(stmt), "task")
            draft.entry(f"{scope.job.id}/", stmt.path, role, scope, stmt.span, dropped=True)
        for body in blocks(stmt):
            drop(draft, body, scope)


# --- branches ----------------------------------------------------------------------------------------------------


def branch(draft: Draft, stmt: ir.If | ir.Match, scope: Scope) -> Scope:
    """Each arm's steps have its condition; one step in front computes what GitHub cannot."""
    arms = arms_of(stmt)
    tests = arm_tests(draft, stmt, scope, scope)
    before = len(scope.region.failures)
    if tests is None:
        tests = computed_tests(draft, stmt, scope)
        scope.region.failures.append(Failure(scope.job, f"steps.{stmt.label}.outcome == 'failure'", stmt.label))
    for number, (test, body) in enumerate(zip(tests, arms, strict=True)):
        if test == "false":
            drop(draft, body, scope)
            continue
        title = scope.title + ("else: " if number == len(arms) - 1 and number else "if: ")
        guards = scope.guards if test == "true" else (*scope.guards, test)
        sequence(draft, body, replace(scope, guards=guards, title=title))
    return behind(scope, before)


def behind(scope: Scope, before: int) -> Scope:
    """The scope after statements whose failures are all those in the region from number `before`."""
    tests = [failure.test for failure in scope.region.failures[before:] if failure.job is scope.job]
    return replace(scope, chain=(*scope.chain, *(negated(test) for test in tests)))


def arms_of(stmt: ir.If | ir.Match) -> tuple[Block, ...]:
    """The bodies of all arms; the last is the `else`, which may be empty."""
    return (*(body for _, body in stmt.arms), stmt.other or ())


def arm_conditions(stmt: ir.If | ir.Match) -> list[AnyExpr]:
    """The conditions of all arms but the `else`."""
    if isinstance(stmt, ir.If):
        return [test for test, _ in stmt.arms]
    found: list[AnyExpr] = []
    for members, _ in stmt.arms:
        tests: list[AnyExpr] = [
            ir.Binary(BOOL, stmt.span, "==", stmt.subject, ir.Literal(STRING, stmt.span, member)) for member in members
        ]
        whole = tests[0]
        for test in tests[1:]:
            whole = ir.Binary(BOOL, stmt.span, "or", whole, test)
        found.append(whole)
    return found


def arm_tests(draft: Draft, stmt: ir.If | ir.Match, scope: Scope, bindings: Scope) -> list[str] | None:
    """GitHub's condition of each arm (`true` and `false` where it is known now); None when one must be computed.

    An arm's condition says that those before it do not hold; a match needs that for its `else` only.
    """
    found: list[str] = []
    tests: list[str] = []
    for expr in arm_conditions(stmt):
        constant = fold(bound(expr, bindings.loops))
        test = native(draft, constant, scope)
        if test is None:
            return None
        others = [] if isinstance(stmt, ir.Match) else [negated(other) for other in tests]
        found.append(_and([*others, test]))
        tests.append(test)
    return [*found, _and([negated(test) for test in tests])]


def _and(tests: list[str]) -> str:
    known = {"!true": "false", "!false": "true"}
    tests = [known.get(test, test) for test in tests]
    if "false" in tests:
        return "false"
    return conjunction(tuple(test for test in tests if test != "true")) or "true"


def computed_tests(draft: Draft, stmt: ir.If | ir.Match, scope: Scope) -> list[str]:
    """A step that computes the number of the arm, in the order of the text; and the test of each arm."""
    step = draft.name(suffixed(stmt.label, scope.loops))
    compute(draft, scope, step, f"{scope.title}{stmt.label}", [("arm", arm_number(stmt, scope))])
    draft.entry(f"{scope.job.id}/{step}", stmt.path, "branch", scope, stmt.span)
    return [f"steps.{step}.outputs.arm == '{number}'" for number in range(len(stmt.arms) + 1)]


def arm_number(stmt: ir.If | ir.Match, scope: Scope) -> AnyExpr:
    """An expression that gives the number of the arm to take."""
    conditions = arm_conditions(stmt)
    whole: AnyExpr = ir.Literal(INT, stmt.span, len(conditions))
    for number in reversed(range(len(conditions))):
        this = ir.Literal(INT, stmt.span, number)
        whole = ir.Conditional(INT, stmt.span, conditions[number], this, whole)
    return bound(whole, scope.loops)


# --- try, loops, side by side ------------------------------------------------------------------------------------


def attempt(draft: Draft, stmt: ir.Try, scope: Scope) -> Scope:
    """The body's steps may fail; undo and recover run when one did."""
    inner = Region()
    body = replace(scope, region=inner, swallow="recover follows", explicit=True, title=f"{scope.title}try: ")
    sequence(draft, stmt.body, body)
    failed = " || ".join(failure.test for failure in inner.failures)
    if not failed:
        drop(draft, stmt.recover, scope)
        return scope
    names = failure_names([failure for failure in inner.failures if failure.job is scope.job])
    after = replace(scope, guards=(*scope.guards, failed), explicit=True, failure=lambda _: names)
    compensate(draft, inner.undos, replace(after, section="undo", title=f"{scope.title}undo ", swallow=GOES_ON))
    before = len(scope.region.failures)
    sequence(draft, stmt.recover, replace(after, title=f"{scope.title}recover: "))
    return behind(scope, before)


def failure_names(failures: list[Failure]) -> str:
    """The expression of `failure.task` inside a job: the first of the tasks that failed."""
    tests = dict.fromkeys((failure.test, failure.task) for failure in failures)
    return " || ".join([*(f"{test} && '{name}'" for test, name in tests), "'a runner'"])


def loop(draft: Draft, stmt: ir.For, scope: Scope) -> Scope:
    """A list of known length, item by item; with `max`, an item that fails does not stop the others."""
    if not isinstance(stmt.items, ir.ListExpr):
        draft.unsupported(
            stmt.span,
            f"the loop over a list that is only known at run time stands inside one job (`{stmt.label}`)",
            "Such a loop is a matrix of jobs on GitHub Actions, and a job holds no jobs.",
            "write the list out, or put the inner loop into a flow of its own and call it with flow.run",
        )
        return scope
    before = len(scope.region.failures)
    here = scope
    for number, item in enumerate(unrolled(stmt)):
        binding = Binding(stmt, "", number, bound(item, scope.loops))
        if stmt.maximum is None:
            here = replace(sequence(draft, stmt.body, inside(here, binding)), loops=scope.loops, title=scope.title)
        else:
            sequence(draft, stmt.body, beside(inside(scope, binding)))
    return here if stmt.maximum is None else behind(scope, before)


def inside(scope: Scope, binding: Binding) -> Scope:
    """The scope of one iteration."""
    return replace(scope, loops=(*scope.loops, binding))


def beside(scope: Scope) -> Scope:
    """A scope whose steps run although steps before them failed, if what stands before the block went well."""
    status = scope.status or ("" if scope.swallow else "!cancelled()")
    return replace(scope, explicit=True, status=status)


def parallel(draft: Draft, stmt: ir.Parallel, scope: Scope) -> Scope:
    """Side by side inside one job: one after the other, each when those before it in the graph went well."""
    before = len(scope.region.failures)
    undos = len(scope.region.undos)
    base = beside(scope)
    ends: dict[int, tuple[str, ...]] = {}
    for number in in_order(len(stmt.body), stmt.edges):
        places = [first for first, second in stmt.edges if second == number]
        chain = tuple(test for place in places for test in ends[place]) if places else scope.chain
        ends[number] = statement(draft, stmt.body[number], replace(base, chain=chain)).chain
    reorder(scope.region.undos, undos, stmt)
    return behind(scope, before)
