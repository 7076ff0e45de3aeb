"""two-writers: two flows write the same thing

## What it finds
Two flows of a project that each replace or remove the same thing (PUT, PATCH or DELETE of one URL, an object of a store
under one key) in their bodies, under a name without anything of the run in it, when neither runs the other and both
have triggers.

## Why
Each believes that the thing is as it left it. Which one wins depends on when they run, and neither tells of it.

## Bad
```wf
flow prices {
  on schedule("0 5 * * *", timezone: "UTC")
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task push = http.put(url: "https://shop.example.com/feed", json: { kind: "prices" })
}
flow stock {
  on schedule("0 6 * * *", timezone: "UTC")
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task push = http.put(url: "https://shop.example.com/feed", json: { kind: "stock" })
}
```

## Good
```wf
flow prices {
  on schedule("0 5 * * *", timezone: "UTC")
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task push = http.put(url: "https://shop.example.com/feed/prices", json: { kind: "prices" })
}
flow stock {
  on schedule("0 6 * * *", timezone: "UTC")
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task push = http.put(url: "https://shop.example.com/feed/stock", json: { kind: "stock" })
}
```
"""

from __future__ import annotations

from wfc.check import ProjectCheck
from wfc.checks.flow_cycle import starts
from wfc.checks.resources import is_fixed, tasks_of, writes
from wfc.diagnostic import WARNING, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Project, Task


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """One finding for each flow and thing that another flow, earlier by name, writes too."""
    edges = starts(project)
    first: dict[str, tuple[Flow, Task]] = {}
    for flow in project.flows:
        if not flow.triggers:
            continue
        told: set[str] = set()
        for task, call in tasks_of(flow):
            name = writes(call)
            if name is None or not is_fixed(name) or name in told:
                continue
            known = first.setdefault(name, (flow, task))
            other = known[0].name
            if known[0] is flow or other in edges[flow.name] or flow.name in edges[other]:
                continue
            told.add(name)
            yield (
                flow.name,
                CHECK.found(
                    f"`{other}` and `{flow.name}` write the same thing",
                    call.span,
                    Label(known[1].call.span, f"`{other}` writes it here"),
                    why="Whichever runs last wins, and neither tells of it.",
                    help="let one flow own it, or give each a place of its own",
                ),
            )


CHECK = ProjectCheck("WF904", "two-writers", WARNING, __name__, find)
