"""constant-condition: a condition that is always true or always false

## What it finds
The condition of an `if`, a `when`, a `require`, an `until` or a `holds` that reads nothing: it has the same value in
every run, so what it guards runs always or never.

## Why
It was written for a try-out and left there, or compares two words where one should have been a name
(`"{mode}" == "full"` and `"mode" == "full"` differ by two braces). actionlint reports the same of GitHub's `if:`
(docs/checks.md of actionlint, "if-cond-always-true").

## Bad
```wf
flow nightly {
  input mode: string
  defaults { timeout 1m }
  task full = shell("./full.sh") when "mode" == "full"
  task note = shell("./note.sh", env: { MODE: mode })
}
```
```wf
flow nightly {
  defaults { timeout 1m }
  if 1 < 2 {
    task full = shell("./full.sh")
  }
}
```

## Good
```wf
flow nightly {
  input mode: string
  defaults { timeout 1m }
  task full = shell("./full.sh") when mode == "full"
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import conditions, placed
from wfc.diagnostic import WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each condition without a reference that has a value."""
    for place in placed(flow):
        for what, expr in conditions(place.stmt):
            if any(True for _ in walk.references(expr)):
                continue
            value = constant(expr)
            if value is not None:
                yield CHECK.found(
                    f"the condition of {what} is always {str(value).lower()}",
                    expr.span,
                    why=f"It reads nothing of the run, so it {'decides nothing' if value else 'lets nothing through'}.",
                    help="read an input or a result in it, or take it out",
                )


def constant(expr: AnyExpr) -> bool | None:
    """Its value, None where it has none."""
    from wfc.python_text import fold

    found = fold(expr)
    return found.value if isinstance(found, ir.Literal) and isinstance(found.value, bool) else None


CHECK = Check("WF105", "constant-condition", WARNING, __name__, find, preset="draft")
