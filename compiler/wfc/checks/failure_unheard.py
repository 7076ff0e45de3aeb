"""failure-unheard: the flow runs by itself, and nobody is told when it fails

## What it finds
A flow that a schedule or an event starts, without `on failure`, whose failure nothing in the project hears of. Left
out are flows with a message (`slack.*`, `email.*`, `pagerduty.*`) in `finally`, flows whose failed runs start another
flow (`on flow(name: "…", states: ["failed"])`), flows all of whose tasks stand in a `try`, and those of which WF501
tells, as they leave work half done.

## Why
Nobody looks at a flow that runs by itself; one that has failed for weeks looks like one that had nothing to do. Each
engine has a place for it: Kestra's `errors`, Airflow's `on_failure_callback`; the SRE book (chapter 6, "Monitoring
Distributed Systems") wants a person told of what needs one. In the preset `production`.

## Bad
```wf
flow report {
  on schedule("0 6 * * *", timezone: "UTC")
  defaults { timeout 10m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task push = http.put(url: "https://stats.example.com/daily", json: { day: run.date })
}
```

## Good
```wf
flow report {
  on schedule("0 6 * * *", timezone: "UTC")
  secret slack_url
  defaults { timeout 10m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task push = http.put(url: "https://stats.example.com/daily", json: { day: run.date })
  on failure { task tell = slack.post(url: slack_url, text: "No report: {failure.message}") }
}
```
```wf
flow report {
  on schedule("0 6 * * *", timezone: "UTC")
  defaults { timeout 10m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task push = http.put(url: "https://stats.example.com/daily", json: { day: run.date })
}

flow report_failed {
  on flow(name: "report", states: ["failed"]) as ended
  secret slack_url
  defaults { timeout 1m }
  task tell = slack.post(url: slack_url, text: "The run {ended.run} has failed.")
  on failure { task say = shell("echo the message was not sent >&2") }
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import ProjectCheck
from wfc.checks import no_failure_path
from wfc.checks.common import is_message, placed, placed_tasks
from wfc.diagnostic import INFO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Project


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """One finding for each such flow, at what starts it."""
    watched = {name for flow in project.flows for name in watches(flow)}
    for flow in project.flows:
        trigger = next((one for one in flow.triggers if one.kind != "manual"), None)
        if trigger is None or flow.on_failure or flow.name in watched or not may_fail(flow) or tells_anyway(flow):
            continue
        if next(no_failure_path.find(flow), None) is None:
            yield (
                flow.name,
                CHECK.found(
                    f"nobody hears of it when `{flow.name}` fails",
                    trigger.span,
                    why="It runs by itself, and nobody looks at it.",
                    help='add `on failure { }` with a message, or a flow `on flow(name: …, states: ["failed"])`',
                ),
            )


def watches(flow: Flow) -> Iterator[str]:
    """The flows whose failed runs start this one."""
    for trigger in flow.triggers:
        args = dict(trigger.args)
        states = args.get("states")
        if trigger.kind == "flow" and isinstance(states, list | tuple) and "failed" in states:
            yield str(args.get("name"))


def may_fail(flow: Flow) -> bool:
    """Does something stand in the body outside of any `try`, whose `recover` is where a failure is heard of?

    A `fail` in a `recover` ends the run after all.
    """
    return any(
        place.section == "body"
        and isinstance(place.stmt, ir.Task | ir.Approve | ir.Fail | ir.Require)
        and all(isinstance(place.stmt, ir.Fail) and arm > 0 for stmt, arm in place.around if isinstance(stmt, ir.Try))
        for place in placed(flow)
    )


def tells_anyway(flow: Flow) -> bool:
    """Does it send a message however it ends?"""
    found = (task.call for task, place in placed_tasks(flow) if place.section == "finally")
    return any(is_message(call) or call.action.startswith("pagerduty.") for call in found)


CHECK = ProjectCheck("WF508", "failure-unheard", INFO, __name__, find, preset="production")
