"""no-failure-path: a run may stop half-way behind work that can't simply be started again

## What it finds
A task that may not be repeated (a POST without key, a payment, a publication, a script that plainly sends something)
with another task behind it that may fail, in a flow without `on failure`. Work inside a `try`, work with an `undo`, and
messages to people (`slack.*`, `email.*`) are left out. What fails in a `try` is not what ends the flow: its `recover`
may, by a task or a `fail`. One finding a flow.

## Why
After the failure the flow can't be run again without doing that work twice, so somebody has to look; the flow
must tell them. Airflow calls it `on_failure_callback`, Kestra `errors`.

## Bad
```wf
flow order {
  input id: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task pay = http.post(url: "https://pay.example.com/charges", json: { order: id })
  task stock = http.put(url: "https://stock.example.com/orders/{id}", json: { state: "paid" })
}
```

## Good
```wf
flow order {
  input id: string
  secret slack_url
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task pay = http.post(url: "https://pay.example.com/charges", json: { order: id })
  task stock = http.put(url: "https://stock.example.com/orders/{id}", json: { state: "paid" })
  on failure { task tell = slack.post(url: slack_url, text: "Order {id}: {failure.task} failed: {failure.message}") }
}
```
"""

from __future__ import annotations

from itertools import islice

from wfc import ir
from wfc.check import Check
from wfc.checks.common import is_hole, is_message, is_repeatable, placed, repeats_for_certain, work
from wfc.checks.scripts_twice import doubled, verdict
from wfc.diagnostic import WARNING, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.common import Placed
    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyStmt, Flow, Task


def find(flow: Flow) -> Iterator[Diagnostic]:
    """At most one finding: the first such task, and what may fail behind it."""
    if flow.on_failure:
        return
    order = [place for place in placed(flow) if place.section == "body"]
    for number, place in enumerate(order):
        task = place.stmt
        if not isinstance(task, ir.Task) or not leaves_something(task, place):
            continue
        later = ends_behind(order, number)
        loop = place.loops()[-1:]
        if later is None and not loop:
            continue
        label = (
            Label(later.span, f"{failing(later)} after it")
            if later is not None
            else Label(loop[0].span, "the next item may fail")
        )
        yield CHECK.found(
            f"when the flow fails after `{task.label}`, nobody is told that {done(task)} was done",
            task.call.span,
            label,
            why="It is not safe to repeat, so the flow can't just be started again.",
            help="add `on failure { }` with a message, or an `undo` to the task"
            if repeats_for_certain(task.call)
            else "add `on failure { }` with a message, an `undo` to the task, or `idempotent by` a key",
        )
        return


def done(task: Task) -> str:
    """The work of a task in a few words: of a script the command that can't be done again, if one is known."""
    sent = next((one.what for one in doubled(verdict(task.call)) if one.kind == "repeats"), "")
    return sent or work(task.call)


def leaves_something(task: Task, place: Placed) -> bool:
    """Is it work that can't be done again, and that nothing takes back or looks after?"""
    call = task.call
    sent = any(reason.kind == "repeats" for reason in doubled(verdict(call)))
    work_done = sent or call.effect.repeat == "unsafe" or not call.effect.reversible
    message = is_message(call)
    tried = any(isinstance(stmt, ir.Try) and arm == 0 for stmt, arm in place.around)
    return work_done and not (is_repeatable(call) or message or tried or task.undo is not None or is_hole(call))


def ends_behind(order: list[Placed], number: int) -> AnyStmt | None:
    """The first statement behind a place that may end the flow by its failure, and is not in another arm of a branch.

    A failure in a `try` is swallowed (docs/semantics.md, "Try"), so there it is a task, `fail` or `require` of
    `recover`.
    """
    place = order[number]
    return next((it.stmt for it in islice(order, number + 1, None) if ends_flow(it) and not apart(place, it)), None)


def ends_flow(place: Placed) -> bool:
    """Does the flow end when this fails?"""
    arms = [arm for stmt, arm in place.around if isinstance(stmt, ir.Try)]
    kinds = (ir.Task, ir.Fail, ir.Require) if arms else ir.Task
    return isinstance(place.stmt, kinds) and 0 not in arms


def failing(stmt: AnyStmt) -> str:
    """`` `b` may fail``, or what is said of a `fail` and a `require`, which have no name."""
    return f"`{stmt.label}` may fail" if isinstance(stmt, ir.Task) else "this may end the flow"


def apart(one: Placed, other: Placed) -> bool:
    """Do they stand in two arms of the same branch, so that only one of them runs?"""
    arms = {stmt.path: arm for stmt, arm in one.around if isinstance(stmt, ir.If | ir.Match)}
    return any(arms.get(stmt.path, arm) != arm for stmt, arm in other.around)


CHECK = Check("WF501", "no-failure-path", WARNING, __name__, find)
