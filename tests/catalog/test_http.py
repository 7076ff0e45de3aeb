"""Every http action of the catalog against a loopback double: what it sends, and what it makes of the answer."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from catalog.case import Case
from catalog.github_cases import GITHUB
from catalog.runner import Failed, run
from catalog.vendor_cases import CASES
from engines.world import Reply, World

BEARERS = {"github": "t0ken", "todoist": "t0ken", "slack": "xoxb", "stripe": "sk", "zendesk": "t0ken"}


def without_nulls(value: object) -> object:
    """In the language a field that is null is one that is missing."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("case", [*GITHUB, *CASES], ids=lambda case: case.action)
def test_http_action(case: Case, world: World, tmp_path: Path) -> None:
    world.script(case.path, Reply(case.status, b"" if case.reply is None else case.reply))
    given = run(case.action, {**case.arguments, "api": world.url}, tmp_path)
    (request,) = world.requests()
    assert (request.method, request.path, dict(request.query)) == (case.method, case.path, case.query)
    if case.form:
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert dict(parse_qsl(request.body.decode())) == case.body
    elif case.body is not None:
        assert request.headers["content-type"] == "application/json"
        assert request.json() == case.body
    else:
        assert request.body == b""
    vendor = case.action.partition(".")[0]
    if vendor in BEARERS:
        assert request.headers["authorization"] == f"Bearer {BEARERS[vendor]}"
    if vendor == "github":
        assert request.headers["accept"] == "application/vnd.github+json"
        assert request.headers["x-github-api-version"] == "2022-11-28"
    assert given == without_nulls(case.given)


def test_slack_post_sends_text_to_the_webhook(world: World, tmp_path: Path) -> None:
    url = world.script("/services/T0/B0/x", Reply(200, "ok"))
    assert run("slack.post", {"url": url, "text": 'Hello, {world} "!"'}, tmp_path) is None
    assert world.requests()[0].json() == {"text": 'Hello, {world} "!"'}


def test_slack_refusal_fails_the_task(world: World, tmp_path: Path) -> None:
    world.script("/chat.postMessage", Reply(200, {"ok": False, "error": "channel_not_found"}))
    with pytest.raises(Failed):
        run("slack.send", {"token": "x", "channel": "#nope", "text": "hi", "api": world.url}, tmp_path)


def test_prometheus_value_reads_one_number(world: World, tmp_path: Path) -> None:
    vector = {"resultType": "vector", "result": [{"metric": {}, "value": [1435781451.781, "0.25"]}]}
    scalar = {"resultType": "scalar", "result": [1435781451.781, "2"]}
    world.script("/api/v1/query", *(Reply(200, {"status": "success", "data": data}) for data in (vector, scalar)))
    assert run("prometheus.value", {"api": world.url, "query": "rate(errors[1m])", "token": "t"}, tmp_path) == 0.25
    assert run("prometheus.value", {"api": world.url, "query": "scalar(up)"}, tmp_path) == 2.0
    first, second = world.requests()
    assert (first.headers["authorization"], dict(first.query)) == ("Bearer t", {"query": "rate(errors[1m])"})
    assert "authorization" not in second.headers


@pytest.mark.parametrize("samples", [[], [{"value": [1, "1"]}, {"value": [1, "2"]}], [{"value": [1, "NaN"]}]])
def test_prometheus_value_fails_without_one_number(samples: list[object], world: World, tmp_path: Path) -> None:
    data = {"resultType": "vector", "result": samples}
    world.script("/api/v1/query", Reply(200, {"status": "success", "data": data}))
    with pytest.raises(Failed):
        run("prometheus.value", {"api": world.url, "query": "q"}, tmp_path)
