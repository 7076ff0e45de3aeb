"""retry-no-backoff: all attempts are over within a second

## What it finds
A retried request, statement, question to a model or `kubectl` action whose pauses together are shorter than a second.

## Why
What makes a request fail for a moment (a restart, a full queue, a rate limit) lasts longer than that, so the retries
only add load. AWS ("Timeouts, retries and backoff with jitter") and the Wasabi study of retry bugs (Stoica et al., SOSP
2024, "missing delay") want pauses that grow.

## Bad
```wf
flow rates {
  task today = http.get(url: "https://api.example.com/rates") timeout 30s retry fixed(attempts: 3, every: 100ms)
  output all: json = today.body
}
```

## Good
```wf
flow rates {
  task today = http.get(url: "https://api.example.com/rates")
    timeout 30s
    retry exponential(attempts: 3, first: 1s, max: 30s)
  output all: json = today.body
}
```
"""

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import is_remote, named_calls, placed_tasks
from wfc.diagnostic import WARNING, Label
from wfc.source import Span
from wfc.text import duration_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow

SECOND = 1_000


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such retry, however many tasks inherit it."""
    seen: set[Span] = set()
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            # more attempts than that take their time, whatever the pauses are
            if call.retry is None or not 1 < call.retry.attempts <= 100 or not call.retry.first or not is_remote(call):
                continue
            total = sum(call.retry.pauses())
            if total >= SECOND or call.retry.span in seen:
                continue
            seen.add(call.retry.span)
            yield CHECK.found(
                f"the {call.retry.attempts} attempts of {title} have pauses of {duration_text(total)} in all",
                call.retry.span,
                Label(call.span, "this depends on a server"),
                why="A server that restarts or asks for fewer requests needs longer than that.",
                help="let the pauses grow: `retry exponential(attempts: 4, first: 2s, max: 1m)`",
            )


CHECK = Check("WF304", "retry-no-backoff", WARNING, __name__, find)
