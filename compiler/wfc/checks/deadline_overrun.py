"""deadline-overrun: with all its attempts the flow does not fit into its budget of time

## What it finds
A body whose worst case (timeouts × attempts, pauses and waits, along the longest path) is longer than `budget { time
}`. The message prints the sum. What nobody knows (a list of the run, no timeout) counts as nothing, so
the real worst case is never shorter; a flow that it runs counts with its own worst case.

## Why
The last attempts are cut by the budget, so a policy that promises four gives two. Google's SRE book (chapter 22,
"Deadline Propagation") wants the deadline checked against the time that each step needs. In the preset `production`,
for a budget may well be meant to end a bad night early.

## Bad
```wf
flow load {
  budget { time 1h }
  defaults { timeout 20m retry fixed(attempts: 2, every: 5m) }
  task one = http.put(url: "https://a.example.com/one", json: {})
  task two = http.put(url: "https://a.example.com/two", json: {})
}
```

## Good
```wf
flow load {
  budget { time 2h }
  defaults { timeout 20m retry fixed(attempts: 2, every: 5m) }
  task one = http.put(url: "https://a.example.com/one", json: {})
  task two = http.put(url: "https://a.example.com/two", json: {})
}
```
"""

from __future__ import annotations

from wfc.check import ProjectCheck
from wfc.checks.worst_case import of_each, of_statement, worst_case
from wfc.diagnostic import WARNING, Label
from wfc.text import duration_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.worst_case import Runs
    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Project

MOST = 4
"""Statements that are named in the sum; the others are put together."""


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """The findings about each flow; flows that it runs count with their own worst case."""
    return of_each(project, of_flow)


def of_flow(flow: Flow, runs: Runs) -> Iterator[Diagnostic]:
    """At most one finding a flow."""
    if flow.budget is None or not flow.budget.time:
        return
    total = worst_case(flow.body, runs)
    if total <= flow.budget.time:
        return
    parts = sorted(((of_statement(stmt, runs), stmt) for stmt in flow.body), key=lambda part: -part[0])
    named = [part for part in parts[:MOST] if part[0]]
    rest = total - sum(time for time, _ in named)
    terms = [f"`{stmt.label}` {duration_text(time)}" for time, stmt in named]
    terms += [f"others {duration_text(rest)}"] if rest else []
    limit = duration_text(flow.budget.time)
    yield CHECK.found(
        f"the body may take {duration_text(total)} ({' + '.join(terms)}), the budget is {limit}",
        flow.budget.span,
        *(Label(stmt.span, f"up to {duration_text(time)}") for time, stmt in named[:2]),
        why="The budget cuts what comes last, so the retries there never come to anything.",
        help="give the flow more time, or the tasks shorter timeouts and fewer attempts",
    )


CHECK = ProjectCheck("WF310", "deadline-overrun", WARNING, __name__, find, preset="production")
