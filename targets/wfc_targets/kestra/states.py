"""Kestra's task runs → the reference states, by the manifest.

| reference | Kestra |
|---|---|
| succeeded | SUCCESS, and its `_until` or gate not FAILED |
| failed | FAILED; WARNING (a task that carries `allowFailure`); KILLED; its `_calc` FAILED (attempts 0) |
| skipped | SKIPPED by its own guard; no task run while its If or Switch ended on another arm |
| not_run | no task run; SKIPPED by a `runIf` that the compiler made (undo, order in a Dag) |

What `extra` of a manifest entry says: `arms`: [[task, arm], …] around it; `ordered`: its `runIf` is the compiler's;
`undoes`: the loops whose iterations an undo's own innermost loops go over, last first; `inside`: it makes its attempts
itself and logs each failed one as `attempt N: …`; `fail`: a `fail` statement; `of`: the task in a wrapper.
"""

from __future__ import annotations

import re

from wfc.trace import FAIL, FAILED, NOT_RUN, SKIPPED, SUCCEEDED, Instance, Trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Protocol

    from wfc.target import Entry, Manifest

    class TaskRun(Protocol):
        """One task run. attempts counts the first; start and end in seconds; index: of the loops around it."""

        id: str
        state: str
        attempts: int
        start: float | None
        end: float | None
        outputs: Mapping[str, Any]
        index: tuple[Any, ...]
        messages: tuple[str, ...]

    Index = tuple[int, ...]
    Runs = dict[str, dict[Index, TaskRun]]

ROLES = {
    "task": "task",
    "undo": "undo",
    "fallback": "fallback",
    "approve": "approve",
    "require": "require",
    "stop": "stop",
}
STATES = {"SUCCESS": SUCCEEDED, "FAILED": FAILED, "WARNING": FAILED, "KILLED": FAILED, "SKIPPED": SKIPPED}
ATTEMPT = re.compile(r"attempt \d+: ")


def reference_states(
    manifest: Manifest, state: str, tasks: Sequence[TaskRun], outputs: Mapping[str, Any] | None = None
) -> Trace:
    """The trace of a run: `state` of the execution, the task runs of this flow (iterations included), its outputs."""
    runs: Runs = {}
    for run in tasks:
        runs.setdefault(run.id, {})[tuple(int(number) for number in run.index)] = run
    instances = []
    for entry in manifest.entries:
        if entry.role in ROLES:
            instances += _instances(entry, runs)
    succeeded = state == "SUCCESS"
    given = dict(outputs) if succeeded and outputs is not None else None
    return Trace(manifest.flow, SUCCEEDED if succeeded else FAILED, tuple(instances), given)


def _instances(entry: Entry, runs: Runs) -> list[Instance]:
    extra = dict(entry.extra)
    own = runs.get(entry.id, {})
    undoes = extra.get("undoes")
    if isinstance(undoes, list):
        own = {_undone([str(loop) for loop in undoes], index, runs): run for index, run in own.items()}
    found = [_ran(entry, index, run, runs) for index, run in own.items()]
    if entry.role not in ("task", "approve") or extra.get("fail"):
        return found
    calc = runs.get(f"{entry.id}_calc", {})
    found += [
        Instance(entry.path, index, _role(entry), FAILED, 0, run.start, run.end, message=" ".join(run.messages))
        for index, run in calc.items()
        if run.state == "FAILED" and index not in own
    ]
    for wrapper in ("_body", "_until", "_once"):
        # a guard stands on the outermost wrapper
        for index, run in runs.get(entry.id + wrapper, {}).items():
            if run.state == "SKIPPED" and not extra.get("ordered"):
                found.append(Instance(entry.path, index, _role(entry), SKIPPED))
    seen = {instance.indexes for instance in found}
    arms = extra.get("arms") or []
    assert isinstance(arms, list)
    for arm in arms:
        branch, name = str(arm[0]), str(arm[1])  # type: ignore[index]
        for index, run in runs.get(branch, {}).items():
            if index not in seen and _taken(run) not in (None, name):
                seen.add(index)
                found.append(Instance(entry.path, index, _role(entry), SKIPPED))
    return found


def _role(entry: Entry) -> str:
    """The role in a trace: a `fail` is a task to the manifest."""
    return FAIL if dict(entry.extra).get("fail") else ROLES[entry.role]


def _undone(loops: list[str], index: Index, runs: Runs) -> Index:
    """The iterations that an undo belongs to: its own loops count from the last iteration down."""
    before = len(index) - len(loops)
    found = index[:before]
    for loop, turn in zip(loops, index[before:], strict=True):
        if loop in runs and f"{loop}_item" not in runs:
            known = runs[loop][found].outputs.get("outputs") or []
            numbers = [int(entry["item"]["iteration"]) for entry in known]
        else:
            numbers = [i[-1] for i, run in runs[f"{loop}_item"].items() if i[:-1] == found and run.outputs]
        found = (*found, sorted(numbers, reverse=True)[turn])
    return found


def _taken(run: TaskRun) -> str | None:
    """The arm that an If or a Switch went into: then, else, a case, "" for the default; None when it could not tell."""
    if "evaluationResult" in run.outputs:
        return "then" if run.outputs["evaluationResult"] else "else"
    if run.outputs.get("defaults"):
        return ""
    return str(run.outputs["value"]) if "value" in run.outputs else None


def _ran(entry: Entry, index: Index, run: TaskRun, runs: Runs) -> Instance:
    extra = dict(entry.extra)
    state = STATES.get(run.state, FAILED)
    if state == SKIPPED:
        compilers = entry.role == "undo" or extra.get("ordered")
        return Instance(entry.path, index, _role(entry), NOT_RUN if compilers else SKIPPED)
    attempts: int | None = run.attempts
    if extra.get("inside"):
        attempts = sum(1 for message in run.messages if ATTEMPT.match(message)) + (state == SUCCEEDED)
    last = run
    for suffix in ("_until", "_gate"):
        after = runs.get(entry.id + suffix, {}).get(index)
        if after is None:
            continue
        if after.state == "FAILED" and not (suffix == "_gate" and state == FAILED):
            state, last = FAILED, after
        if suffix == "_until":
            attempts = int(after.outputs.get("iterationCount") or run.attempts)
            last = after
    end = max(part.end or 0.0 for part in (run, last)) or None
    return Instance(
        entry.path, index, _role(entry), state, attempts, run.start, end, message=" ".join(run.messages)[-300:]
    )
