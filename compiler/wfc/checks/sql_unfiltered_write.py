'''sql-unfiltered-write: DELETE or UPDATE of all rows

## What it finds
A DELETE or UPDATE without WHERE (and without a second table to join). Left out are TRUNCATE, which says what it means,
a DELETE after which the same text fills the table again, and tables that the same text has made.

## Why
A forgotten or commented-out WHERE is the classical way to lose a table; nobody notices in a text that runs by itself.

## Bad
```wf
flow purge {
  secret db
  defaults { timeout 1m }
  task old = sql.execute(url: db, sql: "delete from sessions")
}
```

## Good
```wf
flow purge {
  secret db
  defaults { timeout 1m }
  task old = sql.execute(
    url: db,
    sql: "delete from sessions where expires_at < :day::date",
    params: { day: run.date },
  )
}
```
```wf
flow reload {
  secret db
  defaults { timeout 1m }
  task rates = sql.execute(url: db, sql: """
    delete from rates;
    insert into rates (currency, rate) select currency, rate from stage_rates
  """)
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.sql_texts import dialect, spot, sql_calls
from wfc.diagnostic import ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow

DONE = {"delete-all": "deletes", "update-all": "changes", "relative-update-all": "changes"}


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such statement."""
    for one in sql_calls(flow):
        for found in one.verdict.reasons:
            if found.kind in DONE:
                # neither T-SQL nor Oracle before 23ai has boolean constants
                truth = "1 = 1" if dialect(one.call) in ("tsql", "oracle") else "true"
                all_meant = f"`where {truth}`" if found.kind != "delete-all" else f"TRUNCATE, or `where {truth}`"
                yield CHECK.found(
                    f"{found.what} of {one.title} {DONE[found.kind]} every row",
                    spot(flow, one.call, found.start, found.end),
                    why="There is no WHERE, and nobody is there to notice.",
                    help=f"say which rows; if all are meant, say {all_meant}",
                )


CHECK = Check("WF409", "sql-unfiltered-write", ERROR, __name__, find)
