"""unsupported-by-target: the engine has no way to do this

## What it finds
When a flow is compiled for a target: what its engine can't do, not even by a detour, with the way out. Nothing is
written then.

## Why
A flow that drops a part of itself in silence is worse than one that is refused. `wfc targets NAME` lists what each
engine can do, what is emulated and at what cost.

## Bad
```wf github
flow arrivals {
  on file(path: "inbox/*.csv") as event
  defaults { timeout 10m }
  task load = shell("./load", env: { NAME: event.path })
}
```

## Good
```wf github
flow arrivals {
  on schedule("*/30 * * * *", timezone: "UTC")
  defaults { timeout 10m }
  task load = shell("./load-all inbox")
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF951", "unsupported-by-target", ERROR, __name__)
