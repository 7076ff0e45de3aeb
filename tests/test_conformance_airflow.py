"""Every conformance case, compiled and run on the real Airflow, and judged by the facts of the case."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conformance.case import SCRATCH, URL, Case, problems
from conformance.cases import CASES
from engines.engine import Answer, EngineRun
from engines.world import Reply, World
from wfc.pipeline import has_errors, load
from wfc.target import Compiled
from wfc.trace import Trace
from wfc_targets.airflow import TARGET
from wfc_targets.airflow.states import reference_states

REFUSED = {"06 fail_fast"}
"""What Airflow can't do: a diagnostic says so."""
SCHEDULER = {19, 22}
"""Cases that `dag.test()` can't run: a person who answers, and a DAG that runs another."""


def compiled(case: Case) -> dict[str, Compiled]:
    """What each flow of the case becomes: the one under test, and those that it runs."""
    project, diagnostics = load([str(case.path)])
    assert not has_errors(diagnostics), diagnostics
    wanted = [flow for flow in project.flows if flow.name == case.flow or flow.name.endswith("_child")]
    return {flow.name: TARGET.compile(project, flow, "3.3") for flow in wanted}


def files_of(results: dict[str, Compiled]) -> dict[str, str]:
    """All emitted files."""
    files = {artifact.path: artifact.text for result in results.values() for artifact in result.artifacts}
    made = {name: text for name, text in files.items() if name.endswith(".pools.json")}
    return files | ({"pools.json": next(iter(made.values()))} if made else {})


def inputs_of(case: Case, scratch: Path, world: World) -> dict[str, Any]:
    """The inputs of a case with its folder and address filled in."""
    fixed = {SCRATCH: str(scratch), URL: world.url}
    return {name: fixed.get(value, value) if isinstance(value, str) else value for name, value in case.inputs.items()}


def environment(case: Case, request: pytest.FixtureRequest, world: World) -> dict[str, str]:
    """Connections and variables that the case needs."""
    found = {"AIRFLOW_VAR_LLM_URL": f"{world.url}/llm", "AIRFLOW_VAR_LLM_MODEL": "model-1"}
    for name, value in case.secrets.items():
        if value == "$PG_URL":
            found[f"AIRFLOW_CONN_{name.upper()}"] = with_people(request.getfixturevalue("postgres"))
        else:
            found[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps({"conn_type": "generic", "password": value})
    return found


def with_people(url: str) -> str:
    """The URL of a database, in which there is now an empty table of people."""
    statement = "create table people (id int, name text)"
    subprocess.run(["psql", "-Xq", "-d", url, "-c", statement], check=True, timeout=30)
    return url


def trace_of(run: EngineRun, result: Compiled, case: Case) -> Trace:
    """The run as a reference trace: the task instances of the flow under test."""
    own = {execution.id for execution in run.executions if execution.flow == case.flow}
    tasks = [task for task in run.tasks if task.execution in own]
    return reference_states(result.manifest, run.state, tasks)


@pytest.mark.engine
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[pytest.mark.scheduler] if case.number in SCHEDULER else [])
        for case in CASES
        if case.name not in REFUSED
    ],
)
def test_case(case: Case, request: pytest.FixtureRequest, tmp_path: Path, world: World) -> None:
    results = compiled(case)
    for result in results.values():
        assert result.artifacts, result.diagnostics
    engine = request.getfixturevalue("airflow_scheduler" if case.number in SCHEDULER else "airflow")
    for path, replies in case.http.items():
        world.script(path, *(Reply(status, body, headers=headers) for status, body, headers in replies))
    files = files_of(results)
    assert engine.validate(files) == []
    decide = {"approved": Answer(True), "rejected": Answer(False)}.get(case.decision)
    env = environment(case, request, world)
    run = engine.run(
        files,
        case.flow,
        inputs_of(case, tmp_path, world),
        env=env,
        timeout=120,
        decide=(lambda _: decide) if decide else None,
    )
    found = problems(case, trace_of(run, results[case.flow], case))
    assert found == [], "\n".join([*found, run.summary(), run.log[-3000:]])
    check_world(case, world)
    if case.gone:
        assert left_running(tmp_path) == []


def check_world(case: Case, world: World) -> None:
    """What the web server has seen."""
    for path, wanted in case.calls.items():
        assert world.count(path) == wanted
    for path, body in case.bodies.items():
        assert [json.loads(call.body) for call in world.requests(path)] == [body] * world.count(path)
    for path, headers in case.headers.items():
        for call in world.requests(path):
            seen = {name.lower(): value for name, value in call.headers.items()}
            assert {name: seen.get(name) for name in headers} == headers
    for path, gap in case.least_gap.items():
        first, second = world.requests(path)[:2]
        assert second.time - first.time >= gap


def left_running(scratch: Path) -> list[int]:
    """The processes of a case that should have ended and have not."""
    numbers = [
        int(number)
        for name in ("pid", "pids")
        if (scratch / name).exists()
        for number in (scratch / name).read_text().split()
    ]
    return [number for number in numbers if alive(number)]


def alive(number: int) -> bool:
    """Is there such a process, other than one that has ended and is only not yet forgotten (proc(5), state Z)?"""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("case", [case for case in CASES if case.name in REFUSED], ids=lambda case: case.name)
def test_refused(case: Case) -> None:
    results = compiled(case)
    assert [found.code for found in results[case.flow].diagnostics] == ["WF951"]
    assert results[case.flow].artifacts == ()
