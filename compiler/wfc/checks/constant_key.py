"""constant-key: every run has the same idempotency key, so only the first does anything

## What it finds
A key in which nothing changes from run to run: a constant, a `config`, or the item of a loop over constants.

## Why
A server that has seen the key answers with what it answered then, and does nothing (IETF
draft-ietf-httpapi-idempotency-key-header, section 2.6). The second run looks green and has no effect. Where an event
starts the flow, `{run.id}` would be no remedy: a webhook that is delivered again is another run, with another id.

## Bad
```wf
flow charge {
  task pay = http.post(url: "https://pay.example.com/charges", json: { amount: 5 })
    timeout 30s
    retry exponential(attempts: 3, first: 2s, max: 30s)
    idempotent by "monthly-charge"
}
```

## Good
```wf
flow charge {
  task pay = http.post(url: "https://pay.example.com/charges", json: { amount: 5 })
    timeout 30s
    retry exponential(attempts: 3, first: 2s, max: 30s)
    idempotent by "monthly-charge-{run.date}"
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import keys, near, work
from wfc.diagnostic import ERROR, Edit, Fix, Label
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Flow


ONCE = ("schedule", "manual")
"""Kinds of triggers of which nothing is delivered again."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each key that is the same in every run."""
    event = event_of(flow)
    comes_twice = any(one.kind not in ONCE for one in flow.triggers)
    for title, call, clause, key, place in keys(flow):
        loops = {loop.label: loop.items for loop in place.loops()}
        if varies(key, loops):
            continue
        yield CHECK.found(
            f"the idempotency key of {title} is the same in every run",
            near(key.span, clause.span),
            Label(call.span, f"only the first run would do {work(call)}"),
            why="The server takes the second run for a repetition of the first and leaves it out.",
            help=f"put in what the event is about (`{{{event}.…}}`): one that is delivered again is a run of its own"
            if event
            else "put in what the work is about, or `{run.id}` or `{run.date}`",
            fixes=() if comes_twice else fixes(key, clause.span),
        )


def event_of(flow: Flow) -> str:
    """The name of the event that starts a flow, and may come twice; "" when only times and people start it."""
    return next((one.alias for one in flow.triggers if one.alias and one.kind not in ONCE), "")


def varies(key: AnyExpr, loops: dict[str, AnyExpr], *constant: str) -> bool:
    """Can the key differ between two runs? constant: kinds of references that are taken for the same in both."""
    for ref in walk.references(key):
        if ref.kind == "item" and ref.name in loops:
            if varies(loops[ref.name], loops, *constant):
                return True
        elif ref.kind not in ("config", "secret", "index", "item", "var", *constant):
            return True
    return False


def fixes(key: AnyExpr, clause: Span) -> tuple[Fix, ...]:
    """`-{run.id}` before the closing quote of a constant text."""
    if not isinstance(key, ir.Literal) or near(key.span, clause) != key.span or key.span.end <= key.span.start + 1:
        return ()
    end = Span(key.span.end - 1, key.span.end - 1, key.span.source)
    return (Fix("add the id of the run", (Edit(end, "-{run.id}"),), safe=False),)


CHECK = Check("WF404", "constant-key", ERROR, __name__, find, preset="draft")
