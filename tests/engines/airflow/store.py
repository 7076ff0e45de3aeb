"""What a run left in Airflow's database and log folder: exact XCom values, and the logs of its tasks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

Instance = tuple[str, str, int]


def xcoms(database: str, run: str) -> dict[Instance, dict[str, Any]]:
    """(DAG, task, map index) to its XCom values by key, for every DAG with a run of this id. database: a URL.

    Not by REST, which decodes a text that looks like JSON once more: "4" becomes 4.
    """
    query = "select coalesce(json_agg(json_build_array(dag_id, task_id, map_index, key, value)), '[]') from xcom"
    command = ["psql", "-XqAt", "-d", database, "-v", f"run={run}"]
    done = subprocess.run(command, input=f"{query} where run_id = :'run'", text=True, capture_output=True, check=True)
    found: dict[Instance, dict[str, Any]] = {}
    for dag, task, index, key, value in json.loads(done.stdout):
        found.setdefault((dag, task, index), {})[key] = value
    return found


def logs(home: Path, dag: str, run: str) -> str:
    """The lines of all attempts of all tasks of one DAG run, each with the id of its task in front."""
    lines = []
    for file in sorted((home / "logs" / f"dag_id={dag}" / f"run_id={run}").rglob("attempt=*.log")):
        task = file.parent.name.removeprefix("task_id=")
        lines += [f"{task}: {_event(line)}" for line in file.read_text(errors="replace").splitlines()]
    return "\n".join(lines)


def _event(line: str) -> str:
    try:
        return str(json.loads(line)["event"])
    except (ValueError, KeyError, TypeError):
        return line
