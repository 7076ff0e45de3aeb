"""unknown-rule: `allow` of a code that does not exist, or that can't be allowed

## What it finds
A code that no check has, and codes that are no matter of judgement: what parser and resolver report (syntax, names,
types) can't be compiled however good the reason is, and WF001 to WF004 are about the checker itself.

## Why
It looks as if something were silenced, and nothing is.

## Bad
```wf
flow nightly {
  task export = shell("./export.sh") timeout 1h allow WF999 "we know"
}
```
```wf
flow nightly {
  task export = shell("./export.sh") timeout 1h allow WF102 "it is somewhere"
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

from wfc.check import Check, allowable, allowances
from wfc.checks import PAGES
from wfc.diagnostic import WARNING, suggest
from wfc.explain import code_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each `allow` of such a code."""
    pairs = list(allowances(flow))
    if not pairs:
        return
    known = allowable()
    for allow, _ in pairs:
        if allow.code in known:
            continue
        if allow.code in PAGES:
            yield CHECK.found(f"{allow.code} can't be allowed", allow.span, help=f"`wfc explain {allow.code}`")
            continue
        near = suggest(allow.code, known) or code_of(allow.code)
        yield CHECK.found(f"there is no check `{allow.code}`", allow.span, help=f"did you mean {near}?" if near else "")


CHECK = Check("WF004", "unknown-rule", WARNING, __name__, find, preset="draft")
