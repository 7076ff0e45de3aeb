"""Airflow's task instances → the reference states, by the manifest.

| reference | Airflow |
|---|---|
| succeeded | `success` |
| failed | `failed` |
| skipped | `skipped`, but for the cases of the next row |
| not_run | `upstream_failed`; no instance; `skipped` of what was not needed (see `reference_state`) |

What `extra` of a manifest entry says: `indexes`: the numbers of unrolled items, "map" where map_index is the number;
`polled`: its attempts are calls that Airflow does not count; `waits`: it begins by waiting for its turn; `turn`: the
last tasks of the sequential loop around it; `ends`: what a `stop` skips; `undoes`: the mapped task it undoes; `fail`:
it fails by hand; `behind`: teardowns of which none may have failed; `arms`, `checked`: the conditions around the
innermost loop, as [branch, what it returns] or as the tasks that check it; `around`: for a task in a `recover`, all
conditions around it, outside first, as [kind, tasks, what the branch returns or whether of the same item, outside of
the innermost loop?].
"""

from __future__ import annotations

from wfc.trace import FAILED, NOT_RUN, SKIPPED, SUCCEEDED, Instance, Trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Protocol

    from wfc.target import Entry, Manifest

    class TaskRun(Protocol):
        """One task instance. attempts: try_number. outputs: its XComs. index: (map_index,), or () when not mapped."""

        id: str
        state: str
        attempts: int
        start: float | None
        end: float | None
        outputs: Mapping[str, Any]
        index: tuple[Any, ...]


ROLES = ("task", "undo", "fallback", "approve", "require", "stop")
RESULT = "return_value"
ENDED = {"success": SUCCEEDED, "failed": FAILED}
BAD = ("failed", "upstream_failed")


class Reader:
    """One run: its instances by task, and the questions that the mapping asks."""

    def __init__(self, manifest: Manifest, state: str, tasks: Sequence[TaskRun]) -> None:
        self.manifest, self.state = manifest, state
        self.runs: dict[str, dict[tuple[int, ...], TaskRun]] = {}
        for run in tasks:
            self.runs.setdefault(run.id, {})[tuple(int(number) for number in run.index)] = run
        self.stopped = {
            name
            for entry in manifest.entries
            for name in dict(entry.extra).get("ends") or ()  # type: ignore[union-attr]
            if entry.role == "stop" and self.is_in(entry.id, ("success",))
        }

    def is_in(self, name: object, states: Sequence[str], index: tuple[int, ...] | None = None) -> bool:
        """Is an instance of the task (that of an item, where it is mapped) in one of the states?"""
        runs = self.runs.get(str(name), {})
        chosen = runs.values() if index is None or index not in runs else [runs[index]]
        return any(run.state in states for run in chosen)

    def result(self, name: str) -> Any:
        """The result of a task that is not mapped, None without one."""
        run = self.runs.get(name, {}).get(())
        return run.outputs.get(RESULT) if run else None

    def instances(self, entry: Entry) -> list[Instance]:
        """The instances of one manifest entry."""
        extra = dict(entry.extra)
        mapped = "map" in (extra.get("indexes") or ())  # type: ignore[operator]
        return [
            self.instance(entry, run, index)
            for index, run in self.runs.get(entry.id, {}).items()
            if bool(index) == mapped
        ]

    def instance(self, entry: Entry, run: TaskRun, index: tuple[int, ...]) -> Instance:
        """One task instance of the engine as an instance of the reference."""
        extra = dict(entry.extra)
        state = self.reference_state(entry, run, index)
        attempts: int | None = run.attempts if state in (SUCCEEDED, FAILED) else 0
        if attempts and extra.get("polled"):
            attempts = None
        if state == FAILED and run.outputs.get("attempts") == 0:
            attempts = 0
        ran = state in (SUCCEEDED, FAILED)
        output = run.outputs.get(RESULT) if state == SUCCEEDED else None
        role = "fail" if extra.get("fail") else entry.role
        indexes = self.indexes(entry, index)
        # The start of a task that first waits for its turn is that of the waiting.
        known = ran and not (index[:1] > (0,) and extra.get("waits"))
        times = (run.start if known else None, run.end if ran else None)
        return Instance(entry.path, indexes, role, state, attempts, *times, output)

    def indexes(self, entry: Entry, index: tuple[int, ...]) -> tuple[int, ...]:
        """The numbers of the items around it; an undo's map_index counts what there was to undo, the last first."""
        extra = dict(entry.extra)
        number = index[0] if index else 0
        if "undoes" in extra:
            runs = self.runs.get(str(extra["undoes"]), {})
            done = sorted((place[0] for place, run in runs.items() if run.state == "success" and place), reverse=True)
            number = done[number]
        listed = extra.get("indexes") or []
        assert isinstance(listed, list)
        return tuple(number if part == "map" else int(str(part)) for part in listed)

    def reference_state(self, entry: Entry, run: TaskRun, index: tuple[int, ...]) -> str:
        """`skipped` means not_run for an undo or a fallback that was not needed, for what is no task (the reference
        keeps no record of a `require` or a `stop` in an arm not taken), for a task of a `recover` or an
        `on failure` that had nothing to handle, behind a `stop`, and for an item behind one that failed.
        """
        if run.state != "skipped":
            return ENDED.get(run.state, NOT_RUN)
        extra: dict[str, Any] = dict(entry.extra)
        turn = extra.get("turn")
        unneeded = (
            entry.role in ("undo", "fallback", "require", "stop")
            or entry.id in self.stopped
            or any(self.is_in(name, ("failed",)) for name in extra.get("behind", ()))
            or (entry.section == "on_failure" and self.result("failure") is None)
            or (isinstance(turn, list) and self.behind_failure(turn, index))
            or not self.looped(extra, index)
            or self.unneeded(extra, index)
        )
        return NOT_RUN if unneeded else SKIPPED

    def looped(self, extra: Mapping[str, Any], index: tuple[int, ...]) -> bool:
        """Did the loop around it run at all? In an arm that was not taken it has no items."""
        arms = all(self.took(branch, arm) for branch, arm in extra.get("arms", ()))
        return arms and all(
            any(not self.is_in(name, ("skipped",), index) for name in members) for members in extra.get("checked", ())
        )

    def unneeded(self, extra: Mapping[str, Any], index: tuple[int, ...]) -> bool:
        """Is the outermost condition that does not hold one of a `recover`, or one around the innermost loop?"""
        for kind, tasks, detail, outside in extra.get("around", ()):
            if kind == "recovers":
                place = index if detail else None
                holds = any(self.is_in(name, ("failed",), place) for name in tasks)
            elif kind == "arm":
                if self.is_in(tasks, BAD):
                    return True
                holds = not detail or self.took(tasks, detail)
            else:
                holds = any(not self.is_in(name, ("skipped",), index) for name in tasks)
            if not holds:
                return bool(outside) or kind == "recovers"
        return False

    def took(self, branch: str, arm: Sequence[object]) -> bool:
        """Did a branch take the arm that begins with these tasks?

        Its result is not kept when it skips anything (the Task SDK ends it by DownstreamTasksSkipped), but what it
        has followed is (SkipMixin).
        """
        found = self.result(branch)
        if found is not None:
            return named(found) == arm
        run = self.runs.get(branch, {}).get(())
        kept = run.outputs.get("skipmixin_key") if run else None
        followed = kept.get("followed", ()) if isinstance(kept, dict) else ()
        return bool(arm) and all(name in followed for name in arm)

    def behind_failure(self, last: Sequence[object], index: tuple[int, ...]) -> bool:
        """Has an earlier item of a sequential loop failed?"""
        return any(
            run.state in BAD for name in last for place, run in self.runs.get(str(name), {}).items() if place < index
        )


def named(result: object) -> list[object]:
    """The ids that a branch returned."""
    return [] if result is None else result if isinstance(result, list) else [result]


def reference_states(manifest: Manifest, state: str, tasks: Sequence[TaskRun]) -> Trace:
    """The trace of a run: `state` of the DAG run, its task instances."""
    reader = Reader(manifest, state, tasks)
    found = [instance for entry in manifest.entries if entry.role in ROLES for instance in reader.instances(entry)]
    failure = reader.result("failure")
    outputs = reader.result("outputs") if state == "success" else None
    failed = str(failure.get("task", "")) if isinstance(failure, dict) else ""
    return Trace(manifest.flow, SUCCEEDED if state == "success" else FAILED, tuple(found), outputs, failed)
