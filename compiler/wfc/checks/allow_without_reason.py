"""allow-without-reason: a finding is silenced, and nobody says why

## What it finds
`allow CODE ""`: an empty reason.

## Why
The reason is for the next reader, who has to decide whether it still holds.

## Bad
```wf
flow nightly {
  task export = shell("./export.sh") allow WF302 ""
}
```

## Good
```wf
flow nightly {
  task export = shell("./export.sh") allow WF302 "the machine is switched off at six"
}
```
"""

from __future__ import annotations

from wfc.check import Check, allowances
from wfc.diagnostic import WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each `allow` with an empty reason."""
    for allow, _ in allowances(flow):
        if not allow.reason.strip():
            yield CHECK.found(
                f"`allow {allow.code}` gives no reason",
                allow.span,
                help=f'write why it does no harm here: `allow {allow.code} "…"`',
            )


CHECK = Check("WF002", "allow-without-reason", WARNING, __name__, find, preset="draft")
