"""Two runs of a flow that allows one at a time: the second waits for the end of the first, or does not begin."""

from __future__ import annotations

import pytest

from engines.engine import Engine
from engines.kestra.engine import Kestra
from engines.world import Reply, World
from random_flows.judge import SETTINGS, WAYS
from wfc.pipeline import has_errors, load_texts
from wfc.record import replace

# A loop comes first, and something comes after it: on Kestra 2.0 the items of a loop are executions as well.
FLOW = """
flow single {
  input url: string
  concurrency 1 MODE
  for item in [1, 2, 3] {
    task t = http.post(url: "{url}/t", json: { run: run.id })
  }
  task z = http.post(url: "{url}/z", json: { run: run.id })
}
"""


@pytest.mark.parametrize("engine", ["kestra_2_0", "kestra_1_3"], indirect=True)
@pytest.mark.parametrize(("mode", "runs"), [("queue", 2), ("skip", 1)])
def test_a_run_holds_its_place_to_the_end(
    engine: Engine, world: World, request: pytest.FixtureRequest, mode: str, runs: int
) -> None:
    assert isinstance(engine, Kestra)
    way = WAYS[request.node.callspec.params["engine"]]
    for path in ("/t", "/z"):
        world.script(path, Reply(200, {}, delay=0.5))
    loaded = load_texts([("f.wf", FLOW.replace("MODE", mode))])
    assert not has_errors(loaded.diagnostics), [found.message for found in loaded.diagnostics]
    made = way.target.compile(replace(loaded.project, settings=SETTINGS), loaded.project.flows[0], way.version)
    first = engine.begin({one.path: one.text for one in made.artifacts}, "single", {"url": world.url})
    second = engine.another("single", {"url": world.url})
    ended = {engine.finish(identifier, 60).state for identifier in (first, second)}
    assert ended == ({"SUCCESS"} if mode == "queue" else {"SUCCESS", "CANCELLED"})
    seen = [(request.path, str(request.json())) for request in world.requests()]
    assert [path for path, _ in seen] == ["/t", "/t", "/t", "/z"] * runs
    # the calls of each run stand together
    assert len({run for _, run in seen}) == runs
    assert all(len({run for _, run in seen[start : start + 4]}) == 1 for start in range(0, len(seen), 4))
