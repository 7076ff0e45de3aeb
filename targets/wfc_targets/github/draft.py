"""A workflow while it is being lowered: jobs and steps so far, who made which value, what was found on the way.

The one module of this target with mutable state; `finish` turns it into the records of `model`.
"""

from __future__ import annotations

from wfc import ir
from wfc.diagnostic import ERROR, WARNING, Diagnostic
from wfc.record import Record
from wfc.target import Entry
from wfc.walk import all_statements, statements
from wfc_targets.github import model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wfc.ir import AnyExpr, Flow, For, Json, Op, Project
    from wfc.source import Span

STEP_SECONDS = 60_000
"""What a step is given when nothing bounds it but arithmetic (gates, computations), in milliseconds."""
MARGIN_MINUTES = 5
JOB_LIMIT_MINUTES = 360
"""The longest a job on GitHub's own runners may take (docs.github.com, "Usage limits")."""


class Binding(Record):
    """A loop around a place. matrix: the variable of the leg; else index and item of an unrolled iteration."""

    loop: For
    matrix: str = ""
    index: int = 0
    item: AnyExpr | None = None


class Site(Record):
    """Where the result of one task instance is made. step "": nowhere (dropped), or by the job itself (a call)."""

    job: JobDraft
    step: str
    op: Op | None
    task: ir.Task
    conditional: bool
    fallback: str = ""
    fallback_op: Op | None = None


class JobDraft:
    """A job so far. worst: the sum of the worst cases of its steps in ms, None when one has no bound."""

    __slots__ = (
        "approval",
        "conditions",
        "env",
        "environment",
        "id",
        "inputs",
        "matrix",
        "may_skip",
        "name",
        "needs",
        "outputs",
        "permissions",
        "secrets",
        "status",
        "steps",
        "swallow",
        "uses",
        "worst",
    )

    def __init__(self, identifier: str, name: str) -> None:
        self.id = identifier
        self.name = name
        self.needs: list[str] = []
        self.conditions: list[str] = []
        self.status = ""
        self.may_skip = False
        self.swallow = False
        self.environment = ""
        self.approval = ""
        self.env: dict[str, str] = {}
        self.matrix: model.Matrix | None = None
        self.outputs: dict[str, str] = {}
        self.permissions: list[tuple[str, str, str]] = []
        self.steps: list[model.Step] = []
        self.worst: int | None = 0
        self.uses = ""
        self.inputs: list[tuple[str, str]] = []
        self.secrets: list[str] = []

    def need(self, job: str) -> None:
        """Wait for a job, once."""
        if job not in self.needs and job != self.id:
            self.needs.append(job)

    def spend(self, milliseconds: int | None) -> None:
        """Add to the worst case."""
        self.worst = None if milliseconds is None or self.worst is None else self.worst + milliseconds

    def export(self, name: str, expression: str) -> str:
        """Make an expression an output of the job; returns the name of the output (an equal one is used again)."""
        value = "${{ " + expression + " }}"
        found, number = name, 2
        while self.outputs.get(found, value) != value:
            found, number = f"{name}_{number}", number + 1
        self.outputs[found] = value
        return found

    def guard(self) -> str:
        """The condition of the job. A skipped job skips all after it unless they name a status function."""
        status = self.status or ("!failure() && !cancelled()" if self.may_skip and self.needs else "")
        return conjunction((status, *self.conditions))

    def minutes(self) -> int | None:
        """A backstop that never fires before the timeouts inside do, in minutes; None: GitHub's own limit."""
        if self.worst is None:
            return None
        minutes = -(-self.worst // 60_000) + MARGIN_MINUTES
        return minutes if minutes < JOB_LIMIT_MINUTES else None

    def finish(self, runs_on: str) -> model.Job:
        """The finished job."""
        return model.Job(
            id=self.id,
            name=self.name,
            needs=tuple(self.needs),
            condition=self.guard(),
            environment=self.environment,
            matrix=self.matrix,
            permissions=tuple(self.permissions),
            outputs=tuple(self.outputs.items()),
            env=tuple(self.env.items()),
            runs_on=runs_on,
            timeout_minutes=self.minutes(),
            steps=tuple(self.steps),
            uses=self.uses,
            inputs=tuple(self.inputs),
            secrets=tuple(self.secrets),
        )


def conjunction(parts: tuple[str, ...]) -> str:
    """All parts joined by `&&`, each once, alternatives in parentheses."""
    unique = [part for part in dict.fromkeys(parts) if part]
    return " && ".join(f"({part})" if "||" in part and len(unique) > 1 else part for part in unique)


class Region:
    """What can fail inside a `try` or the flow, and what is to be undone then, in order of the text."""

    __slots__ = ("failures", "undos")

    def __init__(self) -> None:
        self.failures: list[Failure] = []
        self.undos: list[Undo] = []


class Failure(Record):
    """A step that may end its region: the job it is in, the test of the step, the name of the task."""

    job: JobDraft
    test: str
    task: str


class Undo(Record):
    """A compensation to run at the end of a region: of a task, whose success `test` (in `job`) shows."""

    task: ir.Task
    job: JobDraft
    label: str
    test: str
    loops: tuple[Binding, ...]


class Scope(Record):
    """A place for statements in a job.

    status: the status function every condition here begins with, "" for GitHub's implicit success(). guards: what
    decides whether the place is reached. chain: what says that all before it went well, kept where `explicit`.
    swallow: why a failure here is not the job's. title: how step names begin. failure: makes the
    expression of `failure.task` for a job.
    """

    job: JobDraft
    region: Region
    section: str = "body"
    status: str = ""
    guards: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    explicit: bool = False
    swallow: str = ""
    title: str = ""
    loops: tuple[Binding, ...] = ()
    failure: Callable[[JobDraft], str] | None = None


class Draft:
    """The flow while it is lowered."""

    def __init__(self, project: Project, flow: Flow, artifact: str) -> None:
        self.project = project
        self.flow = flow
        self.artifact = artifact
        self.options = settings(project, flow)
        self.jobs: list[JobDraft] = []
        self.job_names: set[str] = set()
        self.entries: list[Entry] = []
        self.diagnostics: list[Diagnostic] = []
        self.sites: dict[tuple[str, tuple[int, ...]], Site] = {}
        self.reads: dict[str, list[tuple[str, ...]]] = {}
        self.loops_of: dict[str, tuple[For, ...]] = {}
        self.tried = frozenset(
            inner.path for stmt in all_statements(flow) if isinstance(stmt, ir.Try) for inner in statements(stmt.body)
        )
        self.matrices: set[str] = set()
        self.can_be_matrix: dict[str, bool] = {}
        self.secret_items: dict[str, dict[str, tuple[str, ...]]] = {}
        self.stops: list[tuple[JobDraft, str]] = []
        self.taken: set[str] = set()
        self.collected: dict[str, list[str]] = {}
        self.counts: dict[str, tuple[JobDraft | None, str]] = {}
        self.legs: dict[str, Scope] = {}
        self.clock: JobDraft | None = None
        self.dated = False
        self.filled: tuple[str, ...] = ()
        self.deadline: JobDraft | None = None

    def name(self, wanted: str) -> str:
        """A new id for a step or job."""
        found, number = wanted, 2
        while found in self.taken:
            found, number = f"{wanted}_{number}", number + 1
        self.taken.add(found)
        return found

    def job(self, wanted: str, title: str) -> JobDraft:
        """A new job at the end of the workflow."""
        job = JobDraft(self.job_name(wanted), title)
        self.jobs.append(job)
        self.job_names.add(job.id)
        return job

    def forget(self, job: JobDraft) -> None:
        """Take a job out again; its id is free."""
        self.jobs.remove(job)
        self.job_names.discard(job.id)

    def probe(self) -> JobDraft:
        """A job that is not in the workflow, for questions about what a job would see."""
        return JobDraft("", "")

    def job_name(self, wanted: str) -> str:
        """A new id for a job (jobs and steps have separate names)."""
        found, number = wanted, 2
        while found in self.job_names:
            found, number = f"{wanted}_{number}", number + 1
        return found

    def option(self, name: str, default: Json = None) -> Json:
        """A setting of `target github { … }`, else of wfc.toml, else the default."""
        return self.options.get(name, default)

    def entry(self, identifier: str, path: str, role: str, scope: Scope, span: Span, **extra: Json) -> None:
        """Add an engine task to the manifest."""
        loops: list[Json] = [None if binding.matrix else binding.index for binding in scope.loops]
        if loops:
            extra["loops"] = loops
        known = tuple(sorted(extra.items()))
        self.entries.append(Entry(identifier, path, role, scope.section, span, self.artifact, known))

    def unsupported(self, span: Span, message: str, why: str, remedy: str) -> None:
        """An error: the line asks for what GitHub Actions does not have."""
        self.diagnostics.append(
            Diagnostic("WF951", "unsupported-by-target", ERROR, message, span, why=why, help=remedy)
        )

    def lossy(self, span: Span, message: str, why: str, remedy: str) -> None:
        """A warning: the flow could see a difference."""
        self.diagnostics.append(Diagnostic("WF952", "lossy-on-target", WARNING, message, span, why=why, help=remedy))


def in_order(count: int, edges: tuple[tuple[int, int], ...]) -> list[int]:
    """The statements of a graph so that each comes after those before it, else in order of the text."""
    from heapq import heapify, heappop, heappush

    waits = [0] * count
    following: list[list[int]] = [[] for _ in range(count)]
    for first, second in set(edges):
        waits[second] += 1
        following[first].append(second)
    ready = [number for number in range(count) if not waits[number]]
    heapify(ready)
    found: list[int] = []
    while ready:
        found.append(heappop(ready))
        for second in following[found[-1]]:
            waits[second] -= 1
            if not waits[second]:
                heappush(ready, second)
    return found


def settings(project: Project, flow: Flow) -> dict[str, Json]:
    """The options of this target: of wfc.toml, then of the flow."""
    return {**dict(dict(project.settings).get("github", ())), **flow.option("github")}


def add(job: JobDraft, step: model.Step, worst: int | None) -> None:
    """Append a step with its worst case in milliseconds."""
    job.steps.append(step)
    job.spend(worst)
