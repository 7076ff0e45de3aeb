'''shell-syntax: bash refuses this script

## What it finds
In a script of a task: quotes, `$(`, `${` and brackets that are never closed, `if` without `fi`, `for` and `while`
without `done`, `case` without `esac`, `{` without `}`, the same words where nothing is open, and `&&`, `||` or `|`
without a command on one of its sides. Told only where it is certain: `bash -n` finds more, and bash is not asked.

## Why
Bash reads a script while it runs it: half of the work may be done when it fails, on every engine and each time. The
grammar is that of POSIX (Shell Command Language, 2.10). ShellCheck has the same as SC1046, SC1061, SC1072 and others.

## Bad
```wf
flow load {
  defaults { timeout 5m }
  task stage = shell("""
    for name in orders items; do
      curl -fsS -o "$name.csv" "https://files.example.com/$name.csv"
  """)
}
```
```wf
flow tell {
  defaults { timeout 5m }
  task say = shell("echo 'it's done'")
}
```

## Good
```wf
flow load {
  defaults { timeout 5m }
  task stage = shell("""
    for name in orders items; do
      curl -fsS -o "$name.csv" "https://files.example.com/$name.csv"
    done
  """)
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.scripts_twice import own_script, statement_span
from wfc.diagnostic import ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each script, for the first thing that is wrong."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            script = own_script(call)
            if script is None:
                continue
            from wfc.embedded.shell_syntax import fault, line_of

            wrong = fault(script)
            if wrong is not None:
                at, message = wrong
                line = script.count("\n", 0, at) + 1
                where = f" (line {line})" if "\n" in script.strip() else ""
                yield CHECK.found(
                    f"the script of {title} is no bash: {message}{where}",
                    statement_span(flow, call, line_of(script, at)),
                    why="It fails on every engine, each time, and what stands before has been done by then.",
                    help="close what is open, or quote what is meant as text",
                )


CHECK = Check("WF213", "shell-syntax", ERROR, __name__, find, preset="draft")
