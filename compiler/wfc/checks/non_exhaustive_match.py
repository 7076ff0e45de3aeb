"""non-exhaustive-match: a case that has no arm

## What it finds
`match` over an enum that leaves a member out, or over any text without an `else`.

## Why
What nobody thought of would run nothing at all and look green.

## Bad
```wf
flow triage {
  input kind: "bug" | "billing" | "question"
  defaults { timeout 1m }
  match kind {
    "bug" { task file = shell("./file-bug") }
    "billing" { task ask = shell("./ask-finance") }
  }
}
```

## Good
```wf
flow triage {
  input kind: "bug" | "billing" | "question"
  defaults { timeout 1m }
  match kind {
    "bug" { task file = shell("./file-bug") }
    "billing" { task ask = shell("./ask-finance") }
    else { task answer = shell("./answer") }
  }
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF205", "non-exhaustive-match", ERROR, __name__)
