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
  task refund = stripe.refund(key: stripe_key, payment: "pi_1", amount: wish.cents) idempotent by "refund-{run.id}"
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
  task refund = stripe.refund(key: stripe_key, payment: "pi_1", amount: wish.cents) idempotent by "refund-{run.id}"
  on failure { task tell = shell("./tell.sh") }
}
```
"""

from __future__ import annotations

from wfc import ir, types, walk
from wfc.check import Check
from wfc.checks.common import conditions, leaves, near, way
from wfc.checks.facts import facts
from wfc.checks.irreversible import irreversible
from wfc.diagnostic import ERROR
from wfc.taint import AI, AI_DECIDED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, AnyStmt, Block, Call, Flow
    from wfc.taint import Taints

    Gates = frozenset[str]

MODEL = frozenset((AI, AI_DECIDED))
PERSON = "*"
"""Among the gates: a person has looked at all of it."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each irreversible call that is fed by a model."""
    if any(isinstance(task.call.op, ir.Llm) for task in walk.tasks(flow)):
        yield from of_block(flow.body, frozenset(), facts(flow).marks)


def of_block(block: Block, gates: Gates, marks: Taints) -> Iterator[Diagnostic]:
    """gates: the tasks whose results were checked on the way here."""
    for stmt in block:
        asked = any(marks.asks_person(test) for test in tests(stmt))
        if isinstance(stmt, ir.Approve) and stmt.fallback is None:
            gates |= {PERSON}
        elif isinstance(stmt, ir.Require):
            gates |= {ref.name for ref in walk.references(stmt.condition) if ref.kind == "task"}
            gates |= {PERSON} if asked else frozenset()
        elif isinstance(stmt, ir.Task):
            yield from judge(stmt, gates | {PERSON} if asked else gates, marks)
        else:
            for body in walk.blocks(stmt):
                yield from of_block(body, gates | {PERSON} if asked else gates, marks)


def tests(stmt: AnyStmt) -> Iterator[AnyExpr]:
    """The conditions of a statement, and the subject of a `match`."""
    yield from (test for _, test in conditions(stmt))
    if isinstance(stmt, ir.Match):
        yield stmt.subject


def judge(task: ir.Task, gates: Gates, marks: Taints) -> Iterator[Diagnostic]:
    """At most one finding about a task."""
    call = task.call
    what = "" if PERSON in gates else irreversible(call)
    if not what:
        return
    for value in fed(call, marks):
        read = [ref.name for ref in walk.references(value) if ref.kind == "task"]
        if gates & set(read):
            continue
        yield CHECK.found(
            f"what a model said goes into `{task.label}`, which can't be undone",
            near(value.span, call.span),
            *way(marks.path(value, AI_DECIDED)),
            why=f"{what} has an effect that stays, and a model may be wrong, or be told what to say.",
            help="put an `approve` in front of it, or `require` what the value may be",
        )
        return


def fed(call: Call, marks: Taints) -> Iterator[AnyExpr]:
    """The arguments of a call that a model made, those of an enum left out."""
    for expr in walk.op_expressions(call.op):
        if not isinstance(types.required(expr.type), types.EnumType) and any(
            marks.of(part) & MODEL and not isinstance(types.required(part.type), types.EnumType)
            for part in leaves(expr)
        ):
            yield expr


CHECK = Check("WF703", "ai-to-sink", ERROR, __name__, find)
