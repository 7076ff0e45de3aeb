"""swallowed-error: a failure is caught and nobody hears of it

## What it finds
A `try` whose `recover` is empty, or holds nothing but scripts and Python that do nothing (`true`, `:`, `exit 0`,
`pass`, `return None`).

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
```wf
flow report {
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  try {
    task push = http.put(url: "https://stats.example.com/daily", json: {})
  } recover {
    task go_on = shell("true") no retry "nothing to do"
  }
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
    from wfc.ir import Block, Call, Flow

IDLE = frozenset(("", ":", "true", "/bin/true", "exit", "exit 0"))
IDLE_PYTHON = frozenset(("", "pass", "return", "return None"))


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each empty `recover`."""
    for stmt in walk.all_statements(flow):
        if isinstance(stmt, ir.Try) and is_empty(stmt.recover) and any(True for _ in walk.statements(stmt.body)):
            yield CHECK.found(
                "whatever fails in this `try` fails in silence",
                stmt.span,
                why="The run stays green, and nobody looks at a green run.",
                help='tell somebody in `recover { }`, or say why not: `defaults { allow WF505 "…" }`',
            )


def is_empty(block: Block) -> bool:
    """Does a block do nothing: has it no statement, or only tasks that do nothing?"""
    return all(isinstance(stmt, ir.Task) and stmt.when is None and does_nothing(stmt.call) for stmt in block)


def does_nothing(call: Call) -> bool:
    """Is it a script or a Python body of the author's without a command that does anything?"""
    match call.op:
        case ir.Shell(script=text) if call.action == "shell":
            idle, spared = IDLE, "set -"
        case ir.Python(body=text) if call.action == "python":
            idle, spared = IDLE_PYTHON, "#"
        case _:
            return False
    lines = [line.strip() for line in text.replace(";", "\n").split("\n")]
    return any(lines) and all(line in idle or line.startswith(("#", spared)) for line in lines)


CHECK = Check("WF505", "swallowed-error", WARNING, __name__, find, whole=True)
