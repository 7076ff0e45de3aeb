"""ai-unbounded: nobody knows how often a model is asked

## What it finds
A model that is asked once for each item of a list whose length others choose: of an event, of a server's answer without
a limit in its request (`limit`, `per_page`, `page_size` …), of the rows of a query without LIMIT, in a flow without a
`budget`. A slice `[:50]` is a limit as well, and so is a `require` or `if` with `len(…) <= 50`.

## Why
Each question costs money and time. A full mailbox, or somebody who fills it, makes a thousand of them (OWASP Top 10 for
LLM applications 2025, LLM10 "Unbounded Consumption"). How long one question may take is WF302's matter; `llm.*` has no
rounds of tools that could be endless.

## Bad
```wf
flow inbox {
  on webhook(path: "mails", secret: "hook_key") as event
  secret hook_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task mails = python("return mails", args: { mails: event.body }) -> list<{ text: string }>
  for mail in mails {
    task kind = llm.classify(prompt: "What is it about?", data: mail.text) -> "bug" | "bill"
  }
  output kinds: list<string> = [one for one in kind]
}
```

## Good
```wf
flow inbox {
  on webhook(path: "mails", secret: "hook_key") as event
  secret hook_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task mails = python("return mails", args: { mails: event.body }) -> list<{ text: string }>
  require len(mails) <= 100 else "{len(mails)} mails are more than a model shall read at once"
  for mail in mails {
    task kind = llm.classify(prompt: "What is it about?", data: mail.text) -> "bug" | "bill"
  }
  output kinds: list<string> = [one for one in kind]
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import conditions, placed, way
from wfc.checks.facts import facts
from wfc.diagnostic import WARNING, Label
from wfc.patterns import IGNORECASE, ready
from wfc.taint import SENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Call, Flow
    from wfc.taint import Step, Taints

LIMIT = ready(r"^(?:\$?top|.*limit|.*per_?page|.*page_?size|.*max_?results|first|count|take|rows|n|ids?)$", IGNORECASE)
"""Names of parameters by which servers are told how much to give, or what to give it for."""
SQL_LIMIT = ready(r"\blimit\s+[\d:(]|\btop\s*\(?\s*\d|\bfetch\s+(?:first|next)\b", IGNORECASE)


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such loop, the outermost of those around a question."""
    if flow.budget is not None:
        return
    known = frozenset(lengths(flow))
    told: set[str] = set()
    for place in placed(flow):
        task = place.stmt
        if not isinstance(task, ir.Task) or not any(isinstance(call.op, ir.Llm) for call in walk.calls(task)):
            continue
        for loop in place.loops():
            came = longest(loop.items, facts(flow).marks) if loop.label not in told else ()
            if came and not known.intersection(names(loop.items)):
                told.add(loop.label)
                yield CHECK.found(
                    f"`{task.label}` asks a model for each item of a list that may have any length",
                    loop.items.span if loop.items.span.source == loop.span.source else loop.span,
                    *way(came),
                    Label(task.call.span, "once for each item"),
                    why="Each question costs money and time, and others choose how many there are.",
                    help="take a part (`[:50]`), `require len(…) <= 50`, or give the flow a `budget`",
                )
                break


def names(expr: AnyExpr) -> frozenset[tuple[str, str]]:
    """Kind and name of all that a value reads."""
    return frozenset((ref.kind, ref.name) for ref in walk.references(expr))


def lengths(flow: Flow) -> Iterator[tuple[str, str]]:
    """What a `require` or an `if` of the flow bounds the length of: `len(x) <= 50`."""
    for place in placed(flow):
        if isinstance(place.stmt, ir.Require | ir.If):
            for _, test in conditions(place.stmt):
                for part in walk.subexpressions(test):
                    if isinstance(part, ir.Binary):
                        yield from bounded(part)


def bounded(test: ir.Binary) -> Iterator[tuple[str, str]]:
    """What a comparison bounds the length of."""
    smaller = [test.left] if test.op in ("<", "<=") else [test.right] if test.op in (">", ">=") else []
    for side in [test.left, test.right] if test.op == "==" else smaller:
        if isinstance(side, ir.Apply) and side.function == "len":
            yield from names(side)


def longest(items: AnyExpr, marks: Taints) -> tuple[Step, ...]:
    """The way of a list whose length others choose; () for one that has a limit, or of which nobody knows."""
    if not isinstance(items, ir.Ref | ir.Field):
        return ()
    root: AnyExpr = items
    while isinstance(root, ir.Field):
        root = root.of
    sent = marks.path(items, SENT)
    task = marks.by_path.get(root.name) if isinstance(root, ir.Ref) and root.kind == "task" else None
    if sent or task is None:
        return sent
    return ((task.name_span, f"`{task.label}` gives any number of them"),) if is_open(task.call) else ()


def is_open(call: Call) -> bool:
    """Does a server or a database give as many items as it likes?"""
    match call.op:
        case ir.Sql(sql=sql):
            return not SQL_LIMIT.search(sql)
        case ir.Http(url=url, query=query) if call.action.startswith("http."):
            shown = "".join(str(part.value) for part in walk.subexpressions(url) if isinstance(part, ir.Literal))
            given = [name for name, _ in query] + [
                part.partition("=")[0] for part in shown.partition("?")[2].split("&")
            ]
            return not any(LIMIT.match(name) for name in given)
        case _:
            return False


CHECK = Check("WF701", "ai-unbounded", WARNING, __name__, find)
