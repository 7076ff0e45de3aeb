'''shell-hides-failure: a script goes on, and ends well, though a command of it failed

## What it finds
`A || true`, `A || :` and `set +e` in a script of a task. Left out are reads (`grep x f || true`), cleaning up
(`docker rm -f web || true`), what fails only because it has been done (`mkdir out || true`), scripts that look at `$?`,
and the tasks of `on failure` and `finally`.

## Why
Every engine runs scripts under `bash -euo pipefail` (docs/semantics.md), so that a failure ends the task, its `retry`
and `fallback` are used and `on failure` runs. `|| true` takes all of that away: the run is green, nothing was loaded.
ansible-lint has the same as ignore-errors.

## Bad
```wf
flow load {
  defaults { timeout 5m }
  task import = shell("""
    ./import-orders.sh || true
  """)
}
```
```wf
flow load {
  defaults { timeout 5m }
  task import = shell("""
    set +e
    ./import-orders.sh
    ./report.sh
  """)
}
```

## Good
```wf
flow load {
  defaults { timeout 5m }
  task import = shell("""
    docker rm -f importer || true
    ./import-orders.sh
  """)
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import placed_tasks
from wfc.checks.scripts_twice import own_script, statement_span
from wfc.diagnostic import WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each script, for its first such statement."""
    for task, place in placed_tasks(flow):
        script = own_script(task.call)
        if script is None or place.section != "body" or ("||" not in script and "set +" not in script):
            continue
        from wfc.embedded.shell_failures import hidden

        found = hidden(script)
        if found:
            yield CHECK.found(
                f"{found[0].what} in `{task.label}` {found[0].effect}",
                statement_span(flow, task.call, found[0]),
                why="The task succeeds although the work was not done: no retry, `fallback` or `on failure` sees it.",
                help="let it fail, or put what may fail into a task of its own with `fallback` or in `try`",
            )


CHECK = Check("WF413", "shell-hides-failure", WARNING, __name__, find)
