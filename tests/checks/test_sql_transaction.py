"""sql-outside-transaction against PostgreSQL: what is told is refused there in a transaction, the rest is not."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from checks.finding import codes, findings, flow
from engines import cache
from engines.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = "defaults { timeout 1m } secret db"
KNOWN = "postgresql://db.example/shop"
SCHEMA = """
create table t (a int); create index i on t (a); create type mood as enum ('a');
create table parts (a int) partition by range (a); create table part partition of parts for values from (1) to (2);
"""

REFUSED = [
    "vacuum (analyze) t",
    "vacuum analyze t",
    "VACUUM FREEZE t",
    "create index concurrently j on t (a)",
    "create unique index concurrently if not exists j on t (a)",
    "drop index concurrently if exists i",
    "reindex index concurrently i",
    "reindex table concurrently t",
    "reindex (concurrently) table t",
    "alter table parts detach partition part concurrently",
    "analyze t; vacuum (analyze) t",
    "-- tidy\nvacuum (analyze) t",
]
"""What PostgreSQL alone has."""
REFUSED_IF_KNOWN = [
    "vacuum",
    "vacuum t",
    "create database x",
    "drop database if exists x",
    "create tablespace x location '/x'",
    "alter system set work_mem = '8MB'",
    "reindex database wfc1",
    "cluster",
    "discard all",
]
TAKEN = [
    "analyze t",
    "create index j on t (a)",
    "drop index i",
    "reindex table t",
    "cluster t using i",
    "alter type mood add value 'b'",
    "alter table parts detach partition part",
    "comment on table t is '; vacuum (analyze) t'",
    "select 1 /* ; create database x */",
    "set local work_mem = '8MB'",
    "select $$ ; vacuum analyze $$",
]


UNREADABLE = ["create database if not exists x", "drop database x"]
"""Told too where the URL says PostgreSQL; not run there: the first is no PostgreSQL, the second wants a database x."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    try:
        server = Postgres()
    except cache.Missing as missing:
        pytest.skip(str(missing))
    yield server.database()
    server.close()


def in_transaction(url: str, text: str) -> str:
    """What psql says of a text that it sends in one transaction, which is then taken back."""
    words = ["psql", "-Xqd", url, "-v", "ON_ERROR_STOP=1", "-f", "-"]
    text = f"begin;\n{SCHEMA}\n{text}\n;\nrollback;"
    return subprocess.run(words, input=text, capture_output=True, text=True).stderr


@pytest.mark.engine
@pytest.mark.parametrize("text", [*REFUSED, *REFUSED_IF_KNOWN, *TAKEN])
def test_postgresql_refuses_what_is_told(url: str, text: str) -> None:
    refused = text not in TAKEN
    said = in_transaction(url, text)
    assert ("ERROR" in said) is refused
    assert ("cannot run inside a transaction block" in said or "CONCURRENTLY" in said) is refused


@pytest.mark.parametrize("text", [*REFUSED, *REFUSED_IF_KNOWN, *UNREADABLE, *TAKEN])
def test_what_is_told(text: str) -> None:
    def is_told(url: str) -> bool:
        body = f'task a = sql.execute(url: {url}, sql: """\n    {text}\n  """) no retry "by hand"'
        return "WF417" in codes(flow(body, HEAD))

    assert is_told(f'"{KNOWN}"') is (text not in TAKEN)
    assert is_told("db") is (text in REFUSED)
    assert not is_told('"mysql://db.example/shop"')


def test_the_statement_and_the_remedy() -> None:
    text = flow('task a = sql.execute(url: db, sql: "analyze t; create index  concurrently j on t (a)")', HEAD)
    (found,) = [item for item in findings(text) if item.code == "WF417"]
    assert text[found.span.start : found.span.end] == "create index  concurrently"
    assert found.message == "PostgreSQL refuses `CREATE INDEX CONCURRENTLY` of `a` inside a transaction"
    assert found.help.endswith("or leave out CONCURRENTLY")
