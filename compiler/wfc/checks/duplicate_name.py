"""duplicate-name: two things have one name

## What it finds
Tasks, inputs, secrets, loops' variables or flows of one name, or of names that differ only in case; a clause, an arm
or a field of a record that is there twice.

## Why
A name is its task's result and its identity on the engine. GitHub's expressions do not tell `Load` from `load`.

## Bad
```wf
flow nightly {
  defaults { timeout 1m }
  task load = shell("./load orders")
  task load = shell("./load users")
}
```

## Good
```wf
flow nightly {
  defaults { timeout 1m }
  task load_orders = shell("./load orders")
  task load_users = shell("./load users")
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF103", "duplicate-name", ERROR, __name__)
