"""key-outlived: the service forgets the idempotency key before the last attempt

## What it finds
A call of `stripe.*` with a key whose attempts and pauses together may take longer than the 24 hours for which Stripe
keeps a key; or that a retried `flow.run` may repeat so late, all waits of the flow counted, approvals too. The message
prints the sum.

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

from wfc import ir, walk
from wfc.check import ProjectCheck
from wfc.checks.common import named_calls, placed_tasks, work
from wfc.checks.worst_case import MOST, Runs, of_attempt, of_call
from wfc.diagnostic import ERROR, Label
from wfc.text import duration_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Call, Idempotent, Project, Retry

KEPT = {"stripe.": 86_400_000}
"""Prefix of the actions of a service → milliseconds for which it keeps a key."""


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """One finding for each call that outlives its key."""
    runs = Runs(project)
    repeated = repeats(project, runs)
    for flow in project.flows:
        for task, _ in placed_tasks(flow):
            for title, call in named_calls(task):
                kept = next((time for prefix, time in KEPT.items() if call.action.startswith(prefix)), None)
                if kept is None or call.idempotent is None:
                    continue
                key = call.idempotent.key
                outer = repeated.get(flow.name) if key is not None and not is_of_run(key) else None
                longest = max((one for one in (call, outer) if one), key=lambda one: of_call(one, runs))
                if longest.retry is not None and longest.retry.attempts > 1 and of_call(longest, runs) > kept:
                    yield flow.name, report(title, call, call.idempotent, longest, longest.retry, kept, runs)


def repeats(project: Project, runs: Runs) -> dict[str, Call]:
    """Name of a flow → the `flow.run` with a retry that takes longest over its attempts: each runs all of it again."""
    found: dict[str, Call] = {}
    for flow in project.flows:
        for task in walk.tasks(flow):
            call = task.call
            if isinstance(call.op, ir.RunFlow) and call.retry is not None and call.retry.attempts > 1:
                known = found.get(call.op.flow)
                if known is None or of_call(call, runs) > of_call(known, runs):
                    found[call.op.flow] = call
    return found


def is_of_run(key: AnyExpr) -> bool:
    """Is a key made of what another run of the flow has anew (`run.id`)? Then that sends another key anyway."""
    return any(ref.kind == "run" for ref in walk.references(key))


def report(
    title: str, call: Call, clause: Idempotent, longest: Call, retry: Retry, kept: int, runs: Runs
) -> Diagnostic:
    """The finding about a call. longest: the call whose retry takes so long, itself or one that runs its flow."""
    pauses = sum(retry.pauses()[:MOST])
    added = f" + {duration_text(pauses)} of pauses" if pauses else ""
    numbers = f"{retry.attempts} × {duration_text(of_attempt(longest, runs))}{added}"
    return CHECK.found(
        f"the attempts of {title} may take {duration_text(of_call(longest, runs))} ({numbers}), its key is kept "
        f"{duration_text(kept)}",
        call.span if longest is not call else retry.span,
        *([Label(retry.span, "this runs the whole flow again")] if longest is not call else []),
        Label(clause.span, "the key that is forgotten"),
        why=f"After that {work(call)} is a new request to the service, and is done again.",
        help="make the pauses shorter, or the attempts fewer",
    )


CHECK = ProjectCheck("WF314", "key-outlived", ERROR, __name__, find)
