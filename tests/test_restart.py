"""A run that failed is started again: what had succeeded is not done again, and idempotency keys stay the same."""

from __future__ import annotations

from collections import Counter

import pytest

from engines.airflow.scheduler import Scheduler
from engines.engine import Engine
from engines.kestra.engine import Kestra
from engines.world import Reply, World
from random_flows.judge import SETTINGS, WAYS
from wfc.pipeline import has_errors, load_texts
from wfc.record import replace

FLOW = """
flow again {
  input url: string
  task a = http.post(url: "{url}/a", json: { n: 1 }) idempotent
  for item in [1, 2] {
    task c = http.post(url: "{url}/c", json: { item: item }) idempotent
  }
  task b = http.post(url: "{url}/b", json: { n: 2 }) idempotent retry fixed(attempts: 2, every: 1s)
  task z = http.post(url: "{url}/z", json: { n: 3 }) idempotent
}
"""


def files_of(name: str) -> dict[str, str]:
    """What the flow becomes."""
    way = WAYS[name]
    loaded = load_texts([("f.wf", FLOW)])
    assert not has_errors(loaded.diagnostics), [found.message for found in loaded.diagnostics]
    project = replace(loaded.project, settings=SETTINGS)
    made = way.target.compile(project, project.flows[0], way.version)
    assert made.artifacts, made.diagnostics
    return {artifact.path: artifact.text for artifact in made.artifacts}


def script(world: World) -> None:
    """`b` fails in both attempts of the first run."""
    for path in ("/a", "/c", "/z"):
        world.script(path, Reply(200, {}))
    world.script("/b", Reply(503), Reply(503), Reply(200, {}))


def problems(world: World) -> list[str]:
    """What the server has seen that is not as it should be."""
    calls = Counter(request.path for request in world.requests())
    found = [] if calls == {"/a": 1, "/c": 2, "/b": 3, "/z": 1} else [f"calls: {dict(calls)}"]
    keys = {path: [request.headers.get("idempotency-key") for request in world.requests(path)] for path in calls}
    found += [] if len(set(keys["/b"])) == 1 else [f"the keys of b: {keys['/b']}"]
    every = [key for path in ("/a", "/c", "/z") for key in keys[path]] + keys["/b"][:1]
    return found if None not in every and len(set(every)) == len(every) else [*found, f"keys: {keys}"]


@pytest.mark.parametrize("engine", ["kestra_2_0", "kestra_1_3"], indirect=True)
def test_kestra_goes_on_behind_what_was_done(engine: Engine, world: World, request: pytest.FixtureRequest) -> None:
    assert isinstance(engine, Kestra)
    script(world)
    run = engine.run(files_of(request.node.callspec.params["engine"]), "again", {"url": world.url})
    assert run.state == "FAILED", run.summary()
    again = engine.again(run, "restart")
    assert (again.state, problems(world)) == ("SUCCESS", []), again.summary()


def test_airflow_goes_on_behind_what_was_done(airflow_scheduler: Scheduler, world: World) -> None:
    script(world)
    run = airflow_scheduler.run(files_of("airflow"), "again", {"url": world.url}, again=True)
    assert (run.state, problems(world)) == ("success", []), run.summary()
