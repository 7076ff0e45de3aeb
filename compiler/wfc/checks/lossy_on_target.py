"""lossy-on-target: the engine does nearly this

## What it finds
When a flow is compiled for a target: what its engine can only do with a difference that a run may show. It is written
all the same.

## Why
Engines differ in what they let a flow say; the message has the difference, and the help how to do without it.

## Bad
```wf github
flow release {
  defaults { timeout 10m }
  approve go = "Release to production?" timeout 2d
  task deploy = shell("./deploy.sh")
}
```

## Good
```wf github
flow release {
  defaults { timeout 10m }
  task deploy = shell("./deploy.sh")
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import WARNING

PAGE = Page("WF952", "lossy-on-target", WARNING, __name__)
