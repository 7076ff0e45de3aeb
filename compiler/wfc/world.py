"""What lies outside of a flow, for the reference interpreter: how calls end, what people decide, what is given."""

from __future__ import annotations

from wfc.record import Record
from wfc.trace import TASK
from wfc.values import plain_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from wfc.ir import Call, Json
    from wfc.types import Type


class Attempt(Record):
    """One attempt of one call.

    name: of the task. role: task, undo or fallback. indexes: items of the loops around it. number: from 1.
    args: what the operation is given, evaluated: the env of a shell, the args of a python, `url query headers body`
    of http (with `Idempotency-Key` among the headers), the params of sql, the inputs of a flow, `prompt` and `data`.
    call: what is called; its `type` is the type of the value that Succeed must give.
    """

    flow: str
    name: str
    path: str
    role: str
    indexes: tuple[int, ...]
    number: int
    args: dict[str, Json]
    call: Call


class Succeed(Record):
    """The call succeeds. value: the result as its reader sees it. duration: milliseconds."""

    value: Json = None
    duration: int = 1000


class Fail(Record):
    """The call fails. status: of an HTTP answer, which decides whether a retry is worth it (RFC 9110, RFC 6585)."""

    message: str = "failed"
    duration: int = 1000
    status: int | None = None


class Decision(Record):
    """What a person decided: approved with the fields filled in, or not; nobody in time: `answered` is false."""

    approved: bool = True
    fields: Json = None
    answered: bool = True


class Behaviour(Record):
    """How the calls of one task end.

    fails: the first so many attempts fail (None: all). status, message: of a failure. returns: the value, or a
    function of the attempt; `...` is a plain value of the type. takes: milliseconds of each attempt; more than the
    call's timeout is a timeout. decision: for an approval.
    """

    fails: int | None = 0
    returns: object = ...
    takes: int = 1000
    status: int | None = None
    message: str = "failed"
    decision: Decision = Decision()

    def outcome(self, attempt: Attempt) -> Succeed | Fail:
        """How an attempt ends."""
        if self.fails is None or attempt.number <= self.fails:
            return Fail(f"status {self.status}" if self.status else self.message, self.takes, self.status)
        value = self.returns(attempt) if callable(self.returns) else self.returns
        return Succeed(plain_value(attempt.call.type) if value is ... else value, self.takes)  # type: ignore[arg-type]


PLAIN = Behaviour()


class World(Record):
    """A scripted world.

    behaviours: (role, name) or (role, name, indexes) → Behaviour; `("task", "s1", (1,))` is s1 for the second item.
    What has none succeeds with a plain value; a flow.run without one runs the child. inputs, secrets, configs:
    by name. events: the payload by
    the alias of its trigger; a trigger that did not start the run has none. run: id, date, attempt, url.
    """

    behaviours: Mapping[tuple[str, str] | tuple[str, str, tuple[int, ...]], Behaviour] = {}
    secrets: Mapping[str, str] = {}
    configs: Mapping[str, Json] = {}
    events: Mapping[str, Json] = {}
    run: Mapping[str, Json] = {"id": "run-1", "date": "2026-03-01", "attempt": 1, "url": "https://engine.example/run-1"}

    def behaviour(self, role: str, name: str, indexes: tuple[int, ...]) -> Behaviour | None:
        """The script for an instance, the one with the most indexes first; None when nobody wrote one."""
        for length in range(len(indexes), 0, -1):
            found = self.behaviours.get((role, name, indexes[:length]))
            if found is not None:
                return found
        return self.behaviours.get((role, name))

    def attempt(self, attempt: Attempt) -> Succeed | Fail | None:
        """How an attempt ends; None: as its operation says by itself (a sleep sleeps, a flow.run runs the child)."""
        found = self.behaviour(attempt.role, attempt.name, attempt.indexes)
        return None if found is None else found.outcome(attempt)

    def approve(self, name: str, indexes: tuple[int, ...], fields: Type) -> Decision:
        """What a person decides; by default approves with plain fields."""
        found = self.behaviour(TASK, name, indexes)
        decision = PLAIN.decision if found is None else found.decision
        if decision.answered and decision.approved and decision.fields is None:
            return Decision(True, plain_value(fields))
        return decision
