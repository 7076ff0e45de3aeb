"""ai-decides-irreversible: a model alone decides about what can't be undone

## What it finds
An arm of an `if` or `match` that a model's answer chooses, with an irreversible effect in it and no `approve` in front
of that, in the arm or around it. `require` of something that no model has made counts as a check too.

Irreversible is what the author calls so (`effect …, irreversible`), what the catalog calls so, HTTP DELETE, a POST
that moves money (Stripe, PayPal, Square, Mollie, GoCardless, Wise), SQL that deletes, truncates or drops, and
statements of scripts such as `kubectl delete`, `terraform destroy`, `aws s3 rm`, `git push --force` to main or `npm
publish`, behind `sudo` and `ssh` too, but not as a dry run, and not of what the script has made itself. Messages by
`slack.*` and `email.*` are left out. Of your own services only you know: say it.

An `approve` with a `fallback` lets the flow go on whatever the person says; it counts where its answer is asked for.

## Why
A model is wrong now and then, and may be talked into it by the text it reads (OWASP Top 10 for LLM applications 2025,
LLM06 "Excessive Agency": have a person approve actions of high impact).

## Bad
```wf
flow refunds {
  on webhook(path: "tickets") as event
  secret stripe_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task kind = llm.classify(prompt: "Does the customer want money back?", data: event.body) -> "yes" | "no"
  if kind == "yes" {
    task refund = stripe.refund(key: stripe_key, payment: "pi_1") idempotent by "refund-{json(event.body.id)}"
  }
  on failure {
    task tell = shell("./tell.sh")
  }
}
```

## Good
```wf
flow refunds {
  on webhook(path: "tickets") as event
  secret stripe_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task kind = llm.classify(prompt: "Does the customer want money back?", data: event.body) -> "yes" | "no"
  if kind == "yes" {
    approve pay = "Refund pi_1?" timeout 1d
    task refund = stripe.refund(key: stripe_key, payment: "pi_1") idempotent by "refund-{json(event.body.id)}"
  }
  on failure {
    task tell = shell("./tell.sh")
  }
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import way
from wfc.checks.facts import facts
from wfc.checks.gates import PERSON, arms, implied
from wfc.checks.irreversible import irreversible
from wfc.diagnostic import ERROR, Label
from wfc.taint import AI, AI_DECIDED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, AnyStmt, Block, Flow, Task
    from wfc.taint import Taints

MODEL = frozenset((AI, AI_DECIDED))


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each irreversible task that a model's choice leads to."""
    if not any(isinstance(task.call.op, ir.Llm) for task in walk.tasks_in(flow.body)):
        return
    taints = facts(flow).marks
    yield from _block(flow.body, None, taints)


def _block(block: Block, chosen: AnyExpr | None, taints: Taints) -> Iterator[Diagnostic]:
    """chosen: the model's choice that leads here, None where there is none or a person stands in between."""
    for stmt in block:
        if (isinstance(stmt, ir.Approve) and stmt.fallback is None) or (
            isinstance(stmt, ir.Require) and not taints.of(stmt.condition) & MODEL
        ):
            chosen = None
        elif isinstance(stmt, ir.Task):
            when = stmt.when if stmt.when is not None and taints.of(stmt.when) & MODEL else None
            if stmt.when is None or PERSON not in implied(stmt.when, taints):
                yield from _judge(stmt, when or chosen, taints)
        else:
            yield from _inside(stmt, chosen, taints)


def _inside(stmt: AnyStmt, chosen: AnyExpr | None, taints: Taints) -> Iterator[Diagnostic]:
    tests: tuple[AnyExpr, ...] = ()
    if isinstance(stmt, ir.If):
        tests = tuple(test for test, _ in stmt.arms)
    elif isinstance(stmt, ir.Match):
        tests = (stmt.subject,)
    by_model = next((test for test in tests if taints.of(test) & MODEL), None)
    for body, gates in arms(stmt, taints):
        yield from _block(body, None if PERSON in gates else by_model or chosen, taints)


def _judge(task: Task, chosen: AnyExpr | None, taints: Taints) -> Iterator[Diagnostic]:
    what = "" if chosen is None else irreversible(task.call)
    if chosen is None or not what:
        return
    yield CHECK.found(
        f"a model alone decides about `{task.label}`, which can't be undone",
        task.call.span,
        *way(taints.path(chosen, AI_DECIDED)),
        Label(chosen.span, "the model's answer chooses here"),
        why=f"{what} has an effect outside that stays, and a model is wrong now and then.",
        help="put an `approve` in front of it, or `require` something that no model has made",
    )


CHECK = Check("WF705", "ai-decides-irreversible", ERROR, __name__, find)
