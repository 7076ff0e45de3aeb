"""One conformance case, and what keeps a trace from showing what the case demands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wfc.permits import plain
from wfc.trace import FALLBACK, NOT_RUN, SKIPPED, SUCCEEDED, TASK, UNDO, Instance, Trace, name_of
from wfc.world import Behaviour

FOLDER = Path(__file__).parent
SCRATCH = "$SCRATCH"
"""An input with this value: the runner puts the path of a fresh directory in its place."""
URL = "$URL"
"""An input with this value: the runner puts the address of its scripted web server in its place."""

HOSTILE = {
    "command": "$(touch pwned)",
    "quoted": '"; touch pwned; "',
    "braces": "{{ 7*7 }}",
    "secret": "{{ secret('PG_URL') }}",
    "github": "${{ github.token }}",
    "percent": "%s\\n%d",
    "lines": "one\ntwo\r\n\n",
    "quotes": 'it\'s "quoted" `here` \\ and \\n',
    "emoji": "é 😀 \u2028 \u0085 end",
    "long": "0123456789abcdef" * 6400,
    "dash": "-rf --help",
    "file": "@/etc/passwd",
    "sql": "'); drop table people; --",
    "spaces": "  both ends  ",
    "empty": "",
}
"""Values that go wrong wherever a value becomes code, is rendered twice, or loses bytes on its way."""

Reply = tuple[int, Any, dict[str, str]]
"""Status, body (JSON), headers."""
State = str | tuple[str, int | None]


@dataclass(frozen=True)
class Case:
    """One run of one flow.

    name: "13 try", number and variant. file: in this folder. flow: the one to run. inputs: by name (SCRATCH, URL).
    secrets: by name; "$PG_URL" is an empty PostgreSQL with a table `people (id int, name text)`.
    behaviours: for the interpreter, (role, task name[, indexes]) → Behaviour; what has none succeeds.
    state: of the run. states: instance → state, or (state, attempts); attempts default to 1 for what ran, and None
    means any number. Instances: `a`, `n/s1[1]` (indexes from 0), `undo a`, `fallback g`. What is not listed must be
    not_run, but for the roles require, stop and fail. order: "a < b": a had ended when b started.
    outputs: of the flow. failed_task: what `failure.task` may be. most: loop variable → how many of its tasks at once.
    http: path → replies in turn, the last one again. calls: path → how often it must have been called.
    bodies: path → the JSON that each request must bear. headers: path → headers that each request must bear.
    least_gap: path → seconds that must pass between the first two calls. decision: of the person who is asked.
    gone: the processes whose numbers are in SCRATCH/pid and SCRATCH/pids must have ended.
    absent: names of files that must not appear anywhere in the working directories.
    """

    name: str
    file: str
    flow: str
    states: dict[str, State]
    state: str = SUCCEEDED
    inputs: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    behaviours: dict[Any, Behaviour] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    outputs: dict[str, Any] | None = None
    failed_task: tuple[str, ...] = ()
    most: dict[str, int] = field(default_factory=dict)
    http: dict[str, tuple[Reply, ...]] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    least_gap: dict[str, float] = field(default_factory=dict)
    decision: str = ""
    gone: bool = False
    absent: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """13 of "13 try"."""
        return int(self.name.split()[0])

    @property
    def path(self) -> Path:
        """The file of the flow."""
        return FOLDER / self.file


def problems(case: Case, trace: Trace) -> list[str]:
    """What in a trace is not as the facts of the case say, as sentences; [] when all is."""
    found = [] if trace.state == case.state else [f"the run is {trace.state}, not {case.state}"]
    seen = {name_of(instance.key): instance for instance in trace.instances}
    for name, wanted in case.states.items():
        found += _state(name, wanted, seen.get(name))
    for name, instance in seen.items():
        if name not in case.states and instance.role in (TASK, UNDO, FALLBACK) and instance.state != NOT_RUN:
            found.append(f"{name} is {instance.state}, but should not have run")
    for text in case.order:
        found += _order(text, seen)
    if case.outputs is not None and trace.outputs is not None and plain(trace.outputs) != plain(case.outputs):
        found.append(f"the outputs are {trace.outputs!r:.300}, not {case.outputs!r:.300}")
    if case.failed_task and trace.failed_task and trace.failed_task not in case.failed_task:
        found.append(f"failure.task is {trace.failed_task}, not {' or '.join(case.failed_task)}")
    return found


def _state(name: str, wanted: State, instance: Instance | None) -> list[str]:
    state, attempts = wanted if isinstance(wanted, tuple) else (wanted, 0 if wanted == SKIPPED else 1)
    if instance is None:
        return [] if state == "any" else [f"{name} was not run, should be {state}"]
    if state not in ("any", instance.state):
        return [f"{name} is {instance.state} ({instance.message}), not {state}"]
    counted = instance.role in (TASK, UNDO, FALLBACK) and None not in (attempts, instance.attempts)
    if counted and attempts != instance.attempts:
        return [f"{name} had {instance.attempts} attempts, not {attempts}"]
    return []


def _order(text: str, seen: dict[str, Instance]) -> list[str]:
    first, _, second = text.partition(" < ")
    end = seen[first].end if first in seen else None
    start = seen[second].start if second in seen else None
    if end is None or start is None or end <= start:
        return []
    return [f"{second} started before {first} had ended"]
