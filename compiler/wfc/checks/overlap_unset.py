"""overlap-unset: a scheduled run may still be at work when the next one starts

## What it finds
A schedule whose next start can come before the worst case of the flow has ended (timeouts × attempts, pauses and
waits; the message does the arithmetic), without `concurrency`. A flow of which every task is safe to repeat is left
out, and so is one whose `budget { time … }` ends before the next start.

## Why
GitHub starts the next run beside the first, Airflow up to 16 of them (`max_active_runs_per_dag`), Kestra waits: what
happens is then chosen by the engine and not by the flow. Two runs at once do the same work twice, or undo each other's.

## Bad
```wf
flow sync {
  on schedule("*/15 * * * *", timezone: "UTC")
  defaults { timeout 20m }
  task copy = shell("./copy")
}
```

## Good
```wf
flow sync {
  on schedule("*/15 * * * *", timezone: "UTC")
  concurrency 1 skip
  defaults { timeout 20m }
  task copy = shell("./copy")
}
```
```wf
flow sync {
  on schedule("0 4 * * *", timezone: "UTC")
  defaults { timeout 20m }
  task copy = shell("./copy")
}
```
"""

from __future__ import annotations

from wfc import walk
from wfc.check import ProjectCheck
from wfc.checks.common import after
from wfc.checks.schedules import schedules
from wfc.checks.worst_case import longest_run, of_each
from wfc.diagnostic import WARNING, Edit, Fix
from wfc.text import duration_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.worst_case import Runs
    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Project


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """The findings about each flow; flows that it runs count with their own worst case."""
    return of_each(project, of_flow)


def of_flow(flow: Flow, runs: Runs) -> Iterator[Diagnostic]:
    """One finding for each schedule that the flow can outlast."""
    if flow.concurrency is not None or all(task.call.effect.repeat == "safe" for task in walk.tasks(flow)):
        return
    longest = longest_run(flow, runs)
    for schedule in schedules(flow):
        if schedule.gap() >= longest:
            continue
        span = schedule.trigger.span
        fix = Fix("add `concurrency 1 queue`", (Edit(after(span), "\n  concurrency 1 queue"),), safe=False)
        yield CHECK.found(
            f"a run can take {duration_text(longest)}, and the next one starts after {duration_text(schedule.gap())}",
            span,
            why="Engines differ in what they do then: GitHub and Airflow run both at once, Kestra waits.",
            help="say what is meant: `concurrency 1 skip` leaves the next run out, `concurrency 1 queue` keeps it",
            fixes=(fix,),
        )


CHECK = ProjectCheck("WF801", "overlap-unset", WARNING, __name__, find, whole=True)
