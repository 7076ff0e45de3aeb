"""The engine is killed in the middle of a run and started again on its database: what becomes of the run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import started
from engines.kestra.engine import Kestra
from engines.world import Reply, World
from random_flows.judge import SETTINGS, WAYS
from wfc.pipeline import has_errors, load_texts
from wfc.record import replace

FLOW = """
flow killed {
  input url: string
  input scratch: string
  task a = http.post(url: "{url}/a", json: { n: 1 }) idempotent
  task b = shell(\"\"\"
    mktemp "$S/b.XXXXXX"
    set -- "$S"/b.*
    [ $# -gt 1 ] || sleep 600
  \"\"\", env: { S: scratch })
  task c = http.post(url: "{url}/c", json: { n: 3 }) idempotent
  finally {
    task f = http.post(url: "{url}/f", json: { n: 4 }) idempotent
  }
}
"""


@pytest.fixture(params=["2.0.0", "1.3.31"])
def lasting(request: pytest.FixtureRequest) -> Iterator[Kestra]:
    """Kestra over a database that outlives it."""
    engine = started(lambda: Kestra(request.param, lasting=True))
    yield engine
    engine.close()


@pytest.mark.engine
def test_kestra_runs_what_was_cut_again(lasting: Kestra, world: World, tmp_path: Path) -> None:
    way = WAYS["kestra_2_0" if lasting.version.startswith("2") else "kestra_1_3"]
    for path in ("/a", "/c", "/f"):
        world.script(path, Reply(200, {}))
    loaded = load_texts([("f.wf", FLOW)])
    assert not has_errors(loaded.diagnostics), [found.message for found in loaded.diagnostics]
    project = replace(loaded.project, settings=SETTINGS)
    made = way.target.compile(project, project.flows[0], way.version)
    files = {artifact.path: artifact.text for artifact in made.artifacts}
    run = lasting.begin(files, "killed", {"url": world.url, "scratch": str(tmp_path)})
    end = time.monotonic() + 60
    while not list(tmp_path.glob("b.*")):
        assert time.monotonic() < end, "b was not started"
        time.sleep(0.1)
    lasting.crash()
    found = lasting.finish(run, timeout=180)
    assert found.state == "SUCCESS", found.summary()
    calls = Counter(request.path for request in world.requests())
    assert (calls["/c"], calls["/f"], len(list(tmp_path.glob("b.*")))) == (1, 1, 2), found.summary()
    # a had ended well; 1.3 may not have noted that yet, and makes the call again, under the same key
    assert calls["/a"] in ((1,) if way.version == "2.0" else (1, 2)), found.summary()
    assert len({request.headers["idempotency-key"] for request in world.requests("/a")}) == 1
