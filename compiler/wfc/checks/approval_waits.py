"""gate-waits-forever: an approval that nobody gives keeps the run alive

## What it finds
`approve` without `timeout`, in a flow without a `budget { time … }`.

## Why
People are ill, leave, or never see the question. Kestra pauses a run without end, GitHub drops a job that waits for
review after 30 days; what was asked for is then long out of date. A deadline fails the flow visibly, or
`fallback value` decides.

## Bad
```wf
flow release {
  defaults { timeout 10m }
  approve go = "Release to production?" by "release-managers"
  task deploy = shell("./deploy.sh")
}
```

## Good
```wf
flow release {
  defaults { timeout 10m }
  approve go = "Release to production?" by "release-managers" timeout 2d
  task deploy = shell("./deploy.sh")
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import after
from wfc.diagnostic import WARNING, Edit, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each approval without a deadline."""
    if flow.budget is not None and flow.budget.time:
        return
    for stmt in walk.all_statements(flow):
        if isinstance(stmt, ir.Approve) and stmt.timeout is None:
            yield CHECK.found(
                f"`{stmt.label}` waits for ever if nobody answers",
                stmt.span,
                why="The run stays open, and what was asked about grows old.",
                help="add `timeout 1d`; then the flow fails, or a `fallback value` decides",
                fixes=(Fix("add `timeout 1d`", (Edit(after(stmt.span), " timeout 1d"),), safe=False),),
            )


CHECK = Check("WF706", "gate-waits-forever", WARNING, __name__, find)
