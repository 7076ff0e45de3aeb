"""key-of-run: an event that is delivered again has another key, and its work is done again

## What it finds
In a flow that a webhook or an alert starts, an idempotency key that is made of `run.id` and constants, of a call
that is not safe to repeat without one. Left out are keys that hold anything else of the run (the
event, an input, the result of a task, an item), work that is done or not by what a task has found out about the event
(`if seen.n == 0`, `require`), handlers and undos, which are about one run, and flows that other triggers start: a
schedule, a person, a file or another flow starts each run once, and GitHub delivers an event again only when somebody
asks for it ("Handling failed webhook deliveries"); so are GitLab's.

## Why
`run.id` keeps the attempts and restarts of one run apart from those of others. A sender that gets no answer in time
delivers the same event again, and that starts a second run, with another id: to the service the request is a new one.
Stripe ("Handle duplicate events") and Alertmanager, which notifies again when a request failed, do so.

## Bad
```wf
flow ship {
  on webhook(path: "paid", secret: "hook_key") as event
  secret hook_key
  defaults { timeout 1m }
  task parcel = http.post(url: "https://parcels.example.com/orders", json: { order: event.body })
    idempotent by "parcel-{run.id}"
    retry exponential(attempts: 3, first: 2s, max: 30s)
}
```

## Good
```wf
flow ship {
  on webhook(path: "paid", secret: "hook_key") as event
  secret hook_key
  defaults { timeout 1m }
  task parcel = http.post(url: "https://parcels.example.com/orders", json: { order: event.body })
    idempotent by "parcel-{json(event.body.id)}"
    retry exponential(attempts: 3, first: 2s, max: 30s)
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import conditions, keys, near, placed, placed_tasks, work
from wfc.checks.constant_key import varies
from wfc.diagnostic import WARNING, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.common import Placed
    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Flow, Trigger

SAME = {
    "webhook": "{{json({0}.body.id)}}",
    "alert": '{{{0}.groupKey}}-{{{0}.status}}-{{text({0}.alerts[0].startsAt, "UTC")}}',
}
"""Kind of a trigger whose sender delivers again → values of its event that are the same then, as an example.

The key of a group of alerts alone is the same for all of its incidents, and for their ends (Alertmanager).
"""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such key."""
    trigger = next((one for one in flow.triggers if one.kind in SAME), None)
    if trigger is None:
        return
    answers = about_event(flow)
    for title, call, clause, key, place in keys(flow):
        loops = {loop.label: loop.items for loop in place.loops()}
        of_run = any((ref.kind, ref.name) == ("run", "id") for ref in walk.references(key))
        about_run = place.section != "body" or call is getattr(place.stmt, "undo", None)
        if not of_run or about_run or varies(key, loops, "run") or call.effect.repeat == "safe":
            continue
        if any(
            ref.kind == "task" and ref.name in answers for test in asked(flow, place) for ref in walk.references(test)
        ):
            continue
        yield CHECK.found(
            f"the key of {title} is another one when the {trigger.kind} is delivered again",
            near(key.span, clause.span),
            Label(trigger.span, "a sender that gets no answer delivers again, and each delivery is a run of its own"),
            Label(call.span, f"{work(call)} would be done again"),
            why="`run.id` is the same for the attempts of one run only.",
            help=remedy(trigger),
        )


def about_event(flow: Flow) -> set[str]:
    """The paths of the tasks that are given something of the event, or of the result of another such task."""
    found: set[str] = set()
    for task, _ in placed_tasks(flow):
        given = (
            ref for call in walk.calls(task) for expr in walk.call_expressions(call) for ref in walk.references(expr)
        )
        if any(ref.kind in ("event", "input") or (ref.kind == "task" and ref.name in found) for ref in given):
            found.add(task.path)
    return found


def asked(flow: Flow, place: Placed) -> Iterator[AnyExpr]:
    """The conditions on which it depends whether a statement is reached: around it, its own, and those that end before.

    These are `require`, and an `if` with a `stop` or a `fail`.
    """
    around = [stmt for stmt, _ in place.around]
    for one in placed(flow):
        stmt = one.stmt
        if stmt is place.stmt:
            break
        ends = isinstance(stmt, ir.Require) or (
            isinstance(stmt, ir.If)
            and any(isinstance(inner, ir.Stop | ir.Fail) for _, body in stmt.arms for inner in walk.statements(body))
        )
        if ends or stmt in around:
            yield from (test for _, test in conditions(stmt))
            yield from (stmt.subject,) if isinstance(stmt, ir.Match) else ()
    if isinstance(place.stmt, ir.Task) and place.stmt.when is not None:
        yield place.stmt.when


def remedy(trigger: Trigger) -> str:
    """What to put into the key."""
    named = trigger.alias or "event"
    first = "" if trigger.alias else f"name the event (`on {trigger.kind}(…) as event`) and "
    example = SAME[trigger.kind].format(named)
    return f"{first}put in a value of the event that stays, such as `{example}`, for `run.id`"


CHECK = Check("WF418", "key-of-run", WARNING, __name__, find)
