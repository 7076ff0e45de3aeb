"""The attempts of a call: retries with their pauses, timeouts, `until` and `holds`, in virtual time."""

from __future__ import annotations

from wfc import ir
from wfc.python_text import ExpressionError
from wfc.record import Record, replace
from wfc.text import duration_text
from wfc.trace import FAILED, SUCCEEDED, TASK
from wfc.values import misfit, plain_value
from wfc.world import Attempt, Fail, Succeed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Call, Json
    from wfc.run_state import Place, State

OK, STOPPED, EXPIRED = "ok", "stopped", "expired"
"""With `failed`: how a statement ends: well, by `stop`, or because the flow's time is over."""
TRANSIENT = (408, 425, 429)
"""With 5xx the answers worth a retry: request timeout, too early, too many requests (RFC 9110, 8470, 6585)."""
MOST_POLLS = 1000
"""Calls of an `until` without `within` before the interpreter takes it for endless."""


class Called(Record):
    """What the attempts of a call came to. attempts: of all calls so far. status: ok, failed or expired."""

    status: str
    value: Json
    message: str
    time: int
    attempts: int
    timed_out: bool = False


def watched(state: State, stmt: ir.Task, place: Place, given: dict[str, Json], start: int) -> Called:
    """The attempts of a task; under `until` and `holds` again and again."""
    called = attempts(state, stmt.call, stmt, TASK, place, given, start)
    watch = stmt.until or stmt.holds
    if watch is None:
        return called
    limit = stmt.until.within if stmt.until else watch.duration if isinstance(watch, ir.Holds) else None
    polls = 1
    while called.status == OK:
        state.values[(stmt.path, place.indexes)] = called.value
        try:
            holds = bool(state.value(watch.condition, place))
        except ExpressionError as error:
            return replace(called, status=FAILED, message=str(error))
        if stmt.until and holds:
            return called
        if stmt.holds and not holds:
            return replace(called, status=FAILED, message="the condition does not hold")
        again = called.time + watch.every
        if again - start > limit if limit is not None else polls >= MOST_POLLS:
            state.loose.add((stmt.path, place.indexes, TASK))
            return replace(called, status=FAILED, message="never held in time") if stmt.until else called
        polls += 1
        called = attempts(state, stmt.call, stmt, TASK, place, given, again, called.attempts)
    return called


def attempts(
    state: State, call: Call, stmt: ir.Task, role: str, place: Place, given: dict[str, Json], time: int, made: int = 0
) -> Called:
    """Attempts with pauses until one succeeds, none is left, or the failure is not worth another."""
    pauses = (*call.retry.pauses(), None) if call.retry else (None,)
    timed_out, message = False, ""
    for pause in pauses:
        made += 1
        attempt = Attempt(state.flow.name, stmt.label, stmt.path, role, place.indexes, made, dict(given), call)
        ending = state.world.attempt(attempt) or by_itself(state, attempt)
        timed_out = call.timeout is not None and ending.duration > call.timeout
        time += min(ending.duration, call.timeout) if call.timeout is not None else ending.duration
        if state.deadline is not None and time > state.deadline:
            state.loose.add((stmt.path, place.indexes, role))
            return Called(EXPIRED, None, over(state), state.deadline, made)
        problem = wrong(ending, call)
        if not timed_out and not problem:
            assert isinstance(ending, Succeed)
            return Called(OK, ending.value, "", time, made)
        message = f"timed out after {duration_text(call.timeout or 0)}" if timed_out else problem
        if pause is None or (not timed_out and permanent(ending, call)):
            break
        time += pause
    return Called(FAILED, None, message, time, made, timed_out)


def wrong(ending: Succeed | Fail, call: Call) -> str:
    """Why an attempt failed: as the world says, or because its result does not fit; "" when it did not."""
    return ending.message if isinstance(ending, Fail) else misfit(ending.value, call.type)


def by_itself(state: State, attempt: Attempt) -> Succeed | Fail:
    """An attempt that nobody has scripted: a sleep sleeps, a flow runs, all else gives a plain value."""
    op = attempt.call.op
    if isinstance(op, ir.Sleep):
        return Succeed({}, int(str(attempt.args["duration"])))
    child = state.project.flow(op.flow) if isinstance(op, ir.RunFlow) else None
    if child is None:
        return Succeed(plain_value(attempt.call.type))
    from wfc.interpret import run

    interpreter, trace, time = run(state.project, child, state.world, attempt.args)
    task, message = interpreter.state.failure or ("", "")
    return Succeed(trace.outputs, time) if trace.state == SUCCEEDED else Fail(f"{task} failed: {message}", time)


def over(state: State) -> str:
    """The message of a flow whose time is over."""
    budget = state.flow.budget
    return f"the flow's time of {duration_text(budget.time or 0) if budget else ''} is over"


def permanent(ending: Succeed | Fail, call: Call) -> bool:
    """Is a failed attempt not worth another? Final answers of HTTP, and results of http and sql that do not fit."""
    if isinstance(ending, Succeed):
        return isinstance(call.op, ir.Http | ir.Sql)
    status = ending.status
    return isinstance(call.op, ir.Http | ir.Llm) and status is not None and status < 500 and status not in TRANSIENT
