"""schedule-backlog: runs that wait for each other may never catch up

## What it finds
`concurrency N queue` on a schedule whose next N starts come before the worst case of a run has ended, so that waiting
runs pile up. (Without `concurrency`: WF801.)

## Why
A queue that grows faster than it is worked off ends in runs that are hours late; AWS's Builders' Library ("Avoiding
insurmountable queue backlogs") advises to leave out what is too old. In the preset `production`, for the worst case is
rare, and a queue may be what is wanted.

## Bad
```wf
flow sync {
  on schedule("*/15 * * * *", timezone: "UTC")
  concurrency 1 queue
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
"""

from __future__ import annotations

from wfc.check import ProjectCheck
from wfc.checks.schedules import schedules
from wfc.checks.worst_case import longest_run, of_each
from wfc.diagnostic import WARNING, Label
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
    """One finding for each schedule that the flow may fall behind."""
    limit = flow.concurrency
    if limit is None or limit.mode != "queue":
        return
    longest = longest_run(flow, runs)
    for schedule in schedules(flow):
        if schedule.gap() * limit.limit < longest:
            gap = duration_text(schedule.gap())
            yield CHECK.found(
                f"a run can take {duration_text(longest)}, and the next one waits for it after {gap}",
                schedule.trigger.span,
                Label(limit.span, "each one waits here"),
                why="When a few runs are slow the queue grows, and every later run is late.",
                help="leave late runs out (`concurrency 1 skip`), start less often, or make the run shorter",
            )


CHECK = ProjectCheck("WF312", "schedule-backlog", WARNING, __name__, find, preset="production")
