"""The conformance cases on GitHub Actions: compiled, validated by five tools, run by act, judged by the same facts."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.case import SCRATCH, URL, Case, problems
from conformance.cases import CASES
from engines.engine import EngineRun, EngineTask
from engines.github.engine import GitHub
from engines.world import Reply, World
from wfc.ir import Flow, Project, Ref, Shell
from wfc.permits import plain
from wfc.pipeline import has_errors, load
from wfc.python_text import ExpressionError, evaluate
from wfc.target import Compiled
from wfc.trace import Trace
from wfc.types import RecordType, required
from wfc.walk import tasks
from wfc_targets.github import TARGET
from wfc_targets.github.shapes import textual
from wfc_targets.github.states import reference_states

BEYOND_ACT = {
    "13 list": "act does not end a matrix at its first failure, as GitHub's `fail-fast` does",
    "13 guard": "act does not end a matrix at its first failure, as GitHub's `fail-fast` does",
    "13 fallback": "act does not end a matrix at its first failure, as GitHub's `fail-fast` does",
    "19 rejected": "act does not wait for approvals",
    "22 no result": "act ends the run when a called workflow fails, even for jobs that ask for `always()`",
    "20 long": "an input of a dispatch is bounded by 65,535 characters, an argument list by the system",
    "33 long": "an input of a dispatch is bounded by 65,535 characters, an argument list by the system",
}


def compiled(case: Case) -> tuple[Project, dict[str, Compiled]]:
    """The project of a case and its compiled flows: the one under test and those it may call."""
    project, diagnostics = load([str(case.path)])
    assert not has_errors(diagnostics), diagnostics
    results = {flow.name: TARGET.compile(project, flow, TARGET.versions[0]) for flow in needed(project, case.flow)}
    for name, result in results.items():
        assert result.artifacts, (name, result.diagnostics)
    return project, results


def needed(project: Project, flow: str) -> Iterator[Flow]:
    """The flow, and the flows that it may run."""
    return (other for other in project.flows if other.name == flow or other.name.endswith("_child"))


def files_of(results: dict[str, Compiled]) -> dict[str, str]:
    """The emitted files at their places in a repository."""
    artifacts = [artifact for result in results.values() for artifact in result.artifacts]
    return {f"{TARGET.folder}/{artifact.path}": artifact.text for artifact in artifacts}


def trace_of(run: EngineRun, result: Compiled) -> Trace:
    """The run as a reference trace: its steps, and its jobs that call a workflow."""
    steps: list[EngineTask] = []
    ends: dict[Any, float] = {}
    for task in sorted(run.tasks, key=lambda task: task.end or 0.0):
        # the steps of a job run one after the other; act tells how long each took, and when its end was seen
        last = ends.get((task.execution, task.index), 0.0)
        steps.append(replace(task, start=max(task.start, last)) if task.start is not None else task)
        ends[task.execution, task.index] = task.end or last
    seen = [task for task in run.tasks if task.id == "h"]
    failed = str(seen[0].outputs.get("seen", "")) if seen else ""
    return reference_states(result.manifest, run.state, [*steps, *_calls(run, result)], failed)


def _calls(run: EngineRun, result: Compiled) -> Iterator[EngineTask]:
    """A job that calls a workflow, as act shows it: by the jobs of the called workflow, whose names begin with its."""
    for name, title in re.findall(r"^  (\w+):\n    name: (call .*)$", result.artifacts[0].text, re.MULTILINE):
        jobs = [job for job in run.executions if job.flow.startswith(f"{title}/")]
        if jobs:
            inside = [step for step in run.tasks if step.execution in {job.id for job in jobs}]
            start = min((step.start for step in inside if step.start), default=None)
            end = max((step.end for step in inside if step.end), default=None)
            state = "failure" if any(job.state == "failure" for job in jobs) else "success"
            yield EngineTask("", state, 1, start, end, {}, (), name)


def inputs_of(case: Case, scratch: Path, world: World) -> dict[str, Any]:
    """The inputs of a case with its folder and address filled in."""
    fixed = {SCRATCH: str(scratch), URL: world.url}
    return {name: fixed.get(value, value) if isinstance(value, str) else value for name, value in case.inputs.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_case(case: Case, github: GitHub, request: pytest.FixtureRequest, tmp_path: Path, world: World) -> None:
    if case.name in BEYOND_ACT:
        pytest.skip(BEYOND_ACT[case.name])
    project, results = compiled(case)
    files = files_of(results)
    for path, replies in case.http.items():
        world.script(path, *(Reply(status, body, headers=headers) for status, body, headers in replies))
    secrets = {name.upper(): value for name, value in case.secrets.items()}
    if "$PG_URL" in secrets.values():
        secrets = {name: _people(request.getfixturevalue("postgres")) for name in secrets}
    assert github.validate(files) == []
    run = github.run(files, case.flow, inputs_of(case, tmp_path, world), secrets=secrets, network=True)
    trace = trace_of(run, results[case.flow])
    found = problems(case, trace)
    found += _outputs(case, project, run)
    found += _world(case, world)
    assert found == [], "\n".join([*found, run.summary(), run.log[-6000:], files[f"{TARGET.folder}/{case.flow}.yml"]])
    _gone(case, tmp_path)


def _people(url: str) -> str:
    """The database with the table of case 33."""
    statement = "create table people (id int, name text)"
    subprocess.run(["psql", "-Xq", "-d", url, "-c", statement], check=True, timeout=30)
    return url


def _world(case: Case, world: World) -> list[str]:
    found = []
    for path, wanted in case.calls.items():
        if world.count(path) != wanted:
            found.append(f"{path} was called {world.count(path)} times, not {wanted}")
    for path, body in case.bodies.items():
        found += [
            f"{path} got {call.body!r:.200}" for call in world.requests(path) if plain(json.loads(call.body)) != body
        ]
    for path, headers in case.headers.items():
        for call in world.requests(path):
            found += [
                f"{path} got {name}: {call.headers.get(name)}"
                for name, value in headers.items()
                if call.headers.get(name) != value
            ]
    for path, least in case.least_gap.items():
        found += [f"{path} was asked again after {gap} s" for gap in world.gaps(path)[:1] if gap < least]
    return found


def _gone(case: Case, scratch: Path) -> None:
    if case.gone:
        numbers = [line for file in scratch.glob("pid*") for line in file.read_text().split()]
        assert numbers, "nothing was started"
        assert [number for number in numbers if Path(f"/proc/{number}").exists()] == []


# --- outputs: evaluated from what the steps gave ------------------------------------------------------------------


def _outputs(case: Case, project: Project, run: EngineRun) -> list[str]:
    """The outputs of the flow, put together from the outputs of its steps, against the facts."""
    flow = project.flow(case.flow)
    if case.outputs is None or flow is None or run.state != "success" or case.number in (14, 22):
        return []
    kinds = {task.path: task for task in tasks(flow)}

    def value(ref: Ref) -> Any:
        assert ref.kind == "task", ref
        task = kinds[ref.name]
        steps = [step for step in run.all(task.label) if step.state == "success"]
        if ref.collect:
            return [given(task, step) for step in steps]
        return given(task, steps[0]) if steps else None

    def given(task: Any, step: EngineTask) -> Any:
        shell = isinstance(task.call.op, Shell)
        kind = required(task.type)
        names = dict(kind.fields) if isinstance(kind, RecordType) else {"value": kind}
        found = {name: _read(text, shell and textual(names.get(name, kind))) for name, text in step.outputs.items()}
        return found["value"] if set(found) == {"value"} else _nested(found)

    return [
        f"output {output.name} is {got!r:.300}, not {case.outputs[output.name]!r:.300}"
        for output in flow.outputs
        if plain(got := _evaluated(output.value, value)) != plain(case.outputs[output.name])
    ]


def _nested(found: dict[str, Any]) -> dict[str, Any]:
    """`body_total` is the field total of body."""
    result: dict[str, Any] = {}
    for name, value in found.items():
        head, _, tail = name.partition("_")
        if head == "body" and tail:
            result.setdefault("body", {})[tail] = value
        else:
            result[name] = value
    return result


def _read(text: str, raw: bool) -> Any:
    return text if raw else json.loads(text or "null")


def _evaluated(expr: Any, value: Any) -> Any:
    try:
        return evaluate(expr, value)
    except ExpressionError as error:
        return f"no value: {error}"
