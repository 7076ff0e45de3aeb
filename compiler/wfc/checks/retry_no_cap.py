"""retry-no-cap: the retry goes on for longer than anybody would wait

## What it finds
`retry exponential` without `max` whose last pause is longer than five minutes, and any retry of more than 20 attempts.
The message does the arithmetic.

## Why
Exponential pauses double: from 2s, the one before the tenth attempt is 8m32s, before the fifteenth 4h33m. AWS
("Exponential backoff and jitter") caps the pause for that reason, and Google's SRE book (chapter 21) gives a request
three attempts; whoever wants to wait for something polls with `until … within`.

## Bad
```wf
flow rates {
  task today = http.get(url: "https://api.example.com/rates") retry exponential(attempts: 12, first: 2s) timeout 30s
  output all: json = today.body
}
```
```wf
flow rates {
  task today = http.get(url: "https://api.example.com/rates") retry fixed(attempts: 500, every: 10s) timeout 30s
  output all: json = today.body
}
```

## Good
```wf
flow rates {
  task today = http.get(url: "https://api.example.com/rates")
    retry exponential(attempts: 12, first: 2s, max: 2m)
    timeout 30s
  output all: json = today.body
}
```
```wf
flow rates {
  task today = http.get(url: "https://api.example.com/rates") retry exponential(attempts: 4, first: 2s) timeout 30s
  output all: json = today.body
}
```
"""

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.diagnostic import ERROR, Edit, Fix
from wfc.source import Span
from wfc.text import duration_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Retry

MOST_ATTEMPTS = 20
LONGEST_PAUSE = 5 * 60_000
"""Milliseconds, beyond which an exponential pause without `max` is a finding."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each policy, however many tasks inherit it."""
    seen: set[Span] = set()
    for task, _ in placed_tasks(flow):
        for _, call in named_calls(task):
            if call.retry is not None and call.retry.span not in seen:
                seen.add(call.retry.span)
                yield from judge(call.retry, call.span.source)


def judge(retry: Retry, source: str) -> Iterator[Diagnostic]:
    """One that stands in the settings (wfc.toml) has its words there, but not its place: no fix for it."""
    if retry.attempts > MOST_ATTEMPTS:
        yield CHECK.found(
            f"{retry.attempts} attempts are more than {MOST_ATTEMPTS}",
            retry.span,
            why="What has failed twenty times is not a passing fault, and each attempt is load on what is down.",
            help="retry a few times; to wait for something write `until … every … within …`",
        )
        return
    pauses = retry.pauses()
    if retry.kind == "exponential" and retry.maximum is None and pauses and pauses[-1] > LONGEST_PAUSE:
        end = Span(retry.span.end - 1, retry.span.end - 1, retry.span.source)
        yield CHECK.found(
            f"the pauses of this retry double without a limit: {duration_text(pauses[-1])} before attempt "
            f"{retry.attempts}, {duration_text(sum(pauses))} in all",
            retry.span,
            why="Somebody waits for the run long after the fault has passed.",
            help="add `max: 5m`",
            fixes=(Fix("add `max: 5m`", (Edit(end, ", max: 5m"),), safe=False),) if end.source == source else (),
        )


CHECK = Check("WF305", "retry-no-cap", ERROR, __name__, find)
