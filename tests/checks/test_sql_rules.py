"""Edges of the rules on SQL, on both sides: sql-plain-insert, sql-relative-update, sql-ddl-unguarded,
sql-unfiltered-write, wall-clock, and what retry-not-idempotent and effect-contradicted make of SQL."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from checks.finding import NAME, applied, codes, findings, flow

if TYPE_CHECKING:
    from wfc.diagnostic import Diagnostic

DAILY = 'on schedule("0 5 * * *", timezone: "UTC") defaults { timeout 1m } secret db'
HOOK = 'on webhook(path: "/in", secret: "key") defaults { timeout 1m } secret db, key'
BY_HAND = "defaults { timeout 1m } secret db"
ALL_READS = "defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) } secret db"
INSERT = "insert into events (what) values ('done')"
GROW = "update counters set n = n + 1 where name = 'runs'"
RETRY = "retry fixed(attempts: 3, every: 5s)"


def run(sql: str, clauses: str = "") -> str:
    """A task that runs a text of SQL."""
    return f'task load = sql.execute(url: db, sql: """\n    {sql}\n  """) {clauses}'


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (DAILY, run(INSERT), ["WF406"]),
        (HOOK, run(INSERT), ["WF406"]),
        ('on file(path: "in/*.csv") defaults { timeout 1m } secret db', run(INSERT), ["WF406"]),
        ("on manual() " + BY_HAND, run(INSERT), []),
        (BY_HAND, run(INSERT), []),
        (DAILY, run("copy events from '/data/in.csv' csv"), ["WF406"]),
        (DAILY, run(f"{INSERT} on conflict do nothing"), []),
        (DAILY, run("truncate events; insert into events (what) select what from stage"), []),
        (DAILY, run("call load_events()"), []),
        (DAILY, run(f"{INSERT}; {INSERT}"), ["WF406"]),
        (DAILY, run(INSERT, 'effect safe "the table drops what it has"'), ["WF402"]),
        (DAILY, run(INSERT, "effect unsafe"), []),
        (DAILY, run(INSERT, RETRY), ["WF303"]),
        (DAILY, f'{run("select 1")} on failure {{ task note = sql.execute(url: db, sql: "{INSERT}") }}', []),
        (DAILY, run(GROW), ["WF407"]),
        (HOOK, run(GROW), ["WF407"]),
        (BY_HAND, run(GROW), []),
        (DAILY, run("update users set email = lower(email) where id = 1"), []),
        (DAILY, run("update t set n = n + 1, done = true where not done"), []),
        (DAILY, run(GROW, RETRY), ["WF303"]),
        (DAILY, run(f"{GROW}; {INSERT}"), ["WF407", "WF406"]),
        (
            DAILY,
            run("insert into hits (day, n) values (:day, 1) on conflict (day) do update set n = hits.n + 1"),
            ["WF407"],
        ),
    ],
)
def test_runs_that_come_twice(head: str, body: str, expected: list[str]) -> None:
    found = [code for code in codes(flow(body, head)) if code not in ("WF208", "WF301", "WF801", "WF202", "WF501")]
    assert found == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (run("delete from sessions where id = 1", RETRY), []),
        (run("insert into a (id) values (1) on conflict (id) do nothing", RETRY), []),
        (run("create table if not exists a (id int)", RETRY), []),
        (run("call f()", RETRY), ["WF303"]),
        (run("call f()", f'{RETRY} effect safe "f asks first"'), []),
        (run("create table a (id int)", RETRY), ["WF303"]),
        (run(INSERT, "retry fixed(attempts: 1, every: 5s)"), ["WF207"]),
        (run(INSERT, f"{RETRY} idempotent"), ["WF402"]),
        (run(GROW, f'{RETRY} idempotent by "{{run.id}}"'), ["WF402"]),
        (run("create table a (id int)", f"{RETRY} idempotent"), []),
        (run("delete from a where id = 1", f"{RETRY} idempotent"), []),
        (run("insert into a (id) values (1) on conflict (id) do nothing", f"{RETRY} idempotent"), []),
    ],
)
def test_retries(call: str, expected: list[str]) -> None:
    assert [code for code in codes(flow(call, BY_HAND)) if code != "WF301"] == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("insert into runs (day) values ('x') returning id", ["WF303"]),
        ("select nextval('numbers') as id", ["WF303"]),
        ("insert into runs (day) values ('x') on conflict (day) do update set day = excluded.day returning id", []),
        ("select my_function() as id", []),
        ("select id from runs", []),
    ],
)
def test_the_retry_of_all_reads_reaches_a_query_that_writes(sql: str, expected: list[str]) -> None:
    body = f'task q = sql.query(url: db, sql: "{sql}") -> list<{{ id: int }}> output n: int = len(q)'
    assert codes(flow(body, ALL_READS)) == expected


def test_the_statement_and_its_harm_are_told() -> None:
    text = flow(run(f"delete from stage where day < :day;\n    {GROW}", RETRY), BY_HAND)
    (found,) = [item for item in findings(text) if item.code != "WF208"]
    assert found.severity == "error"
    assert found.message == f"`{GROW}` of `load` may be done again after an attempt that had worked"
    assert "starting from what the first run left" in found.why


def test_what_makes_the_run_come_twice_is_told() -> None:
    (daily,) = findings(flow(run(INSERT), DAILY))
    assert daily.message == (
        f"a run of the same day that is repeated, or a backfill, adds the rows again: `{INSERT}` of `load`"
    )
    (hook,) = findings(flow(run(INSERT), HOOK))
    assert hook.message.startswith("a sender that gets no answer, and delivers again, adds the rows again: ")


@pytest.mark.parametrize(
    ("written", "statement"),
    [
        (f'"{INSERT}"', INSERT),
        (f'"""{INSERT}"""', INSERT),
        (f'"""\n      select 1;\n        {INSERT}\n    """', INSERT),
        (
            '"""\r\n    insert into t (a)\r\n      select a from s\r\n  """',
            "insert into t (a)\r\n      select a from s",
        ),
        # an escape stands in the file otherwise than in the SQL: the argument is shown
        ('"insert into t (a) values (\'\\"\')"', '"insert into t (a) values (\'\\"\')"'),
    ],
)
def test_the_finding_stands_at_the_statement(written: str, statement: str) -> None:
    text = flow(f"task load = sql.execute(url: db, sql: {written})", DAILY)
    (found,) = findings(text)
    assert (found.code, text[found.span.start : found.span.end]) == ("WF406", statement)


@pytest.mark.parametrize(
    ("sql", "fixed"),
    [
        ("create table a (id int)", "create table if not exists a (id int)"),
        ("CREATE UNIQUE INDEX i ON a (id)", "CREATE UNIQUE INDEX IF NOT EXISTS i ON a (id)"),
        ("create index concurrently i on a (id)", "create index concurrently if not exists i on a (id)"),
        ("drop table a", "drop table if exists a"),
        ("select 1;\n    drop view a", "select 1;\n    drop view if exists a"),
        ("create schema marts", "create schema if not exists marts"),
        ("create extension hstore", "create extension if not exists hstore"),
        ("create table a as select 1 as one", None),
        ("create view a as select 1 as one", None),
        ("create type mood as enum ('ok')", None),
        ("alter table a add column b int", None),
        ("create table a (id int); insert into a values (1)", None),
    ],
)
def test_definitions_are_guarded_by_a_fix(sql: str, fixed: str | None) -> None:
    text = flow(run(sql), BY_HAND)
    (found,) = others(text)
    assert found.code == "WF408"
    assert [applied(text, fix) for fix in found.fixes] == ([] if fixed is None else [text.replace(sql, fixed)])
    assert all(others(applied(text, fix)) == [] for fix in found.fixes)


def others(text: str) -> list[Diagnostic]:
    """The findings of a text, but that CONCURRENTLY is refused in a transaction."""
    return [item for item in findings(text) if item.code != "WF417"]


@pytest.mark.parametrize(
    ("scheme", "sql", "words"),
    [
        ("postgresql", "create index i on a (id)", "if not exists"),
        ("postgresql", "create index on a (id)", None),
        ("sqlite", "create index i on a (id)", "if not exists"),
        ("mysql", "create index i on a (id)", None),
        ("mysql", "create table a (id int)", "if not exists"),
        ("mysql", "drop index i on a", None),
        ("mssql", "create table a (id int)", None),
        ("mssql", "drop table a", "if exists"),
        ("oracle", "create table a (id int)", None),
        ("oracle", "drop table a", None),
        ("snowflake", "create table a (id int)", "if not exists"),
        ("bigquery", "create table a (id int64)", "if not exists"),
    ],
)
def test_a_fix_is_safe_where_the_database_has_its_form(scheme: str, sql: str, words: str | None) -> None:
    """By the CREATE and DROP pages of each database's reference."""
    text = flow(f'task load = sql.execute(url: "{scheme}://db.example/shop", sql: "{sql}")', BY_HAND)
    (found,) = [item for item in findings(text) if item.code == "WF408"]
    assert [(fix.safe, fix.edits[0].text.strip()) for fix in found.fixes] == ([(True, words)] if words else [])
    lacks = scheme in ("mysql", "mssql", "oracle") and not words
    assert ("this database has no IF [NOT] EXISTS" in found.help) is lacks


def test_behind_a_secret_the_fix_wants_a_look() -> None:
    (found,) = findings(flow(run("drop table a"), BY_HAND))
    assert [fix.safe for fix in found.fixes] == [False]


@pytest.mark.parametrize(
    ("scheme", "words"),
    [("postgresql", "write ON CONFLICT …"), ("mysql", "write ON DUPLICATE KEY UPDATE …"), ("bigquery", "write MERGE")],
)
def test_the_remedy_is_in_the_language_of_the_database(scheme: str, words: str) -> None:
    body = f'task load = sql.execute(url: "{scheme}://db.example/shop", sql: "insert into t (k) values (1)")'
    (found,) = [item for item in findings(flow(body, DAILY)) if item.code == "WF406"]
    assert found.help.startswith(words)


def test_two_definitions_are_fixed_one_after_the_other() -> None:
    text = flow(run("create table a (id int); drop table b"), BY_HAND)
    for _ in range(2):
        (found,) = findings(text)
        text = applied(text, found.fixes[0])
    assert findings(text) == ()
    assert "create table if not exists a (id int); drop table if exists b" in text


@pytest.mark.parametrize(
    "sql",
    [
        "create temp table a (id int)",
        "create or replace view a as select 1 as one",
        "drop table if exists a; create table a (id int)",
        "create table a (id int); drop table a",
        "alter table a alter column b set not null",
    ],
)
def test_definitions_that_can_be_run_again(sql: str) -> None:
    assert codes(flow(run(sql), BY_HAND)) == []


@pytest.mark.parametrize(
    ("sql", "clauses", "expected"),
    [
        ("delete from a", "", 1),
        ("delete from a", "idempotent", 1),
        ("delete from a -- where id = 1", "", 1),
        ("update a set b = 1", "", 1),
        ("update a set b = b + 1", "", 1),
        ("update a set b = 1; delete from c", "", 2),
        ("with old as (delete from a returning id) select count(*) from old", "", 1),
        ("delete from a where true", "", 0),
        ("update a set b = c.b from c where c.id = a.id", "", 0),
        ("truncate a", "", 0),
        ("delete from a; insert into a select * from b", "", 0),
        ("delete from a; copy a from '/data/a.csv' csv", "", 0),
        ("delete from a; insert into c select * from b", "", 1),
        ("create temp table a as select 1 as b; update a set b = 2", "", 0),
        ("select 'delete from a' as text", "", 0),
    ],
)
def test_writes_without_a_filter(sql: str, clauses: str, expected: int) -> None:
    assert codes(flow(run(sql, clauses), BY_HAND)).count("WF409") == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("update a set b = 1 where day = current_date", "current_date"),
        ("update a set b = 1 where at > now() - interval '1 day'", "now"),
        ("update a set b = 1 where at > CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
        ("insert into a (day) values (current_date) on conflict do nothing", "current_date"),
        ("insert into a (day) select now()::date on conflict do nothing", "now"),
        ("insert into a (day) select date_trunc('day', now()) on conflict do nothing", "now"),
        ("insert into a (id, at) values (1, now()) on conflict (id) do nothing", None),
        ("update a set at = now() where id = 1", None),
        ("delete from a where at < now() - interval '90 days'", None),
        ("update a set b = 1 where note = 'current_date'", None),
        ('update a set b = 1 where "current_date" = 3', None),
        ("update a set b = 1 where now = 3", None),
        ("update a set b = (select max(c) from d where day = current_date) where id = 1", "current_date"),
        ("update a set b = 1 where id = :id", None),
    ],
)
def test_clocks(sql: str, expected: str | None) -> None:
    text = flow(run(sql), DAILY)
    found = [item for item in findings(text, NAME, "WF414") if item.code == "WF414"]
    assert [text[item.span.start : item.span.end] for item in found] == ([expected] if expected else [])
    assert [item for item in findings(flow(run(sql), HOOK), NAME, "WF414") if item.code == "WF414"] == []


@pytest.mark.parametrize(("scheme", "expected"), [("mysql", ["WF406"]), ("postgres", [])])
def test_the_url_says_which_sql_it_is(scheme: str, expected: list[str]) -> None:
    """A name in back quotes is MySQL's; to PostgreSQL's parser it is nothing that can be read."""
    body = f'task load = sql.execute(url: "{scheme}://db.example/shop", sql: "insert into `t` (k) values (1)")'
    assert [code for code in codes(flow(body, DAILY)) if code == "WF406"] == expected


@pytest.mark.parametrize(
    ("sql", "loaded"),
    [
        ("select id, count(*) as n from events where day = :day group by id", "[]"),
        ("insert into events (id) values (1)", "['sqlglot']"),
    ],
)
def test_the_parser_is_loaded_only_for_what_is_more_than_a_plain_select(sql: str, loaded: str, tmp_path: Path) -> None:
    path = tmp_path / "flow.wf"
    path.write_text(flow(f'task q = sql.query(url: db, sql: "{sql}") -> list<{{ id: int }}>', DAILY), "utf-8")
    code = (
        "import sys\nfrom wfc.cli import main\nmain(sys.argv[1:])\n"
        "print([name for name in ('sqlglot',) if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, "check", str(path)], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == loaded, done.stderr


@pytest.mark.parametrize(
    ("sql", "params", "expected"),
    [
        ("delete from a where d = :day", "{ day: d }", []),
        ("delete from a where d = :dya", "{ day: d }", ["nobody gives", "does not use"]),
        ("delete from a where d = ':x'::text and e = :day -- :y", "{ day: d }", []),
        ("delete from a where d = $q$ :x $q$ and e = :day /* :z */", "{ day: d }", []),
        ("delete from a where d[1:2] = :day", "{ day: d }", []),
        ("delete from a where d = 1", "{ day: d }", ["does not use"]),
        ("delete from a where d = :day", "{}", ["nobody gives"]),
    ],
)
def test_parameters(sql: str, params: str, expected: list[str]) -> None:
    text = flow(f'input d: date secret u task a = sql.execute(url: u, sql: "{sql}", params: {params})')
    messages = [item.message for item in findings(text) if item.code == "WF208"]
    assert len(messages) == len(expected), messages
    assert all(any(part in message for message in messages) for part in expected), messages


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("return 1", False),
        ("retrun 1", True),
        ("x = [1, 2", True),
        (r"import json\nreturn json.dumps(1)", False),
        (r"if True:\nreturn 1", True),
    ],
)
def test_bodies_that_are_no_python(body: str, wrong: bool) -> None:
    assert ("WF212" in codes(flow(f'task a = python("{body}") -> json output a: json = a'))) is wrong
