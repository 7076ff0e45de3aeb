"""wait-forever: a poll without a deadline

## What it finds
`until` without `within`, in a flow without a `budget { time … }`. The task's `timeout` bounds one call, not the wait.

## Why
What is waited for may never come: Airflow's sensors wait seven days unless told otherwise (`timeout` of
`BaseSensorOperator`), and hold a worker's slot meanwhile.

## Bad
```wf
flow catalogue {
  defaults { retry exponential(attempts: 4, first: 2s, max: 1m) timeout 30s }
  task poll = http.get(url: "https://api.example.com/export") -> { status: string }
    until poll.body.status == "done" every 30s
}
```

## Good
```wf
flow catalogue {
  defaults { retry exponential(attempts: 4, first: 2s, max: 1m) timeout 30s }
  task poll = http.get(url: "https://api.example.com/export") -> { status: string }
    until poll.body.status == "done" every 30s within 1h
}
```
"""

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import after, placed_tasks, work
from wfc.diagnostic import ERROR, Edit, Fix, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each `until` that nothing ends."""
    if flow.budget is not None and flow.budget.time:
        return
    for task, _ in placed_tasks(flow):
        if task.until is not None and task.until.within is None:
            yield CHECK.found(
                f"`{task.label}` waits for ever if its condition never holds",
                task.until.span,
                Label(task.call.span, f"{work(task.call)} is called again each time"),
                why="`timeout` bounds one call, not the wait.",
                help="say how long it may take: `within 1h`",
                fixes=(Fix("add `within 1h`", (Edit(after(task.until.span), " within 1h"),), safe=False),),
            )


CHECK = Check("WF313", "wait-forever", ERROR, __name__, find)
