"""Every conformance case, compiled and run on the real Kestra engines, and judged by the facts of the case."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.case import SCRATCH, URL, Case, problems
from conformance.cases import CASES
from engines.engine import Answer, EngineRun
from engines.world import Reply, World
from wfc.ir import Project
from wfc.pipeline import has_errors, load
from wfc.record import replace
from wfc.target import Manifest
from wfc.trace import Trace
from wfc_targets.kestra import TARGET
from wfc_targets.kestra.states import reference_states

VERSIONS = {"kestra_2_0": "2.0", "kestra_1_3": "1.3"}


def compiled(case: Case, version: str) -> tuple[dict[str, str], Manifest]:
    """All files of the project of a case, scripts as plain processes, and the manifest of the flow under test."""
    project, diagnostics = load([str(case.path)])
    assert not has_errors(diagnostics), diagnostics
    project = replace(project, settings=(("kestra", (("runner", "process"), ("wide_ints", case.number == 34))),))
    results = {flow.name: TARGET.compile(project, flow, version) for flow in needed(project, case.flow)}
    for name, result in results.items():
        assert result.artifacts, (name, result.diagnostics)
    files = {artifact.path: artifact.text for result in results.values() for artifact in result.artifacts}
    return files, results[case.flow].manifest


def needed(project: Project, flow: str) -> Iterator[Any]:
    """The flow, and the flows that it may run."""
    for other in project.flows:
        if other.name == flow or other.name.endswith("_child"):
            yield other


def trace_of(run: EngineRun, manifest: Manifest) -> Trace:
    """The run as a reference trace: the task runs of the flow's own executions."""
    flows = {manifest.flow, *(entry.artifact.removesuffix(".yaml") for entry in manifest.entries)}
    own = {e.id for e in run.executions if e.flow.rpartition("/")[2].rpartition(".")[2] in flows}
    tasks = [task for task in run.tasks if task.execution in own]
    outputs = run.executions[0].outputs if run.executions else None
    return reference_states(manifest, run.state, tasks, outputs)


def inputs_of(case: Case, scratch: Path, world: World) -> dict[str, Any]:
    """The inputs of a case with its folder and address filled in, structured ones as JSON text."""
    fixed = {SCRATCH: str(scratch), URL: world.url}
    values = {name: fixed.get(value, value) if isinstance(value, str) else value for name, value in case.inputs.items()}
    return {name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in values.items()}


@pytest.mark.parametrize("engine", list(VERSIONS), indirect=True)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_case(case: Case, engine: Any, request: pytest.FixtureRequest, tmp_path: Path, world: World) -> None:
    version = "2.0" if engine.version.startswith("2") else "1.3"
    files, manifest = compiled(case, version)
    for path, replies in case.http.items():
        world.script(path, *(Reply(status, body, headers=headers) for status, body, headers in replies))
    secrets = {name.upper(): value for name, value in case.secrets.items()}
    if "$PG_URL" in secrets.values():
        address: str = request.getfixturevalue("postgres")
        subprocess.run(["psql", "-Xqc", "create table people (id int, name text)", address], check=True)
        secrets = dict.fromkeys(secrets, address)
    decide = {"approved": Answer(True), "rejected": Answer(False)}.get(case.decision)
    assert engine.validate(files) == []
    run = engine.run(
        files,
        case.flow,
        inputs_of(case, tmp_path, world),
        secrets=secrets,
        decide=(lambda _: decide) if decide else None,
    )
    assert run.state in ("SUCCESS", "FAILED"), run.summary()
    found = problems(case, trace_of(run, manifest))
    assert found == [], "\n".join([*found, run.summary(), *errors(run.log)])
    _check_world(case, world)


def errors(log: str) -> list[str]:
    """The error lines of an engine's log."""
    return [line for line in log.split("\n") if " ERROR " in line][-12:]


def _check_world(case: Case, world: World) -> None:
    for path, wanted in case.calls.items():
        assert world.count(path) == wanted
    for path, body in case.bodies.items():
        assert [json.loads(call.body) for call in world.requests(path)] == [body] * world.count(path)
