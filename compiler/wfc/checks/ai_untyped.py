"""ai-untyped: a branch reads a model's free text

## What it finds
A condition (`if`, `match`, `when`, `require`, `until`) that compares a text which a model wrote freely
(`llm.generate`, `llm.summarize`, a string field of `llm.extract`) with words of the author's, or looks for them in it.
Its length, and whether it is empty, may be asked.

## Why
A model may say "Yes.", "yes, but" or the same in another language: no test of a free text covers what it says next
week. `llm.classify` with an enum, or a field of a closed type, is checked before the flow goes on, and a misfit is a
failed attempt.

## Bad
```wf
flow triage {
  input ticket: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task answer = llm.generate(prompt: "Is this urgent? Answer yes or no.", data: ticket)
  if contains(lower(answer), "yes") {
    task page = shell("./page.sh")
  }
}
```

## Good
```wf
flow triage {
  input ticket: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task urgent = llm.classify(prompt: "Is this urgent?", data: ticket) -> "yes" | "no"
  if urgent == "yes" {
    task page = shell("./page.sh")
  }
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import conditions, leaves
from wfc.checks.facts import facts
from wfc.diagnostic import ERROR
from wfc.taint import AI

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, AnyStmt, Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each condition that reads what a model wrote freely."""
    if not any(isinstance(task.call.op, ir.Llm) for task in walk.tasks(flow)):
        return
    marks = facts(flow).marks
    for stmt in walk.all_statements(flow):
        for what, expr in tests(stmt):
            whole = isinstance(stmt, ir.Match)
            if any(AI in marks.of(leaf) for text in ([expr] if whole else worded(expr)) for leaf in leaves(text)):
                yield CHECK.found(
                    f"{what} depends on how a model words its answer",
                    expr.span,
                    why="It may say the same in other words tomorrow, and the flow then takes another way.",
                    help='ask for a closed type: `llm.classify(…) -> "yes" | "no"`, or a bool field of `llm.extract`',
                )


def tests(stmt: AnyStmt) -> Iterator[tuple[str, AnyExpr]]:
    """The conditions of a statement, and the subject of a `match`."""
    yield from conditions(stmt)
    if isinstance(stmt, ir.Match):
        yield "this `match`", stmt.subject


def worded(expr: AnyExpr) -> Iterator[AnyExpr]:
    """The values in a condition that are compared with words, or searched for them."""
    for part in walk.subexpressions(expr):
        match part:
            case ir.Binary(op="==" | "!=" | "in" | "not in", left=left, right=right):
                yield from (one for one, other in ((left, right), (right, left)) if has_words(other))
            case ir.Apply(function="contains" | "starts_with" | "ends_with", args=(text, wanted)) if has_words(wanted):
                yield text
            case _:
                continue


def has_words(expr: AnyExpr) -> bool:
    """Is it a text of the author's that is not empty, or a list of such?"""
    if isinstance(expr, ir.ListExpr):
        return any(map(has_words, expr.items))
    return isinstance(expr, ir.Literal) and isinstance(expr.value, str) and bool(expr.value)


CHECK = Check("WF702", "ai-untyped", ERROR, __name__, find)
