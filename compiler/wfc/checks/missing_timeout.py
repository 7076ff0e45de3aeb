"""missing-timeout: nothing ends an attempt that hangs

## What it finds
A script, request, SQL statement or question to a model without `timeout`. One `timeout` in `defaults` is enough for a
whole flow, and so is a `budget { time … }`. `sleep` and `flow.run` need none: the one ends, the other is bounded by
the tasks of its flow.

## Why
Engines have no limit, or one that is far away: a GitHub job ends after 360 minutes, an Airflow task never
(`execution_timeout` is None), a Kestra task neither. Amazon's States Language manual warns of executions that hang for
want of `TimeoutSeconds`. Meanwhile the next run waits, or the machine is paid for.

## Bad
```wf
flow nightly {
  task export = shell("./export.sh")
}
```

## Good
```wf
flow nightly {
  defaults { timeout 30m }
  task export = shell("./export.sh")
}
```
```wf
flow nightly {
  budget { time 2h }
  task export = shell("./export.sh")
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import after, named_calls, placed_tasks, work
from wfc.diagnostic import WARNING, Edit, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Call, Flow, Task


def find(flow: Flow) -> Iterator[Diagnostic]:
    """At most one finding a task: its fallback and undo inherit the timeout of the call."""
    if flow.budget is not None and flow.budget.time:
        return
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            if call.timeout is None and not isinstance(call.op, ir.Sleep | ir.RunFlow):
                yield report(task, title, call)
                break


def report(task: Task, title: str, call: Call) -> Diagnostic:
    """A request answers within minutes; how long a script may take only its author knows, so that fix is not safe."""
    short = isinstance(call.op, ir.Http | ir.Llm)
    clause = "timeout 5m" if short else "timeout 1h"
    fix = Fix(f"add `{clause}`", (Edit(after(task.span), f" {clause}"),), safe=short)
    return CHECK.found(
        f"{title} may hang for ever: nothing bounds {work(call)}",
        call.span,
        why="Engines wait for hours or without end, and what comes next waits with them.",
        help=f"add `{clause}` (of one attempt) to the task or, once for the flow, to `defaults {{ }}`",
        fixes=(fix,) if call is task.call else (),
    )


CHECK = Check("WF302", "missing-timeout", WARNING, __name__, find)
