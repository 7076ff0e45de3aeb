"""cycle: tasks wait for each other

## What it finds
A circle of tasks inside `parallel`, by data and `after`, with every edge of it; a statement of a sequence that reads a
later one; a task that reads its own result; a type inside itself.

## Why
None of them could ever start. Engines refuse such a graph at best when it is deployed.

## Bad
```wf
flow build {
  defaults { timeout 10m }
  parallel {
    task compile = shell("make") after lint
    task lint = shell("make lint") after compile
  }
}
```

## Good
```wf
flow build {
  defaults { timeout 10m }
  parallel {
    task compile = shell("make") after lint
    task lint = shell("make lint")
  }
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF101", "cycle", ERROR, __name__)
