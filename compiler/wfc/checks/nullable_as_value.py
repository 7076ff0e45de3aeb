"""nullable-as-value: a value that may be missing, used as if it were there

## What it finds
An optional input or field, or the result of a task that may not have run (it has a `when`, or stands in a branch or a
`try`, or is read in a handler), where a value is wanted.

## Why
What is missing becomes an empty text on GitHub, an error on Kestra and `None` on Airflow; `??` says what is meant.

## Bad
```wf
flow release {
  input tag: string?
  defaults { timeout 10m }
  task build = shell("./build", env: { TAG: "v{tag}" })
}
```

## Good
```wf
flow release {
  input tag: string?
  defaults { timeout 10m }
  task build = shell("./build", env: { TAG: "v{tag ?? "nightly"}" })
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF203", "nullable-as-value", ERROR, __name__)
