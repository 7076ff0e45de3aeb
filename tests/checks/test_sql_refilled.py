"""WF406 is silent where the same flow has emptied the table before: the run as a whole may be repeated."""

from __future__ import annotations

import pytest

from checks.finding import codes, flow

HEAD = 'on schedule("0 5 * * *", timezone: "UTC") defaults { timeout 1m } secret db, other'
FILL = "insert into staging (id) select id from orders"
FILL_DAY = "insert into staging (day, id) select :day::date, id from orders where placed_on = :day::date"
EMPTY = "truncate staging"


def task(name: str, sql: str, clauses: str = "", url: str = "db", day: str = "", called: str = "day") -> str:
    """A task with a text of SQL; day: a value for the parameter `called`."""
    params = f", params: {{ {called}: {day} }}" if day else ""
    return f'task {name} = sql.execute(url: {url}, sql: "{sql}"{params}) {clauses}\n'


FILLED = task("fill", FILL)
FILLED_DAY = task("fill", FILL_DAY, day="run.date")


@pytest.mark.parametrize(
    "body",
    [
        task("clear", EMPTY) + FILLED,
        task("clear", "TRUNCATE TABLE public.Staging") + FILLED,
        task("clear", "truncate orders_old, staging") + FILLED,
        task("clear", "delete from staging where true") + FILLED,
        task("clear", "delete from staging where 1 = 1") + FILLED,
        task("clear", "drop table if exists staging; create table staging (id int)") + FILLED,
        task("clear", EMPTY) + task("look", "analyze orders") + FILLED,
        task("clear", EMPTY) + f"for n in [1, 2] {{ {FILLED} }}",
        f"for n in [1, 2] {{ {task('clear', EMPTY)} {FILLED} }}",
        task("clear", EMPTY) + f"parallel {{ {FILLED} {task('more', FILL)} }}",
        f"parallel {{ {task('clear', EMPTY)} {task('other_one', 'truncate x')} }}\n" + FILLED,
        f"parallel {{ {task('clear', EMPTY)} {task('fill', FILL, 'after clear')} }}",
        task("clear", EMPTY) + task("fill", "copy staging from '/data/in.csv' csv"),
        task("clear", "delete from staging where day = :day", day="run.date") + FILLED_DAY,
        task("clear", "delete from staging where day = :d", day="run.date", called="d") + FILLED_DAY,
    ],
)
def test_a_table_that_was_emptied_before(body: str) -> None:
    assert "WF406" not in codes(flow(body, HEAD))


@pytest.mark.parametrize(
    "body",
    [
        FILLED + task("clear", EMPTY),
        task("clear", "truncate orders") + FILLED,
        task("clear", "truncate marts.staging") + FILLED,
        task("clear", EMPTY, url="other") + FILLED,
        task("clear", EMPTY, 'when run.id == "x"') + FILLED,
        f"for n in [1, 2] {{ {task('clear', EMPTY)} }}\n" + FILLED,
        f'if run.id == "x" {{ {task("clear", EMPTY)} }}\n' + FILLED,
        f"try {{ {task('clear', EMPTY)} }} recover {{ }}\n" + FILLED,
        f"parallel {{ {task('clear', EMPTY)} {FILLED} }}",
        task("clear", "create table if not exists staging (id int)") + FILLED,
        task("clear", "create temp table staging (id int)") + FILLED,
        task("clear", "delete from staging where id < 10") + FILLED,
        task("clear", "delete from staging using orders o where o.id = staging.id and o.id = 1") + FILLED,
        task("clear", "delete from staging where day = :day", day="run.id") + FILLED_DAY,
        task("clear", EMPTY) + task("fill", f"{FILL}; insert into log (what) values ('filled')"),
    ],
)
def test_rows_that_still_come_twice(body: str) -> None:
    assert codes(flow(body, HEAD)).count("WF406") == 1


def test_the_retry_of_the_task_itself_is_told_as_before() -> None:
    body = task("clear", EMPTY) + task("fill", FILL, "retry fixed(attempts: 3, every: 5s)")
    assert [code for code in codes(flow(body, HEAD)) if code in ("WF303", "WF406")] == ["WF303"]
