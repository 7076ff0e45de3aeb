"""illegal-name: a name that the compiler keeps for itself

## What it finds
A task or workspace whose name ends like those of the tasks that the compiler adds (`_gate`, `_undo`, `_item` …).

## Why
The manifest and the engine's pages tell your tasks from the added ones by these endings.

## Bad
```wf
flow deploy {
  defaults { timeout 1m }
  task quality_gate = shell("./gate")
}
```

## Good
```wf
flow deploy {
  defaults { timeout 1m }
  task quality = shell("./gate")
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF953", "illegal-name", ERROR, __name__)
