"""remote-script: a script from the network is run unseen

## What it finds
The answer of `curl` or `wget` that goes straight into a shell or an interpreter: `curl … | sh`, `bash <(curl …)`,
`sh -c "$(curl …)"`.

## Why
Whoever controls the address, or the way to it, runs code with the flow's secrets (CWE-494), and a download that breaks
off runs half a script. OpenSSF Scorecard ("Pinned-Dependencies", downloadThenRun) reports the same.

## Bad
```wf
flow tools {
  defaults { timeout 5m }
  task install = shell("curl -fsSL https://example.com/install.sh | sh")
}
```

## Good
```wf
flow tools {
  defaults { timeout 5m }
  task install = shell(\"\"\"
    curl -fsSLo install.sh https://example.com/install.sh
    echo "5ae3…  install.sh" | sha256sum -c
    sh install.sh
  \"\"\")
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.scripts import argument_span, lines
from wfc.diagnostic import WARNING
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow

READERS = r"(?:sudo\s+(?:-\w+\s+)*)?(?:env\s+(?:\w+=\S*\s+)*)?(?:/\S*/)?(?:ba|da|z|k)?sh|python3?|perl|ruby|node"
PIPED = ready(rf"\b(?:curl|wget)\b[^;&|]*\|\s*(?:{READERS})\b(?!\s+-[cm]\b)")
PUT_IN = ready(rf"\b(?:{READERS}|source|eval|\.)\s[^;|]*(?:<\(|\$\(|`)\s*(?:curl|wget)\b")


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each script."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            if not isinstance(call.op, ir.Shell) or call.action != "shell":
                continue
            if any(PIPED.search(line) or PUT_IN.search(line) for line in lines(call.op.script)):
                yield CHECK.found(
                    f"{title} runs what it has just downloaded, unseen",
                    argument_span(call, "script"),
                    why="Whoever controls the address runs code with the secrets of the flow.",
                    help="download a named version to a file, compare its checksum, then run it",
                )


CHECK = Check("WF609", "remote-script", WARNING, __name__, find)
