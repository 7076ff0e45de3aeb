'''sql-plain-insert: rows are there twice when the run comes twice

## What it finds
An INSERT or COPY that adds its rows again, in the body of a flow that is started by a schedule, a webhook, a file or
another event, when neither `idempotent` nor `effect` says how that is meant. The text is parsed: `ON CONFLICT`,
`NOT EXISTS` on the same table, `INSERT OVERWRITE`, and a DELETE or TRUNCATE before it, in the same text or in a task
that has always run before, keep it from being found. What cannot be decided is not reported. A `retry` of such a call
is WF303's. Scripts are read for `psql -c`, `mysql -e`, here-documents of such clients and the like, unless one of the
calls is of SQL that is not in the script (`psql -f`), or the script makes the database.

## Why
Runs come twice: a day is filled in later, a failed run is started again from the beginning, a webhook whose answer was
lost is delivered again. Airflow's best practices ask for UPSERT in the place of INSERT for this reason.

## Bad
```wf
flow count_orders {
  on schedule("0 5 * * *", timezone: "UTC")
  secret warehouse
  defaults { timeout 5m }
  task count = sql.execute(url: warehouse, sql: """
    insert into daily_orders (day, n) select :day::date, count(*) from orders where placed_on = :day::date
  """, params: { day: run.date })
}
```

```wf
flow count_orders {
  on schedule("0 5 * * *", timezone: "UTC")
  defaults { timeout 5m }
  task count = shell("psql -c 'insert into daily_orders (n) select count(*) from orders'")
}
```

## Good
```wf
flow count_orders {
  on schedule("0 5 * * *", timezone: "UTC")
  secret warehouse
  defaults { timeout 5m }
  task count = sql.execute(url: warehouse, sql: """
    insert into daily_orders (day, n) select :day::date, count(*) from orders where placed_on = :day::date
    on conflict (day) do update set n = excluded.n
  """, params: { day: run.date })
}
```
```wf
flow count_orders {
  on schedule("0 5 * * *", timezone: "UTC")
  secret warehouse
  defaults { timeout 5m }
  task count = sql.execute(url: warehouse, sql: """
    truncate orders_by_day;
    insert into orders_by_day (day, n) select placed_on, count(*) from orders group by placed_on
  """)
}
```
```wf
flow count_orders {
  on schedule("0 5 * * *", timezone: "UTC")
  secret warehouse
  defaults { timeout 5m }
  task empty = sql.execute(url: warehouse, sql: "truncate orders_by_day")
  task count = sql.execute(url: warehouse, sql: """
    insert into orders_by_day (day, n) select placed_on, count(*) from orders group by placed_on
  """) after empty
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.sql_refilled import Taken
from wfc.checks.sql_scripts import report_scripts
from wfc.checks.sql_texts import doubled, spot, upsert
from wfc.diagnostic import WARNING, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.sql_texts import SqlCall
    from wfc.diagnostic import Diagnostic
    from wfc.embedded.verdict import Reason
    from wfc.ir import Flow

KINDS = ("insert", "copy")
WHY = "Nothing in the statement tells rows that are there already from new ones."


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each text, for its first such statement."""
    for one, found, again, trigger in doubled(flow, KINDS, Taken(flow).is_refilled):
        yield CHECK.found(
            f"{again} {found.effect}: {found.what} of {one.title}",
            spot(flow, one.call, found.start, found.end),
            Label(trigger, "this can start the same run twice"),
            why=WHY,
            help=f"{remedy(one, found)}; if twice is meant, say so: `effect unsafe`",
        )
    yield from report_scripts(CHECK, flow, KINDS, WHY, "write an upsert (ON CONFLICT …), or empty the table first")


def remedy(one: SqlCall, found: Reason) -> str:
    """What to write, by the kind of the statement and what the database has."""
    if found.kind == "copy":
        return "empty the table before it in the same text (TRUNCATE)"
    return f"write {upsert(one.call)} (an upsert)"


CHECK = Check("WF406", "sql-plain-insert", WARNING, __name__, find)
