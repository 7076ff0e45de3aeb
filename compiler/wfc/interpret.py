"""The reference interpreter: a flow and a world → the trace of its run, in virtual time.

This is the meaning of the language (docs/semantics.md) as a program. It chooses one of the orders that a flow leaves
open; `wfc.permits` judges the others.
"""

from __future__ import annotations

from wfc import ir
from wfc.attempts import EXPIRED, OK, STOPPED, Called, attempts, over, watched
from wfc.call_arguments import arguments
from wfc.python_text import ExpressionError
from wfc.record import Record, replace
from wfc.run_state import Place, State, width
from wfc.trace import APPROVE, FAIL, FAILED, FALLBACK, REQUIRE, SKIPPED, STOP, SUCCEEDED, TASK, UNDO, Instance
from wfc.undo import undo_order
from wfc.walk import blocks, statements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from wfc.ir import AnyStmt, Block, Call, Flow, Json, Project
    from wfc.trace import Key, Trace
    from wfc.world import World


class Done(Record):
    """What a statement came to. status: ok, failed, stopped (the flow ends well) or expired (its time is over).

    time: virtual, ms from the start of the flow. after: the instances that have ended last. task, message: of the
    failure.
    """

    status: str
    time: int
    after: frozenset[Key]
    task: str = ""
    message: str = ""


def interpret(project: Project, flow: Flow, world: World, inputs: Mapping[str, Json]) -> Trace:
    """The trace of a run of a flow in a world. Deterministic; no effects. inputs: by name, defaults as declared."""
    return run(project, flow, world, inputs)[1]


def run(project: Project, flow: Flow, world: World, inputs: Mapping[str, Json]) -> tuple[Interpreter, Trace, int]:
    """The same with the interpreter, which knows what is ordered before what, and the virtual time that passed (ms)."""
    interpreter = Interpreter(State(project, flow, world, inputs))
    trace, time = interpreter.flow()
    return interpreter, trace, time


class Interpreter:
    """Runs the statements of one flow. serial: > 0 inside a loop whose bound is narrower than its body."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.serial = 0
        self.undos: dict[tuple[str, tuple[int, ...]], dict[str, Json] | str] = {}

    def flow(self) -> tuple[Trace, int]:
        """The whole run: body; undo and `on failure` when it failed; `finally`."""
        state, flow = self.state, self.state.flow
        self.state.deadline = flow.budget.time if flow.budget else None
        name, wrong = state.take_inputs()
        start = Done(FAILED if wrong else OK, 0, frozenset(), name, wrong)
        done = self.block(flow.body, Place(), start)
        self.state.deadline = None
        good = done.status in (OK, STOPPED)
        if not good:
            state.failure = (done.task, done.message)
            done = self.undo_block(flow.body, Place(), done)
            done = self.block(flow.on_failure, Place(), replace(done, status=OK))
        last = self.block(flow.finally_, Place(), replace(done, status=OK))
        if good and last.status != OK:
            state.failure = (last.task, last.message)
        good = good and last.status == OK and self.outputs(stopped=done.status == STOPPED)
        return state.trace(SUCCEEDED if good else FAILED), last.time

    def outputs(self, stopped: bool) -> bool:
        """Evaluate what the flow gives; one that cannot be had fails the run, unless `stop` ended it early."""
        values: dict[str, Json] = {}
        for output in self.state.flow.outputs:
            try:
                values[output.name] = self.state.value(output.value, Place())
            except ExpressionError as error:
                if not stopped:
                    self.state.failure = (output.name, str(error))
                    return False
                values[output.name] = None
        self.state.outputs = values
        return True

    # --- statements ---

    def block(self, block: Block, place: Place, done: Done) -> Done:
        """One statement after the other, until one does not end well."""
        for stmt in block:
            if done.status != OK:
                return done
            done = self.statement(stmt, place, done)
        return done

    def statement(self, stmt: AnyStmt, place: Place, before: Done) -> Done:
        """Run one statement. An expression of its own that has no value fails it."""
        if self.state.deadline is not None and before.time >= self.state.deadline:
            return replace(before, status=EXPIRED, task=stmt.label, message=over(self.state))
        try:
            match stmt:
                case ir.Task():
                    return self.task(stmt, place, before)
                case ir.Approve():
                    return self.approve(stmt, place, before)
                case ir.Parallel():
                    return self.parallel(stmt, place, before)
                case ir.For():
                    return self.loop(stmt, place, before)
                case ir.If():
                    return self.choose(stmt, self.arm(stmt, place), place, before)
                case ir.Match():
                    subject = self.state.value(stmt.subject, place)
                    arm = next((n for n, (members, _) in enumerate(stmt.arms) if subject in members), len(stmt.arms))
                    return self.choose(stmt, arm, place, before)
                case ir.Try():
                    return self.attempt_block(stmt, place, before)
                case ir.Workspace():
                    return self.block(stmt.body, place, before)
                case ir.Require():
                    good = self.state.value(stmt.condition, place)
                    return self.point(stmt, REQUIRE, OK if good else FAILED, stmt.message, place, before)
                case ir.Stop():
                    return self.point(stmt, STOP, STOPPED, stmt.message, place, before)
                case ir.Fail():
                    return self.point(stmt, FAIL, FAILED, stmt.message, place, before)
                case ir.Let():
                    return before
        except ExpressionError as error:
            return replace(before, status=FAILED, task=stmt.label, message=str(error))

    def point(self, stmt: AnyStmt, role: str, status: str, message: ir.AnyExpr, place: Place, before: Done) -> Done:
        """A statement that takes no time: require, stop, fail."""
        text = "" if status == OK else str(self.state.value(message, place))
        state = FAILED if status == FAILED else SUCCEEDED
        key = (stmt.path, place.indexes, role)
        self.state.begin(key, before.time, before.after)
        after = self.state.finish(Instance(*key, state, 1, message=text), before.time)
        return Done(status, before.time, after, stmt.label, text)

    def arm(self, stmt: ir.If, place: Place) -> int:
        """The number of the first arm whose condition holds; the number of arms for `else`."""
        for number, (test, _) in enumerate(stmt.arms):
            if self.state.value(test, place):
                return number
        return len(stmt.arms)

    def choose(self, stmt: ir.If | ir.Match, arm: int, place: Place, before: Done) -> Done:
        """Run one arm, skip the others."""
        bodies = blocks(stmt)
        for number, body in enumerate(bodies):
            if number != arm:
                self.state.skip(body, place)
        return self.block(bodies[arm], place, before)

    def attempt_block(self, stmt: ir.Try, place: Place, before: Done) -> Done:
        """try: on a failure undo what succeeded in it, then recover. What ended well stays done."""
        done = self.block(stmt.body, place, before)
        if done.status == FAILED:
            failure = self.state.failure
            self.state.failure = (done.task, done.message)
            done = self.undo_block(stmt.body, place, done)
            done = self.block(stmt.recover, place, replace(done, status=OK))
            self.state.failure = failure
        elif done.status == OK:
            paths = {inner.path for inner in statements(stmt.body)}
            depth = len(place.indexes)
            self.undos = {
                key: kept for key, kept in self.undos.items() if key[0] not in paths or key[1][:depth] != place.indexes
            }
        return done

    def parallel(self, stmt: ir.Parallel, place: Place, before: Done) -> Done:
        """All that does not depend on a failure runs; the block ends when all have. fail_fast starts nothing more."""
        waiting = dict.fromkeys(range(len(stmt.body)))
        ended: dict[int, Done] = {}
        clock, cut = before.time, None
        while waiting:
            ready = [n for n in waiting if all(a in ended and ended[a].status == OK for a, b in stmt.edges if b == n)]
            if not ready:
                break
            starts = {n: self.joined([ended[a] for a, b in stmt.edges if b == n], before) for n in ready}
            first = min(ready, key=lambda n: (starts[n].time, n))
            start = replace(starts[first], time=max(clock, starts[first].time)) if self.serial else starts[first]
            del waiting[first]
            if stmt.fail_fast and cut is not None and start.time >= cut:
                continue
            ended[first] = done = self.statement(stmt.body[first], place, start)
            clock = max(clock, done.time)
            if done.status != OK:
                cut = done.time if cut is None else min(cut, done.time)
        if stmt.fail_fast and cut is not None:
            self.state.relaxed.append((frozenset(inner.path for inner in statements(stmt.body)), place.indexes))
        return self.joined(list(ended.values()), before)

    def joined(self, parts: list[Done], before: Done) -> Done:
        """Several that have ended: the latest time, and the first failure."""
        if not parts:
            return before
        bad = min((done for done in parts if done.status != OK), key=lambda done: done.time, default=parts[0])
        expired = any(done.status == EXPIRED for done in parts)
        after = frozenset().union(*(done.after for done in parts))
        time = max(done.time for done in parts)
        return Done(EXPIRED if expired else bad.status, time, after, bad.task, bad.message)

    def loop(self, stmt: ir.For, place: Place, before: Done) -> Done:
        """A plain loop is the sequence of its bodies. With a maximum, items run on slots, and all of them run."""
        items = self.state.value(stmt.items, place)
        if not isinstance(items, list):
            raise ExpressionError(f"{stmt.label} is given no list")
        self.state.counts[(stmt.label, place.indexes)] = len(items)
        places = [place.inside(stmt.label, index, item) for index, item in enumerate(items)]
        if stmt.maximum is None:
            done = before
            for inner in places:
                done = self.block(stmt.body, inner, done)
            return done
        widest = max((width(inner) for inner in stmt.body), default=1)
        narrow = widest > stmt.maximum
        slots = [before.time] * (1 if narrow or self.serial else stmt.maximum // widest)
        ended: list[Done] = []
        self.serial += narrow
        for inner in places:
            slot = slots.index(min(slots))
            ended.append(self.block(stmt.body, inner, replace(before, time=slots[slot])))
            slots[slot] = ended[-1].time
        self.serial -= narrow
        return self.joined(ended, before)

    # --- tasks ---

    def task(self, stmt: ir.Task, place: Place, before: Done) -> Done:
        """Guard, arguments, attempts, until or holds; then the fallback, or what an undo will need."""
        state, key = self.state, (stmt.path, place.indexes, TASK)
        try:
            if stmt.when is not None and not state.value(stmt.when, place):
                state.instances[key] = Instance(*key, SKIPPED)
                return before
            given = arguments(state, stmt.call, stmt.label, place)
        except ExpressionError as error:
            state.begin(key, before.time, before.after)
            after = state.finish(Instance(*key, FAILED, 0, message=str(error)), before.time)
            return self.fall_back(stmt, place, Done(FAILED, before.time, after, stmt.label, str(error)))
        state.begin(key, before.time, before.after)
        called = watched(self.state, stmt, place, given, before.time)
        good = called.status == OK
        output = called.value if good else None
        ending = Instance(*key, SUCCEEDED if good else FAILED, called.attempts, output=output, message=called.message)
        done = Done(called.status, called.time, state.finish(ending, called.time), stmt.label, called.message)
        state.values[key[:2]] = output
        if stmt.undo and (good or (stmt.undo_on_timeout and called.timed_out)):
            self.undos[key[:2]] = self.captured(stmt.undo, stmt.label, place)
        return done if good or called.status == EXPIRED else self.fall_back(stmt, place, done)

    def captured(self, undo: Call, task: str, place: Place) -> dict[str, Json] | str:
        """The arguments of an undo, taken when its task has succeeded; or why they cannot be had."""
        try:
            return arguments(self.state, undo, task, place)
        except ExpressionError as error:
            return str(error)

    def fall_back(self, stmt: ir.Task, place: Place, done: Done) -> Done:
        """After the last attempt has failed: the fallback's value or call, or the failure."""
        if stmt.fallback is None:
            return done
        key = (stmt.path, place.indexes, FALLBACK)
        call, value = stmt.fallback.call, stmt.fallback.value
        try:
            if value is not None:
                self.state.values[key[:2]] = self.state.value(value, place)
                return replace(done, status=OK)
            assert call is not None
            given = arguments(self.state, call, stmt.label, place)
        except ExpressionError as error:
            return replace(done, message=str(error))
        self.state.begin(key, done.time, done.after)
        called = attempts(self.state, call, stmt, FALLBACK, place, given, done.time)
        state = SUCCEEDED if called.status == OK else FAILED
        ending = Instance(*key, state, called.attempts, output=called.value, message=called.message)
        after = self.state.finish(ending, called.time)
        if called.status == OK:
            self.state.values[key[:2]] = called.value
        return Done(called.status, called.time, after, stmt.label, called.message)

    def approve(self, stmt: ir.Approve, place: Place, before: Done) -> Done:
        """Ask a person. Rejection and time-out fail it, unless a fallback value decides otherwise."""
        state, key = self.state, (stmt.path, place.indexes, APPROVE)
        try:
            if stmt.when is not None and not state.value(stmt.when, place):
                state.instances[key] = Instance(*key, SKIPPED)
                return before
            state.value(stmt.question, place)
        except ExpressionError as error:
            state.begin(key, before.time, before.after)
            after = state.finish(Instance(*key, FAILED, 0, message=str(error)), before.time)
            return Done(FAILED, before.time, after, stmt.label, str(error))
        decision = state.world.approve(stmt.label, place.indexes, stmt.fields)
        good = decision.answered and decision.approved
        patience = (state.deadline or 0) + 1 if stmt.timeout is None else stmt.timeout
        time = before.time + (1000 if decision.answered else patience)
        message = "" if good else "rejected" if decision.answered else "nobody answered in time"
        expired = state.deadline is not None and time > state.deadline
        if expired:
            good, time, message = False, state.deadline or 0, over(state)
        state.begin(key, before.time, before.after)
        output = decision.fields if good else None
        after = state.finish(Instance(*key, SUCCEEDED if good else FAILED, 1, output=output, message=message), time)
        if not expired and (good or stmt.fallback is not None):
            fallback = None if good or stmt.fallback is None else state.value(stmt.fallback, place)
            state.values[key[:2]] = decision.fields if good else fallback
            return Done(OK, time, after)
        return Done(EXPIRED if expired else FAILED, time, after, stmt.label, message)

    # --- compensation ---

    def undo_block(self, block: Block, place: Place, done: Done) -> Done:
        """Undo what succeeded in a block: backwards along the order, from last written to first."""
        for stmt in reversed(block):
            done = self.undo(stmt, place, done)
        return done

    def undo(self, stmt: AnyStmt, place: Place, done: Done) -> Done:
        """Undo one statement. An undo that fails does not keep the others from being done."""
        match stmt:
            case ir.Task():
                given = self.undos.pop((stmt.path, place.indexes), None)
                return (
                    done if given is None or stmt.undo is None else self.compensate(stmt, stmt.undo, given, place, done)
                )
            case ir.Parallel():
                for part in undo_order(stmt):
                    done = self.undo(part, place, done)
            case ir.For():
                for index in reversed(range(self.state.counts.get((stmt.label, place.indexes), 0))):
                    done = self.undo_block(stmt.body, place.inside(stmt.label, index, None), done)
            case _:
                for inner in reversed(blocks(stmt)):
                    done = self.undo_block(inner, place, done)
        return done

    def compensate(self, stmt: ir.Task, call: Call, given: dict[str, Json] | str, place: Place, done: Done) -> Done:
        """Run the undo call of one task instance."""
        key = (stmt.path, place.indexes, UNDO)
        deadline, self.state.deadline = self.state.deadline, None
        self.state.begin(key, done.time, done.after)
        if isinstance(given, str):
            called = Called(FAILED, None, given, done.time, 0)
        else:
            called = attempts(self.state, call, stmt, UNDO, place, given, done.time)
        state = SUCCEEDED if called.status == OK else FAILED
        after = self.state.finish(Instance(*key, state, called.attempts, message=called.message), called.time)
        self.state.deadline = deadline
        return replace(done, time=called.time, after=after)
