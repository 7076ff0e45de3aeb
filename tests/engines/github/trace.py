"""act's JSON events to an EngineRun: a step is a task instance, a job or matrix leg an execution."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engines.engine import EngineExecution, EngineRun, EngineTask

Event = Mapping[str, Any]
Key = tuple[str, str]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def read(events: Sequence[Event], code: int | None) -> EngineRun:
    """All steps and jobs that act told of. `code` is act's exit code, None when it was cut."""
    steps: dict[Key, list[Event]] = {}
    for event in events:
        # Longer ids are the steps inside a local action.
        if len(event.get("stepID") or ()) == 1 and event.get("stage") in (None, "Main"):
            steps.setdefault((event["job"], event["stepID"][0]), []).append(event)
    ordered = sorted(steps.items(), key=lambda item: _end(item[1])["seen"])
    tasks = [_task(step, of_step) for (_, step), of_step in ordered]
    jobs = [event for event in events if "jobResult" in event]
    return EngineRun(
        state="unknown" if code is None else "failure" if code else "success",
        tasks=tuple(tasks),
        log="\n".join(_line(event) for event in events if _is_told(event)),
        executions=tuple(
            EngineExecution(job["jobID"], job["job"].strip(), job["jobResult"], _index(job)) for job in jobs
        ),
    )


def _end(events: Sequence[Event]) -> Event:
    return next((event for event in events if "stepResult" in event), events[-1])


def _task(step: str, events: Sequence[Event]) -> EngineTask:
    """One step. A retry loop inside it warns of each failed attempt, under the step's id as title."""
    last = _end(events)
    result = last if "stepResult" in last else None
    ran = result is None or result["stepResult"] != "skipped"
    warnings = sum(event.get("command") == "warning" and _title(event) == step for event in events)
    failed = result is not None and result["stepResult"] == "failure"
    # Not by act's own `executionTime`: a line that is read late would move a step into the one before it.
    end = float(last["seen"])
    return EngineTask(
        id=step,
        state=result["stepResult"] if result else "running",
        attempts=max(warnings + (0 if failed and warnings else 1), 1) if ran else 0,
        start=float(events[0]["seen"]) if ran else None,
        end=end if ran and result else None,
        outputs={event["name"]: event["arg"] for event in events if event.get("command") == "set-output"},
        index=_index(last),
        execution=last["jobID"],
        messages=tuple(COLOUR.sub("", event["msg"]).rstrip("\n") for event in events if event.get("raw_output")),
    )


def _title(event: Event) -> str:
    return str((event.get("kvPairs") or {}).get("title", ""))


def _index(event: Event) -> tuple[Any, ...]:
    """The values of a matrix leg; of an item that carries its own index `i`, that index."""
    return tuple(
        value["i"] if isinstance(value, dict) and "i" in value else _plain(value)
        for value in (event.get("matrix") or {}).values()
    )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, dict | list) else value


def _is_told(event: Event) -> bool:
    return event.get("level") != "debug" and bool(event.get("msg"))


def _line(event: Event) -> str:
    where = f"{event.get('job', '-').strip()}/{(event.get('stepID') or ['-'])[-1]}"
    return f"{where}: {COLOUR.sub('', event['msg']).rstrip()}"
