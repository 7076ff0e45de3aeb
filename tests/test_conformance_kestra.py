"""Every conformance case, compiled and run on the real Kestra engines, and judged by the facts of the case."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from conformance.case import SCRATCH, URL, Case, problems
from conformance.cases import CASES
from engines.engine import Answer, EngineRun
from engines.kestra.engine import Kestra
from engines.world import Reply, World
from wfc import world as reference
from wfc.ir import Project
from wfc.permits import permits, plain
from wfc.pipeline import has_errors, load
from wfc.record import replace
from wfc.target import Compiled, Manifest
from wfc.trace import Trace
from wfc_targets.kestra import TARGET
from wfc_targets.kestra.states import reference_states

VERSIONS = ("kestra_2_0", "kestra_1_3")
LATE = {"27", "38 cut"}
"""An SLA kills asynchronously: `finally` may start before the end of the task that is cut (WF952)."""


def project_of(case: Case) -> Project:
    """The flows of a case, their scripts as plain processes."""
    project, diagnostics = load([str(case.path)])
    assert not has_errors(diagnostics), diagnostics
    options: tuple[tuple[str, Any], ...] = (("runner", "process"), ("wide_ints", case.number == 34))
    return replace(project, settings=(("kestra", options),))


def compiled(project: Project, name: str, version: str) -> Compiled:
    """The result for one flow."""
    flow = project.flow(name)
    assert flow is not None
    return TARGET.compile(project, flow, version)


def files_of(project: Project, name: str, version: str) -> tuple[dict[str, str], Manifest]:
    """The files of a flow and of those that it may run, and the manifest of the first."""
    results = {
        flow.name: compiled(project, flow.name, version)
        for flow in project.flows
        if flow.name == name or flow.name.endswith("_child")
    }
    for found in results.values():
        assert found.artifacts, found.diagnostics
    files = {artifact.path: artifact.text for found in results.values() for artifact in found.artifacts}
    return files, results[name].manifest


def trace_of(run: EngineRun, manifest: Manifest) -> Trace:
    """The run as a reference trace: the task runs of the flow's own executions."""
    flows = {manifest.flow, *(entry.artifact.removesuffix(".yaml") for entry in manifest.entries)}
    own = {e.id for e in run.executions if e.flow.rpartition("/")[2].rpartition(".")[2] in flows}
    tasks = [task for task in run.tasks if task.execution in own]
    outputs = run.executions[0].outputs if run.executions else None
    return reference_states(manifest, run.state, tasks, outputs)


def inputs_of(case: Case, scratch: Path, world: World) -> dict[str, Any]:
    """The inputs of a case with its folder and address filled in."""
    fixed = {SCRATCH: str(scratch), URL: world.url}
    return {name: fixed.get(value, value) if isinstance(value, str) else value for name, value in case.inputs.items()}


@pytest.mark.parametrize("engine", list(VERSIONS), indirect=True)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_case(case: Case, engine: Kestra, request: pytest.FixtureRequest, tmp_path: Path, world: World) -> None:
    version = "2.0" if engine.version.startswith("2") else "1.3"
    project = project_of(case)
    files, manifest = files_of(project, case.flow, version)
    script(case, world)
    decision = {"approved": Answer(True), "rejected": Answer(False)}.get(case.decision)
    assert engine.validate(files) == []
    inputs = inputs_of(case, tmp_path, world)
    run = engine.run(
        files,
        case.flow,
        {name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in inputs.items()},
        secrets=secrets_of(case, request),
        decide=(lambda _: decision) if decision else None,
        timeout=120,
    )
    assert run.state in ("SUCCESS", "FAILED"), run.summary()
    trace = trace_of(run, manifest)
    found = problems(dataclasses.replace(case, order=()) if case.name in LATE else case, trace)
    if case.name not in LATE:
        flow = project.flow(case.flow)
        assert flow is not None
        found += permits(project, flow, reference.World(case.behaviours, case.secrets), trace, inputs)
    found += world_problems(case, world)
    assert found == [], "\n".join([*found, run.summary(), *errors(run.log)])
    check_gone(case, tmp_path)


def script(case: Case, world: World) -> None:
    """Let the web server answer as the case says."""
    for path, replies in case.http.items():
        world.script(path, *(Reply(status, body, headers=headers) for status, body, headers in replies))


def secrets_of(case: Case, request: pytest.FixtureRequest) -> dict[str, str]:
    """The secrets by the engine's names; a database with the table of case 33 where one is asked for."""
    secrets = {name.upper(): value for name, value in case.secrets.items()}
    if "$PG_URL" in secrets.values():
        address: str = request.getfixturevalue("postgres")
        subprocess.run(["psql", "-Xqc", "create table people (id int, name text)", address], check=True)
        secrets = dict.fromkeys(secrets, address)
    return secrets


def errors(log: str) -> list[str]:
    """The last error lines of an engine's log."""
    return [line for line in log.split("\n") if " ERROR " in line][-12:]


def world_problems(case: Case, world: World) -> list[str]:
    """What the web server saw that is not as the case says."""
    found = [
        f"{path} was called {world.count(path)} times, not {wanted}"
        for path, wanted in case.calls.items()
        if world.count(path) != wanted
    ]
    for path, body in case.bodies.items():
        found += [f"{path} got {call.body!r:.200}" for call in world.requests(path) if plain(call.json()) != body]  # type: ignore[arg-type]
    for path, headers in case.headers.items():
        for call in world.requests(path):
            found += [
                f"{path} got {call.headers}" for name, value in headers.items() if call.headers.get(name) != value
            ]
    for path, least in case.least_gap.items():
        found += [f"{path} was asked again after {gap} s" for gap in world.gaps(path)[:1] if gap < least]
    return found


def check_gone(case: Case, scratch: Path) -> None:
    """Where the case demands it, the processes that the flow started have ended (the engine kills asynchronously)."""
    if not case.gone:
        return
    numbers = [line for file in scratch.glob("pid*") for line in file.read_text().split()]
    assert numbers, "nothing was started"
    end = time.monotonic() + 20
    while any(Path(f"/proc/{number}").exists() for number in numbers) and time.monotonic() < end:
        time.sleep(0.1)
    assert [number for number in numbers if Path(f"/proc/{number}").exists()] == []
