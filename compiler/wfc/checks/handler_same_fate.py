"""handler-same-fate: the alert goes the way that has just failed

## What it finds
An `on failure` whose every call over the network goes to a host that the body talks to as well, without a `fallback`.

## Why
When that host is down the body fails, and nobody hears of it. Google's SRE book (chapter 6, "Monitoring Distributed
Systems") keeps the way of an alert apart from what it watches. In the preset `production`.

## Bad
```wf
flow report {
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task data = http.get(url: "https://hub.example.com/data")
  task push = http.put(url: "https://hub.example.com/report", json: { d: data.body })
  on failure { task tell = http.post(url: "https://hub.example.com/alerts", json: { m: failure.message }) }
}
```

## Good
```wf
flow report {
  secret slack_url
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task data = http.get(url: "https://hub.example.com/data")
  task push = http.put(url: "https://hub.example.com/report", json: { d: data.body })
  on failure { task tell = slack.post(url: slack_url, text: failure.message) }
}
```
"""

from __future__ import annotations

from wfc import walk
from wfc.check import Check
from wfc.checks.common import is_remote
from wfc.checks.resources import host_of
from wfc.diagnostic import INFO, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """At most one finding a flow, at the first task of the handler."""
    used = {host_of(task.call): task for task in reversed(list(walk.tasks_in(flow.body)))}
    handlers = list(walk.tasks_in(flow.on_failure))
    if not handlers or any(not is_remote(task.call) or task.fallback for task in handlers):
        return
    hosts = [host_of(task.call) for task in handlers]
    if all(host is not None and host in used for host in hosts):
        yield CHECK.found(
            f"the alert goes to {hosts[0]}, which may be what has failed",
            handlers[0].call.span,
            Label(used[hosts[0]].call.span, "the flow depends on it here"),
            why="When it is down the run fails, and nobody hears of it.",
            help="tell it another way, or give the task a `fallback`",
        )


CHECK = Check("WF507", "handler-same-fate", INFO, __name__, find, preset="production")
