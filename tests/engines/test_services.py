"""Proves the scripted web server, PostgreSQL and the object store."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request

import boto3
import pytest

from engines.objects import ObjectStore
from engines.world import Reply, World


def fetch(url: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """Status and body of one request."""
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_replies_come_in_turn_and_the_last_one_stays(world: World) -> None:
    url = world.script("/a", Reply(503, headers={"Retry-After": "1"}), Reply(200, {"n": 1}))
    assert [fetch(url) for _ in range(3)] == [(503, b""), (200, b'{"n": 1}'), (200, b'{"n": 1}')]
    assert world.count("/a") == 3


def test_requests_are_kept_byte_for_byte(world: World) -> None:
    url = world.script("/a", Reply(204))
    fetch(f"{url}?q=a%26b&q=&r=%C3%A9", b"\x00\xff", **{"Idempotency-Key": "k"})
    (seen,) = world.requests("/a")
    assert (seen.method, seen.query, seen.body) == ("POST", (("q", "a&b"), ("q", ""), ("r", "é")), b"\x00\xff")
    assert seen.headers["idempotency-key"] == "k"


def test_a_path_without_script_is_not_found_but_kept(world: World) -> None:
    assert fetch(f"{world.url}/none")[0] == 404
    assert world.count("/none") == 1


def test_reset_and_delay(world: World) -> None:
    with pytest.raises(OSError):
        fetch(world.script("/r", Reply(reset=True)))
    began = time.monotonic()
    fetch(world.script("/d", Reply(delay=0.3)))
    assert time.monotonic() - began >= 0.3


def psql(url: str, statement: str) -> str:
    """What psql prints."""
    done = subprocess.run(["psql", "-XqAt", "-d", url, "-c", statement], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_every_test_has_an_empty_database(postgres: str) -> None:
    psql(postgres, "create table t (n int); insert into t values (7)")
    assert psql(postgres, "select n from t") == "7"


def test_every_test_has_an_empty_database_again(postgres: str) -> None:
    assert psql(postgres, "select count(*) from information_schema.tables where table_schema = 'public'") == "0"


def test_object_store_keeps_bytes(object_store: ObjectStore) -> None:
    client = boto3.client("s3", **object_store.settings)
    client.put_object(Bucket=object_store.bucket, Key="a/b", Body=b"\x00\xff")
    assert client.get_object(Bucket=object_store.bucket, Key="a/b")["Body"].read() == b"\x00\xff"
