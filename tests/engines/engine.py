"""What a test sees of an engine: validate emitted files, run them, and read a trace in the engine's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Files = Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """A person's answer to an approval: yes or no, and the fields that were filled in."""

    approved: bool
    inputs: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class TriggerEvent:
    """What starts a run. name: as GitHub calls it (`push`, `release`, `repository_dispatch` for a webhook)."""

    name: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


# Asked with the task id of an approval; None leaves it unanswered, so that its own timeout decides.
Decide = Callable[[str], Answer | None]


@dataclass(frozen=True)
class EngineTask:
    """One task instance: a Kestra task run, an Airflow task instance, a step of a GitHub job.

    `state` is the engine's word. `attempts` counts the first one; 0 means it never started. `start` and `end` are
    seconds since the epoch. `index` holds the iteration numbers, outermost first (GitHub: the values of the matrix
    leg). `execution` is the id of the execution (GitHub: the job) that it belongs to.
    """

    id: str
    state: str
    attempts: int
    start: float | None
    end: float | None
    outputs: Mapping[str, Any]
    index: tuple[Any, ...] = ()
    execution: str = ""
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class EngineExecution:
    """A run or a part of one that has a state: a Kestra execution, an Airflow DAG run, a GitHub job or matrix leg."""

    id: str
    flow: str
    state: str
    index: tuple[Any, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EngineRun:
    """What happened: the state of the whole run, every task instance in order of start, and the raw log."""

    state: str
    tasks: tuple[EngineTask, ...]
    log: str
    executions: tuple[EngineExecution, ...] = ()

    def all(self, task: str) -> list[EngineTask]:
        """Every instance of a task, by index and then by start."""
        found = [t for t in self.tasks if t.id == task]
        return sorted(found, key=lambda t: (str(t.index), t.start or 0.0)) if any(t.index for t in found) else found

    def one(self, task: str) -> EngineTask:
        """The only instance of a task. Raises AssertionError, with the log, when there are none or several."""
        found = self.all(task)
        assert len(found) == 1, f"{len(found)} instances of {task} in {self.summary()}\n{self.log}"
        return found[0]

    def states(self) -> dict[str, list[str]]:
        """Task id to the states of its instances, in the order of `all`."""
        return {name: [t.state for t in self.all(name)] for name in dict.fromkeys(t.id for t in self.tasks)}

    def before(self, first: str, second: str) -> bool:
        """Whether every instance of `first` ended before any instance of `second` began."""
        ends = [t.end for t in self.all(first) if t.end is not None]
        starts = [t.start for t in self.all(second) if t.start is not None]
        return bool(ends and starts) and max(ends) <= min(starts)

    def summary(self) -> str:
        """One line: the state of the run, then task[index]=state*attempts."""
        shown = (f"{t.id}{list(t.index) if t.index else ''}={t.state}*{t.attempts}" for t in self.tasks)
        return f"{self.state}: {' '.join(shown)}"


class RunFailed(Exception):
    """The engine refused to start a run at all; the text is the engine's."""


class TimedOut(Exception):
    """A run did not end in the time the test gave; `run` is what was seen of it, if anything could be seen."""

    def __init__(self, message: str, run: EngineRun | None = None) -> None:
        super().__init__(message if run is None else f"{message}; {run.summary()}\n{run.log}")
        self.run = run


class Engine(Protocol):
    """A real engine. Expensive to start, cheap to use: one for a whole test session."""

    name: str

    def validate(self, files: Files) -> list[str]:
        """The problems that the engine's own validators find in the files; empty when they are accepted."""
        ...

    def run(
        self,
        files: Files,
        entry: str,
        inputs: Mapping[str, object],
        *,
        secrets: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 60.0,
        decide: Decide | None = None,
        event: TriggerEvent | None = None,
        configs: Mapping[str, str] | None = None,
    ) -> EngineRun:
        """Deploy all the files, run the flow `entry` and wait for its end.

        `files` maps paths to texts; `entry` is the engine's name of the flow (Kestra flow id, dag id, stem of the
        workflow file); `secrets` by name; `event` is what a trigger hands on; `configs` are the
        engine's variables, by the names of the language; `env` is added to the environment of the tasks; `timeout` in
        seconds.
        Raises RunFailed when the run could not be started, TimedOut when it did not end.
        """
        ...

    def close(self) -> None:
        """Stop every process of the engine and remove its files; the next call starts it again."""
        ...
