'''sql-outside-transaction: a statement that PostgreSQL refuses inside a transaction

## What it finds
VACUUM, CREATE and DROP INDEX CONCURRENTLY, REINDEX CONCURRENTLY and DETACH PARTITION … CONCURRENTLY in `sql.execute`
and `sql.query`; where the URL says that the database is PostgreSQL, also CREATE and DROP DATABASE or TABLESPACE, ALTER
SYSTEM, REINDEX DATABASE, CLUSTER of all tables and DISCARD ALL. Behind a secret URL only what no other database has is
told.

## Why
The statements of a call are one transaction on every engine, and PostgreSQL's reference says of each of these that it
cannot be executed inside a transaction block (pages VACUUM, CREATE INDEX, DROP INDEX, REINDEX, ALTER TABLE, CREATE
DATABASE, ALTER SYSTEM, CLUSTER, DISCARD). The task fails each time, and only when it runs.

## Bad
```wf
flow tidy {
  secret warehouse
  defaults { timeout 1h }
  task clean = sql.execute(url: warehouse, sql: "vacuum (analyze) orders")
}
```

## Good
```wf
flow tidy {
  secret warehouse
  defaults { timeout 1h }
  task clean = shell("""
    psql -X -v ON_ERROR_STOP=1 -d "$URL" -c 'vacuum (analyze) orders'
  """, env: { URL: warehouse })
}
```
```wf
flow tidy {
  secret warehouse
  defaults { timeout 1h }
  task refresh = sql.execute(url: warehouse, sql: "analyze orders")
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.sql_texts import spot, told_dialect
from wfc.diagnostic import ERROR
from wfc.embedded.sql_parts import PARTS
from wfc.ir import Sql
from wfc.patterns import IGNORECASE, ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Pattern

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Call, Flow

ONLY_POSTGRESQL = (
    r"(?:create\s+(?:unique\s+)?|drop\s+)index\s+concurrently\b"
    r"|reindex\s*(?:\([^)]*\)\s*)?(?:index|table|schema|database|system)\s+concurrently\b"
    r"|reindex\s*\([^)]*\bconcurrently\b[^)]*\)"
    r"|alter\s+table\b[^;]*\bdetach\s+partition\b[^;]*\bconcurrently\b"
    r"|vacuum\s*\([^)]*\)|vacuum\s+(?:analyze|freeze)\b"
)
OTHERS_TOO = (
    r"vacuum\b|(?:create|drop)\s+(?:database|tablespace)\b|alter\s+system\b|reindex\s+(?:database|system)\b"
    r"|cluster\s*(?=;|$)|discard\s+all\b|alter\s+database\s+\S+\s+set\s+tablespace\b"
)
ANYWHERE = ready(rf"(?:^|;)\s*({ONLY_POSTGRESQL})", IGNORECASE)
IN_POSTGRESQL = ready(rf"(?:^|;)\s*({ONLY_POSTGRESQL}|{OTHERS_TOO})", IGNORECASE)
BY_DIALECT: dict[str, Pattern[str]] = {"": ANYWHERE, "postgres": IN_POSTGRESQL}


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each text, for its first such statement."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            found = refused(call)
            if found is not None:
                start, end = found
                assert isinstance(call.op, Sql)
                words = " ".join(call.op.sql[start:end].split()).upper()
                yield CHECK.found(
                    f"PostgreSQL refuses `{words}` of {title} inside a transaction",
                    spot(flow, call, start, end),
                    why=f"The statements of a `{call.action}` are one transaction, so it fails each time.",
                    help=remedy(words),
                )


def refused(call: Call) -> tuple[int, int] | None:
    """Where the first such statement of a call stands in its SQL: its first words."""
    if not isinstance(call.op, Sql) or not call.action.startswith("sql."):
        return None
    pattern = BY_DIALECT.get(told_dialect(call))
    found = pattern.search(without_texts(call.op.sql)) if pattern is not None else None
    return found.span(1) if found is not None else None


def without_texts(sql: str) -> str:
    """SQL with spaces in the place of its strings, quoted names and comments."""
    return PARTS.sub(lambda part: " " * len(part[0]) if len(part[0]) > 2 and not part["name"] else part[0], sql)


def remedy(words: str) -> str:
    """What to do instead."""
    by_psql = "run it alone by a `shell` with `psql -c`, which opens no transaction for one statement"
    return f"{by_psql}, or leave out CONCURRENTLY" if "CONCURRENTLY" in words else by_psql


CHECK = Check("WF417", "sql-outside-transaction", ERROR, __name__, find, preset="draft")
