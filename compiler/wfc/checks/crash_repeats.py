"""crash-repeats: if the engine dies while this runs, it is done again

## What it finds
A call that is not safe to repeat, without an idempotency key. Messages by `slack.*` and `email.*` are left out. What
else may start the same run twice (a webhook that is delivered again, a backfill of a schedule) is named with it.

## Why
When Kestra or Airflow is killed and started again, what was running is run again, whether it has a `retry` or not: an
engine can't know how far it had come (docs/semantics.md, "When the engine dies"). Only a key that the service keeps
makes the second time the same as the first. GitHub fails the job instead, so with `--target github` alone it is not
told. In the preset `production`, for engines die seldom.

## Bad
```wf
flow order {
  input id: string
  defaults { timeout 1m }
  task pay = http.post(url: "https://pay.example.com/charges", json: { order: id })
}
```

## Good
```wf
flow order {
  input id: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task pay = http.post(url: "https://pay.example.com/charges", json: { order: id }) idempotent by "pay-{id}"
}
```
"""

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import is_hole, is_message, named_calls, placed_tasks, work
from wfc.checks.sql_texts import comes_twice
from wfc.diagnostic import INFO, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such call."""
    again = comes_twice(flow)
    also = f" {again[0][0].upper()}{again[0][1:]} does it again too." if again else ""
    labels = (Label(again[1], "this can start the same run twice"),) if again else ()
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            open_ = call.effect.repeat in ("unsafe", "keyed") and call.idempotent is None
            if open_ and not is_hole(call) and not is_message(call):
                yield CHECK.found(
                    f"{title} is done twice when the engine dies while it runs",
                    call.span,
                    *labels,
                    why=f"Kestra and Airflow run it again when they are back, and {work(call)} is not safe to repeat."
                    + also,
                    help='give the service a key that it keeps: `idempotent by "…"`, or look first whether it is done',
                )


CHECK = Check("WF415", "crash-repeats", INFO, __name__, find, preset="production")
