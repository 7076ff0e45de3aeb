"""missing-timeout: nothing ends an attempt that hangs

## What it finds
A script, request, SQL statement or question to a model without `timeout`. All tasks of a flow that lack it make
one finding; one `timeout` in `defaults` is enough for them, or a `budget { time … }`. `sleep` and `flow.run` need
none: the one ends, the other is bounded by the tasks of its flow.

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
from wfc.checks.common import named_calls, placed_tasks, work
from wfc.checks.lacking import Lacking, clause_fix, groups, labels, titles
from wfc.diagnostic import WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Task


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for all tasks that lack it, or one each for those that `allow` it."""
    if flow.budget is not None and flow.budget.time:
        return
    lacking = [found for task, _ in placed_tasks(flow) if (found := unbounded(task)) is not None]
    for group in groups(lacking, "WF302"):
        yield report(group)


def unbounded(task: Task) -> Lacking | None:
    """The call of a task, else its fallback or undo (which inherit its timeout), that nothing bounds."""
    for title, call in named_calls(task):
        if call.timeout is None and not isinstance(call.op, ir.Sleep | ir.RunFlow):
            return Lacking(task, title, call)
    return None


def report(group: list[Lacking]) -> Diagnostic:
    """A request answers within minutes as a rule, a script in an hour; only the author knows, so no fix is safe."""
    first = group[0]
    short = all(isinstance(item.call.op, ir.Http | ir.Llm) for item in group)
    clause = "timeout 5m" if short else "timeout 1h"
    what = work(first.call) if len(group) == 1 else "them"
    return CHECK.found(
        f"{titles(group)} may hang for ever: nothing bounds {what}",
        first.call.span,
        *labels(group, "nothing bounds this either"),
        why="Engines wait for hours or without end, and what comes next waits with them.",
        help=f"add `{clause}` (of one attempt) to the task or, once for the flow, to `defaults {{ }}`",
        fixes=clause_fix(group, clause, safe=False),
    )


CHECK = Check("WF302", "missing-timeout", WARNING, __name__, find)
