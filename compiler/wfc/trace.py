"""What can be seen of a run: which task instances ended how, after how many attempts, in which order, with what.

The reference interpreter writes traces; a target's test reads the same thing from its engine, and `wfc.permits`
compares the two. Clock times are no part of a trace.
"""

from __future__ import annotations

from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Json

SUCCEEDED, FAILED, SKIPPED, NOT_RUN = "succeeded", "failed", "skipped", "not_run"
STATES = (SUCCEEDED, FAILED, SKIPPED, NOT_RUN)

TASK, UNDO, FALLBACK, APPROVE, REQUIRE, STOP, FAIL = "task", "undo", "fallback", "approve", "require", "stop", "fail"
ROLES = (TASK, UNDO, FALLBACK, APPROVE, REQUIRE, STOP, FAIL)

Key = tuple[str, tuple[int, ...], str]
"""What names an instance: path, indexes of the loops around it, role."""


class Instance(Record):
    """One execution of one statement.

    path: of the statement (`each/s1`). indexes: the item's number from 0, for each loop around it, outside first.
    role: one of ROLES; `undo` and `fallback` bear the path of the task that they belong to. state: one of STATES;
    a task whose call failed is `failed` even when its fallback went on. attempts: with the first, 0 when it never
    started, None when an engine cannot tell. start, end: positions in the order of all starts and ends of the run
    (smaller is earlier, equal is at once); None when it never started, or when an engine cannot tell.
    output: the value that readers see; None also when an engine does not show it. message: why it failed.
    """

    path: str
    indexes: tuple[int, ...] = ()
    role: str = TASK
    state: str = NOT_RUN
    attempts: int | None = 0
    start: float | None = None
    end: float | None = None
    output: Json = None
    message: str = ""

    @property
    def key(self) -> Key:
        """What names it: path, indexes, role."""
        return (self.path, self.indexes, self.role)

    def __str__(self) -> str:
        return name_of(self.key)


class Trace(Record):
    """A run. state: `succeeded` or `failed`. outputs: of the flow; None when it failed or they cannot be seen.

    failed_task: the name that `on failure` saw in `failure.task` (one of those that failed), "" when unknown.
    """

    flow: str
    state: str
    instances: tuple[Instance, ...]
    outputs: dict[str, Json] | None = None
    failed_task: str = ""

    def get(self, path: str, *indexes: int, role: str = TASK) -> Instance:
        """The instance of that name; one that the run has nothing of was not run."""
        return self.by_key().get((path, indexes, role), Instance(path, indexes, role))

    def by_key(self) -> dict[Key, Instance]:
        """All instances by what names them."""
        return {instance.key: instance for instance in self.instances}


def name_of(key: Key) -> str:
    """For people: `undo each/t[2]`; a task has no role in front."""
    path, indexes, role = key
    return (f"{role} " if role in (UNDO, FALLBACK) else "") + path + "".join(f"[{index}]" for index in indexes)


def to_json(trace: Trace) -> dict[str, Json]:
    """The trace as a JSON object, what is empty left out; `from_json` reads it back."""
    instances: list[Json] = []
    for instance in trace.instances:
        shown: dict[str, Json] = {"path": instance.path, "role": instance.role, "state": instance.state}
        if instance.indexes:
            shown["indexes"] = list(instance.indexes)
        for field in ("attempts", "start", "end", "output", "message"):
            value = getattr(instance, field)
            if value is not None and value != "":
                shown[field] = value
        instances.append(shown)
    whole: dict[str, Json] = {"flow": trace.flow, "state": trace.state, "instances": instances}
    if trace.outputs is not None:
        whole["outputs"] = trace.outputs
    if trace.failed_task:
        whole["failed_task"] = trace.failed_task
    return whole


def from_json(value: dict[str, Json]) -> Trace:
    """The trace of a JSON object as `to_json` writes it. Raises KeyError or TypeError for anything else."""
    rows = value["instances"]
    assert isinstance(rows, list)
    instances = []
    for row in rows:
        assert isinstance(row, dict)
        fields: dict[str, object] = {"attempts": None, **row, "indexes": tuple(row.get("indexes") or ())}  # type: ignore[arg-type]
        instances.append(Instance(**fields))  # type: ignore[arg-type]
    outputs, failed = value.get("outputs"), value.get("failed_task", "")
    assert outputs is None or isinstance(outputs, dict)
    return Trace(str(value["flow"]), str(value["state"]), tuple(instances), outputs, str(failed))
