"""Is a trace, of a real engine, one that the meaning of the flow permits? Compared with the reference interpreter's.

States, attempts and values are the same in every permitted order, since a world decides by instance and attempt;
only the order of starts and ends is free where nothing binds it. So the reference run says what must have become of
each instance and which must have ended before which began, and the trace is judged by that.
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.interpret import Interpreter, run
from wfc.trace import (
    FAILED,
    FALLBACK,
    NOT_RUN,
    SKIPPED,
    STOP,
    SUCCEEDED,
    TASK,
    UNDO,
    Instance,
    Trace,
    name_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from wfc.ir import Flow, Json, Project
    from wfc.trace import Key
    from wfc.world import World

COUNTED = (TASK, UNDO, FALLBACK)
"""The roles that are compared; an engine need not show the others (a `require`, a `stop`) as instances."""


def permits(project: Project, flow: Flow, world: World, trace: Trace, inputs: Mapping[str, Json]) -> list[str]:
    """What in a trace the meaning of the flow forbids, as sentences; [] for a permitted trace.

    What an engine cannot tell (attempts, start or end None, output None, outputs None) is not judged. An instance
    that is missing was not run. After `fail_fast` has cut a block, what became of its tasks is open.
    """
    interpreter, reference, _ = run(project, flow, world, inputs)
    found = [] if trace.state == reference.state else [f"the run is {trace.state}, should be {reference.state}"]
    wanted, seen = reference.by_key(), trace.by_key()
    for key in sorted(wanted.keys() | seen.keys()):
        if not relaxed(interpreter, key):
            found += judged(interpreter, wanted.get(key) or Instance(*key), seen.get(key) or Instance(*key))
    found += order(interpreter, seen)
    found += crowded(flow, interpreter, seen)
    if None not in (trace.outputs, reference.outputs) and plain(trace.outputs) != plain(reference.outputs):
        found.append(f"the outputs are {short(trace.outputs)}, should be {short(reference.outputs)}")
    failed = {key[0].rpartition("/")[2] for key, instance in wanted.items() if instance.state == FAILED}
    if trace.failed_task and reference.failed_task and trace.failed_task not in failed | {reference.failed_task}:
        found.append(f"`failure.task` is {trace.failed_task}, which did not fail")
    return found


def plain(value: Json) -> Json:
    """A value for comparison: null fields are missing ones, and 2.0 is 2."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def relaxed(interpreter: Interpreter, key: Key) -> bool:
    """Does the instance stand in a block that `fail_fast` has cut?"""
    path, indexes, _ = key
    return any(path in paths and indexes[: len(at)] == at for paths, at in interpreter.state.relaxed)


def judged(interpreter: Interpreter, wanted: Instance, seen: Instance) -> list[str]:
    """What is wrong with one instance."""
    if seen.state != wanted.state and not idle_alike(interpreter, wanted, seen):
        if wanted.role not in COUNTED and seen.state == NOT_RUN:
            return []
        return [f"{wanted} is {seen.state}, should be {wanted.state}" + (seen.message and f" ({seen.message})")]
    if wanted.role not in COUNTED or wanted.state not in (SUCCEEDED, FAILED):
        return []
    if seen.attempts not in (None, wanted.attempts) and wanted.key not in interpreter.state.loose:
        return [f"{wanted} had {seen.attempts} attempts, should have had {wanted.attempts}"]
    if wanted.role == TASK and None not in (seen.output, wanted.output) and plain(seen.output) != plain(wanted.output):
        return [f"{wanted} gave {short(seen.output)}, should give {short(wanted.output)}"]
    return []


def idle_alike(interpreter: Interpreter, wanted: Instance, seen: Instance) -> bool:
    """Both did nothing, and it is open which word says so: an undo or fallback not needed, what stands after `stop`."""
    if wanted.state not in (SKIPPED, NOT_RUN) or seen.state not in (SKIPPED, NOT_RUN):
        return False
    stopped = any(role == STOP for _, _, role in interpreter.state.instances)
    return wanted.role in (UNDO, FALLBACK) or stopped


def order(interpreter: Interpreter, seen: dict[Key, Instance]) -> list[str]:
    """Instances that began before something had ended that they had to wait for."""
    found = []
    for before, after in sorted(interpreter.state.edges):
        first, second = seen.get(before), seen.get(after)
        if first is None or second is None or first.end is None or second.start is None:
            continue
        if first.end > second.start:
            found.append(f"{name_of(after)} started before {name_of(before)} had ended")
    return found


def crowded(flow: Flow, interpreter: Interpreter, seen: dict[Key, Instance]) -> list[str]:
    """Loops with a maximum of which more tasks ran at once. Instances with several attempts are left out, for an
    engine may give the place to others while one waits for its next attempt."""
    found = []
    for stmt in walk.all_statements(flow):
        if not isinstance(stmt, ir.For) or stmt.maximum is None:
            continue
        inside = {inner.path for inner in walk.statements(stmt.body)}
        depth = len(interpreter.state.loops[stmt.path])
        groups: dict[tuple[int, ...], list[tuple[float, int]]] = {}
        for (path, indexes, role), instance in seen.items():
            known = instance.start is not None and instance.end is not None and instance.attempts in (1, None)
            if path in inside and role == TASK and known:
                assert instance.start is not None
                assert instance.end is not None
                groups.setdefault(indexes[:depth], []).extend(((instance.start, 1), (instance.end, -1)))
        for indexes, events in sorted(groups.items()):
            if busiest(events) > stmt.maximum:
                where = "".join(f"[{index}]" for index in indexes)
                found.append(f"{busiest(events)} tasks of {stmt.path}{where} ran at once, {stmt.maximum} may")
    return found


def busiest(events: list[tuple[float, int]]) -> int:
    """How many ran at once at most; what ends at a moment makes room for what starts at it."""
    running = most = 0
    for _, change in sorted(events):
        running += change
        most = max(most, running)
    return most


def short(value: Json) -> str:
    """A value in a message."""
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + "…"
