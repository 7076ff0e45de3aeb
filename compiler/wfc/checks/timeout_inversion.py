"""timeout-inversion: one attempt may take longer than the whole flow

## What it finds
A task whose `timeout` is not shorter than the `budget { time … }` of its flow. A timeout that the task inherits from
`defaults` counts too.

## Why
The budget ends the flow first, so the timeout, and with it every retry, never comes to anything. AWS ("Timeouts,
retries and backoff with jitter") and Google's SRE book (chapter 22, "Deadline propagation") want inner limits shorter
than outer ones.

## Bad
```wf
flow export {
  budget { time 30m }
  task dump = shell("./dump.sh") timeout 2h
}
```

## Good
```wf
flow export {
  budget { time 30m }
  task dump = shell("./dump.sh") timeout 10m
}
```
"""

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.diagnostic import WARNING, Label
from wfc.source import Span
from wfc.text import duration_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each limit that is too long, however many tasks of the body inherit it."""
    if flow.budget is None or not flow.budget.time:
        return
    seen: set[Span] = set()
    for task, place in placed_tasks(flow):
        for title, call in named_calls(task):
            span = call.timeout_span or call.span
            # handlers, and so undos, have a time of their own
            if place.section != "body" or call is task.undo or span in seen:
                continue
            if call.timeout is not None and call.timeout >= flow.budget.time:
                seen.add(span)
                yield CHECK.found(
                    f"{title} may take {duration_text(call.timeout)}, the whole flow {duration_text(flow.budget.time)}",
                    span,
                    Label(flow.budget.span, "this ends the flow first"),
                    why="The budget cuts the first attempt, so neither this limit nor a retry ever comes to anything.",
                    help="give the task a shorter `timeout`, or the flow more time",
                )


CHECK = Check("WF311", "timeout-inversion", WARNING, __name__, find, preset="draft")
