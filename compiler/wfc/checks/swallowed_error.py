"""swallowed-error: a failure is caught and nobody hears of it

## What it finds
A `try` whose `recover` is empty.

## Why
The run is green whatever happens inside, and nobody looks at a green run. ansible-lint has the same as `ignore-errors`,
pylint as an empty `except`.

## Bad
```wf
flow report {
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  try {
    task push = http.put(url: "https://stats.example.com/daily", json: {})
  } recover { }
}
```

## Good
```wf
flow report {
  secret slack_url
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  try {
    task push = http.put(url: "https://stats.example.com/daily", json: {})
  } recover {
    task tell = slack.post(url: slack_url, text: "No statistics today: {failure.message}")
  }
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.diagnostic import WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each empty `recover`."""
    for stmt in walk.all_statements(flow):
        if isinstance(stmt, ir.Try) and not stmt.recover and any(True for _ in walk.statements(stmt.body)):
            yield CHECK.found(
                "whatever fails in this `try` fails in silence",
                stmt.span,
                why="The run stays green, and nobody looks at a green run.",
                help='tell somebody in `recover { }`, or say why not: `defaults { allow WF505 "…" }`',
            )


CHECK = Check("WF505", "swallowed-error", WARNING, __name__, find, whole=True)
