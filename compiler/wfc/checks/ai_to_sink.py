"""ai-to-sink: what a model said goes into an effect that can't be undone

## What it finds
An argument of an irreversible call (a refund, a deletion; WF705 says what counts as one) that a model made, with no
`approve` in front of it, and no `require` that reads what the model said. A value of an enum is left out: the model
chose among what the author wrote down (what it may choose is WF705's matter). An `approve` with a `fallback` counts
where its answer is asked for.

## Why
A model reads a number wrong now and then, and whoever writes the text that it reads can tell it which number to give
(OWASP Top 10 for LLM applications 2025, LLM05 "Improper Output Handling").

## Bad
```wf
flow refunds {
  on webhook(path: "tickets") as event
  secret stripe_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task wish = llm.extract(prompt: "How much does the customer want back?", data: event.body) -> { cents: int }
  task refund = stripe.refund(key: stripe_key, payment: "pi_1", amount: wish.cents)
    idempotent by "refund-{json(event.body.id)}"
  on failure { task tell = shell("./tell.sh") }
}
```

## Good
```wf
flow refunds {
  on webhook(path: "tickets") as event
  secret stripe_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task wish = llm.extract(prompt: "How much does the customer want back?", data: event.body) -> { cents: int }
  require wish.cents <= 2000 else "that much needs a person"
  task refund = stripe.refund(key: stripe_key, payment: "pi_1", amount: wish.cents)
    idempotent by "refund-{json(event.body.id)}"
  on failure { task tell = shell("./tell.sh") }
}
```
"""

from __future__ import annotations

from wfc import ir, types, walk
from wfc.check import Check
from wfc.checks.common import leaves, near, way
from wfc.checks.facts import facts
from wfc.checks.gates import PERSON, guarded, is_checked
from wfc.checks.irreversible import irreversible
from wfc.diagnostic import ERROR
from wfc.taint import AI, AI_DECIDED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.gates import Gates
    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Call, Flow
    from wfc.taint import Taints

MODEL = frozenset((AI, AI_DECIDED))


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each irreversible call that is fed by a model."""
    known = facts(flow)
    if not any(isinstance(task.call.op, ir.Llm) for task, _ in known.tasks):
        return
    # what was checked on the way is found for all tasks at once, and dear where nothing needs it
    lasting = {task.path: what for task, _ in known.tasks if (what := irreversible(task.call))}
    for task, gates in guarded(flow.body, known.marks) if lasting else ():
        if task.path in lasting and PERSON not in gates:
            yield from judge(task, lasting[task.path], gates, known.marks)


def judge(task: ir.Task, what: str, gates: Gates, marks: Taints) -> Iterator[Diagnostic]:
    """At most one finding about a task; what: its effect that can't be undone."""
    call = task.call
    value = next((value for value, made in fed(call, marks) if not all(is_checked(one, gates) for one in made)), None)
    if value is not None:
        yield CHECK.found(
            f"what a model said goes into `{task.label}`, which can't be undone",
            near(value.span, call.span),
            *way(marks.path(value, AI_DECIDED)),
            why=f"{what} has an effect that stays, and a model may be wrong, or be told what to say.",
            help="put an `approve` in front of it, or `require` what the value may be",
        )


def fed(call: Call, marks: Taints) -> Iterator[tuple[AnyExpr, list[AnyExpr]]]:
    """The arguments of a call that a model made, with the parts of them that it made; those of an enum left out."""
    for expr in walk.op_expressions(call.op):
        made = [part for part in leaves(expr) if marks.of(part) & MODEL and not is_enum(part)]
        if made and not is_enum(expr):
            yield expr, made


def is_enum(expr: AnyExpr) -> bool:
    """Is a value one of the author's words?"""
    return isinstance(types.required(expr.type), types.EnumType)


CHECK = Check("WF703", "ai-to-sink", ERROR, __name__, find)
