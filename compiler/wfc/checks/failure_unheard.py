"""failure-unheard: the flow runs by itself, and nobody is told when it fails

## What it finds
A flow that a schedule or an event starts, whose failure nothing in the project hears of: without `on failure`, or
with one that does nothing (`shell("true")`). Left out are flows with anything in `finally` that may tell of it, all but
cleaning up; flows whose body ends with a ping (an `http.get` that nobody reads) or pings a service that hears its
absence (`hc-ping.com` …); flows whose failed runs start another flow (`on flow(name: "…", states: ["failed"])`), and
these flows themselves; flows all of whose tasks stand in a `try`, and those of which WF501 tells.

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
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import ProjectCheck
from wfc.checks import no_failure_path
from wfc.checks.common import placed, placed_tasks
from wfc.checks.facts import facts
from wfc.checks.swallowed_error import does_nothing, is_empty
from wfc.diagnostic import INFO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyStmt, Call, Flow, Project

HEARTBEATS = ("hc-ping.com", "healthchecks.io", "cronitor.link", "nosnch.in", "uptime.betterstack.com")
"""Services that tell people when a ping does not come."""


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """One finding for each such flow, at what starts it."""
    watched = {name for flow in project.flows for name in watches(flow)}
    for flow in project.flows:
        trigger = next((one for one in flow.triggers if one.kind != "manual"), None)
        if trigger is None or flow.name in watched or any(True for _ in watches(flow)):
            continue
        if not is_empty(flow.on_failure) or not may_fail(flow) or is_heard(flow):
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


def is_heard(flow: Flow) -> bool:
    """May somebody hear of it however it ends, or hear nothing when it fails?"""
    told = any(
        place.section == "finally" and (may_tell(task.call) or (task.fallback is not None and task.fallback.call))
        for task, place in placed_tasks(flow)
    )
    last = flow.body[-1] if len(flow.body) > 1 else None
    return told or is_ping(flow, last) or any(beats(task.call) for task in walk.tasks_in(flow.body))


def may_tell(call: Call) -> bool:
    """May a call in `finally` tell somebody? All may but those that do nothing, or do nothing but clean up."""
    match call.op:
        case ir.Http(method="DELETE"):
            return False
        case ir.Shell(script=text) if call.action == "shell":
            from wfc.embedded.shell_failures import only_cleans

            return not only_cleans(text)
        case _:
            return not does_nothing(call)


def is_ping(flow: Flow, stmt: AnyStmt | None) -> bool:
    """Is it a GET of whose answer nobody reads anything?"""
    return (
        isinstance(stmt, ir.Task)
        and isinstance(stmt.call.op, ir.Http)
        and stmt.call.op.method in ("GET", "HEAD")
        and ("task", stmt.path) not in facts(flow).read
    )


def beats(call: Call) -> bool:
    """Does it send a ping to one of HEARTBEATS?"""
    texts = [call.op.script] if isinstance(call.op, ir.Shell) else []
    for expr in walk.call_expressions(call):
        parts = (part.value for part in walk.subexpressions(expr) if isinstance(part, ir.Literal))
        texts += [text for text in parts if isinstance(text, str)]
    return any(host in text for text in texts for host in HEARTBEATS)


CHECK = ProjectCheck("WF508", "failure-unheard", INFO, __name__, find, whole=True, preset="production")
