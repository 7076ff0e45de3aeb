"""gate-bypassed: work that can't be undone does not wait for the approval beside it

## What it finds
An irreversible call (WF705 says what counts as one) in a `parallel` with an `approve` in another of its statements, in
no order with it; and one behind an `approve` with a `fallback` whose answer nothing in the flow reads. Messages by
`slack.*` and `email.*` are left out: they may be what asks the person.

## Why
Statements of a `parallel` start together: whatever the person decides, it is done by then. With a `fallback` a
rejection is an answer like any other, and the flow goes on.

## Bad
```wf
flow release {
  secret aws_key
  defaults { timeout 10m retry exponential(attempts: 3, first: 2s, max: 30s) }
  parallel {
    approve go = "Delete the old data?" timeout 1d
    task drop = http.delete(url: "https://data.example.com/old", auth: bearer(aws_key))
  }
}
```

```wf
flow release {
  secret aws_key
  defaults { timeout 10m retry exponential(attempts: 3, first: 2s, max: 30s) }
  approve go = "Delete the old data?" -> { sure: bool } timeout 1d fallback value { sure: false }
  task drop = http.delete(url: "https://data.example.com/old", auth: bearer(aws_key))
}
```

## Good
```wf
flow release {
  secret aws_key
  defaults { timeout 10m retry exponential(attempts: 3, first: 2s, max: 30s) }
  approve go = "Delete the old data?" timeout 1d
  task drop = http.delete(url: "https://data.example.com/old", auth: bearer(aws_key))
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import ordered_with, placed
from wfc.checks.facts import facts
from wfc.checks.irreversible import irreversible
from wfc.checks.no_failure_path import apart
from wfc.diagnostic import ERROR, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such call."""
    for number, place in enumerate(placed(flow)):
        if isinstance(place.stmt, ir.Parallel):
            yield from of_parallel(place.stmt)
        elif isinstance(place.stmt, ir.Approve) and place.stmt.fallback is not None:
            yield from of_unread(flow, number, place.stmt)


def of_unread(flow: Flow, number: int, gate: ir.Approve) -> Iterator[Diagnostic]:
    """The first irreversible call behind an approval that lets all answers pass, when nothing reads the answer.

    number: of the approval among the statements of the flow.
    """
    if ("task", gate.path) in facts(flow).read:
        return
    here = placed(flow)[number]
    behind = (place for place in placed(flow)[number + 1 :] if place.section == here.section and not apart(here, place))
    task = next((one.stmt for one in behind if isinstance(one.stmt, ir.Task) and irreversible(one.stmt.call)), None)
    if task is not None:
        yield CHECK.found(
            f"`{task.label}` can't be undone, and is done whatever `{gate.label}` decides",
            task.call.span,
            Label(gate.span, "it goes on with its `fallback` when the person says no"),
            why="An approval with a `fallback` does not fail, and nothing reads what it gave.",
            help=f"ask for the answer (`if {gate.label}.… {{ }}`), or leave the `fallback` out",
        )


def of_parallel(stmt: ir.Parallel) -> Iterator[Diagnostic]:
    """The irreversible calls of each statement, against the approvals of those that it has no order with."""
    gates = [
        (number, inner)
        for number, body in enumerate(stmt.body)
        for inner in walk.statements((body,))
        if isinstance(inner, ir.Approve)
    ]
    order = ordered_with(stmt) if gates else []
    for number, body in enumerate(stmt.body) if gates else ():
        gate = next((gate for place, gate in gates if place != number and not order[number] >> place & 1), None)
        if gate is None:
            continue
        for task in walk.tasks_in((body,)):
            if irreversible(task.call):
                yield CHECK.found(
                    f"`{task.label}` can't be undone, and does not wait for `{gate.label}`",
                    task.call.span,
                    Label(gate.span, "a person is asked here"),
                    why="Both start together, so it is done whatever the person decides.",
                    help=f"put it behind the `parallel`, or say `after {gate.label}`",
                )


CHECK = Check("WF707", "gate-bypassed", ERROR, __name__, find)
