"""undo-unsafe: an undo that may not be tried twice

## What it finds
An `undo` whose call is not safe to repeat and has no idempotency key. The task's `retry` does not reach it, so that
it gets a single try, when everything else has failed already.

## Why
An undo is the last resort: if its answer is lost, nobody knows whether the money went back. A saga holds
only if every compensation succeeds in the end (Garcia-Molina and Salem, "Sagas", 1987), so it has to bear being tried
again. An undo that says what the state should be, as PUT, DELETE or `k8s.set_image` with the image read before, is
safe by itself.

## Bad
```wf
flow order {
  input id: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task pay = http.post(url: "https://pay.example.com/charges/{id}")
    idempotent by "pay-{id}"
    undo http.post(url: "https://pay.example.com/charges/{id}/refund")
  task stock = http.put(url: "https://stock.example.com/orders/{id}", json: { state: "paid" })
}
```

## Good
```wf
flow order {
  input id: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task pay = http.post(url: "https://pay.example.com/charges/{id}")
    idempotent by "pay-{id}"
    undo http.post(url: "https://pay.example.com/charges/{id}/refund") { idempotent by "refund-{id}" }
  task stock = http.put(url: "https://stock.example.com/orders/{id}", json: { state: "paid" })
}
```
"""

from __future__ import annotations

from wfc import walk
from wfc.check import Check
from wfc.checks.common import is_hole, is_repeatable, work
from wfc.diagnostic import ERROR, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Call, Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such undo; a script, of which nobody knows, is left to its author."""
    for task in walk.tasks(flow):
        undo = task.undo
        if undo is None or not has_one_try(undo):
            continue
        yield CHECK.found(
            f"the undo of `{task.label}` gets one try: {work(undo)} is not safe to repeat",
            undo.span,
            Label(task.name_span, f"this stays done if the undo of `{task.label}` fails"),
            why="It runs when the flow has failed already, and a lost answer leaves open whether it was done.",
            help='give it a key that the service keeps: `{ idempotent by "…" }`'
            if undo.effect.repeat == "keyed" or undo.action.startswith("http.")
            else "undo by setting what was there before: read it first, in a task of its own",
        )


def has_one_try(undo: Call) -> bool:
    """Is it an undo that is known not to be safe to repeat, and has no key and no retry of its own?"""
    return not (is_hole(undo) or is_repeatable(undo) or undo.effect.repeat == "unknown" or undo.retry)


CHECK = Check("WF503", "undo-unsafe", ERROR, __name__, find)
