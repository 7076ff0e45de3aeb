"""The s3 actions, run by boto3 against moto's S3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.runner import Failed, File, Given, run
from catalog.store_server import StoreServer
from engines.world import Reply, World

pytestmark = pytest.mark.slow


def test_put_get_list_exists_copy_delete(store: StoreServer, python: str, tmp_path: Path) -> None:
    def s3(action: str, **arguments: Any) -> Any:
        return run(f"s3.{action}", store.arguments(bucket="box", **arguments), tmp_path, python=python)

    (tmp_path / "dump").write_bytes(b"\x00data")
    for key in ("db/1.dump", "db/2.dump", "other"):
        s3("put", key=key, file=File(tmp_path / "dump"))
    assert store.call("GET", "/box/db/1.dump") == (200, b"\x00data")
    listed = s3("list", prefix="db/")
    assert [(item["key"], item["size"]) for item in listed] == [("db/1.dump", 5), ("db/2.dump", 5)]
    assert Path(s3("get", key="db/2.dump")).read_bytes() == b"\x00data"
    assert [s3("exists", key="other"), s3("exists", key="nothing")] == [True, False]
    s3("copy", key="other", to="kept/other")
    for _ in range(2):
        s3("delete", key="other")
    assert [item["key"] for item in s3("list")] == ["db/1.dump", "db/2.dump", "kept/other"]


def test_delete_older_keeps_what_is_of_the_day_or_newer(store: StoreServer, python: str, tmp_path: Path) -> None:
    for key in ("db/1", "db/2", "x/1"):
        store.call("PUT", f"/box/{key}", b"x")

    def delete(before: str) -> Any:
        arguments = store.arguments(bucket="box", prefix="db/", before=Given("date", before))
        return run("s3.delete_older", arguments, tmp_path, python=python)

    assert delete("2020-01-01") == []
    assert sorted(delete("2999-01-01")) == ["db/1", "db/2"]
    assert store.call("GET", "/box/x/1")[0] == 200
    assert store.call("GET", "/box/db/1")[0] == 404


@pytest.mark.parametrize(
    ("action", "arguments", "path"),
    [
        ("put", {"key": "k"}, "/box/k"),
        ("get", {"key": "k"}, "/box/k"),
        ("exists", {"key": "k"}, "/box/k"),
        ("copy", {"key": "k", "to": "other"}, "/box/k"),
        ("delete", {"key": "k"}, "/box/k"),
        ("list", {}, "/box"),
        ("delete_older", {"prefix": "", "before": Given("date", "2020-01-01")}, "/box"),
    ],
)
def test_an_attempt_is_one_request(
    action: str, arguments: dict[str, Any], path: str, python: str, world: World, tmp_path: Path
) -> None:
    """Without its configuration boto3 1.44.5 asks a store that answers 503 three times; the flow's `retry` decides."""
    (tmp_path / "dump").write_bytes(b"data")
    more = {"file": File(tmp_path / "dump")} if action == "put" else {}
    world.script(path, Reply(503))
    login = {"endpoint": world.url, "region": "us-east-1", "access_key": "AK", "secret_key": "SK", "bucket": "box"}
    with pytest.raises(Failed):
        run(f"s3.{action}", {**login, **arguments, **more}, tmp_path, python=python)
    assert len(world.requests()) == 1
