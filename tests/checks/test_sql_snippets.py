"""How often the reading of SQL is right, on texts that were labelled before there was a reader."""

from __future__ import annotations

import collections
import hashlib
import logging
import random

import pytest

from checks.sql_fresh import FRESH
from checks.sql_snippets import SNIPPETS
from wfc.embedded.sql import DIALECTS, classify, dialect_of, is_plain_read
from wfc.embedded.verdict import READ, SAFE, UNKNOWN, UNSAFE

HALVES = ("tuned on", "held out")
Figures = collections.Counter[tuple[str, str]]


def half(text: str) -> str:
    """Which half a text belongs to: by its hash, so that neither order nor subject decides."""
    return HALVES[hashlib.sha256(text.encode()).digest()[0] % 2]


def figures(wanted: str) -> Figures:
    """(truth, verdict) → how many texts of a half."""
    return collections.Counter(
        (truth, classify(text, dialect).kind) for text, truth, dialect in SNIPPETS if half(text) == wanted
    )


def test_there_are_enough_of_each() -> None:
    assert len({text for text, _, _ in SNIPPETS}) == len(SNIPPETS) >= 200
    for one in HALVES:
        assert sum(half(text) == one for text, _, _ in SNIPPETS) >= 90


@pytest.mark.parametrize("wanted", HALVES)
def test_what_is_called_unsafe_is(wanted: str) -> None:
    found = figures(wanted)
    called = sum(count for (_, verdict), count in found.items() if verdict == UNSAFE)
    unknown = sum(count for (_, verdict), count in found.items() if verdict == UNKNOWN)
    print(f"{wanted}: unsafe {found[UNSAFE, UNSAFE]} of {called} right, unknown {unknown} of {sum(found.values())}")
    assert found[UNSAFE, UNSAFE] >= 0.95 * called


@pytest.mark.parametrize(("text", "dialect"), [(item[0], item[2]) for item in (*SNIPPETS, *FRESH) if item[1] == UNSAFE])
def test_nothing_unsafe_is_called_safe(text: str, dialect: str) -> None:
    assert classify(text, dialect).kind in (UNKNOWN, UNSAFE)


def test_the_second_set() -> None:
    """No false alarm, and most guards that hold are seen."""
    found = collections.Counter((truth, classify(text, dialect).kind) for text, truth, dialect in FRESH)
    assert len({text for text, _, _ in FRESH}) == len(FRESH) >= 100
    assert found[SAFE, UNSAFE] + found[READ, UNSAFE] == 0
    assert found[UNSAFE, UNSAFE] >= 20
    assert found[SAFE, SAFE] >= 24


@pytest.mark.parametrize("text", [text for text, truth, _ in (*SNIPPETS, *FRESH) if truth != READ])
def test_no_write_is_a_plain_read(text: str) -> None:
    assert not is_plain_read(text)


NOT_SAFE = [
    # the old row reaches the new value by another way
    "with s as (select id, n + 1 as n from t) update t set n = s.n from s where s.id = t.id",
    "create temp table d as select id, n + 1 as n from t; update t set n = d.n from d where d.id = t.id",
    "insert into t (k, n) select k, n + 1 from t on conflict (k) do update set n = excluded.n",
    "merge into t using (select id, n + 1 as n from t) s on t.id = s.id when matched then update set n = s.n",
    "update t set n = (select max(n) + 1 from t)",
    "update t set x = p.x from t p where p.id = t.parent",
    "create table n as select id, v + 1 as v from t; drop table t; alter table n rename to t",
    "delete from t; insert into t select * from (select * from t) x",
    # a later statement decides what the second run finds
    "update q set s = 'done' where s = 'running'; update q set s = 'running' where s = 'new'",
    "delete from q where s = 'done'; update q set s = 'done' where s = 'running'",
    "delete from a where id in (select id from b); insert into b (id) values (1) on conflict do nothing",
    "create table x as select * from orders; truncate orders",
    "insert into t select s.* from s where not exists (select 1 from t where t.id = s.id); "
    "delete from t where id not in (select min(id) from t group by a)",
    "update t set n = 5; insert into t (id, n) values (9, 0) on conflict do nothing",
    "insert into t (id) values (1) on conflict do nothing; drop table if exists t",
    "create or replace view v as select * from t; alter table t add column if not exists note text",
    "select setval('numbers', (select max(id) from t)); insert into t (id) values (90) on conflict do nothing",
    "create table n as select 1 as id; drop table t; alter table n rename to t; "
    "create or replace view v as select * from t",
    # other rows, or other values, each time
    "delete from t where random() < 0.1",
    "update t set token = gen_random_uuid()",
    "insert ignore into t (id) values (uuid())",
    # what is not understood
    "call refresh_everything()",
    "do $$ begin perform 1; end $$",
    "execute plan",
    "select public.refresh_everything()",
    'select "refresh"()',
    "select refresh_everything()",
    "insert into t select * from (",
    "explain analyze insert into t values (1)",
    "update t set n = (n + 1) % 10",
    "create table if not exists t (n int); insert into t values (1)",
    "create index if not exists i on t (n); insert into t values (1)",
    "/* read only */ update t set n = n + 1",
    "select 1; insert into t values (1)",
    "with x as (delete from t where id in (select id from t limit 5) returning *) select * from x",
    "copy t from program 'cat /data/in.csv'",
]


@pytest.mark.parametrize("text", NOT_SAFE)
def test_what_is_not_proved_is_not_called_safe(text: str) -> None:
    assert classify(text).kind in (UNKNOWN, UNSAFE)


@pytest.mark.parametrize(
    "text",
    [
        "update t set data = data || '{\"seen\": true}'::jsonb where id = 1",
        "update t set data = data || :patch where id = 1",
        "update t set n = n + 1, done = true where not done",
        "update t set total = total - discount, discount = 0",
        "insert into archive select * from q where done; delete from q where done",
        "copy into t from @stage",
        "insert into t select * from s where id > (select max(id) from t)",
    ],
)
def test_what_may_be_safe_is_not_called_unsafe(text: str) -> None:
    assert classify(text).kind in (UNKNOWN, SAFE)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("delete from t", ["delete-all"]),
        ("delete from t; insert into t select * from s", ["reload", "insert"]),
        ("delete from t; insert into u select * from s", ["delete-all", "insert"]),
        ("insert into t select * from s; delete from t", ["insert", "delete-all"]),
        ("update t set a = 1", ["update-all"]),
        ("update t set a = a + 1", ["relative-update-all"]),
        ("update t set a = 1 where true", ["update"]),
        ("delete from t using s where s.id = t.id", ["delete"]),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [reason.kind for reason in classify(text).reasons] == kinds


@pytest.mark.parametrize(("count", "expected"), [(500, SAFE), (501, UNKNOWN)])
def test_long_texts(count: int, expected: str) -> None:
    text = "; ".join(f"insert into t (id) values ({n}) on conflict (id) do nothing" for n in range(count))
    assert classify(text).kind == expected


def test_a_reason_stands_at_its_statement() -> None:
    text = "-- note; not a statement\nselect ';' as x;\n\ninsert into t (a) values ('é;');\nselect 1"
    (found,) = classify(text).reasons
    assert text[found.start : found.end] == "insert into t (a) values ('é;')"
    assert found.what == "`insert into t (a) values ('é;')`"


@pytest.mark.parametrize(
    ("url", "dialect"),
    [
        ("postgresql://db/x", "postgres"),
        ("mysql://db/x", "mysql"),
        ("postgresql+psycopg://db/x", "postgres"),
        ("snowflake://account/db", "snowflake"),
        ("", ""),
        ("mysql", ""),
    ],
)
def test_dialects(url: str, dialect: str) -> None:
    assert dialect_of(url) == dialect


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS.values())))
def test_every_dialect_is_known_to_the_parser(dialect: str) -> None:
    assert classify("update t set n = n + 1 where id = 1", dialect).kind == UNSAFE


def test_nothing_is_said_but_by_the_verdict(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for text in ("vacuum t", "call p()", "grant x", "create extension y", "insert into", "select '", "$$", ";;;"):
            classify(text)
    assert (caplog.records, *capfd.readouterr()) == ([], "", "")


def test_any_text_has_a_verdict() -> None:
    """Pieces of the snippets, cut and joined anywhere: each gives a verdict, and the same one again."""
    dice = random.Random(7)
    texts = [text for text, _, _ in SNIPPETS]
    for _ in range(400):
        first, second = dice.choice(texts), dice.choice(texts)
        text = (
            first[: dice.randrange(len(first))] + dice.choice([" ", "; ", "("]) + second[dice.randrange(len(second)) :]
        )
        found = classify(text, dice.choice(["postgres", "mysql", "snowflake", "bigquery"]))
        assert all(0 <= reason.start < reason.end <= len(text) for reason in found.reasons)
