"""bad-argument: an action is given what it does not take

## What it finds
A parameter that is missing, unknown or given twice; one that must be written out and is not (a trigger's arguments,
the names of `env`); and values spliced into a script or an SQL text.

## Why
The catalog has the signature of every action, so that a wrong name does not wait for the run. Values in code are
injections (CWE-78, CWE-89): they are handed over by `env`, `args` and `params`.

## Bad
```wf
flow greet {
  input name: string
  defaults { timeout 1m }
  task hello = shell("echo {name}")
}
```

## Good
```wf
flow greet {
  input name: string
  defaults { timeout 1m }
  task hello = shell("echo \\"$NAME\\"", env: { NAME: name })
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF202", "bad-argument", ERROR, __name__)
