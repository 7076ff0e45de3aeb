"""Steps of a run on GitHub → the reference states, by the manifest.

| reference | GitHub |
|---|---|
| succeeded | step (called workflow: job) `success` |
| failed | `failure`, also of a step that may fail (`continue-on-error`); its computation in front failed (attempts 0) |
| skipped | `skipped` by its own guard or branch: all before it went well |
| not_run | `skipped` for any other reason; a step of a job that was skipped, which has no steps then |

What `extra` of a manifest entry says: `loops`: the item's number for each unrolled loop around it, null for a matrix;
`after`, `guarded`, `recovers`: see `order`; `dropped`: the guard is constant, there is no step; `polled`: it is called
again and again, how often cannot be seen.
"""

from __future__ import annotations

from wfc.trace import FAILED, NOT_RUN, SKIPPED, SUCCEEDED, Instance, Trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Protocol

    from wfc.target import Entry, Manifest

    class StepRun(Protocol):
        """One step (or calling job). execution: its job. index: the item's number in a matrix leg."""

        id: str
        state: str
        attempts: int
        start: float | None
        end: float | None
        index: tuple[Any, ...]
        execution: str

    Key = tuple[str, tuple[int, ...], str]

ROLES = ("task", "undo", "fallback", "approve", "require", "stop")
STATES = {"success": SUCCEEDED, "failure": FAILED, "cancelled": FAILED, "skipped": SKIPPED}


def reference_states(manifest: Manifest, state: str, steps: Sequence[StepRun], failed_task: str = "") -> Trace:
    """The trace of a run. state: its conclusion; steps: all steps, and jobs that call a workflow, of the run."""
    runs: dict[str, list[StepRun]] = {}
    for step in steps:
        runs.setdefault(f"{step.execution}/{step.id}" if step.id else step.execution, []).append(step)
    found: dict[Key, Instance] = {}
    pending: list[tuple[Entry, Instance]] = []
    for entry in manifest.entries:
        if entry.role not in ROLES:
            continue
        for instance in _instances(entry, runs):
            found[instance.key] = instance
            if instance.state == SKIPPED:
                pending.append((entry, instance))
    _computations(manifest, runs, found)
    ended = SUCCEEDED if state == "success" else FAILED
    for entry, instance in pending:
        if found[instance.key].state == SKIPPED:
            found[instance.key] = _idle(entry, instance, found, ended)
    instances = [one for one in found.values() if one.state != NOT_RUN or not one.indexes]
    return Trace(manifest.flow, ended, tuple(instances), None, failed_task)


def _instances(entry: Entry, runs: dict[str, list[StepRun]]) -> list[Instance]:
    """The instances of an entry, those that did not run as skipped."""
    extra = dict(entry.extra)
    loops = extra.get("loops") or []
    assert isinstance(loops, list)
    if extra.get("dropped"):
        return [Instance(entry.path, tuple(int(n) for n in loops if isinstance(n, int)), entry.role, SKIPPED)]
    found = []
    for run in runs.get(entry.id, []):
        legs = iter(run.index)
        indexes = tuple(int(next(legs)) if number is None else int(str(number)) for number in loops)
        state = STATES[run.state]
        attempts = None if extra.get("polled") and run.attempts else run.attempts
        found.append(Instance(entry.path, indexes, entry.role, state, attempts, run.start, run.end))
    known = any(run.id for run in runs.get(entry.id, [])) or None in loops
    return found or ([] if known else [Instance(entry.path, tuple(loops), entry.role, SKIPPED)])  # type: ignore[arg-type]


def _computations(manifest: Manifest, runs: dict[str, list[StepRun]], found: dict[Key, Instance]) -> None:
    """A computation in front that failed is a failure of its task, before the first attempt."""
    for entry in manifest.entries:
        extra = dict(entry.extra)
        if entry.role not in ("calc", "gate") or not entry.path:
            continue
        role = str(extra.get("of") or "task")
        for run in runs.get(entry.id, []):
            if STATES[run.state] == FAILED:
                key = (entry.path, _indexes(extra.get("loops"), run), role)
                found[key] = Instance(*key, FAILED, 0, run.start, run.end)


def _indexes(loops: object, run: StepRun) -> tuple[int, ...]:
    legs = iter(run.index)
    numbers = loops if isinstance(loops, list) else []
    return tuple(int(next(legs)) if number is None else int(number) for number in numbers)


def _idle(entry: Entry, instance: Instance, found: dict[Key, Instance], ended: str) -> Instance:
    """Why a step did not run: its own condition, or what was before it."""
    extra = dict(entry.extra)
    waiting = Instance(*instance.key)
    if not extra.get("guarded") or entry.role in ("undo", "fallback", "require", "stop"):
        return waiting
    if entry.section == "on_failure" and ended == SUCCEEDED:
        return waiting
    tried = _states(extra.get("recovers"), instance, found)
    if tried and FAILED not in tried and set(tried) != {SKIPPED}:
        return waiting
    before = _states(extra.get("after"), instance, found)
    stopped = any(one.role == "stop" and one.state == SUCCEEDED for one in found.values())
    return waiting if FAILED in before or NOT_RUN in before or stopped else instance


def _states(paths: object, instance: Instance, found: dict[Key, Instance]) -> list[str]:
    """The states of statements, in the same iterations as an instance."""
    if not isinstance(paths, list):
        return []
    return [
        one.state
        for one in found.values()
        if one.path in paths
        and one.role not in ("undo", "fallback")
        and all(a == b for a, b in zip(one.indexes, instance.indexes, strict=False))
    ]
