"""gate-bypassed: work that can't be undone does not wait for the approval beside it

## What it finds
An irreversible call in a `parallel` with an `approve` in another of its statements, in no order with it. Messages by
`slack.*` and `email.*` are left out: they may be what asks the person.

## Why
Statements of a `parallel` start together: whatever the person decides, it is done by then.

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
from wfc.checks.common import is_hole, is_message, ordered_with
from wfc.diagnostic import ERROR, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such call."""
    for stmt in walk.all_statements(flow):
        if isinstance(stmt, ir.Parallel):
            yield from of_parallel(stmt)


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
            if is_hole(task.call) or is_message(task.call):
                continue
            if not task.call.effect.reversible:
                yield CHECK.found(
                    f"`{task.label}` can't be undone, and does not wait for `{gate.label}`",
                    task.call.span,
                    Label(gate.span, "a person is asked here"),
                    why="Both start together, so it is done whatever the person decides.",
                    help=f"put it behind the `parallel`, or say `after {gate.label}`",
                )


CHECK = Check("WF707", "gate-bypassed", ERROR, __name__, find)
