"""misplaced: something stands where it can't take effect

## What it finds
A header below statements, a statement below `on failure` or `finally`, `stop` inside a loop, `parallel` or `try`, a
clause that an approval does not take, a default that reads a task.

## Why
It would mean something else than it says: what stands below `on failure` runs before it.

## Bad
```wf
flow nightly {
  input items: list<string>
  defaults { timeout 1m }
  for item in items {
    task work = shell("./work", env: { ITEM: item })
    stop "enough"
  }
}
```

## Good
```wf
flow nightly {
  input items: list<string>
  defaults { timeout 1m }
  if len(items) == 0 {
    stop "nothing to do"
  }
  for item in items {
    task work = shell("./work", env: { ITEM: item })
  }
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF209", "misplaced", ERROR, __name__)
