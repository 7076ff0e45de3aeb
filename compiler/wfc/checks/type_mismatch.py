"""type-mismatch: a value of one type where another is wanted

## What it finds
Arguments, operators, conditions, defaults, outputs and fallbacks whose types do not go together. `int` widens to
`float`, an enum to `string`; nothing else converts by itself, and there is no truthiness. A secret is no text, so that
it can't get into a message or an output.

## Why
Engines convert in ways of their own: GitHub's `==` takes "1" for 1, Python's does not.

## Bad
```wf
flow report {
  defaults { timeout 1m }
  task count = shell("./count") -> { rows: int }
  require count.rows == "0" else "there is something left"
}
```

## Good
```wf
flow report {
  defaults { timeout 1m }
  task count = shell("./count") -> { rows: int }
  require count.rows == 0 else "there is something left"
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF201", "type-mismatch", ERROR, __name__)
