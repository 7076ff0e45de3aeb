"""cron-never: a schedule without a single date

## What it finds
A cron expression whose days do not exist in its months, as the 30th of February. The 29th of February does exist.

## Why
Engines accept it and never start the flow. With a day of the week beside it the expression does fire: in POSIX
crontab one of the two days suffices.

## Bad
```wf
flow yearly {
  on schedule("0 3 30 2 *", timezone: "UTC")
  defaults { timeout 1m }
  task work = shell("./work")
}
```

## Good
```wf
flow yearly {
  on schedule("0 3 28 2 *", timezone: "UTC")
  defaults { timeout 1m }
  task work = shell("./work")
}
```
"""

from __future__ import annotations

from wfc.check import Check
from wfc.checks.schedules import schedules
from wfc.diagnostic import ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each schedule that never comes."""
    for schedule in schedules(flow):
        if schedule.times.never():
            yield CHECK.found(
                f'"{schedule.expression}" never comes',
                schedule.trigger.span,
                why="None of its months has one of its days.",
                help="write a day that its months have",
            )


CHECK = Check("WF802", "cron-never", ERROR, __name__, find, preset="draft")
