"""The postgres actions against a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.postgres_server import PASSWORD, PostgresServer
from catalog.runner import Failed, File, Given, run

pytestmark = pytest.mark.slow


def create(server: PostgresServer, name: str, python: str, folder: Path) -> str:
    """An empty database, made by the action; gives its URL."""
    run("postgres.create_database", {"url": server.url(), "name": name}, folder, python=python)
    return server.url(name)


def test_backup_restore_test_and_cleanup(postgres: PostgresServer, python: str, tmp_path: Path) -> None:
    url = create(postgres, 'or"ders', python, tmp_path).replace('"', "%22")
    postgres.query("create table a (id int primary key, t text); insert into a values (1, 'x'), (2, 'y')", "or%22ders")
    dump: Any = run("postgres.dump", {"url": url}, tmp_path)
    assert Path(dump).read_bytes()[:5] == b"PGDMP"
    create(postgres, "restore test", python, tmp_path)
    for _ in range(2):
        run("postgres.restore", {"url": url, "dump": File(dump), "database": "restore test"}, tmp_path)
    assert postgres.query("select count(*), max(t) from a", "restore%20test") == "2|y"
    for _ in range(2):
        run("postgres.drop_database", {"url": url, "name": "restore test"}, tmp_path, python=python)
    assert postgres.query("select count(*) from pg_database where datname = 'restore test'") == "0"
    with pytest.raises(Failed, match="already exists"):
        create(postgres, 'or"ders', python, tmp_path)


def test_dump_of_one_schema_and_of_a_wrong_password(postgres: PostgresServer, python: str, tmp_path: Path) -> None:
    url = create(postgres, "two", python, tmp_path)
    postgres.query("create schema s; create table s.a (id int); create table b (id int)", "two")
    dump: Any = run("postgres.dump", {"url": url, "schema": "s"}, tmp_path)
    create(postgres, "three", python, tmp_path)
    run("postgres.restore", {"url": postgres.url("three"), "dump": File(dump)}, tmp_path)
    tables = "select string_agg(relname, ',') from pg_class where relkind = 'r' and relname in ('a', 'b')"
    assert postgres.query(tables, "three") == "a"
    wrong = url.replace("p%40ss", "wrong")
    with pytest.raises(Failed, match="password authentication failed") as failure:
        run("postgres.dump", {"url": wrong}, tmp_path)
    assert "wrong%2F" not in str(failure.value)
    assert PASSWORD not in str(failure.value)


def test_upsert_inserts_then_updates(postgres: PostgresServer, python: str, tmp_path: Path) -> None:
    url = create(postgres, "shop", python, tmp_path)
    postgres.query('create schema s; create table s.orders (id int primary key, "To%tal" float, tags jsonb)', "shop")

    def upsert(*rows: dict[str, Any]) -> Any:
        arguments = {"url": url, "table": "s.orders", "rows": Given("list<json>", list(rows)), "keys": ["id"]}
        return run("postgres.upsert", arguments, tmp_path, python=python)

    assert upsert({"id": 1, "To%tal": 1.5, "tags": ["a"]}, {"id": 2, "To%tal": 2.5}) == {"rows": 2}
    for _ in range(2):
        assert upsert({"id": 2, "To%tal": 9.5, "tags": {"b": 1}}) == {"rows": 1}
    assert upsert() == {"rows": 0}
    found = postgres.query("select * from s.orders order by id", "shop")
    assert found == '1|1.5|["a"]\n2|9.5|{"b": 1}'


def test_load_csv_replaces_or_adds(postgres: PostgresServer, python: str, tmp_path: Path) -> None:
    url = create(postgres, "csv", python, tmp_path)
    postgres.query("create table sales (id int, note text)", "csv")
    (tmp_path / "sales.csv").write_text('note,id\n"a, ""b""\nnext line",1\nπ,2\n')

    def load(**more: Any) -> Any:
        arguments = {"url": url, "table": "sales", "file": File(tmp_path / "sales.csv"), **more}
        return run("postgres.load_csv", arguments, tmp_path, python=python)

    assert load() == {"rows": 2}
    assert load() == {"rows": 2}
    assert postgres.query("select count(*), max(note) filter (where id = 1) from sales", "csv") == '2|a, "b"\nnext line'
    load(replace=False)
    assert postgres.query("select count(*) from sales", "csv") == "4"
    (tmp_path / "sales.csv").write_text("note,id\nx,not a number\n")
    with pytest.raises(Failed, match="invalid input syntax"):
        load()
    assert postgres.query("select count(*) from sales", "csv") == "4"
