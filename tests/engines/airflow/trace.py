"""Airflow's task instances, from the worker or from REST, to an EngineRun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engines.engine import EngineExecution, EngineRun, EngineTask


def read(answer: Mapping[str, Any], dag: str, log: str) -> EngineRun:
    """One DAG run. A task that never ran has the state Airflow gave it (`upstream_failed`, `skipped`), or `none`."""
    tasks = [task(instance, answer["run_id"]) for instance in answer["tasks"]]
    return EngineRun(
        state=answer["state"],
        tasks=tuple(sorted(tasks, key=lambda t: (t.start is None, t.start or 0.0, t.id, t.index))),
        log=log,
        executions=(EngineExecution(answer["run_id"], dag, answer["state"]),),
    )


def task(instance: Mapping[str, Any], execution: str) -> EngineTask:
    """One task instance; the index of a mapped one is its map_index."""
    return EngineTask(
        id=instance["task_id"],
        state=instance["state"] or "none",
        attempts=instance["try_number"],
        start=instance["start"],
        end=instance["end"],
        outputs={key: _plain(value) for key, value in instance["outputs"].items()},
        index=(instance["map_index"],) if instance["map_index"] >= 0 else (),
        execution=execution,
    )


def _plain(value: Any) -> Any:
    """An XCom value without the wrapping that Airflow gives tuples and sets: those as lists."""
    if isinstance(value, dict):
        if value.get("__classname__") in ("builtins.tuple", "builtins.set", "builtins.frozenset"):
            return [_plain(item) for item in value["__data__"]]
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
