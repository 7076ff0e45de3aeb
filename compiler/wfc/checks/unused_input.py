"""unused-input: an input, secret or config value that nothing reads

## What it finds
A declaration that no expression of the flow reads, and that is not named by a trigger (`webhook(secret: "…")`).

## Why
Whoever starts the flow is asked for it in vain, and a secret is handed to an engine without need. Mostly the name was
meant to be used: three of Kestra's own blueprints have inputs that nothing reads.

## Bad
```wf
flow hello {
  defaults { timeout 1m }
  input name: string
  input greeting: string = "Hello"
  task greet = shell("echo \\"$TEXT\\"", env: { TEXT: "Hello {name}" })
}
```

## Good
```wf
flow hello {
  defaults { timeout 1m }
  input name: string
  input greeting: string = "Hello"
  task greet = shell("echo \\"$TEXT\\"", env: { TEXT: "{greeting} {name}" })
}
```
"""

from __future__ import annotations

from wfc import walk
from wfc.check import Check
from wfc.checks.facts import facts
from wfc.diagnostic import WARNING, Edit, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each declaration that is never read; none where an error may hide its reader."""
    known = facts(flow)
    if known.holes:
        return
    used = known.read | {(ref.kind, ref.name) for value in written(flow) for ref in walk.references(value)}
    named = [value for trigger in flow.triggers for key, value in trigger.args if key == "secret"]
    for kind, items in (("input", flow.inputs), ("config", flow.configs), ("secret", flow.secrets)):
        for item in items:
            if (kind, item.name) in used or (kind == "secret" and item.name in named):
                continue
            fix = Fix(f"take `{item.name}` away", (Edit(item.span, ""),), safe=False)
            yield CHECK.found(
                f"the {kind} `{item.name}` is never read",
                item.span,
                help="use it, or take it away",
                fixes=(fix,) if kind != "secret" else (),
            )


def written(flow: Flow) -> Iterator[AnyExpr]:
    """The arguments of all calls as written, which an error may have kept out of the operation."""
    for task in walk.tasks(flow):
        for call in walk.calls(task):
            yield from (value for _, value in call.args)


CHECK = Check("WF206", "unused-input", WARNING, __name__, find, whole=True)
