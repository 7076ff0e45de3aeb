"""Kestra's executions, as the harness shows them, to an EngineRun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engines.engine import EngineExecution, EngineRun, EngineTask

Shown = Mapping[str, Any]


def read(executions: Sequence[Shown], main: str) -> EngineRun:
    """All executions of a namespace as one run, whose state is that of the execution `main`."""
    by_id = {execution["id"]: execution for execution in executions}
    ordered = sorted(executions, key=lambda execution: (execution["id"] != main, execution["start"]))
    tasks = [_task(run, execution, by_id) for execution in ordered for run in execution["tasks"]]
    return EngineRun(
        state=by_id[main]["state"] if main in by_id else "UNKNOWN",
        tasks=tuple(sorted(tasks, key=lambda task: task.start or 0.0)),
        log="\n".join(_line(execution, entry) for execution in ordered for entry in execution["logs"]),
        executions=tuple(
            EngineExecution(e["id"], e["flow"], e["state"], _execution_index(e, by_id), e.get("outputs") or {})
            for e in ordered
        ),
    )


def _task(run: Shown, execution: Shown, by_id: Mapping[str, Shown]) -> EngineTask:
    return EngineTask(
        id=run["task"],
        state=run["state"],
        attempts=len(run.get("attempts") or []),
        start=_seconds(run["start"]),
        end=_seconds(run.get("end")),
        outputs=run.get("outputs") or {},
        index=(*_execution_index(execution, by_id), *_loop_index(run, execution)),
        execution=execution["id"],
        messages=tuple(entry["message"] for entry in execution["logs"] if entry.get("run") == run["run"]),
    )


def _execution_index(execution: Shown, by_id: Mapping[str, Shown]) -> tuple[int, ...]:
    """The iterations around an execution: a 2.0 Loop's own, or those of the task that called it as a subflow."""
    own = tuple(execution.get("iterations") or ())
    if own:
        return own
    trigger = execution.get("trigger") or {}
    caller = by_id.get(trigger.get("executionId", ""))
    if caller is None or caller is execution:
        return ()
    calling = next((run for run in caller["tasks"] if run["run"] == trigger.get("taskRunId")), None)
    return (*_execution_index(caller, by_id), *(_loop_index(calling, caller) if calling else ()))


def _loop_index(run: Shown, execution: Shown) -> tuple[int, ...]:
    """The iterations of ForEach around a task run, outermost first; only the children of a ForEach carry a value."""
    runs = {other["run"]: other for other in execution["tasks"]}
    found: list[int] = []
    current: Shown | None = run
    while current is not None:
        if current.get("value") is not None:
            found.append(int(current.get("iteration") or 0))
        current = runs.get(current.get("parent") or "")
    return tuple(reversed(found))


def _line(execution: Shown, entry: Shown) -> str:
    task = next((run["task"] for run in execution["tasks"] if run["run"] == entry.get("run")), "-")
    return f"{entry['time']} {entry['level']} {execution['flow']}/{task}: {entry['message']}"


def _seconds(text: str | None) -> float | None:
    return None if not text or text == "null" else datetime.fromisoformat(text).timestamp()
