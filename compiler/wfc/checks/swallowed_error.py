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
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Block, Call, Flow

IDLE = frozenset((":", "true", "/bin/true", "exit", "exit 0"))
SETTING = ready(r"set(?: [-+]?[A-Za-z]+)+")
"""Options of the shell; `set -- …` is none of them, for its words may be commands that are run."""


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
    return all(
        isinstance(stmt, ir.Task)
        and stmt.when is None
        and (stmt.fallback is None or stmt.fallback.call is None)
        and does_nothing(stmt.call)
        for stmt in block
    )


def does_nothing(call: Call) -> bool:
    """Is it a script or a Python body of the author's without a command that does anything?"""
    match call.op:
        case ir.Shell(script=text) if call.action == "shell" and text.strip():
            return is_idle(text)
        case ir.Python(body=text) if call.action == "python" and text.strip():
            return is_idle_python(text)
        case _:
            return False


def is_idle(script: str) -> bool:
    """Has a script nothing but comments, options of the shell and commands of IDLE?"""
    from wfc.embedded.shell import tree
    from wfc.embedded.shell_words import source

    # broken parts of the tree are no commands
    return all(
        one.type in ("comment", ";")
        or (one.type == "command" and (source(one) in IDLE or SETTING.fullmatch(source(one)) is not None))
        for one in tree(script.encode("utf-8", "replace")).children
    )


def is_idle_python(body: str) -> bool:
    """Has a body nothing but comments, constants, `pass` and a `return` of nothing?"""
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an escape such as "\\d", which is no fault
            statements = ast.parse(body).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(
        isinstance(one, ast.Pass)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        or (isinstance(one, ast.Return) and (one.value is None or ast.unparse(one.value) == "None"))
        for one in statements
    )


CHECK = Check("WF505", "swallowed-error", WARNING, __name__, find, whole=True)
