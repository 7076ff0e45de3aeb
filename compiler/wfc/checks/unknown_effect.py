"""unknown-effect: nobody can tell what a second run of this does

## What it finds
A script, Python body or SQL text of a flow that something other than a person starts, of which neither its text nor
an `effect` or `idempotent` clause says whether it may run twice. A script is read by a table of commands;
`[check.commands]` in wfc.toml adds yours. Python that only computes and prints, with what is known to reach nothing
(`json`, `math`, `re`, `datetime`, `csv` in memory …), may run twice; with a file, another module, a class or a `with`
nobody knows. What has a `retry` is told of by WF303.

## Why
Schedules and webhooks deliver at least once, and a run that broke off is started again: the work is done twice, and
nobody has thought about it. ansible-lint asks the same of commands (`no-changed-when`). In the preset `production`.

## Bad
```wf
flow load {
  on schedule("0 5 * * *", timezone: "UTC")
  defaults { timeout 10m }
  task work = shell("./load.sh")
}
```

## Good
```wf
flow load {
  on schedule("0 5 * * *", timezone: "UTC")
  defaults { timeout 10m }
  task work = shell("./load.sh") effect safe "it replaces the rows of the day"
}
```
```wf
flow load {
  on schedule("0 5 * * *", timezone: "UTC")
  defaults { timeout 10m }
  task work = shell("mkdir -p out && cp data.csv out/data.csv")
}
```
```wf
flow load {
  on schedule("0 5 * * *", timezone: "UTC")
  defaults { timeout 10m }
  task rows = shell("./list-orders.sh") -> { prices: list<float> } effect safe "it only asks the shop"
  task total = python("import math; return math.fsum(prices)", args: { prices: rows.prices }) -> float
  output total: float = total
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import is_hole, named_calls, placed_tasks, work
from wfc.checks.scripts_twice import not_understood, setting, statement_span, verdict
from wfc.checks.sql_texts import is_retried, verdict_of
from wfc.diagnostic import INFO, Label
from wfc.embedded.verdict import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.embedded.verdict import Reason
    from wfc.ir import Call, Flow

BY_HAND = ("manual",)


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such call of the body."""
    trigger = next((trigger for trigger in flow.triggers if trigger.kind not in BY_HAND), None)
    if trigger is None:
        return
    for task, place in placed_tasks(flow):
        for title, call in named_calls(task):
            if place.section == "body" and is_open(call):
                reason = not_understood(call)
                yield CHECK.found(
                    f"nobody can tell what a second run of {title} does",
                    call.span,
                    *commands(flow, call, reason),
                    Label(trigger.span, f"a run that this {trigger.kind} starts may be started again"),
                    why=f"What {work(call)} does is not understood, so it counts as not safe to repeat.",
                    help='say what it does: `effect safe "why"`, or `effect unsafe "why"`' + in_settings(reason),
                )


def commands(flow: Flow, call: Call, reason: Reason | None) -> tuple[Label, ...]:
    """Where the command stands that is not understood, if a script has one."""
    return () if reason is None else (Label(statement_span(flow, call, reason), f"{reason.what} is not understood"),)


def in_settings(reason: Reason | None) -> str:
    """How to say what a command does for all flows, as the end of a remedy."""
    line = setting(reason) if reason is not None else ""
    return f"; or, for all flows, below `[check.commands]` in wfc.toml: `{line}`, or `unsafe`" if line else ""


def is_open(call: Call) -> bool:
    """Does neither the text of a call nor its author say whether it may run twice?"""
    if call.effect.source != "catalog" or call.effect.repeat != "unknown" or call.idempotent is not None:
        return False
    if is_hole(call) or isinstance(call.op, ir.RunFlow) or is_retried(call):
        return False
    found = verdict(call) or verdict_of(call)
    return found is None or found.kind == UNKNOWN


CHECK = Check("WF401", "unknown-effect", INFO, __name__, find, preset="production")
