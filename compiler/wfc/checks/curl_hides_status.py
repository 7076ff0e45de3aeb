'''curl-hides-status: a request by curl ends well though the server has refused it

## What it finds
A call of `curl` in a script without `-f`, `--fail` or `--fail-with-body`. Left out are calls whose status something
sees (`-w`, `-i`, `-D`) or whose output or end something may look at: `$(curl …)`, `curl … | jq`, `curl … || …`, `if`,
`while`, `until`, functions, a test behind it, its file when the script names that again or goes on with other
commands, `$WFC_OUTPUT`; and DELETE, `/dev/null`, other protocols than HTTP, and options in variables.

## Why
For curl an answer is an answer: "In normal cases when an HTTP server fails to deliver a document, it returns an HTML
document stating so", and curl ends with 0; `--fail` makes it 22 (curl(1)). The task is green, its retry never comes,
and the page of the error is what the next task loads.

## Bad
```wf
flow load {
  defaults { timeout 5m }
  task publish = shell("""
    curl -sS -X PUT https://stats.example.com/daily -d @daily.json
  """)
}
```

## Good
```wf
flow load {
  defaults { timeout 5m }
  task publish = shell("""
    curl -fsS -X PUT https://stats.example.com/daily -d @daily.json
  """)
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.scripts_twice import own_script, statement_span
from wfc.diagnostic import WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each script, for its first such call."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            script = own_script(call)
            if script is None or "curl" not in script:
                continue
            from wfc.embedded.shell_status import unanswered

            found = unanswered(script)
            if found is not None:
                yield CHECK.found(
                    f"{found.what} in {title} {found.effect}",
                    statement_span(flow, call, found),
                    why="To curl an answer with the status 500 is an answer: the task succeeds, and no retry comes.",
                    help="write `curl --fail-with-body`, or `-f`",
                )


CHECK = Check("WF419", "curl-hides-status", WARNING, __name__, find)
