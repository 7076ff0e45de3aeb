"""consumer-too-early: a flow reads what another may still be writing

## What it finds
Two scheduled flows of a project, in one time zone and on the same days, of which the second reads (GET of a URL, an
object of a store) what the first replaces, and starts before the worst case of the first has ended (timeouts ×
attempts, pauses and waits; the message does the arithmetic).

## Why
On a slow night it reads yesterday's data, or half of today's, and both runs are green.

## Bad
```wf
flow export {
  on schedule("0 5 * * *", timezone: "UTC")
  defaults { timeout 20m retry fixed(attempts: 3, every: 1m) }
  task push = http.put(url: "https://store.example.com/orders", json: {})
}
flow report {
  on schedule("30 5 * * *", timezone: "UTC")
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task orders = http.get(url: "https://store.example.com/orders")
  output all: json = orders.body
}
```

## Good
```wf
flow export {
  on schedule("0 5 * * *", timezone: "UTC")
  defaults { timeout 20m retry fixed(attempts: 3, every: 1m) }
  task push = http.put(url: "https://store.example.com/orders", json: {})
}
flow report {
  on flow(export)
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task orders = http.get(url: "https://store.example.com/orders")
  output all: json = orders.body
}
```
"""

from __future__ import annotations

from itertools import product

from wfc.check import ProjectCheck
from wfc.checks.resources import is_fixed, reads, tasks_of, writes
from wfc.checks.schedules import MINUTE, schedules
from wfc.checks.worst_case import Runs, longest_run
from wfc.diagnostic import WARNING, Label
from wfc.text import duration_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.cron import Cron
    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Project, Task

DAY = 1_440


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """One finding for each flow that may be early, for the first thing that it reads."""
    written: dict[str, list[tuple[Flow, Task]]] = {}
    for flow in project.flows:
        for task, call in tasks_of(flow):
            name = writes(call)
            if name is not None and is_fixed(name):
                written.setdefault(name, []).append((flow, task))
    runs = Runs(project)
    longest = {
        flow.name: longest_run(flow, runs)
        for flow in {one.name: one for found in written.values() for one, _ in found}.values()
    }
    for flow in project.flows if written else ():
        yield from early(flow, written, longest)


def early(
    flow: Flow, written: dict[str, list[tuple[Flow, Task]]], worst: dict[str, int]
) -> Iterator[tuple[str, Diagnostic]]:
    """At most one finding about a flow that reads. worst: name of a flow that writes → its longest run."""
    for task, call in tasks_of(flow):
        for producer, writer in written.get(reads(call) or "", ()):
            longest = worst[producer.name]
            for own, other in product(schedules(flow), schedules(producer)):
                wait = gap(other.times, own.times) * MINUTE
                same = own.zone == other.zone and same_days(own.times, other.times)
                if producer is not flow and same and wait < longest:
                    yield (
                        flow.name,
                        CHECK.found(
                            f"`{flow.name}` starts {duration_text(wait)} after `{producer.name}`, which may take "
                            f"{duration_text(longest)}, and reads what that writes",
                            own.trigger.span,
                            Label(other.trigger.span, f"`{producer.name}` starts here"),
                            Label(writer.call.span, "this is written"),
                            Label(task.call.span, "and read here"),
                            why="On a slow day it reads old data, or half of the new, and both runs are green.",
                            help=f"start it by `on flow({producer.name})`, or later",
                        ),
                    )
                    return


def same_days(one: Cron, other: Cron) -> bool:
    """Is there a day on which both start?"""
    shared = one.months & other.months
    return bool(shared and (one.days & other.days or other.any_day) and (one.weekdays & other.weekdays))


def gap(first: Cron, second: Cron) -> int:
    """The fewest minutes from a start of the first to the next of the second, on the same day; a day for none."""
    starts = [hour * 60 + minute for hour in first.hours for minute in first.minutes]
    ends = [hour * 60 + minute for hour in second.hours for minute in second.minutes]
    return min((end - start for start in starts for end in ends if end >= start), default=DAY)


CHECK = ProjectCheck("WF905", "consumer-too-early", WARNING, __name__, find)
