"""python-syntax: the body of this task is no Python

## What it finds
A body of `python` that Python can't parse as the body of a function with the names of `args` as its parameters. The
Python that runs wfc is asked, so that a body for a newer one may need `allow WF212`.

## Why
It fails on every engine, always and only when it runs.

## Bad
```wf
flow count {
  input rows: list<int>
  defaults { timeout 1m }
  task total = python("retrun sum(rows)", args: { rows: rows }) -> int
  output total: int = total
}
```

## Good
```wf
flow count {
  input rows: list<int>
  defaults { timeout 1m }
  task total = python("return sum(rows)", args: { rows: rows }) -> int
  output total: int = total
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.python_taint import parsed
from wfc.checks.scripts import argument_span
from wfc.diagnostic import ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such body, for the first thing that is wrong."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            if not isinstance(call.op, ir.Python) or call.action != "python" or not call.op.body.strip():
                continue
            wrong = fault(call.op.body, [name for name, _ in call.op.args])
            if wrong is not None:
                line, message = wrong
                where = f" in line {line}" if "\n" in call.op.body.strip() else ""
                yield CHECK.found(
                    f"the body of {title} is no Python: {message}{where}",
                    argument_span(call, "script"),
                    why="It fails on every engine, each time it runs.",
                    help="mend it; it is the body of a function, its parameters are the names of `args`",
                )


def fault(body: str, names: list[str]) -> tuple[int, str] | None:
    """(line in the body from 1, what Python says of it) for a body that can't be parsed, None for one that can."""
    if not all(name.isidentifier() for name in names):
        return None  # told of by itself
    try:
        parsed(body, names)
    except SyntaxError as error:
        return max(1, (error.lineno or 2) - 1), error.msg
    except (ValueError, MemoryError, RecursionError):
        return None
    return None


CHECK = Check("WF212", "python-syntax", ERROR, __name__, find, preset="draft")
