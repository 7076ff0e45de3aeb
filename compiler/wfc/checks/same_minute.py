"""same-minute: many flows start in the same minute

## What it finds
More than three flows of a project whose schedules start in the same minute of the same hour, in one time zone.

## Why
They wait for each other's workers, databases and APIs, and each is slower than alone. Google's SRE book (chapter 24,
"Distributed Periodic Scheduling with Cron") describes such herds at midnight. In the preset `production`.

## Bad
```wf
flow a { on schedule("0 0 * * *", timezone: "UTC") defaults { timeout 1m } task t = shell("./a") }
flow b { on schedule("0 0 * * *", timezone: "UTC") defaults { timeout 1m } task t = shell("./b") }
flow c { on schedule("0 0 * * *", timezone: "UTC") defaults { timeout 1m } task t = shell("./c") }
flow d { on schedule("0 0 * * *", timezone: "UTC") defaults { timeout 1m } task t = shell("./d") }
```

## Good
```wf
flow a { on schedule("3 0 * * *", timezone: "UTC") defaults { timeout 1m } task t = shell("./a") }
flow b { on schedule("11 0 * * *", timezone: "UTC") defaults { timeout 1m } task t = shell("./b") }
flow c { on schedule("24 0 * * *", timezone: "UTC") defaults { timeout 1m } task t = shell("./c") }
flow d { on schedule("37 0 * * *", timezone: "UTC") defaults { timeout 1m } task t = shell("./d") }
```
"""

from __future__ import annotations

from wfc.check import ProjectCheck
from wfc.checks.schedules import schedules
from wfc.diagnostic import INFO, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Project, Trigger

    Starts = dict[tuple[str, int], list[tuple[Flow, Trigger]]]

MOST = 3
FEW = 24
"""Starts a day; what starts more often meets everything anyway."""


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """One finding a minute, at the first flow that is too many."""
    starts: Starts = {}
    for flow in project.flows:
        for schedule in schedules(flow):
            times = schedule.times
            minutes = sorted(hour * 60 + minute for hour in times.hours for minute in times.minutes)
            for minute in minutes if len(minutes) <= FEW else ():
                starts.setdefault((schedule.zone, minute), []).append((flow, schedule.trigger))
    told: set[str] = set()
    for (zone, minute), found in sorted(starts.items(), key=lambda item: (-len(item[1]), item[0])):
        flow, trigger = found[min(MOST, len(found) - 1)]
        if len(found) <= MOST or flow.name in told:
            continue
        told |= {one.name for one, _ in found}
        yield (
            flow.name,
            CHECK.found(
                f"{len(found)} flows start at {minute // 60:02}:{minute % 60:02} ({zone})",
                trigger.span,
                *(Label(other.span, f"so does `{one.name}`") for one, other in found[:MOST]),
                why="They wait for each other's workers and servers.",
                help="spread them over the hour",
            ),
        )


CHECK = ProjectCheck("WF807", "same-minute", INFO, __name__, find, preset="production")
