"""undo-reads-missing: the undo reads a result that a task which timed out has not given

## What it finds
`undo also on timeout` whose call reads the result of its own task. A task with a `fallback` has a result even then, and
is left out.

## Why
A request that timed out may have been acted upon (RFC 9110, section 9.2.2), which is why the undo is run; but its
answer is lost, and the undo fails for want of it, just where it was meant to help.

## Bad
```wf
flow order {
  input id: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task book = http.put(url: "https://stock.example.com/bookings/{id}", json: {}) -> { booking: string }
    undo also on timeout http.delete(url: "https://stock.example.com/bookings/{book.body.booking}")
  task ship = http.put(url: "https://ship.example.com/orders/{id}", json: {})
}
```

## Good
```wf
flow order {
  input id: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task book = http.put(url: "https://stock.example.com/bookings/{id}", json: {})
    undo also on timeout http.delete(url: "https://stock.example.com/bookings/{id}")
  task ship = http.put(url: "https://ship.example.com/orders/{id}", json: {})
}
```
"""

from __future__ import annotations

from wfc import walk
from wfc.check import Check
from wfc.checks.common import near
from wfc.diagnostic import ERROR, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such undo, at the first place that reads the result."""
    for task in walk.tasks(flow):
        if task.undo is None or not task.undo_on_timeout or task.fallback is not None:
            continue
        own = (ref for expr in walk.call_expressions(task.undo) for ref in walk.references(expr))
        read = next((ref for ref in own if ref.kind == "task" and ref.name == task.path), None)
        if read is not None:
            yield CHECK.found(
                f"the undo of `{task.label}` reads its result, which is not there after a timeout",
                near(read.span, task.undo.span),
                Label(task.call.span, "no answer of this is known then"),
                why="The undo fails for want of the result, and what the task may have done stays.",
                help="name the thing by what is known before (an input, a key), or leave `also on timeout` out",
            )


CHECK = Check("WF504", "undo-reads-missing", ERROR, __name__, find, preset="draft")
