# ruff: noqa: E501
"""A second set of SQL, written against the reading of it: guards that ask for another row, keys that differ.

(dialect, text, truth), as in sql_snippets.py. Labelled by reasoning about SQL before the reading was asked about any
of them; each is weighed as a text over tables in which a run finds work to do, so that a guard that keeps nothing out
is seen.
"""

from __future__ import annotations

from checks.sql_snippets import READ, SAFE, UNSAFE

POSTGRES = (
    # guards that ask for another row than the one that is inserted
    (
        "insert into events (kind, ref) select 'opened', s.id from stage s where not exists (select 1 from events e where e.kind = 'closed' and e.ref = s.id)",
        UNSAFE,
    ),
    (
        "insert into alerts (rule, day) select 'late', :day where not exists (select 1 from alerts where rule = 'early' and day = :day)",
        UNSAFE,
    ),
    (
        "insert into fact_sales (id, region) select s.id, 'us' from stage s left join fact_sales f on f.id = s.id and f.region = 'eu' where f.id is null",
        UNSAFE,
    ),
    (
        "insert into audit (run_id, what) select :run, 'done' where not exists (select 1 from audit where run_id = :other)",
        UNSAFE,
    ),
    ("insert into log (msg) select 'start' where not exists (select 1 from log where msg = 'end')", UNSAFE),
    (
        "insert into payments (invoice, amount) select i.id, i.total from invoices i where not exists (select 1 from payments p where p.invoice = i.previous_id)",
        UNSAFE,
    ),
    (
        "insert into payments (invoice, amount) select i.id, i.total from invoices i left join payments p on p.invoice = i.previous_id where p.invoice is null",
        UNSAFE,
    ),
    (
        "insert into dim (code, name, valid_from) select s.code, s.name, current_date from stage s where not exists (select 1 from dim d where d.code = s.code and d.valid_from > current_date)",
        UNSAFE,
    ),
    ("insert into t (a) select 1 where not exists (select 1 from t where false)", UNSAFE),
    (
        "insert into members (group_id, user_id) select :g, :u where not exists (select 1 from members where group_id = :g and user_id = :u and left_at is not null)",
        UNSAFE,
    ),
    (
        "insert into queue (url, state) select p.url, 'new' from pages p where not exists (select 1 from queue q where q.url = p.url and q.state = 'done')",
        UNSAFE,
    ),
    (
        "insert into rates (day, rate) select :day::date, :rate where not exists (select 1 from rates where day = :day::date - 1)",
        UNSAFE,
    ),
    (
        "insert into archive (id, total) select o.id, o.total from orders o where o.id not in (select order_id from archive_log)",
        UNSAFE,
    ),
    (
        "insert into archive (id, total) select o.id, o.total from orders o where o.id not in (select id + 100000 from archive)",
        UNSAFE,
    ),
    (
        "insert into archive (id, total) select o.id, o.total from orders o where o.id not in (select previous_id from archive)",
        UNSAFE,
    ),
    ("insert into fact_orders select * from staging where id > (select coalesce(min(id), 0) from fact_orders)", UNSAFE),
    ("insert into fact_orders select * from staging where loaded_at > (select max(loaded_at) from load_log)", UNSAFE),
    ("insert into hosts (host) select host from requests except select host from blocked_hosts", UNSAFE),
    ("insert into t (k) select s.k from s left join t on t.k = s.k where s.k is not null", UNSAFE),
    ("insert into t (k) select s.k from s left join t on t.k = s.k where t.k is null or s.force", UNSAFE),
    ("insert into t (k) select s.k from s where not exists (select 1 from t where t.k = s.k) or s.force", UNSAFE),
    ("insert into t (k) select s.k from s where exists (select 1 from t where t.k = s.k)", UNSAFE),
    (
        "insert into t (k) select 'a' where not exists (select 1 from t where k = 'a'); insert into t (k) values ('b')",
        UNSAFE,
    ),
    (
        "insert into people (id, name) select max(id) + 1, :name from people where not exists (select 1 from people where id = :id)",
        UNSAFE,
    ),
    (
        "insert into t (id, k) select gen_random_uuid(), s.k from s where not exists (select 1 from t where t.id = gen_random_uuid())",
        UNSAFE,
    ),
    ("insert into t (k) select s.k from s where not exists (select 1 from t where t.k = s.k || '-old')", UNSAFE),
    ("insert into t (k) select upper(s.k) from s where not exists (select 1 from t where t.k = lower(s.k))", UNSAFE),
    (
        "insert into t (k) select s.k from s where not exists (select 1 from t where t.k = s.k and t.k like 'x%')",
        UNSAFE,
    ),
    ("insert into t (k) select s.k from s where (select count(*) from t where t.k = s.k) < 2", UNSAFE),
    (
        "insert into t (k) select s.k from s where not exists (select 1 from t where t.k = s.k having count(*) > 3)",
        UNSAFE,
    ),
    (
        "insert into t (k, day) select s.k, :day from s where not exists (select 1 from t where t.k = s.k and t.day = s.day)",
        UNSAFE,
    ),
    ("insert into t (k) select s.k from s where s.k not in (select k from t limit 10)", UNSAFE),
    # guards that hold
    (
        "insert into t (id, k) select gen_random_uuid(), s.k from s where not exists (select 1 from t where t.k = s.k)",
        SAFE,
    ),
    (
        "insert into regions (code, name) select v.code, v.name from (values ('eu', 'Europe'), ('us', 'America')) as v (code, name) where not exists (select 1 from regions r where r.code = v.code)",
        SAFE,
    ),
    (
        "insert into events (kind, ref) select 'opened', s.id from stage s where not exists (select 1 from events e where e.kind = 'opened' and e.ref = s.id)",
        SAFE,
    ),
    (
        "insert into alerts (rule, day) select 'late', :day where not exists (select from alerts where day = :day and rule = 'late')",
        SAFE,
    ),
    (
        "insert into fact_sales (id, region) select s.id, s.region from stage s left join fact_sales f on f.id = s.id and f.region = s.region where f.id is null",
        SAFE,
    ),
    (
        "insert into fact_sales (id, region) select s.id, s.region from stage s left join fact_sales f on (f.id, f.region) = (s.id, s.region) where f.id is null",
        SAFE,
    ),
    (
        "with new as (select id, total from stage where day = :day) insert into orders (id, total) select n.id, n.total from new n where not exists (select 1 from orders o where o.id = n.id)",
        SAFE,
    ),
    ("insert into t select * from s where not exists (select 1 from t)", SAFE),
    (
        "insert into tags (name) select distinct s.tag from stage s left join tags g using (name) where g.name is null and s.tag = name",
        SAFE,
    ),
    (
        "insert into fact_orders (id, total) select id, total from staging where id > coalesce((select max(id) from fact_orders), 0)",
        SAFE,
    ),
    (
        "insert into archive (id, total) select o.id, o.total from orders o where o.id <> all (select id from archive)",
        SAFE,
    ),
    # DELETE, then INSERT of other rows
    ("delete from t where k = 'a'; insert into t (k) values ('b')", UNSAFE),
    (
        "delete from totals where day = :day and region = 'eu'; insert into totals (day, region, n) select day, region, count(*) from orders where day = :day group by 1, 2",
        UNSAFE,
    ),
    ("delete from daily where day = :day; insert into daily select * from stage where day >= :day", UNSAFE),
    ("delete from daily where day < :day; insert into daily (day, n) values (:day, 5)", UNSAFE),
    ("delete from daily where day <> :day; insert into daily select * from stage where day = :day", UNSAFE),
    (
        "delete from orders where id in (select id from stage where day = :day); insert into orders select * from stage",
        UNSAFE,
    ),
    (
        "delete from orders using stage s where orders.id = s.id and s.final; insert into orders select * from stage",
        UNSAFE,
    ),
    ("delete from a where day = :day; insert into b select * from stage where day = :day", UNSAFE),
    ("delete from daily where not day = :day; insert into daily (day, n) values (:day, 5)", UNSAFE),
    (
        "delete from daily where day between :start and :end; insert into daily select * from stage where day between :start and :end",
        SAFE,
    ),
    (
        "delete from daily where day = :day::date; insert into daily (day, n) select :day::date, count(*) from orders where placed_on = :day::date",
        SAFE,
    ),
    (
        "delete from lines where order_id = :id; delete from orders where id = :id; insert into orders (id, total) values (:id, :total); insert into lines (order_id, sku) select :id, sku from stage_lines",
        SAFE,
    ),
    # upserts whose second branch says something else than the first
    ("insert into t (id, n) values (1, 5) on conflict (id) do update set n = excluded.n + 1", UNSAFE),
    ("insert into visits (page, state) values (:page, 'new') on conflict (page) do update set state = 'seen'", UNSAFE),
    (
        "merge into t using s on t.id = s.id when matched then update set seen = true when not matched then insert (id, seen) values (s.id, false)",
        UNSAFE,
    ),
    ("merge into t using s on false when not matched then insert (id) values (s.id)", UNSAFE),
    ("merge into t using s on t.id = s.parent when not matched then insert (id) values (s.id)", UNSAFE),
    ("insert into t (id, n) values (:id, 0) on conflict (id) do update set n = 0", SAFE),
    (
        "insert into jobs (id, first_at, last_at) values (:id, now(), now()) on conflict (id) do update set last_at = excluded.last_at",
        SAFE,
    ),
    # updates
    (
        "update t set rank = r.n from (select id, row_number() over (order by score, id) as n from t) r where r.id = t.id",
        SAFE,
    ),
    ("update pairs set a = b, b = a", UNSAFE),
    ("update t set tags = tags || '{x}'::text[] where not 'x' = any (tags)", SAFE),
    ("update t set n = n + 1 where last_run is distinct from :run", UNSAFE),
    ("update t set n = n + 1, last_run = :run where last_run is distinct from :run", SAFE),
    ("update jobs set retries = retries + 1 where state = 'failed'", UNSAFE),
    ("update accounts set balance = greatest(balance - 5, 0) where id = 1", UNSAFE),
    ("update t set price = round(price, 2)", SAFE),
    ("update t set path = replace(path, 'a', 'aa')", UNSAFE),
    ("update subs set due = due + interval '1 month' where due < now()", UNSAFE),
    ("update t set email = 'x-' || email where email not like 'x-%'", SAFE),
    ("update t set name = left(name, 10)", SAFE),
    ("update t set name = substring(name from 2)", UNSAFE),
    ("update t set seen = now() where seen is null", SAFE),
    # definitions
    ("create table if not exists t (id int); create index t_id on t (id)", UNSAFE),
    ("alter table t add column if not exists a int; update t set a = 0 where a is null", SAFE),
    ("alter type mood add value 'bad'", UNSAFE),
    ("alter type mood add value if not exists 'bad'", SAFE),
    ("create role reporting", UNSAFE),
    ("drop table if exists a; alter table b rename to a", UNSAFE),
    (
        "do $$ begin if not exists (select 1 from pg_type where typname = 'mood') then create type mood as enum ('ok'); end if; end $$",
        SAFE,
    ),
    # reads
    ("select count(*) filter (where state = 'open') as n from tickets", READ),
    ("with x as materialized (select id from orders) select count(*) from x", READ),
    ("select last_value from invoice_numbers", READ),
)

OTHERS = (
    ("mysql", "insert into t (k) select 'a' from dual where not exists (select 1 from t where k = 'a')", SAFE),
    ("mysql", "insert into t (k) select 'a' from dual where not exists (select 1 from t where k = 'b')", UNSAFE),
    ("mysql", "replace into t (k, n) select k, n + 1 from t", UNSAFE),
    ("mysql", "insert into t (id, n) values (1, 1) on duplicate key update id = id", SAFE),
    ("mysql", "insert into t (k, state) values ('a', 'new') on duplicate key update state = 'seen'", UNSAFE),
    ("mysql", "update t set n = n + 1 order by id limit 1", UNSAFE),
    ("mysql", "create table t like u", UNSAFE),
    ("sqlite", "insert into t select * from s where true on conflict do nothing", SAFE),
    ("sqlite", "insert or replace into t select id, n + 1 from t", UNSAFE),
    ("sqlite", "insert into t (k) select 'a' where not exists (select 1 from t where k = 'z')", UNSAFE),
    ("bigquery", "insert into m.t (day, v) select day, v from m.raw where day not in (select day from m.t)", SAFE),
    ("bigquery", "insert into m.t (day, v) select day, v from m.raw where day not in (select day from m.log)", UNSAFE),
    (
        "bigquery",
        "delete from m.t where day = @day; insert into m.t (day, v) select day, v from m.raw where day = @day",
        SAFE,
    ),
    ("bigquery", "merge m.t t using m.s s on false when not matched then insert row", UNSAFE),
    ("snowflake", "insert into t (id) select id from s where id not in (select id from t)", SAFE),
    ("snowflake", "insert into t (id) select s.id from s left join t on t.id = s.prev_id where t.id is null", UNSAFE),
    (
        "snowflake",
        "merge into t using s on t.id = s.id when matched then update set t.n = t.n + s.n when not matched then insert (id, n) values (s.id, s.n)",
        UNSAFE,
    ),
)

FRESH: tuple[tuple[str, str, str], ...] = (
    *((text, truth, "postgres") for text, truth in POSTGRES),
    *((text, truth, dialect) for dialect, text, truth in OTHERS),
)
