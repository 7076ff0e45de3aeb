"""untrusted-trigger: what anybody can send goes into an effect that can't be undone

## What it finds
A text of a public event that goes, unchecked, into an irreversible call (WF705 says what counts as one). Public are a
`webhook` or `alert` without `secret:`, pull requests, issues and their comments on GitHub, merge requests on GitLab.
Checked is what a `require`, a comparison with constants or the trigger's `where` has read, what an `approve` stands in
front of, what was looked up in a database or asked of a server, and values of types without room for a text: numbers,
dates, enums.

## Why
Whoever sends the event chooses what is deleted or paid (OWASP API Security Top 10 2023, API6 "Unrestricted Access to
Sensitive Business Flows"; zizmor's `dangerous-triggers` warns of the same on GitHub).

## Bad
```wf
flow cancellations {
  on webhook(path: "cancel") as event
  secret stripe_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task refund = stripe.refund(key: stripe_key, payment: event.headers["x-payment"] ?? "")
    idempotent by "refund-{json(event.body.id)}"
  on failure { task tell = shell("./tell.sh") }
}
```

## Good
```wf
flow cancellations {
  on webhook(path: "cancel", secret: "hook_key") as event
  secret stripe_key, hook_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task refund = stripe.refund(key: stripe_key, payment: event.headers["x-payment"] ?? "")
    idempotent by "refund-{json(event.body.id)}"
  on failure { task tell = shell("./tell.sh") }
}
```
```wf
flow cancellations {
  on webhook(path: "cancel") as event
  secret stripe_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  approve refund_it = "Refund {event.headers["x-payment"] ?? "-"}?" timeout 1d
  task refund = stripe.refund(key: stripe_key, payment: event.headers["x-payment"] ?? "")
    idempotent by "refund-{json(event.body.id)}"
  on failure { task tell = shell("./tell.sh") }
}
```
"""

from __future__ import annotations

from wfc import walk
from wfc.check import Check
from wfc.checks.common import leaves, near, way
from wfc.checks.facts import facts
from wfc.checks.gates import NONE, PERSON, guarded, implied, is_checked
from wfc.checks.irreversible import irreversible
from wfc.diagnostic import ERROR
from wfc.taint import SENT, UNTRUSTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.gates import Gates
    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Task, Trigger
    from wfc.taint import Taints

PUBLIC = ("github.pull_request", "github.issues", "github.issue_comment", "gitlab.merge_request")
"""Events that everybody with an account can cause in a public project."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such call."""
    if not any(map(is_public, flow.triggers)):
        return
    trusted = frozenset(f"event.{trigger.alias}" for trigger in flow.triggers if not is_public(trigger))
    marks = facts(flow).marks
    filtered = NONE.union(*(implied(trigger.where, marks) for trigger in flow.triggers if trigger.where is not None))
    for task, gates in guarded(flow.body, marks, trusted | filtered):
        yield from judge(task, gates, marks)


def is_public(trigger: Trigger) -> bool:
    """Can anybody start the flow by it?"""
    hook = trigger.kind in ("webhook", "alert") and not dict(trigger.args).get("secret")
    return hook or trigger.kind in PUBLIC


def judge(task: Task, gates: Gates, marks: Taints) -> Iterator[Diagnostic]:
    """At most one finding about a task."""
    call = task.call
    what = "" if PERSON in gates else irreversible(call)
    for value in walk.op_expressions(call.op) if what else ():
        for leaf in leaves(value):
            if UNTRUSTED not in marks.of(leaf) or is_checked(leaf, gates):
                continue
            came = marks.path(leaf, SENT)
            if came:
                yield CHECK.found(
                    f"whoever sends the event chooses what `{task.label}` does, which can't be undone",
                    near(value.span, call.span),
                    *way(came),
                    why=f"{what} has an effect that stays, and nothing has checked the value.",
                    help="`require` what it may be, look it up, put an `approve` in front of it, or let only known "
                    "senders start the flow (`secret:` of the trigger)",
                )
                return


CHECK = Check("WF608", "untrusted-trigger", ERROR, __name__, find)
