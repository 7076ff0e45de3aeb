"""open-webhook: whoever knows the address can start the flow

## What it finds
`on webhook` or `on alert` without `secret:`.

## Why
The address is in logs, tickets and screenshots (CWE-306, missing authentication). On Kestra the path is the only key;
Airflow and GitHub want a login before they start anything, so there the secret is a second lock. In the preset
`production`, for it depends on the engine.

## Bad
```wf
flow deploy {
  on webhook(path: "deploy")
  defaults { timeout 10m }
  task work = shell("./deploy")
}
```

## Good
```wf
flow deploy {
  on webhook(path: "deploy", secret: "hook_key")
  secret hook_key
  defaults { timeout 10m }
  task work = shell("./deploy")
}
```
"""

from __future__ import annotations

from wfc.check import Check
from wfc.diagnostic import WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such trigger."""
    for trigger in flow.triggers:
        if trigger.kind in ("webhook", "alert") and not dict(trigger.args).get("secret"):
            yield CHECK.found(
                f"whoever knows the address of this {trigger.kind} can start the flow",
                trigger.span,
                why="Addresses get into logs and tickets; on Kestra nothing else is asked for.",
                help='name a secret that the caller must know: `secret: "hook_key"`',
            )


CHECK = Check("WF610", "open-webhook", WARNING, __name__, find, preset="production")
