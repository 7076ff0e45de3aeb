"""unknown-name: there is nothing of that name

## What it finds
A value, field, task, action, trigger, flow, type or function that does not exist, with the nearest name that does.

## Why
Engines find it in the run: Kestra leaves an unknown variable to fail in the task that renders it, GitHub makes an
empty text of it. An action that the catalog lacks is mostly an invented one.

## Bad
```wf
flow count {
  defaults { timeout 1m }
  task load = shell("./load") -> { rows: int }
  output total: int = load.row
}
```

## Good
```wf
flow count {
  defaults { timeout 1m }
  task load = shell("./load") -> { rows: int }
  output total: int = load.rows
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF102", "unknown-name", ERROR, __name__)
