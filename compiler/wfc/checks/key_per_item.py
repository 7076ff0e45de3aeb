"""key-per-item: all items of a loop share one idempotency key

## What it finds
A key inside a `for` that names neither the item nor the result of a task inside the loop. `idempotent` without `by`
is fine: that key is made for each item.

## Why
The server does the first item and takes all others for its repetitions.

## Bad
```wf
flow remind {
  input customers: list<string>
  defaults { timeout 30s retry exponential(attempts: 3, first: 2s, max: 30s) }
  for customer in customers {
    task send = http.post(url: "https://mail.example.com/send", json: { to: customer }) idempotent by "{run.date}"
  }
}
```

## Good
```wf
flow remind {
  input customers: list<string>
  defaults { timeout 30s retry exponential(attempts: 3, first: 2s, max: 30s) }
  for customer in customers {
    task send = http.post(url: "https://mail.example.com/send", json: { to: customer })
      idempotent by "remind-{run.date}-{customer}"
  }
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import keys, near
from wfc.diagnostic import ERROR, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each key, at the innermost loop whose item it lacks."""
    for title, _, clause, key, place in keys(flow):
        loops = place.loops()
        lacking = [loop for loop in loops if not told_apart(key, loop, loops)]
        if lacking:
            loop = lacking[-1]
            yield CHECK.found(
                f"the idempotency key of {title} is the same for every `{loop.variable}`",
                near(key.span, clause.span),
                Label(loop.span, f"each `{loop.variable}` is work of its own"),
                why="The server does the first item and takes all others for its repetitions.",
                help=f"put something of `{loop.variable}` into the key",
            )


def told_apart(key: AnyExpr, loop: ir.For, loops: tuple[ir.For, ...]) -> bool:
    """Does the key differ between the items of `loop`: by the item, a task inside, or an inner loop over part of it?"""
    inside = {stmt.path for stmt in walk.statements(loop.body)}
    inner = {other.label: other for other in loops if other is not loop and other.path in inside}
    for ref in walk.references(key):
        if ref.kind in ("item", "index") and ref.name == loop.label:
            return True
        if ref.kind == "task" and ref.name in inside:
            return True
        if ref.kind == "item" and ref.name in inner and told_apart(inner[ref.name].items, loop, loops):
            return True
    return False


CHECK = Check("WF405", "key-per-item", ERROR, __name__, find, preset="draft")
