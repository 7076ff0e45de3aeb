"""unstable-key: an idempotency key that changes although the work is the same

## What it finds
A key made of `run.attempt`, which is another one for every attempt, or of what a model said, which may be another
text the next time, or the same for two things. A key from a task that made it once (`uuidgen`) is good: attempts of
a later task all see that one result, and `run.id` lives as long.

## Why
The key is what tells the server "this is the same request again" (IETF draft-ietf-httpapi-idempotency-key-header,
section 2.2). A new one for each attempt makes every attempt a new request.

## Bad
```wf
flow charge {
  input invoice: string
  task pay = http.post(url: "https://pay.example.com/charges", json: { invoice: invoice })
    retry exponential(attempts: 3, first: 2s, max: 30s)
    timeout 30s
    idempotent by "{invoice}-{run.attempt}"
}
```
```wf
flow charge {
  input scan: string
  defaults { timeout 30s retry exponential(attempts: 3, first: 2s, max: 30s) }
  task invoice = llm.extract(prompt: "Read the invoice.", data: { text: scan }) -> { number: string }
  task pay = http.post(url: "https://pay.example.com/charges", json: { invoice: invoice.number })
    idempotent by invoice.number
}
```

## Good
```wf
flow charge {
  input invoice: string
  task pay = http.post(url: "https://pay.example.com/charges", json: { invoice: invoice })
    retry exponential(attempts: 3, first: 2s, max: 30s)
    timeout 30s
    idempotent by "charge-{invoice}"
}
```
"""

from __future__ import annotations

from wfc import walk
from wfc.check import Check
from wfc.checks.common import keys, near, way, work
from wfc.checks.facts import facts
from wfc.diagnostic import ERROR, Label
from wfc.taint import AI, AI_DECIDED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Call, Flow
    from wfc.source import Span


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each key that is not the same for the same work."""
    marks = facts(flow).marks
    for title, call, clause, key, _ in keys(flow):
        place = near(key.span, clause.span)
        if any((ref.kind, ref.name) == ("run", "attempt") for ref in walk.references(key)):
            yield report(title, call, place, "is another one for every attempt", "use `run.id`: it stays")
        elif marks.of(key) & {AI, AI_DECIDED}:
            remedy = "take what the model was asked about: a path, an id of the event, `run.id`"
            fault = "is what a model said, and may be another one the next time"
            yield report(title, call, place, fault, remedy, way(marks.path(key, AI_DECIDED)))


def report(title: str, call: Call, place: Span, fault: str, remedy: str, came: tuple[Label, ...] = ()) -> Diagnostic:
    """The finding about the key of one call; fault and remedy: ends of the message and the help. came: its way."""
    return CHECK.found(
        f"the idempotency key of {title} {fault}",
        place,
        *came,
        Label(call.span, f"{work(call)} would be done again"),
        why="A key works because the same work always has the same one.",
        help=remedy,
    )


CHECK = Check("WF403", "unstable-key", ERROR, __name__, find, preset="draft")
