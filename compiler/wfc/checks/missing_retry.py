"""missing-retry: a call over the network that could safely be repeated gets one try only

## What it finds
A request, an SQL statement, a question to a model or a `kubectl` action that is safe to repeat (the catalog says so,
or `idempotent` does) and has no `retry`. All tasks of a flow that lack it make one finding, and one `retry` in
`defaults` is enough for them. `no retry "why"` says that one try is meant; without a reason it does not. Tasks of a
`workspace` are left out: what a failed attempt left in the directory is theirs, so `defaults` do not reach them. So are
tasks of which something is known not to be what it is said to be (WF402, or a `sql.query` that writes), for a retry
would do it twice.

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
from wfc.checks.scripts_twice import doubled
from wfc.checks.sql_texts import is_answered, verdict_of
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
        if place.within(ir.Workspace) or task.call.no_retry:
            continue
        found = single_try(task)
        if found is None or any(is_refuted(call) for _, call in named_calls(task)):
            continue  # the retry of a task reaches its fallback and undo too
        if found.call.no_retry is not None:
            message = f"{found.title} is not retried, and the flow does not say why"
            yield CHECK.found(message, found.call.span, help='write the reason: `no retry "…"`, or a `retry`')
        else:
            lacking.append(found)
    for group in groups(lacking, "WF301"):
        yield report(group)


def single_try(task: Task) -> Lacking | None:
    """The call of a task, else its fallback or undo (which inherit its retry), that is not retried and could be."""
    for title, call in named_calls(task):
        if is_remote(call) and is_repeatable(call) and call.retry is None and not call.no_retry:
            return Lacking(task, title, call)
    return None


def is_refuted(call: Call) -> bool:
    """Would a retry reach it though it is known not to be safe to repeat?

    A claim that the catalog or the SQL contradicts, or a `sql.query` whose text does more than read (`INSERT …
    RETURNING`). Of SQL that nobody can read the author's word is believed.
    """
    if keeps_no_key(call):
        return True
    found = verdict_of(call) if is_repeatable(call) else None
    if found is None:
        return False
    return bool(doubled(found)) if is_answered(call) else found.kind not in (READ, SAFE)


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
