"""missing-retry: a call over the network that could safely be repeated gets one try only

## What it finds
A request, an SQL statement, a question to a model or a `kubectl` action that is safe to repeat (the catalog says so,
or `idempotent` does) and has no `retry`. All tasks of a flow that lack it make one finding, and one `retry` in
`defaults` is enough for them. `no retry "why"` says that one try is meant; without a reason it does not. Tasks of a
`workspace` are left out: what a failed attempt left in the directory is theirs, so `defaults` do not reach them.

## Why
Networks drop requests and servers answer 429 or 503 for a moment; a second try a little later is the remedy that RFC
9110 (section 9.2.2) allows for idempotent requests, and the AWS Builders' Library ("Timeouts, retries and backoff
with jitter") advises with growing pauses. Of 500 network tasks in Kestra's own blueprints 42 had a retry.

## Bad
```wf
flow rates {
  task today = http.get(url: "https://api.example.com/rates") timeout 30s
  output all: json = today.body
}
```

## Good
```wf
flow rates {
  defaults { retry exponential(attempts: 4, first: 2s, max: 1m) timeout 30s }
  task today = http.get(url: "https://api.example.com/rates")
  output all: json = today.body
}
```
```wf
flow rates {
  task today = http.get(url: "https://api.example.com/rates")
    timeout 30s
    no retry "the caller tries again by itself"
  output all: json = today.body
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import is_remote, is_repeatable, keeps_no_key, named_calls, placed_tasks, work
from wfc.checks.lacking import Lacking, clause_fix, groups, labels, titles
from wfc.checks.sql_texts import verdict_of
from wfc.diagnostic import WARNING
from wfc.embedded.verdict import READ, SAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Call, Flow, Task

CLAUSE = "retry exponential(attempts: 4, first: 2s, max: 1m)"


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for all tasks that lack it, or one each for those that `allow` it or do not say why."""
    lacking = []
    for task, place in placed_tasks(flow):
        if place.within(ir.Workspace) or task.call.no_retry or keeps_no_key(task.call):
            continue
        found = single_try(task)
        if found is not None and found.call.no_retry is not None:
            message = f"{found.title} is not retried, and the flow does not say why"
            yield CHECK.found(message, found.call.span, help='write the reason: `no retry "…"`, or a `retry`')
        elif found is not None:
            lacking.append(found)
    for group in groups(lacking, "WF301"):
        yield report(group)


def single_try(task: Task) -> Lacking | None:
    """The call of a task, else its fallback or undo (which inherit its retry), that is not retried and could be."""
    for title, call in named_calls(task):
        if is_remote(call) and is_repeatable(call) and call.retry is None and not call.no_retry and not writes(call):
            return Lacking(task, title, call)
    return None


def writes(call: Call) -> bool:
    """Is it a `sql.query` whose text does more than read (`INSERT … RETURNING`), whatever the catalog says?"""
    found = verdict_of(call) if isinstance(call.op, ir.Sql) and call.idempotent is None else None
    return found is not None and found.kind not in (READ, SAFE)


def report(group: list[Lacking]) -> Diagnostic:
    """One finding for the calls that lack the same thing."""
    first = group[0]
    gives, what = ("gives", work(first.call)) if len(group) == 1 else ("give", "what they do")
    return CHECK.found(
        f"{titles(group)} {gives} up at the first failure, though {what} may safely be repeated",
        first.call.span,
        *labels(group, "nor is this retried"),
        why="Networks and servers fail for a moment; a second try costs nothing here.",
        help=f'add `{CLAUSE}` to the task or, once for the flow, to `defaults {{ }}`; or say `no retry "why"`',
        fixes=clause_fix(group, CLAUSE),
    )


CHECK = Check("WF301", "missing-retry", WARNING, __name__, find)
