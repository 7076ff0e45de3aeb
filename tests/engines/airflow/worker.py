"""Runs inside Airflow's own virtual environment: imports Airflow once, then answers requests by JSON lines.

Requests come on standard input, answers go to the file descriptor that was standard output at the start; everything
that tasks print goes to a log file per request. Never imported by the tests.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Before Airflow is imported, whose logs go to standard output.
ANSWERS = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

from airflow.dag_processing.dagbag import DagBag  # noqa: E402
from airflow.models.pool import Pool  # noqa: E402
from airflow.models.taskinstance import TaskInstance  # noqa: E402
from airflow.models.xcom import XComModel  # noqa: E402
from airflow.utils.session import create_session  # noqa: E402
from sqlalchemy import select  # noqa: E402

DAGS = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])


def main() -> None:
    """Answer requests until standard input ends, which is when the tests have gone."""
    # As Airflow's own DAG processor does with the folder of a bundle.
    sys.path.append(str(DAGS))
    requests: queue.Queue[str] = queue.Queue()
    threading.Thread(target=read_requests, args=(requests,), daemon=True).start()
    print(json.dumps({"ready": os.getpid()}), file=ANSWERS)
    while True:
        request = json.loads(requests.get())
        try:
            answer = OPERATIONS[request.pop("do")](**request)
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer, default=str), file=ANSWERS)


def read_requests(requests: queue.Queue[str]) -> None:
    """Queue the lines of standard input; at its end kill this whole process group, hung tasks included."""
    for line in sys.stdin:
        requests.put(line)
    os.killpg(0, signal.SIGKILL)


def validate() -> dict[str, Any]:
    """The import errors of the DAGs folder, by path."""
    forget_modules()
    bag = DagBag(dag_folder=str(DAGS))
    return {"dags": sorted(bag.dags), "errors": bag.import_errors}


def run(dag: str, conf: dict[str, Any], env: dict[str, str], log: str) -> dict[str, Any]:
    """One `dag.test()` of a DAG of the folder, with `env` added to the environment and all output in the file `log`."""
    forget_modules()
    with environment(env), output_to(log):
        make_pools()
        bag = DagBag(dag_folder=str(DAGS))
        if dag not in bag.dags:
            return {"refused": f"no DAG {dag} in {sorted(bag.dags)}; {bag.import_errors}"}
        done = bag.dags[dag].test(run_conf=conf)
    return {"state": str(done.state), "run_id": done.run_id, "tasks": instances(dag, done.run_id)}


def instances(dag: str, run_id: str) -> list[dict[str, Any]]:
    """The task instances of a run with their XCom values as stored: `deserialize_value` makes 4 of the text "4"."""
    with create_session() as session:
        rows = session.scalars(select(XComModel).where(XComModel.dag_id == dag, XComModel.run_id == run_id)).all()
        outputs: dict[tuple[str, int], dict[str, Any]] = {}
        for row in rows:
            outputs.setdefault((row.task_id, row.map_index), {})[row.key] = row.value
        found = session.scalars(
            select(TaskInstance).where(TaskInstance.dag_id == dag, TaskInstance.run_id == run_id)
        ).all()
        return [
            {
                "task_id": ti.task_id,
                "map_index": ti.map_index,
                "state": None if ti.state is None else str(ti.state),
                "try_number": ti.try_number,
                "start": ti.start_date and ti.start_date.timestamp(),
                "end": ti.end_date and ti.end_date.timestamp(),
                "outputs": outputs.get((ti.task_id, ti.map_index), {}),
            }
            for ti in found
        ]


def make_pools() -> None:
    """Create the pools of `pools.json`, as `airflow pools import` does."""
    file = DAGS / "pools.json"
    if file.exists():
        for name, pool in json.loads(file.read_text()).items():
            Pool.create_or_update_pool(
                name=name,
                slots=pool["slots"],
                description=pool.get("description", ""),
                include_deferred=pool.get("include_deferred", False),
            )


def forget_modules() -> None:
    """Drop the modules of the DAGs folder: the next run has other files under the same names."""
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(f"{DAGS}{os.sep}"):
            del sys.modules[name]
    importlib.invalidate_caches()


@contextlib.contextmanager
def environment(extra: dict[str, str]) -> Iterator[None]:
    """The environment with `extra` added."""
    before = dict(os.environ)
    os.environ.update(extra)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def output_to(path: str) -> Iterator[None]:
    """Standard output and error, also of child processes, in a file."""
    saved = os.dup(1), os.dup(2)
    with open(path, "ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(saved[0], 1)
            os.dup2(saved[1], 2)
            os.close(saved[0])
            os.close(saved[1])


OPERATIONS = {"validate": validate, "run": run}

if __name__ == "__main__":
    main()
