"""retried-flow: the retry of a flow does again what was done in it

## What it finds
A `flow.run` with a `retry`, of a flow that has done something by then which is not safe to repeat, or of which nobody
knows (a POST without a key, an INSERT, a message, `./deploy.sh`), at any depth. The message names it. What is taken
back by an `undo` when the flow fails is left out, and so are `idempotent` calls and those that the author answers for
(`effect safe "why"`); handlers too, for they tell of one run. A `flow.run` that is `idempotent` or `effect safe` has
the author's word for all of it.

## Why
A retried task begins anew, a retried flow too: from its first statement, whatever had worked before the failure. RFC
9110 (section 9.2.2) forbids the automatic repetition of requests that are not idempotent; that the repetition is one
level up makes no difference to the server.

## Bad
```wf
flow nightly {
  task settle = flow.run(settlement) retry fixed(attempts: 3, every: 5m)
}

flow settlement {
  secret slack_url
  defaults { timeout 1m }
  task pay = http.post(url: "https://pay.example.com/payouts", json: { account: "a1" })
  task file = http.put(url: "https://books.example.com/payouts/a1", json: { done: true }) no retry "the flow is retried"
  on failure { task tell = slack.post(url: slack_url, text: "payout failed: {failure.message}") }
}
```

## Good
```wf
flow nightly {
  input day: string
  task settle = flow.run(settlement, inputs: { day: day }) retry fixed(attempts: 3, every: 5m)
}

flow settlement {
  input day: string
  secret slack_url
  defaults { timeout 1m }
  task pay = http.post(url: "https://pay.example.com/payouts", json: { account: "a1" })
    idempotent by "payout-{day}" retry fixed(attempts: 3, every: 10s)
  task file = http.put(url: "https://books.example.com/payouts/a1", json: { done: true }) no retry "the flow is retried"
  on failure { task tell = slack.post(url: slack_url, text: "payout failed: {failure.message}") }
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import ProjectCheck
from wfc.checks.common import is_hole, is_repeatable, work
from wfc.checks.scripts_twice import doubled, verdict
from wfc.checks.sql_texts import is_answered, verdict_of
from wfc.diagnostic import ERROR, Label
from wfc.embedded.verdict import READ, SAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Call, Project, Task

    Repeated = tuple[str, Task, bool]
    """A flow, a task of it that may not be repeated, and whether that is known (True) or nobody knows."""


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """One finding for each retried `flow.run`, about the first thing that would be done again."""
    for flow in project.flows:
        for task in walk.tasks(flow):
            call = task.call
            if not isinstance(call.op, ir.RunFlow) or call.retry is None or call.retry.attempts < 2:
                continue
            if not is_repeatable(call):
                again = repeated(project, call.op.flow, frozenset())
                if again is not None:
                    yield flow.name, report(task, again)


def repeated(project: Project, name: str, above: frozenset[str]) -> Repeated | None:
    """What a second run of a flow would do again: the first that is known, else the first that nobody knows.

    above: the flows that led here; a circle is an error by itself (WF901).
    """
    flow = project.flow(name)
    if flow is None or name in above:
        return None
    unknown: Repeated | None = None
    for task in walk.tasks_in(flow.body):
        if isinstance(task.call.op, ir.RunFlow) and not is_repeatable(task.call):
            found = repeated(project, task.call.op.flow, above | {name})
        else:
            known = None if task.undo is not None else is_unsafe(task.call)
            found = None if known is None else (name, task, known)
        if found is not None and found[2]:
            return found
        unknown = unknown or found
    return unknown


def is_unsafe(call: Call) -> bool | None:
    """Does a repetition harm for certain? None when it does not, False when nobody knows."""
    if is_hole(call) or is_repeatable(call) or call.action == "sleep" or isinstance(call.op, ir.Llm):
        return None
    read = None if is_answered(call) else verdict(call) or verdict_of(call)
    if read is not None:
        return True if doubled(read) else None if read.kind in (READ, SAFE) else False
    return call.effect.repeat in ("unsafe", "keyed")


def report(task: Task, again: Repeated) -> Diagnostic:
    """The finding about a retried `flow.run`."""
    name, inner, known = again
    retry = task.call.retry
    assert retry is not None
    nature = "is done again" if known else "may be done again, and nobody knows whether that is safe,"
    return CHECK.found(
        f"{work(inner.call)} of `{inner.label}` in `{name}` {nature} when `{task.label}` is retried",
        task.call.span,
        Label(retry.span, f"up to {retry.attempts} runs of the whole flow"),
        Label(inner.call.span, "each of them does this"),
        why="A retried flow starts from its first statement, also when this had worked and a later one failed.",
        help="retry the tasks in the flow instead, or make this one repeatable: `idempotent by` a key of the inputs, "
        'an `undo`, or `effect safe "why"`',
    )


CHECK = ProjectCheck("WF316", "retried-flow", ERROR, __name__, find, preset="draft")
