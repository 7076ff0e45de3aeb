"""Airflow is killed in the middle of a run and started again on its database; and a worker alone is killed."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import started
from engines.airflow.engine import Airflow
from engines.airflow.scheduler import Scheduler
from engines.postgres import Postgres
from engines.world import Reply, World
from random_flows.judge import WAYS
from wfc.pipeline import has_errors, load_texts

pytestmark = pytest.mark.scheduler

FLOW = """
flow killed {
  input url: string
  input scratch: string
  task a = http.post(url: "{url}/a", json: { n: 1 }) idempotent
  task b = shell(\"\"\"
    mktemp "$S/b.XXXXXX"
    set -- "$S"/b.*
    [ $# -gt 1 ] || { echo $PPID > "$S/parent.new"; mv "$S/parent.new" "$S/parent"; sleep 600; }
  \"\"\", env: { S: scratch })RETRY
  task c = http.post(url: "{url}/c", json: { n: 3 }) idempotent
  on failure {
    task tell = http.post(url: "{url}/tell", json: { task: failure.task }) idempotent
  }
  finally {
    task f = http.post(url: "{url}/f", json: { n: 4 }) idempotent
  }
}
"""
RETRY = " retry fixed(attempts: 2, every: 1s)"
# Airflow looks for the tasks of a scheduler that is gone every 5 minutes, and fails those that gave no sign of life
# for as long. Nothing else of its ways is changed.
SOON = {
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
}


@pytest.fixture(scope="module")
def mortal(airflow: Airflow, postgres_server: Postgres) -> Iterator[Scheduler]:
    """A scheduler that may be killed."""
    engine = started(lambda: Scheduler(airflow, postgres_server, SOON))
    yield engine
    engine.close()


def files_of(retry: str) -> dict[str, str]:
    """What the flow becomes, with this after `b`."""
    way = WAYS["airflow"]
    loaded = load_texts([("f.wf", FLOW.replace("RETRY", retry))])
    assert not has_errors(loaded.diagnostics), [found.message for found in loaded.diagnostics]
    made = way.target.compile(loaded.project, loaded.project.flows[0], way.version)
    return {artifact.path: artifact.text for artifact in made.artifacts}


def parent_of_b(folder: Path) -> int:
    """Wait until `b` runs; the process of its task."""
    end = time.monotonic() + 120
    while not (folder / "parent").exists():
        assert time.monotonic() < end, "b was not started"
        time.sleep(0.1)
    return int((folder / "parent").read_text())


def kill_worker(task: int) -> None:
    """Kill the process of a task and the worker that watches it, the watcher first, as when their machine goes down."""
    watcher = int(Path(f"/proc/{task}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(watcher, signal.SIGKILL)
    os.killpg(task, signal.SIGKILL)


def done(world: World, folder: Path) -> dict[str, int]:
    """How often each task was begun, by what it did."""
    calls = Counter(request.path[1:] for request in world.requests())
    return {**calls, "b": len(list(folder.glob("b.*")))}


def script(world: World) -> None:
    """Every call is answered well."""
    for path in ("/a", "/c", "/tell", "/f"):
        world.script(path, Reply(200, {}))


@pytest.mark.parametrize("retry", ["", RETRY], ids=["no-retry", "retry"])
def test_what_was_cut_with_the_engine_is_run_again(mortal: Scheduler, world: World, tmp_path: Path, retry: str) -> None:
    script(world)
    with mortal.begun(files_of(retry), "killed", {"url": world.url, "scratch": str(tmp_path)}) as finish:
        parent_of_b(tmp_path)
        mortal.crash()
        run = finish(240)
    assert (run.state, done(world, tmp_path)) == ("success", {"a": 1, "b": 2, "c": 1, "f": 1}), run.summary()
    assert run.one("b").attempts == 2


@pytest.mark.parametrize("retry", ["", RETRY], ids=["no-retry", "retry"])
def test_what_was_cut_with_its_worker_has_failed(mortal: Scheduler, world: World, tmp_path: Path, retry: str) -> None:
    script(world)
    with mortal.begun(files_of(retry), "killed", {"url": world.url, "scratch": str(tmp_path)}) as finish:
        kill_worker(parent_of_b(tmp_path))
        run = finish(240)
    failed = {"a": 1, "b": 1, "tell": 1, "f": 1}
    wanted = ("success", {"a": 1, "b": 2, "c": 1, "f": 1}) if retry else ("failed", failed)
    assert (run.state, done(world, tmp_path)) == wanted, run.summary()
    assert [request.json() for request in world.requests("/tell")] == ([] if retry else [{"task": "b"}])
