"""no-text: a value that has no one text

## What it finds
A list, record, map, `json`, file, duration or datetime inside a text.

## Why
Each engine would write it in its own way: Airflow as Python prints it, GitHub as `Object`, Kestra as JSON. `json(…)`,
`join(…)`, `text(…)` and `minutes(…)` say which text is meant.

## Bad
```wf
flow greet {
  input names: list<string>
  defaults { timeout 1m }
  task hello = shell("./greet", env: { NAMES: "{names}" })
}
```

## Good
```wf
flow greet {
  input names: list<string>
  defaults { timeout 1m }
  task hello = shell("./greet", env: { NAMES: join(names, ", ") })
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF211", "no-text", ERROR, __name__)
