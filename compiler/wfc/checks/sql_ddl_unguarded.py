'''sql-ddl-unguarded: a definition that fails the second time

## What it finds
CREATE, DROP and ALTER without IF [NOT] EXISTS or OR REPLACE, whose second run finds what the first has made, or does
not find what it took away. The statements of one text are followed in their order: a table that is made, renamed and
dropped in the same text, a swap of two tables, and temporary tables are no findings. Nor are calls with `idempotent`
or `effect`; a `retry` of such a call is WF303's.

## Why
The flow is run again after a failure, and then fails at what had worked. Airflow's best practices ask of a task that
it gives the same outcome on every run.

## Bad
```wf
flow prepare {
  secret warehouse
  defaults { timeout 1m }
  task tables = sql.execute(url: warehouse, sql: "create table daily_orders (day date, n int)")
}
```

## Good
```wf
flow prepare {
  secret warehouse
  defaults { timeout 1m }
  task tables = sql.execute(url: warehouse, sql: "create table if not exists daily_orders (day date, n int)")
}
```
```wf
flow rebuild {
  secret warehouse
  defaults { timeout 5m }
  task swap = sql.execute(url: warehouse, sql: """
    create table totals_new as select region, sum(total) as total from orders group by region;
    drop table if exists totals;
    alter table totals_new rename to totals
  """)
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.sql_texts import dialect, is_answered, is_retried, spot, sql_calls, told_dialect
from wfc.diagnostic import WARNING, Edit, Fix
from wfc.embedded.verdict import UNSAFE
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.sql_texts import SqlCall
    from wfc.diagnostic import Diagnostic
    from wfc.embedded.verdict import Reason
    from wfc.ir import Flow

KINDS = ("create", "drop", "alter")
REPLACES = ("snowflake", "bigquery", "duckdb", "clickhouse", "databricks")
"""Databases with CREATE OR REPLACE TABLE, by their documentation."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each text, for its first such statement."""
    for one in sql_calls(flow):
        if is_answered(one.call) or is_retried(one.call):
            continue
        found = next((item for item in one.verdict.reasons if item.kind in KINDS and item.verdict == UNSAFE), None)
        if found is not None:
            yield CHECK.found(
                f"the second run of {one.title} {found.effect}: {found.what}",
                spot(flow, one.call, found.start, found.end),
                why="A flow that failed later is run again from its beginning.",
                help=remedy(found, one.text[found.start : found.end], dialect(one.call)),
                fixes=fixes(flow, one, found),
            )


def remedy(found: Reason, text: str, language: str) -> str:
    """What to write, by the kind of the statement and what the database has."""
    from wfc.embedded.sql_objects import guard

    words = f" {' '.join(text.lower().split())} "
    if found.kind == "create" and language == "postgres" and words.startswith(" create database "):
        return "PostgreSQL has no IF NOT EXISTS for a database: look in pg_database first, by a `shell` with `psql`"
    if guard(text, language) is not None:
        return "write IF EXISTS" if found.kind == "drop" else "write IF NOT EXISTS"
    if (guard(text, "postgres") or guard(text, "mysql")) is not None:
        return "look in the catalog first whether it is there: this database has no IF [NOT] EXISTS for it"
    if found.kind == "drop":
        return "write IF EXISTS"
    if found.kind == "alter":
        return "write IF [NOT] EXISTS for a column; if it is to be run once, say so: `effect unsafe`"
    if " index on " in words:
        return "give the index a name, and write IF NOT EXISTS"
    if " as " in words:
        replaceable = words.startswith(" create view ") or language in REPLACES
        return "write CREATE OR REPLACE" if replaceable else "write DROP … IF EXISTS before it"
    return "write IF NOT EXISTS"


def fixes(flow: Flow, one: SqlCall, found: Reason) -> tuple[Fix, ...]:
    """IF [NOT] EXISTS put in, where the SQL stands in the file as it is and holds no rows that depend on it.

    The fix is safe where the URL tells the database, and that has the form; behind a secret it is taken for PostgreSQL.
    """
    from wfc.embedded.sql_objects import guard

    text = one.text[found.start : found.end]
    given = guard(text, dialect(one.call))
    alone = not any(item.kind in ("insert", "copy") for item in one.verdict.reasons)
    if given is None or not alone:
        return ()
    offset, words = given
    at = found.start + offset
    place = spot(flow, one.call, at, at + 1)
    if place.end != place.start + 1:
        return ()
    edit = Edit(Span(place.start, place.start, place.source), words)
    return (Fix(f"write {words.strip().upper()}", (edit,), safe=bool(told_dialect(one.call))),)


CHECK = Check("WF408", "sql-ddl-unguarded", WARNING, __name__, find)
