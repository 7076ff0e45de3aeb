# ruff: noqa: E501
"""The reading of SQL against a PostgreSQL server: each text is run once, and twice, and the two states compared."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from engines import cache
from engines.postgres import Postgres
from wfc.embedded.sql import classify
from wfc.embedded.verdict import READ, SAFE, UNSAFE

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.engine

SCHEMA = """
create table orders (id int primary key, customer int, total numeric, status text, placed_on date);
create table stage (id int, customer int, total numeric, status text, placed_on date);
create table daily (day date primary key, n int, total numeric);
create table events (what text, n int);
create table queue (id int primary key, state text);
create table archive (id int, state text);
create table counters (name text primary key, n int);
create table people (id int primary key, first text, last text, email text, tags text[], meta jsonb);
create sequence numbers;
insert into orders select i, i % 3, i * 10, 'open', date '2026-01-01' + i % 4 from generate_series(1, 12) i;
insert into stage select i, i % 5, i * 11, 'new', date '2026-01-01' + i % 4 from generate_series(9, 20) i;
insert into events values ('a', 1), ('b', 2);
insert into queue select i, (array['new', 'running', 'done'])[i % 3 + 1] from generate_series(1, 30) i;
insert into counters values ('runs', 5), ('rows', 7);
insert into people values (1, 'Ann', 'Lee', ' ANN@X.EXAMPLE', '{a}', '{"x": 1}'), (2, 'Bo', 'Ek', 'bo@x.example', '{}', '{}');
"""

TEXTS = """
select count(*) from orders where placed_on > date '2026-01-01'
with open as (select * from orders where status = 'open') select customer, sum(total) from open group by 1
select nextval('numbers')
select setval('numbers', (select max(id) from orders))
insert into events values ('c', 3)
insert into events select status, count(*) from orders group by status
insert into orders select id + 100, customer, total, status, placed_on from stage
insert into orders select * from stage on conflict do nothing
insert into orders select * from stage on conflict (id) do update set total = excluded.total, status = excluded.status
insert into orders as o select * from stage on conflict (id) do update set total = o.total + excluded.total
insert into orders as o select * from stage on conflict (id) do update set total = greatest(o.total, excluded.total)
insert into orders select * from stage s where not exists (select 1 from orders o where o.id = s.id)
insert into orders select s.* from stage s left join orders o on o.id = s.id where o.id is null
insert into archive select id, state from queue where id not in (select id from archive)
insert into archive select * from queue where state = 'done'
insert into counters values ('runs', 1) on conflict (name) do update set n = counters.n + 1
insert into counters (name, n) select name, n + 1 from counters on conflict (name) do update set n = excluded.n
insert into people (id, first) values (random() * 1000000 + 10, 'x') on conflict (id) do nothing
delete from daily; insert into daily select placed_on, count(*), sum(total) from orders group by 1
delete from daily where day = '2026-01-02'; insert into daily select '2026-01-02', count(*), 0 from orders
truncate daily; insert into daily select placed_on, count(*), sum(total) from orders group by 1
delete from orders using stage s where orders.id = s.id; insert into orders select * from stage
create temp table t as select * from stage; update t set total = total * 2; insert into orders select * from t on conflict do nothing
create temp table t as select name, n + 1 as n from counters; update counters c set n = t.n from t where t.name = c.name
with moved as (delete from queue where state = 'done' returning *) insert into archive select * from moved
with fresh as (insert into counters values ('new', 0) on conflict do nothing returning name) insert into events select name, 0 from fresh
insert into archive select * from queue where state = 'done'; delete from queue where state = 'done'
update orders set status = 'shipped' where id = 3
update orders set total = total * 1.05 where customer = 1
update orders set total = total - 1 where total > 50
update counters set n = n + 1 where name = 'runs'
update counters set n = coalesce(n, 0) + 1
update counters set n = (select count(*) from orders)
update counters set n = (select max(n) + 1 from counters)
update counters set n = n + 1 where name = 'runs' and n = 5
update people set email = lower(trim(email))
update people set first = first || '!' where id = 1
update people set meta = meta || '{"y": 2}'::jsonb where id = 1
update people set meta = jsonb_set(meta, '{seen}', 'true')
update people set tags = array_append(tags, 'z') where id = 1
update people set first = last, last = first
update people set first = last, last = 'new' where id = 1
update people set first = first || ' ' || last where id = 2
update orders set total = s.total from stage s where s.id = orders.id
update queue set state = 'done' where state = 'running'; update queue set state = 'running' where state = 'new'
update queue set state = 'running' where id = (select id from queue where state = 'new' order by id limit 1)
delete from queue where state = 'done'
delete from queue where id in (select id from queue order by id limit 3)
delete from queue where state = 'done'; update queue set state = 'done' where state = 'running'
delete from orders where id not in (select min(id) from orders group by customer)
merge into orders t using stage s on t.id = s.id when matched then update set total = s.total when not matched then insert values (s.id, s.customer, s.total, s.status, s.placed_on)
merge into orders t using stage s on t.id = s.id when matched then update set total = t.total + s.total
create table x (id int)
create table if not exists x (id int)
create table if not exists x (id int); insert into x values (1)
drop table if exists x; create table x as select * from orders; create index x_total on x (total)
create table x as select * from orders
create table x as select * from orders; drop table x
create table orders_new as select * from stage; drop table orders; alter table orders_new rename to orders
create table counters_new as select name, n + 1 as n from counters; drop table counters; alter table counters_new rename to counters
create index i on orders (total)
create index if not exists i on orders (total)
create or replace view v as select * from orders
create view v as select * from orders
drop table events
drop table if exists events
alter table orders add column note text
alter table orders add column if not exists note text
alter table orders alter column status set default 'open'
alter table orders rename column status to state
alter table events rename to happenings
create schema marts; create table marts.a (id int)
drop schema if exists marts cascade; create schema marts; create table marts.a (id int)
select * into backup from orders
begin; update orders set status = 'x' where id = 1; insert into events values ('x', 1); commit
truncate orders
grant select on orders to public
analyze orders
""".strip().split("\n")
"""One text a line, over the tables of SCHEMA."""

GUARDS = """
insert into events select 'opened', s.id from stage s where not exists (select 1 from events e where e.what = 'closed' and e.n = s.id)
insert into events select 'opened', s.id from stage s where not exists (select 1 from events e where e.what = 'opened' and e.n = s.id)
insert into events (what, n) select 'opened', s.id from stage s where not exists (select 1 from events e where e.what = 'opened' and e.n = s.id)
insert into events (what, n) select 'late', 5 where not exists (select 1 from events where what = 'early')
insert into events (what, n) select 'late', 5 where not exists (select 1 from events where what = 'late' and n = 5)
insert into events (what, n) select 'late', 5 where not exists (select from events where what = 'late' and n = 6)
insert into events (what, n) select 'x', 1 where not exists (select 1 from events where false)
insert into events select status, id from stage where not exists (select 1 from events where what = 'new')
insert into archive (id, state) select o.id, o.status from orders o where not exists (select 1 from archive a where a.id = o.id)
insert into archive (id, state) select o.id, o.status from orders o where not exists (select 1 from archive a where a.id = o.customer)
insert into archive (id, state) select o.id, o.status from orders o where not exists (select 1 from archive a where a.id = o.id + 100)
insert into archive (id, state) select o.id, o.status from orders o where not exists (select 1 from archive a where a.id = o.id and a.state = 'done')
insert into archive (id, state) select o.id, o.status from orders o where not exists (select 1 from archive a where a.id = o.id having count(*) > 3)
insert into archive (id, state) select o.id, upper(o.status) from orders o where not exists (select 1 from archive a where a.id = o.id and a.state = o.status)
insert into archive (id, state) select o.id, o.status from orders o where o.id not in (select id from archive)
insert into archive (id, state) select o.id, o.status from orders o where o.id not in (select id + 100 from archive)
insert into archive (id, state) select o.id, o.status from orders o where o.id not in (select id from archive where state = 'gone')
insert into archive (id, state) select o.id, o.status from orders o where o.id not in (select id from queue where id > 9)
insert into archive (id, state) select o.id, o.status from orders o where o.id <> all (select id from archive)
insert into archive (id, state) select o.id, o.status from orders o left join archive a on a.id = o.id where a.id is null
insert into archive (id, state) select o.id, o.status from orders o left join archive a on a.id = o.customer where a.id is null
insert into archive (id, state) select o.id, o.status from orders o left join archive a on a.id = o.id and a.state = 'gone' where a.id is null
insert into archive (id) select o.id from orders o left join archive a on a.id = o.id where a.state is null
insert into archive (id, state) select id, 'x' from orders left join archive a using (id) where a.id is null
insert into archive (id, state) select (o.id), o.status from orders o left join archive a on (a.id, a.state) = (o.id, o.status) where a.id is null
insert into archive select id, status from orders except select * from archive
insert into archive (id, state) select id, status from orders except select id, state from archive where id > 5
insert into archive (id, state) select id, status from orders where not exists (select 1 from archive)
insert into archive (id, state) select id, 'a' from orders where id not in (select id from archive limit 3)
insert into archive (id, state) select id, status from orders o where not exists (select 1 from archive a where a.id = id)
delete from events where what = 'a'; insert into events values ('b', 2)
delete from events where what = 'b' and n = 3; insert into events (what, n) values ('b', 2)
delete from events where what = 'b' or n = 9; insert into events (what, n) values ('b', 2)
delete from events where not what = 'b'; insert into events (what, n) values ('b', 2)
delete from events where what = 'b'; insert into events (what, n) values ('b', 2), ('c', 2)
delete from events where what = 'new' and n > 10; insert into events (what, n) select status, id from stage where status = 'new'
delete from events where what = 'new'; insert into events (what, n) select status, id from stage where status = 'new'
delete from events where n between 10 and 12; insert into events (what, n) select status, id from stage where id between 10 and 12
delete from events where n between 10 and 12; insert into events (what, n) select status, id from stage where id between 9 and 12
delete from events where n >= 10; insert into events (what, n) select status, id from stage where id >= 10 and customer = 1
delete from events where n >= 10; insert into events (what, n) select status, customer from stage where id >= 10
delete from archive where id in (select id from stage where customer = 1); insert into archive select id, status from stage
delete from archive where id in (select id from stage); insert into archive select id, status from stage where customer = 1
delete from archive where id in (select id from stage); insert into archive (id, state) select customer, status from stage
delete from archive where id in (select id from stage); insert into archive (id, state) select id, status from orders
delete from archive using stage s where archive.id = s.id and s.customer = 1; insert into archive (id, state) select id, status from stage
delete from archive using stage s where archive.id = s.id; insert into archive (id, state) select id, status from stage
delete from archive a where exists (select 1 from stage s where s.id = a.id); insert into archive (id, state) select s.id, s.status from stage s
insert into counters (name, n) values ('new', 1) on conflict (name) do update set n = excluded.n + 1
insert into counters (name, n) values ('new', 1) on conflict (name) do update set n = 2
insert into counters (name, n) values ('new', 1) on conflict (name) do update set n = 1
insert into counters (name) values ('new') on conflict (name) do update set n = 1
insert into counters (name) values ('new') on conflict (name) do update set n = null
insert into counters (name, n) select 'new', max(n) + 1 from counters on conflict do nothing
insert into counters select 'run' || count(*), 0 from counters on conflict do nothing
with new as (insert into counters values ('e1', 3) on conflict do nothing returning n) update orders set total = total + new.n from new where orders.id = 1
with new as (insert into counters values ('e1', 3) on conflict (name) do nothing returning n) update orders as o set total = o.total + new.n from new where o.id = 1
with new as (insert into events values ('e1', 3) returning n) update orders set total = total + new.n from new where orders.id = 1
with new as (insert into counters values ('e1', 3) on conflict do nothing returning n) update orders set total = total + 1 where id = 1
with new as (insert into counters values ('e1', 3) on conflict (name) do update set n = 3 returning n) update orders set total = total + new.n from new where orders.id = 1
with new as (insert into counters values ('e1', 3) on conflict do nothing returning n) update orders set total = orders.total + s.id from stage s left join new on true where orders.id = s.id
with new as (insert into counters values (gen_random_uuid()::text, 3) on conflict (name) do nothing returning n) update orders set total = total + new.n from new where orders.id = 1
merge into archive a using stage s on a.id = s.customer when not matched then insert (id, state) values (s.id, s.status)
merge into archive a using stage s on a.id = s.id when not matched then insert (id, state) values (s.id, s.status)
merge into archive a using stage s on a.id = s.id and a.state = 'gone' when not matched then insert (id, state) values (s.id, s.status)
merge into archive a using stage s on false when not matched then insert (id, state) values (s.id, s.status)
merge into archive a using stage s on a.id = s.id when matched then update set state = 'seen' when not matched then insert (id, state) values (s.id, 'new')
merge into archive a using stage s on a.id = s.id when matched then update set state = s.status when not matched then insert values (s.id, s.status)
update people set first = left(first, 2)
update people set email = left(trim(email), 3)
update orders set total = round(total / 3, 1)
update orders set total = round(total, 0)
""".strip().split("\n")
"""What should keep a second run out, and often does not: guards, a DELETE before an INSERT, keys of an upsert."""

DUMP = """
do $$ declare one text; begin
  create temp table state (line text);
  for one in select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables
      where schemaname in ('public', 'marts') loop
    execute format('insert into state select %L || t::text from %s t', one || ' ', one);
    execute format('insert into state values (%L)', one);
  end loop;
  insert into state select 'column ' || table_name || '.' || column_name || coalesce(column_default, '')
    from information_schema.columns where table_schema in ('public', 'marts');
  insert into state select 'index ' || indexdef from pg_indexes where schemaname in ('public', 'marts');
  insert into state select 'sequence ' || last_value || is_called from numbers;
end $$;
select line from state order by line;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    try:
        found = Postgres()
    except cache.Missing as missing:
        pytest.skip(str(missing))
    yield found
    found.close()


def sql(url: str, text: str) -> tuple[bool, str]:
    """Did a session run all of a text, and what it printed."""
    done = subprocess.run(
        ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"], input=text, capture_output=True, text=True
    )
    return done.returncode == 0, done.stdout


def states(server: Postgres, text: str, times: int) -> tuple[bool, str]:
    """Did the last of some runs go well, and what the database holds then."""
    url = server.database()
    assert sql(url, SCHEMA)[0]
    went = [sql(url, text)[0] for _ in range(times)]
    assert all(went[:-1]), text
    return went[-1], sql(url, DUMP)[1]


@pytest.mark.parametrize("text", [*TEXTS, *GUARDS])
def test_what_is_told_of_the_second_run_is_what_it_does(server: Postgres, text: str) -> None:
    once, twice = states(server, text, 1), states(server, text, 2)
    assert once[0], text
    told = classify(text).kind
    if told in (READ, SAFE):
        assert twice == once
    elif told == UNSAFE:
        assert twice != once


def test_most_are_decided() -> None:
    told = [classify(text).kind for text in TEXTS]
    assert sum(kind in (READ, SAFE, UNSAFE) for kind in told) >= 0.8 * len(told)
