"""dangerous-removal: an empty variable makes this `rm` remove everything

## What it finds
`rm -r` of a path that begins with a variable and a slash (`rm -rf "$DIR"/*`, `rm -rf $DIR/cache`) in a script, unless
the variable is written `${DIR:?}`; and `rm -r` of the root, of the home directory or of a whole directory of the system
(`/`, `/*`, `~`, `/etc`).

## Why
When the variable is empty the path is `/*` or `/cache`. `set -u`, under which scripts run, stops at a variable that is
not set, not at an empty one. ShellCheck has the same as SC2115, and SC2114 for directories of the system.

## Bad
```wf
flow clean {
  input dir: string
  defaults { timeout 1m }
  task sweep = shell(\"\"\"
    rm -rf "$DIR"/*
  \"\"\", env: { DIR: dir })
}
```

## Good
```wf
flow clean {
  input dir: string
  defaults { timeout 1m }
  task sweep = shell(\"\"\"
    rm -rf "${DIR:?}"/*
  \"\"\", env: { DIR: dir })
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.scripts import argument_span, lines
from wfc.checks.scripts_twice import own_script, statement_span
from wfc.diagnostic import ERROR
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Call, Flow

REMOVES = ready(r"\brm\s+(?:-\w+\s+)*-\w*[rR]\w*(?:\s+[^;&|\s]+)*?\s+\"?\$(?:(\w+)|\{(\w+)\})\"?/")

ROOTS = ready(r"\brm\s[^\n;|&]*\s[\"']?(?:/|~|\$\{?HOME)")
"""Scripts without such a line need not be read."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each script, for the first such line."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            # scripts of the catalog are not the author's
            if not isinstance(call.op, ir.Shell) or call.action != "shell":
                continue
            found = next((match for line in lines(call.op.script) if (match := REMOVES.search(line))), None)
            if found is not None:
                name = found[1] or found[2]
                yield CHECK.found(
                    f"{title} removes the root of the machine when `${name}` is empty",
                    argument_span(call, "script"),
                    why="`set -u` stops at a variable that is not set, not at an empty one.",
                    help=f"write `${{{name}:?}}`, which stops at both",
                )
            elif ROOTS.search(call.op.script):
                yield from of_root(flow, title, call)


def of_root(flow: Flow, title: str, call: Call) -> Iterator[Diagnostic]:
    """At most one finding: a removal of the root, of the home directory or of a directory of the system."""
    from wfc.embedded.shell import destructive
    from wfc.embedded.shell_destroys import REMOVAL

    for one in destructive(own_script(call) or ""):
        if one.kind == REMOVAL:
            yield CHECK.found(
                f"{one.what} in {title} {one.effect}",
                statement_span(flow, call, one),
                why="What the machine needs, or what others keep there, is gone.",
                help="name the directory that is meant",
            )
            return


CHECK = Check("WF412", "dangerous-removal", ERROR, __name__, find, preset="draft")
