"""Runs the `test` blocks of a flow with the reference interpreter: `given` makes the world, `expect` is compared."""

from __future__ import annotations

from wfc import ir, walk
from wfc.interpret import interpret
from wfc.permits import plain, short
from wfc.record import Record, replace
from wfc.source import Span
from wfc.trace import (
    APPROVE,
    FAIL,
    FALLBACK,
    NOT_RUN,
    REQUIRE,
    STOP,
    SUCCEEDED,
    TASK,
    UNDO,
    Instance,
    Trace,
    name_of,
)
from wfc.types import STRING
from wfc.values import misfit, plain_value
from wfc.world import Behaviour, Decision, World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyStmt, Flow, Json, Project

    Where = tuple[str, str] | tuple[str, str, tuple[int, ...]]


class Failure(Record):
    """An expectation that does not hold, or a `given` that makes no sense. message: a sentence in the flow's names."""

    span: Span
    message: str

    def __str__(self) -> str:
        return self.message


class TestResult(Record):
    """One `test` block. failures: () when it passed. trace: what happened, for showing."""

    __test__ = False

    title: str
    span: Span
    failures: tuple[Failure, ...]
    trace: Trace

    @property
    def passed(self) -> bool:
        """Did everything hold?"""
        return not self.failures


def run_tests(project: Project, flow: Flow) -> list[TestResult]:
    """The results of all tests of a flow, in the order of the text. The project must be free of errors."""
    return [run_test(project, flow, test) for test in flow.tests]


def run_test(project: Project, flow: Flow, test: ir.Test) -> TestResult:
    """One test: its world, its run, its expectations."""
    statements = {stmt.label: stmt for stmt in walk.all_statements(flow)}
    problems: list[Failure] = []
    world = replace(scene(flow, test), behaviours=behaviours(statements, test, problems))
    trace = interpret(project, flow, world, inputs_of(flow, test))
    found = [Failure(expect.span, text) for expect in test.expect if (text := unmet(statements, expect, trace))]
    return TestResult(test.title, test.span, (*problems, *found), trace)


def account(trace: Trace) -> str:
    """What happened, for people: one line for each instance that did something, in the order of the starts."""
    lines = []
    for instance in trace.instances:
        if instance.state != NOT_RUN:
            many = f", {instance.attempts} attempts" if (instance.attempts or 0) > 1 else ""
            why = f": {instance.message}" if instance.message else ""
            lines.append(f"{named(instance)} {instance.state}{many}{why}\n")
    return "".join(lines) + f"the flow {trace.state}\n"


# --- given ---


def inputs_of(flow: Flow, test: ir.Test) -> dict[str, Json]:
    """Inputs as given; one without a default gets a plain value of its type ("", 0, false, [] …)."""
    given = {one.name: one.value for one in test.given if one.role == "input"}
    plain_ones = {item.name: plain_value(item.type) for item in flow.inputs if item.default is None}
    names = {item.name for item in flow.inputs}
    return plain_ones | {name: value for name, value in given.items() if name in names}


def scene(flow: Flow, test: ir.Test) -> World:
    """Configs as given, plain values else; the event as given, of a flow with one trigger a plain one else."""
    given = {one.name: one.value for one in test.given if one.role == "input"}
    configs = {item.name: config_value(item) for item in flow.configs if item.default is None}
    configs |= {item.name: given[item.name] for item in flow.configs if item.name in given}
    events = {alias: given.get(alias) for trigger in flow.triggers if (alias := trigger.alias)}
    if len(flow.triggers) == 1 and events and not any(alias in given for alias in events):
        events = {alias: plain_value(flow.triggers[0].payload) for alias in events}
    return World(configs=configs, events=events)


def config_value(config: ir.Config) -> Json:
    """What stands for a config that no test gives: a text is an address, so that requests can be made with it."""
    return f"https://{config.name}.example" if config.type == STRING else plain_value(config.type)


def behaviours(statements: dict[str, AnyStmt], test: ir.Test, problems: list[Failure]) -> dict[Where, Behaviour]:
    """What the `given` lines say about calls and people; several lines about one place add up."""
    found: dict[Where, Behaviour] = {}
    for given in test.given:
        if given.role == "input":
            continue
        where: Where = (given.role, given.name, given.indexes) if given.indexes else (given.role, given.name)
        base = found.get(where) or found.get((given.role, given.name)) or Behaviour()
        stmt = statements.get(given.name)
        call = call_of(stmt, given.role)
        if call is None and not isinstance(stmt, ir.Approve):
            problems.append(Failure(given.span, f"{shown(given)} makes no call whose end could be given"))
            continue
        kind = stmt.fields if isinstance(stmt, ir.Approve) else call.type if call else None
        if given.verb == "returns" and kind is not None and (wrong := misfit(given.value, kind)):
            problems.append(Failure(given.span, f"{shown(given)} cannot return this: {wrong}"))
        found[where] = added(base, given, call)
    return found


def added(base: Behaviour, given: ir.Given, call: ir.Call | None) -> Behaviour:
    """A behaviour with one more line."""
    match given.verb:
        case "fails" if isinstance(given.value, int) and call is not None and isinstance(call.op, ir.Http | ir.Llm):
            return replace(base, fails=given.times, status=given.value)
        case "fails":
            code = f"exit code {given.value}" if isinstance(given.value, int) else str(given.value or "failed")
            return replace(base, fails=given.times, message=code)
        case "takes":
            return replace(base, takes=given.value)
        case "approved":
            return replace(base, decision=Decision(True, given.value))
        case "rejected":
            return replace(base, decision=Decision(False))
        case _:
            return replace(base, returns=given.value)


def call_of(stmt: AnyStmt | None, role: str) -> ir.Call | None:
    """The call of a task in a role."""
    if not isinstance(stmt, ir.Task):
        return None
    if role == UNDO:
        return stmt.undo
    if role == FALLBACK:
        return stmt.fallback.call if stmt.fallback else None
    return stmt.call


# --- expect ---


def unmet(statements: dict[str, AnyStmt], expect: ir.Expect, trace: Trace) -> str:
    """Why an expectation does not hold, as a sentence; "" when it does."""
    if expect.name == "flow" and "flow" not in statements:
        return unmet_of_flow(expect, trace)
    role = role_of(statements.get(expect.name), expect.role)
    if role is None:
        return f"`{expect.name}` is a block; expect something of a task in it"
    stmt = statements[expect.name]
    found = instances(trace, stmt.path, role, expect.indexes)
    for instance in found or [Instance(stmt.path, expect.indexes, role)]:
        text = unmet_of_instance(statements, expect, instance, trace)
        if text:
            return text
    return ""


def unmet_of_flow(expect: ir.Expect, trace: Trace) -> str:
    """The same about the whole run."""
    if expect.verb == "returns":
        same = plain(trace.outputs) == plain(expect.value)
        return "" if same else f"the flow returned {short(trace.outputs)}, expected {short(expect.value)}"
    if expect.verb == trace.state:
        return ""
    first = next((i for i in trace.instances if i.state == "failed"), None)
    why = f": {named(first)} failed ({first.message})" if first and trace.state != SUCCEEDED else ""
    return f"the flow {trace.state}, expected {expect.verb}{why}"


def unmet_of_instance(statements: dict[str, AnyStmt], expect: ir.Expect, instance: Instance, trace: Trace) -> str:
    """The same about one instance."""
    name, state = named(instance), instance.state.replace("_", " ")
    why = f" ({instance.message})" if instance.message else ""
    match expect.verb:
        case "attempts" if instance.state == NOT_RUN:
            return "" if expect.value == 0 else f"{name} was not run, expected {expect.value} attempts"
        case "attempts":
            same = instance.attempts == expect.value
            return "" if same else f"{name} had {instance.attempts} attempts, expected {expect.value}{why}"
        case "returns":
            same = plain(instance.output) == plain(expect.value)
            return "" if same else f"{name} returned {short(instance.output)}, expected {short(expect.value)}{why}"
        case "before":
            return unmet_order(statements, instance, str(expect.value), trace)
        case _:
            stood_in = trace.get(instance.path, *instance.indexes, role=FALLBACK).state == SUCCEEDED
            hint = f"; its fallback stood in: `expect fallback {named(instance)} succeeded`" if stood_in else ""
            wanted = expect.verb.replace("_", " ")
            return "" if state == wanted else f"{name} was {state}, expected {wanted}{why}{hint}"


def unmet_order(statements: dict[str, AnyStmt], instance: Instance, name: str, trace: Trace) -> str:
    """Had the instance ended before every instance of the other task began? Both must have run."""
    other = statements.get(name)
    role = role_of(other, TASK)
    if other is None or role is None:
        return f"there is no task `{name}`"
    later = [one for one in instances(trace, other.path, role, ()) if one.start is not None]
    for one, what in ((instance.end, named(instance)), (later or None, name)):
        if one is None:
            return f"{what} was not run, so {named(instance)} could not end before {name}"
    late = next((one for one in later if (one.start or 0) < (instance.end or 0)), None)
    return "" if late is None else f"{named(late)} started before {named(instance)} had ended"


def instances(trace: Trace, path: str, role: str, indexes: tuple[int, ...]) -> list[Instance]:
    """The instances of a statement, of the named items only when there are any."""
    alike = [one for one in trace.instances if (one.path, one.role) == (path, role)]
    return [one for one in alike if one.indexes[: len(indexes)] == indexes]


def named(instance: Instance) -> str:
    """An instance as a test names it: `undo ship[1]`."""
    return name_of((instance.path.rpartition("/")[2], instance.indexes, instance.role))


def role_of(stmt: AnyStmt | None, role: str) -> str | None:
    """The role under which a statement is found in a trace; None for a block."""
    match stmt:
        case ir.Task():
            return role
        case ir.Approve():
            return APPROVE
        case ir.Require():
            return REQUIRE
        case ir.Stop():
            return STOP
        case ir.Fail():
            return FAIL
        case _:
            return None


def shown(given: ir.Given) -> str:
    """The place of a `given`, as written."""
    role = f"{given.role} " if given.role in (UNDO, FALLBACK) else ""
    return f"`{role}{given.name}`"
