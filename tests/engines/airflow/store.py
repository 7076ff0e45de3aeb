"""What a run left in Airflow's sqlite file and log folder: exact XCom values, and the logs of its tasks."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

Instance = tuple[str, str, int]


def xcoms(home: Path, run: str) -> dict[Instance, dict[str, Any]]:
    """(DAG, task, map index) to its XCom values by key, for every DAG with a run of this id.

    Not by REST, which decodes a text that looks like JSON once more: "4" becomes 4.
    """
    with sqlite3.connect(f"file:{home / 'airflow.db'}?mode=ro", uri=True, timeout=30) as database:
        query = "select dag_id, task_id, map_index, key, value from xcom where run_id = ?"
        rows = database.execute(query, (run,)).fetchall()
    database.close()
    found: dict[Instance, dict[str, Any]] = {}
    for dag, task, index, key, value in rows:
        found.setdefault((dag, task, index), {})[key] = None if value is None else json.loads(value)
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
