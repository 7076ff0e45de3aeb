"""redundant-after: the order is there without it

## What it finds
`after x` of a task or approval that reads the result of `x` anyway, or that stands behind it in a sequence.

## Why
Data already says the order. An `after` that means nothing makes a reader look for what it means.

## Bad
```wf
flow build {
  defaults { timeout 10m }
  parallel {
    task make = shell("./make") -> { version: string }
    task pack = shell("./pack", env: { V: make.version }) after make
  }
}
```

## Good
```wf
flow build {
  defaults { timeout 10m }
  parallel {
    task make = shell("./make") -> { version: string }
    task pack = shell("./pack", env: { V: make.version })
  }
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import placed
from wfc.diagnostic import INFO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each statement with such a clause."""
    for place in placed(flow):
        stmt = place.stmt
        if not isinstance(stmt, ir.Task | ir.Approve) or not stmt.after:
            continue
        alone = not place.within(ir.Parallel)
        read = {ref.name for expr in walk.own_expressions(stmt) for ref in walk.references(expr) if ref.kind == "task"}
        needless = [path for path in stmt.after if alone or path in read]
        if needless:
            names = ", ".join(path.rpartition("/")[2] for path in needless)
            yield CHECK.found(
                f"`after {names}` says nothing new",
                stmt.span,
                why="It is in a sequence behind it." if alone else f"`{stmt.label}` reads its result, and so waits.",
                help=f"leave `after {names}` out",
            )


CHECK = Check("WF110", "redundant-after", INFO, __name__, find, preset="production")
