"""Steps of a run on GitHub → the reference states, by the manifest.

| reference | GitHub |
|---|---|
| succeeded | step (called workflow: job) `success` |
| failed | `failure`, also of a step that may fail (`continue-on-error`); its computation in front failed (attempts 0) |
| skipped | `skipped` by its own guard or branch: all before it went well |
| not_run | `skipped` for any other reason; a step of a job that was skipped, which has no steps then |

What `extra` of a manifest entry says: `loops`: the item's number for each unrolled loop around it, null for a matrix;
`before`, `guarded`, `recovers`, `ordered`, `within`: see `order.Place`; `dropped`: a constant guard, no step;
`polled`: it is called again and again, how often cannot be seen; `spare`: a fallback follows when it fails.
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

ROLES = ("task", "undo", "fallback", "approve", "require", "stop", "fail")
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
            found[instance.key] = _idle(entry, instance, manifest, found)
    instances = [one for one in found.values() if one.state != NOT_RUN or not one.indexes]
    return Trace(manifest.flow, ended, tuple(instances), None, failed_task)


def _instances(entry: Entry, runs: dict[str, list[StepRun]]) -> list[Instance]:
    """The instances of an entry, those that did not run as skipped."""
    extra = dict(entry.extra)
    loops = extra.get("loops") or []
    assert isinstance(loops, list)
    if extra.get("dropped"):
        job = [run for key, all_runs in runs.items() if key.startswith(entry.id) for run in all_runs]
        legs = sorted({_indexes(loops, run) for run in job}) if None in loops else [tuple(loops)]
        return [Instance(entry.path, tuple(map(int, leg)), entry.role, SKIPPED) for leg in legs]  # type: ignore[arg-type]
    found = []
    for run in runs.get(entry.id, []):
        attempts = None if extra.get("polled") and run.attempts else run.attempts
        where = (entry.path, _indexes(loops, run), entry.role)
        found.append(Instance(*where, STATES[run.state], attempts, run.start, run.end))
    if found or None in loops:
        return found
    return [Instance(entry.path, tuple(map(int, loops)), entry.role, SKIPPED)]  # type: ignore[arg-type]


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


def _idle(entry: Entry, instance: Instance, manifest: Manifest, found: dict[Key, Instance]) -> Instance:
    """Why a step did not run: its own condition, or what was before it."""
    extra: dict[str, Any] = dict(entry.extra)
    waiting = Instance(*instance.key)
    if not extra.get("guarded") or entry.role not in ("task", "approve"):
        return waiting
    failures = [one for one in found.values() if _failed(one, manifest, found)]
    stopped = any(one.role == "stop" and one.state == SUCCEEDED for one in found.values())
    if stopped or _blocked(extra, instance, manifest, failures):
        return waiting
    ran = [one for one in found.values() if one.state in (SUCCEEDED, FAILED)]
    if "within" in extra and not _among(extra["within"], instance, ran):
        return waiting
    for tried, arm in extra.get("recovers") or []:
        if not _among(tried, instance, failures):
            return instance if arm and not _among(arm, instance, ran) else waiting
    return instance


def _blocked(extra: dict[str, Any], instance: Instance, manifest: Manifest, failures: list[Instance]) -> bool:
    """Did something fail that had to go well before?"""
    if _among(_all_before(extra.get("before") or [], manifest), instance, failures):
        return True
    for depth, paths in extra.get("ordered") or []:
        for one in failures:
            same = one.indexes[:depth] == instance.indexes[:depth]
            if one.path in paths and same and one.indexes[depth] < instance.indexes[depth]:
                return True
    return False


def _all_before(last: list[list[Any]], manifest: Manifest) -> list[list[Any]]:
    """All that had to go well, from what had to right before: (path, number of loops around both) pairs."""
    known = {entry.path: dict(entry.extra).get("before") or [] for entry in manifest.entries if entry.extra}
    found: dict[str, int] = {}
    waiting = list(last)
    while waiting:
        path, depth = waiting.pop()
        if found.get(path, -1) < depth:
            found[path] = depth
            earlier: Any = known.get(path, [])
            waiting += [[other, min(depth, shared)] for other, shared in earlier]
    return [[path, depth] for path, depth in found.items()]


def _among(paths: list[list[Any]], instance: Instance, instances: list[Instance]) -> bool:
    """Is one of the instances of one of the paths, in the same iterations of the loops around both?"""
    shared: dict[str, int] = dict(map(tuple, paths))
    return any(
        one.path in shared and one.indexes[: shared[one.path]] == instance.indexes[: shared[one.path]]
        for one in instances
    )


def _failed(instance: Instance, manifest: Manifest, found: dict[Key, Instance]) -> bool:
    """Did the statement fail, its fallback included?"""
    if instance.state != FAILED or instance.role == "undo":
        return False
    if instance.role == "fallback":
        return True
    other = found.get((instance.path, instance.indexes, "fallback"))
    spare = any(dict(entry.extra).get("spare") for entry in manifest.entries if entry.path == instance.path)
    return not spare if other is None else other.state == FAILED
