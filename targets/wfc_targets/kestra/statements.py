"""Statements → Kestra tasks: sequences, branches, parallel blocks, try, workspaces, gates."""

from __future__ import annotations

from wfc import ir
from wfc.record import replace
from wfc.walk import statements as every
from wfc_targets.kestra import failures, loops, model, pebble
from wfc_targets.kestra.failed import failure_texts
from wfc_targets.kestra.native import condition, template
from wfc_targets.kestra.repeat import repeats
from wfc_targets.kestra.tasks import alone, in_turn, lower_approve, lower_task, negation
from wfc_targets.kestra.unit import Calc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, AnyStmt, Block
    from wfc_targets.kestra.tasks import Tasks
    from wfc_targets.kestra.unit import Site, Unit

    Node = tuple[list[int], model.EngineTask]


def sequence(unit: Unit, block: Block, site: Site) -> Tasks:
    """The tasks of statements that run one after the other; what follows a `stop` becomes an else branch."""
    tasks: Tasks = []
    for number, stmt in enumerate(block):
        rest = block[number + 1 :]
        if rest and has_stop(stmt):
            tasks += _stopping(unit, stmt, rest, site)
            break
        tasks += statement(unit, stmt, site)
    return alone(unit, tasks)


def statement(unit: Unit, stmt: AnyStmt, site: Site) -> Tasks:
    """The tasks of one statement."""
    match stmt:
        case ir.Task():
            return lower_task(unit, stmt, site)
        case ir.Parallel():
            return parallel(unit, stmt, site)
        case ir.For():
            return loops.lower_for(unit, stmt, site, sequence)
        case ir.If():
            return lower_if(unit, stmt, site)
        case ir.Match():
            return lower_match(unit, stmt, site)
        case ir.Try():
            return lower_try(unit, stmt, site)
        case ir.Workspace():
            return workspace(unit, stmt, site)
        case ir.Approve():
            return lower_approve(unit, stmt, site)
        case ir.Require():
            return require(unit, stmt, site)
        case ir.Stop():
            calc = Calc(unit, stmt, site)
            message = _message(unit, stmt.message, site, calc)
            unit.note(stmt.label, stmt, "stop", site)
            return [*calc.tasks(), model.Log(id=stmt.label, message=message)]
        case ir.Fail():
            calc = Calc(unit, stmt, site)
            message = _message(unit, stmt.message, site, calc)
            unit.note(stmt.label, stmt, "task", site, fail=True)
            return [*calc.tasks(), model.Fail(id=stmt.label, error_message=message)]
        case ir.Let():
            return []


def _message(unit: Unit, expr: AnyExpr, site: Site, calc: Calc) -> str:
    text = template(expr, unit.places, site.around)
    return text if text is not None else pebble.output(calc.computed(expr, "message"))


# --- stop ---


def has_stop(stmt: AnyStmt) -> bool:
    """Can the flow end early in here?"""
    return any(isinstance(inner, ir.Stop) for inner in every((stmt,)))


def _stopping(unit: Unit, stmt: AnyStmt, rest: Block, site: Site) -> Tasks:
    """A statement that may stop the flow, and the rest of its sequence only when it did not.

    `Exit` would skip `finally`.
    """
    if isinstance(stmt, ir.Stop):
        return statement(unit, stmt, site)
    if isinstance(stmt, ir.If) and len(stmt.arms) == 1 and not stmt.other and isinstance(stmt.arms[0][1][-1], ir.Stop):
        inner = [other for other in stmt.arms[0][1][:-1] if has_stop(other)]
        if not inner:
            return lower_if(unit, stmt, site, rest=rest)
    stops = [inner.label for inner in every((stmt,)) if isinstance(inner, ir.Stop)]
    first = statement(unit, stmt, site)
    gate = f"{stmt.label}_gate"
    unit.note(gate, stmt, "gate", site)
    none = " and ".join(f"{pebble.state_of(label)} == ''" for label in stops)
    return [*first, model.If(id=gate, condition=pebble.output(none), then=tuple(sequence(unit, rest, site)))]


# --- branches ---


def lower_if(unit: Unit, stmt: ir.If, site: Site, depth: int = 0, rest: Block = ()) -> Tasks:
    """One If for each arm, the next one in the `else` of the one before; rest: what a `stop` in the arm cuts off."""
    (test, body), *more = stmt.arms
    task = stmt.label + "_branch" * depth
    calc = Calc(unit, replace(stmt, label=task), site)
    plain = bool(body) or not (more or stmt.other or rest)
    then = sequence(unit, body, _arm(site, task, "then" if plain else "else"))
    inside = _arm(site, task, "else" if plain else "then")
    if more:
        other = lower_if(unit, replace(stmt, arms=tuple(more)), inside, depth + 1)
    else:
        other = sequence(unit, stmt.other, inside) + sequence(unit, rest, site)
    if not then and not other:
        return []
    if not then:
        test, then, other = negation(test), other, []
    text = condition(test, unit.places, site.around) or pebble.output(calc.computed(test, "then"))
    unit.note(task, stmt, "branch", site)
    return [*calc.tasks(), model.If(id=task, condition=text, then=tuple(then), else_=tuple(other))]


def _arm(site: Site, task: str, arm: str) -> Site:
    return replace(site, arms=(*site.arms, (task, arm)))


def lower_match(unit: Unit, stmt: ir.Match, site: Site) -> Tasks:
    """A Switch; the members of one arm are told by its first."""
    calc = Calc(unit, stmt, site)
    value = calc.take(stmt.subject, "value")
    cases = []
    for members, body in stmt.arms:
        for member in members[1:]:
            value = f"({value} == {pebble.string(member)} ? {pebble.string(members[0])} : {value})"
        tasks = sequence(unit, body, _arm(site, stmt.label, members[0]))
        if tasks:
            cases.append((members[0], tuple(tasks)))
    other = sequence(unit, stmt.other, _arm(site, stmt.label, "")) if stmt.other else []
    unit.note(stmt.label, stmt, "branch", site)
    switch = model.Switch(id=stmt.label, value=pebble.output(value), cases=tuple(cases), defaults=tuple(other))
    return [*calc.tasks(), switch] if cases or other else []


# --- parallel ---


def parallel(unit: Unit, stmt: ir.Parallel, site: Site) -> Tasks:
    """Branches that all run to their end, then a gate; chains are branches, any other graph is a Dag."""
    chains = chains_of(len(stmt.body), stmt.edges)
    stops = any(failures.may_fail(inner) for inner in stmt.body) and not stmt.fail_fast
    unit.note(stmt.label, stmt, "branch", site)
    if chains is None:
        block: model.EngineTask = _dag(unit, stmt, site, stops)
    else:
        branches = [branch for chain in chains for branch in _branch(unit, [stmt.body[i] for i in chain], site, stops)]
        if not branches:
            return []
        block = model.Parallel(id=stmt.label, concurrent=unit.limits.get(stmt.label), tasks=tuple(branches))
    if not stops:
        return [block]
    gate = f"{stmt.label}_gate"
    unit.note(gate, stmt, "gate", site)
    failed = pebble.output(f"tasks.{stmt.label}.state == 'WARNING'")
    return [block, model.Fail(id=gate, condition=failed, error_message=f"a branch of {stmt.label} failed")]


def chains_of(count: int, edges: tuple[tuple[int, int], ...]) -> list[list[int]] | None:
    """The statements as independent chains, in the order of the text, or None where the graph is not that simple."""
    after: dict[int, list[int]] = {}
    before: dict[int, list[int]] = {}
    for first, second in _reduced(edges):
        after.setdefault(first, []).append(second)
        before.setdefault(second, []).append(first)
    if any(len(found) > 1 for found in (*after.values(), *before.values())):
        return None
    chains = []
    for start in range(count):
        if start in before:
            continue
        chain = [start]
        while chain[-1] in after:
            chain.append(after[chain[-1]][0])
        chains.append(chain)
    return chains


def _reduced(edges: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """The edges without those that a longer path implies."""
    follows: dict[int, set[int]] = {}
    for first, second in edges:
        follows.setdefault(first, set()).add(second)

    def reachable(start: int) -> set[int]:
        seen: set[int] = set()
        stack = list(follows.get(start, ()))
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                stack += follows.get(node, ())
        return seen

    return [
        (first, second)
        for first, second in sorted(set(edges))
        if not any(second in reachable(other) for other in follows[first] if other != second)
    ]


def _branch(unit: Unit, chain: list[AnyStmt], site: Site, guarded: bool) -> Tasks:
    tasks = sequence(unit, tuple(chain), site)
    if not tasks:
        return []
    fails = guarded and any(failures.may_fail(stmt) for stmt in chain)
    if len(tasks) == 1 and not fails:
        return tasks
    name = f"{chain[0].label}_branch"
    unit.note(name, chain[0], "wrapper", site)
    return [_wrapper(name, tasks, fails)]


def _wrapper(name: str, tasks: Tasks, fails: bool) -> model.EngineTask:
    """The tasks in a list of their own, which ends WARNING instead of FAILED when one may fail."""
    return model.AllowFailure(id=name, tasks=tuple(tasks)) if fails else model.Sequential(id=name, tasks=tuple(tasks))


def _dag(unit: Unit, stmt: ir.Parallel, site: Site, guarded: bool) -> model.Dag:
    nodes: list[Node] = []
    ids: dict[int, str] = {}
    for number, inner in enumerate(stmt.body):
        tasks = sequence(unit, (inner,), site)
        fails = guarded and failures.may_fail(inner)
        before = sorted(first for first, second in _reduced(stmt.edges) if second == number)
        simple = len(tasks) == 1 and tasks[0].run_if is None and tasks[0].retry is None
        if simple:
            task = replace(tasks[0], allow_failure=fails)
        else:
            name = f"{inner.label}_branch"
            unit.note(name, inner, "wrapper", site)
            task = _wrapper(name, tasks, fails)
        ids[number] = task.id
        nodes.append((before, task))
    made = tuple(_node(unit, node, ids, guarded) for node in nodes)
    return model.Dag(id=stmt.label, concurrent=unit.limits.get(stmt.label), tasks=made)


def _node(unit: Unit, node: Node, ids: dict[int, str], guarded: bool) -> model.DagTask:
    before, task = node
    names = [ids[number] for number in before]
    if names and guarded:
        unit.mark(task.id, ordered=True)
        task = replace(task, run_if=pebble.output(" and ".join(f"tasks.{name}.state == 'SUCCESS'" for name in names)))
    return model.DagTask(depends_on=names or None, task=task)


# --- try, workspace, require ---


def lower_try(unit: Unit, stmt: ir.Try, site: Site) -> Tasks:
    """A Sequential that swallows the failure; undos, then the recovery, in its handlers; a gate when that failed."""
    body = sequence(unit, stmt.body, site)
    before = dict(unit.places.failure)
    unit.places.failure = failure_texts(stmt.body)
    recovery = sequence(unit, stmt.recover, site)
    unit.places.failure = before
    undos = failures.undos(unit, stmt.body, site)
    recovery = in_turn(unit, f"{stmt.label}_handler", stmt, recovery, site)
    unit.note(stmt.label, stmt, "wrapper", site)
    errors = (*alone(unit, undos, first=True), *recovery)
    whole = model.Sequential(id=stmt.label, allow_failure=True, allow_warning=True, tasks=tuple(body), errors=errors)
    if not body:
        return []
    if not recovery or not any(failures.may_fail(inner) for inner in stmt.recover):
        return [whole]
    gate = f"{stmt.label}_gate"
    unit.note(gate, stmt, "gate", site)
    failed = pebble.output(pebble.ended(recovery[0].id, "FAILED"))
    return [whole, model.Fail(id=gate, condition=failed, error_message=f"the recovery of {stmt.label} failed")]


def workspace(unit: Unit, stmt: ir.Workspace, site: Site) -> Tasks:
    """A WorkingDirectory of plain tasks, which retry by themselves: the engine refuses everything else in it."""
    tasks: Tasks = []
    inside = replace(site, shared=True)
    for inner in stmt.body:
        own = isinstance(inner, ir.Task) and (isinstance(inner.call.op, ir.Http | ir.Llm) or repeats(inner.call))
        retried = isinstance(inner, ir.Task) and inner.call.retry and not own
        plain = isinstance(inner, ir.Task) and not (inner.fallback or inner.until or inner.holds or retried)
        if not plain:
            unit.unsupported(
                "more than a plain task inside a workspace",
                inner.span,
                "its WorkingDirectory takes plain tasks only, and would hang on a retry beside a timeout",
                "move the timeout, fallback, branch or loop out of the workspace",
            )
        else:
            tasks += statement(unit, inner, inside)
    unit.note(stmt.label, stmt, "wrapper", site)
    return [model.WorkingDirectory(id=stmt.label, tasks=tuple(tasks))] if tasks else []


def require(unit: Unit, stmt: ir.Require, site: Site) -> Tasks:
    """A Fail whose condition is the negation."""
    calc = Calc(unit, stmt, site)
    wanted = negation(stmt.condition)
    text = condition(wanted, unit.places, site.around) or pebble.output(calc.computed(wanted, "failed"))
    message = _message(unit, stmt.message, site, calc)
    unit.note(stmt.label, stmt, "require", site)
    return [*calc.tasks(), model.Fail(id=stmt.label, condition=text, error_message=message)]
