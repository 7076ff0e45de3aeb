"""The remedies of WF406 to WF409 as their help words them, followed to the letter: nothing is found after that."""

from __future__ import annotations

import pytest

from checks.finding import codes, findings, flow
from checks.test_sql_rules import BY_HAND, DAILY, INSERT, run

LOOK = """
  psql -X -d "$URL" -tAc "select 1 from pg_database where datname = 'scratch'" | grep -q 1 ||
    psql -X -d "$URL" -c "create database scratch"
"""
COPY = "copy events from '/data/in.csv' csv"
ADD_UP = "update accounts set balance = balance + 10 where id = 7"


@pytest.mark.parametrize(
    ("head", "wrong", "words", "right"),
    [
        (DAILY, run(INSERT), "write ON CONFLICT …", run(f"{INSERT} on conflict (what) do nothing")),
        (DAILY, run(INSERT), "`effect unsafe`", run(INSERT, "effect unsafe")),
        (DAILY, run(COPY), "empty the table before it in the same text", run(f"truncate events; {COPY}")),
        (DAILY, run(COPY), "`effect unsafe`", run(COPY, "effect unsafe")),
        (DAILY, run(ADD_UP), "set a value that does not", run("update accounts set balance = 10 where id = 7")),
        (BY_HAND, run("create table a (id int)"), "write IF NOT EXISTS", run("create table if not exists a (id int)")),
        (
            BY_HAND,
            run("create index on a (id)"),
            "give the index a name, and write IF NOT EXISTS",
            run("create index if not exists i on a (id)"),
        ),
        (
            BY_HAND,
            run("create sequence s as int"),
            "write IF NOT EXISTS",
            run("create sequence if not exists s as int"),
        ),
        (BY_HAND, run("drop table a"), "write IF EXISTS", run("drop table if exists a")),
        (BY_HAND, run("drop database a"), "write IF EXISTS", run("drop database if exists a")),
        (
            BY_HAND,
            run("alter table a add column b int"),
            "write IF [NOT] EXISTS for a column",
            run("alter table a add column if not exists b int"),
        ),
        (
            BY_HAND,
            run("alter table a rename to b"),
            "`effect unsafe`",
            run("alter table a rename to b", "effect unsafe"),
        ),
        (
            BY_HAND,
            run("create view v as select 1 as a"),
            "write CREATE OR REPLACE",
            run("create or replace view v as select 1 as a"),
        ),
        (
            BY_HAND,
            run("create materialized view v as select 1 as a"),
            "write DROP … IF EXISTS before it",
            run("drop materialized view if exists v; create materialized view v as select 1 as a"),
        ),
        (
            BY_HAND,
            run("create type mood as enum ('ok')"),
            "write DROP … IF EXISTS before it",
            run("drop type if exists mood; create type mood as enum ('ok')"),
        ),
        (
            BY_HAND,
            run("create database scratch"),
            "look in pg_database first, by a `shell` with `psql`",
            f'task a = shell("""{LOOK}""", env: {{ URL: db }})',
        ),
        (BY_HAND, run("delete from a"), "say which rows", run("delete from a where id = 1")),
        (BY_HAND, run("delete from a"), "say TRUNCATE", run("truncate a")),
        (
            BY_HAND,
            run("update a set b = 1"),
            "if all are meant, say `where true`",
            run("update a set b = 1 where true"),
        ),
    ],
)
def test_a_remedy_takes_the_finding_away(head: str, wrong: str, words: str, right: str) -> None:
    (found,) = findings(flow(wrong, head))
    assert words in found.help
    assert codes(flow(right, head)) == []


ONCE = (
    "with new as (insert into entries (id, c) values (4, 10) {}returning c) "
    "update accounts set balance = balance + new.c"
)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (ONCE.format("on conflict do nothing ") + " from new where accounts.id = 7", []),
        (ONCE.format("on conflict (id) do nothing ") + " from new where accounts.id = 7", []),
        (ONCE.format("") + " from new where accounts.id = 7", ["WF406", "WF407"]),
        (ONCE.format("on conflict (id) do update set c = 10 ") + " from new where accounts.id = 7", ["WF407"]),
        (ONCE.format("on conflict do nothing ").replace("new.c", "1") + " where accounts.id = 7", ["WF407"]),
    ],
)
def test_events_are_counted_once(sql: str, expected: list[str]) -> None:
    assert sorted(codes(flow(run(sql), DAILY))) == expected


@pytest.mark.parametrize(
    ("scheme", "sql", "help_"),
    [
        ("postgresql", "create database scratch", "PostgreSQL has no IF NOT EXISTS for a database"),
        ("mysql", "create database scratch", "write IF NOT EXISTS"),
        ("redshift", "create database scratch", "look in the catalog first"),
        ("mssql", "create database scratch", "look in the catalog first"),
        ("mssql", "drop database scratch", "write IF EXISTS"),
    ],
)
def test_databases_are_guarded_as_the_server_can(scheme: str, sql: str, help_: str) -> None:
    """By the pages CREATE DATABASE and DROP DATABASE of each reference."""
    body = f'task a = sql.execute(url: "{scheme}://db.example/shop", sql: "{sql}")'
    (found,) = [item for item in findings(flow(body, BY_HAND)) if item.code == "WF408"]
    assert found.help.startswith(help_)
