"""wall-clock: a scheduled flow asks the clock which day it works on

## What it finds
`CURRENT_DATE`, `now()` and the like in a WHERE of a flow with a schedule, and a date of today among the values of an
INSERT. Left out are a DELETE by age and the stamp of a write (`updated_at = now()`).

## Why
A run that starts late, is started again the next morning or fills in a day of last week then works on the wrong day.
`run.date` is the day that the run stands for. Airflow's best practices say the same of `now()`.

## Bad
```wf
flow daily {
  on schedule("0 5 * * *", timezone: "UTC")
  secret warehouse
  defaults { timeout 5m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task orders = sql.query(
    url: warehouse,
    sql: "select id from orders where placed_on = current_date",
  ) -> list<{ id: int }>
  output ids: list<int> = [order.id for order in orders]
}
```

## Good
```wf
flow daily {
  on schedule("0 5 * * *", timezone: "UTC")
  secret warehouse
  defaults { timeout 5m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task orders = sql.query(
    url: warehouse,
    sql: "select id from orders where placed_on = :day::date",
    params: { day: run.date },
  ) -> list<{ id: int }>
  output ids: list<int> = [order.id for order in orders]
}
```
"""

from __future__ import annotations

from wfc.check import Check
from wfc.checks.sql_texts import clocks, spot, sql_calls
from wfc.diagnostic import WARNING, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each text, at its first clock."""
    schedule = next((trigger for trigger in flow.triggers if trigger.kind == "schedule"), None)
    if schedule is None:
        return
    for one in sql_calls(flow):
        found = clocks(one.call)
        if found:
            start, end = found[0]
            yield CHECK.found(
                f"{one.title} asks the clock which day it works on: `{one.text[start:end]}`",
                spot(flow, one.call, start, end),
                Label(schedule.span, "a run may start late, or stand for another day"),
                why="A run that is repeated tomorrow, or fills in a day, works on the wrong rows.",
                help="write `:day` and hand the day over: `params: { day: run.date }`",
            )


CHECK = Check("WF414", "wall-clock", WARNING, __name__, find, preset="production")
