"""key-outlived: the service forgets the idempotency key before the last attempt

## What it finds
A call of `stripe.*` with a key whose attempts and pauses together may take longer than the 24 hours for which Stripe
keeps a key.

## Why
An attempt after that is a new request, and the money is moved twice. The IETF draft
(draft-ietf-httpapi-idempotency-key-header, section 2.3) leaves the expiry to the service; Stripe's reference
("Idempotent requests") says that keys may be removed after 24 hours.

## Bad
```wf
flow charge {
  input invoice: string
  secret stripe_key
  task pay = stripe.refund(key: stripe_key, payment: "pi_1")
    idempotent by "refund-{invoice}"
    timeout 1m
    retry fixed(attempts: 4, every: 12h)
}
```

## Good
```wf
flow charge {
  input invoice: string
  secret stripe_key
  task pay = stripe.refund(key: stripe_key, payment: "pi_1")
    idempotent by "refund-{invoice}"
    timeout 1m
    retry exponential(attempts: 6, first: 1m, max: 1h)
}
```
"""

from __future__ import annotations

from wfc.check import ProjectCheck
from wfc.checks.common import named_calls, placed_tasks, work
from wfc.checks.worst_case import Runs, of_call
from wfc.diagnostic import ERROR, Label
from wfc.text import duration_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Project

KEPT = {"stripe.": 86_400_000}
"""Prefix of the actions of a service → milliseconds for which it keeps a key."""


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """The findings about each flow; flows that it runs count with their own worst case."""
    runs = Runs(project)
    for flow in project.flows:
        for found in of_flow(flow, runs):
            yield flow.name, found


def of_flow(flow: Flow, runs: Runs) -> Iterator[Diagnostic]:
    """One finding for each call that outlives its key."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            kept = next((time for prefix, time in KEPT.items() if call.action.startswith(prefix)), None)
            if kept is None or call.idempotent is None or call.retry is None or of_call(call, runs) <= kept:
                continue
            longest = duration_text(of_call(call, runs))
            yield CHECK.found(
                f"the attempts of {title} may take {longest}, its key is kept {duration_text(kept)}",
                call.retry.span,
                Label(call.idempotent.span, "the key that is forgotten"),
                why=f"After that {work(call)} is a new request to the service, and is done again.",
                help="make the pauses shorter, or the attempts fewer",
            )


CHECK = ProjectCheck("WF314", "key-outlived", ERROR, __name__, find)
