"""no-undo: nothing takes back what was done before a failure

## What it finds
A call that is not safe to repeat, though it could be undone (the catalog says so), with a task behind it that may
fail, and neither an `undo` nor a `try` around both. Messages by `slack.*` and `email.*` are left out. What fails in a
`try` of its own ends nothing: its `recover` may, by a task or a `fail`.

## Why
A saga (Garcia-Molina and Salem, 1987) gives each step that others can see a compensation, or the failure of a later
step leaves half of the work. In the preset `production`, for often a person mends it.

## Bad
```wf
flow order {
  input id: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task reserve = http.post(url: "https://stock.example.com/reservations", json: { order: id }) idempotent by "res-{id}"
  task ship = http.put(url: "https://ship.example.com/orders/{id}", json: { state: "ready" })
  on failure { task tell = shell("./tell.sh") }
}
```

## Good
```wf
flow order {
  input id: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task reserve = http.post(url: "https://stock.example.com/reservations", json: { order: id })
    idempotent by "res-{id}"
    undo http.delete(url: "https://stock.example.com/reservations/{id}")
  task ship = http.put(url: "https://ship.example.com/orders/{id}", json: { state: "ready" })
  on failure { task tell = shell("./tell.sh") }
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import is_hole, is_message, placed, work
from wfc.checks.irreversible import irreversible
from wfc.checks.no_failure_path import ends_behind, failing
from wfc.diagnostic import INFO, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such call."""
    order = [place for place in placed(flow) if place.section == "body"]
    for number, place in enumerate(order):
        task = place.stmt
        if not isinstance(task, ir.Task):
            continue
        call = task.call
        lasting = call.effect.repeat in ("unsafe", "keyed") and not irreversible(call)
        if not lasting or task.undo is not None or is_hole(call) or is_message(call):
            continue
        if place.within(ir.Try):
            continue
        later = ends_behind(order, number)
        if later is not None:
            when = f"`{later.label}` fails" if isinstance(later, ir.Task) else "the flow fails later"
            yield CHECK.found(
                f"when {when}, nothing takes back what `{task.label}` did",
                call.span,
                Label(later.span, f"{failing(later)} after it"),
                why=f"{work(call)} leaves something behind that others can see.",
                help="add an `undo` to the task, or put both into a `try` whose `recover` mends it",
            )


CHECK = Check("WF502", "no-undo", INFO, __name__, find, preset="production")
