'''shell-not-rerunnable: a script that fails, or does its work once more, when its run is repeated

## What it finds
A script without `effect` and `idempotent` whose text shows that a second run fails (`mkdir` without `-p`, `ln -s`,
`mv`, `useradd`) or appends its lines again, in a flow with a schedule or a webhook; and a script under `until` or
`holds`, which is run with every poll, that is not the same twice. Not what happens in the task's own directory, which a
new run finds empty, not the lines of logs, and not messages: one for each run is what they are for. A script with a
`retry` is the matter of `retry-not-idempotent`.

## Why
Such runs are repeated: by hand after a failure, by a sender that got no answer, by an engine that died in the middle
(docs/semantics.md, "When the engine dies"). Airflow's best practices ask of a task the same outcome on every run.

## Bad
```wf
flow nightly {
  on schedule("0 3 * * *", timezone: "UTC")
  concurrency 1 skip
  defaults { timeout 5m }
  task stage = shell("""
    mkdir /srv/staging
    cp /srv/in/orders.csv /srv/staging/orders.csv
  """)
}
```
```wf
flow collect {
  on webhook("/orders", secret: "s")
  defaults { timeout 5m }
  task keep = shell("cat /srv/in/orders.csv >> /srv/history.csv")
}
```

## Good
```wf
flow nightly {
  on schedule("0 3 * * *", timezone: "UTC")
  concurrency 1 skip
  defaults { timeout 5m }
  task stage = shell("""
    mkdir -p /srv/staging
    cp /srv/in/orders.csv /srv/staging/orders.csv
  """)
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.scripts_twice import doubled, own_script, statement_span, verdict
from wfc.diagnostic import WARNING, Label
from wfc.text import duration_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.embedded.verdict import Reason
    from wfc.ir import Call, Flow

TRIGGERS = ("schedule", "webhook")
AFTER_A_RUN = ("fails", "append")
"""The kinds of statements that harm a new run; `…-here` is gone with the directory of the old one."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each script, for its first such statement."""
    trigger = next((trigger for trigger in flow.triggers if trigger.kind in TRIGGERS), None)
    for task, _ in placed_tasks(flow):
        poll = task.until or task.holds
        if trigger is None and poll is None:
            continue
        for title, call in named_calls(task):
            retried = call.retry is not None and call.retry.attempts > 1
            if own_script(call) is None or call.idempotent is not None or retried:
                continue
            found = doubled(verdict(call))
            if poll is not None and call is task.call and found:
                label = Label(poll.span, f"again every {duration_text(poll.every)}")
                yield report(flow, title, call, found[0], "with every poll", label)
                continue
            harmful = [one for one in found if one.kind in AFTER_A_RUN]
            if trigger is not None and harmful:
                label = Label(trigger.span, f"a run that this {trigger.kind} starts may be started again")
                yield report(flow, title, call, harmful[0], "when its run is repeated", label)


def report(flow: Flow, title: str, call: Call, reason: Reason, when: str, label: Label) -> Diagnostic:
    """The finding about one statement of a script."""
    verb, _, rest = reason.effect.partition(", ")
    effect = f"{verb} {when}, {rest}" if rest else f"{verb}, {when}"
    return CHECK.found(
        f"{reason.what} in {title} {effect}",
        statement_span(flow, call, reason),
        label,
        why="A run that broke off is run again, and what it had done is still there.",
        help=f'{reason.help or "look first whether it has been done"}; if it may run twice, say `effect safe "why"`',
    )


CHECK = Check("WF411", "shell-not-rerunnable", WARNING, __name__, find, preset="production")
