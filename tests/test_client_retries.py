"""How often a server is really asked in one attempt: what wfc.checks.client_retries counts, seen on an engine."""

from __future__ import annotations

import pytest

from engines.engine import Engine
from engines.world import Reply, World
from random_flows.judge import SETTINGS, WAYS
from wfc.checks.client_retries import requests
from wfc.pipeline import has_errors, load_texts
from wfc.record import replace
from wfc.walk import tasks

CALLS = {
    "get": ('http.get(url: "{url}/get")', "/get"),
    "post": ('http.post(url: "{url}/post", json: {{ a: 1 }})', "/post"),
    "model": (
        'llm.extract(prompt: "Which?", model: "m", url: "{url}", key: key) -> {{ name: string }}',
        "/chat/completions",
    ),
    "bucket": (
        's3.list(bucket: "bucket", endpoint: "{url}", region: "us-east-1", access_key: key, secret_key: key)',
        "/bucket",
    ),
    "cluster": (
        'shell("kubectl --kubeconfig=/dev/null --server={url} get --raw /pods", needs: ["kubectl"])',
        "/pods",
    ),
    "script": ('shell("curl -fsS --retry 2 --retry-delay 1 -X POST {url}/script -d x")', "/script"),
}
"""Name → (call, path that it asks for); all of them are refused with 503 and `Retry-After`."""


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("engine", ["kestra_2_0"], indirect=True)
def test_a_server_is_asked_as_often_as_is_counted(engine: Engine, world: World, name: str) -> None:
    call, path = CALLS[name]
    text = f"flow asked {{ secret key task it = {call.format(url=world.url)} }}"
    loaded = load_texts([("f.wf", text)])
    assert not has_errors(loaded.diagnostics), [found.message for found in loaded.diagnostics]
    way = WAYS["kestra_2_0"]
    project = replace(loaded.project, settings=SETTINGS)
    made = way.target.compile(project, project.flows[0], way.version)
    assert made.artifacts, made.diagnostics
    world.script(path, Reply(503, headers={"Retry-After": "0"}))
    run = engine.run({file.path: file.text for file in made.artifacts}, "asked", {}, secrets={"KEY": "k"})
    assert run.state == "FAILED", run.summary()
    (task,) = tasks(project.flows[0])
    assert (run.one("it").attempts, world.count(path)) == (1, requests(task.call)), run.log
