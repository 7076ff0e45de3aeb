"""unused-allow: an `allow` that silences nothing

## What it finds
`allow CODE "reason"` where the check CODE finds nothing: the fault is mended, or it is at another place.

## Why
Left behind, it would silence the next finding of that code, for which the reason was never meant.

## Bad
```wf
flow nightly {
  task export = shell("./export.sh") timeout 1h allow WF302 "the machine is switched off at six"
}
```

## Good
```wf
flow nightly {
  task export = shell("./export.sh") timeout 1h
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import WARNING, Edit, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.diagnostic import Diagnostic
    from wfc.ir import Allow


def report(allow: Allow) -> Diagnostic:
    """WF003 for one `allow`."""
    return PAGE.found(
        f"`allow {allow.code}` silences nothing here",
        allow.span,
        why="It would silence the next finding of that code, for which the reason was never meant.",
        help="take it away",
        fixes=(Fix("take it away", (Edit(allow.span, ""),)),),
    )


PAGE = Page("WF003", "unused-allow", WARNING, __name__)
