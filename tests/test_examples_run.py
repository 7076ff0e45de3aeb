"""The examples from end to end on every engine that takes them, against doubles of what they talk to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engines import tools
from engines.airflow import install
from engines.engine import Answer, Engine, TriggerEvent
from engines.github.engine import SHELL
from engines.world import World
from examples_run.scenario import VENDORS, Place, Scenario, filled
from examples_run.scenarios import SCENARIOS
from random_flows.judge import SETTINGS, WAYS
from wfc.pipeline import has_errors, load_texts
from wfc.record import replace

EXAMPLES = Path(__file__).parents[1] / "examples"


def own_path(target: str) -> str:
    """Where an engine's own programs are, which a task that is given a PATH must find as well."""
    if target == "airflow":
        return str(install.folder() / "venv" / "bin")
    return f"{SHELL}:{tools.python_folder()}" if target == "github" else str(tools.python_folder())


@pytest.mark.parametrize("engine", list(WAYS), indirect=True)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name.replace(" ", "-").replace(",", ""))
def test_scenario(
    scenario: Scenario, engine: Engine, request: pytest.FixtureRequest, tmp_path: Path, world: World, postgres: str
) -> None:
    way = WAYS[request.node.callspec.params["engine"]]
    if way.target.name in scenario.but:
        pytest.skip(scenario.but[way.target.name])
    place = Place(tmp_path, world, postgres)
    for path, replies in scenario.replies.items():
        world.script(path, *replies)
    programs = scenario.prepare(place)
    text = scenario.source((EXAMPLES / f"{scenario.example}.wf").read_text(), place)
    loaded = load_texts([(f"examples/{scenario.example}.wf", text)])
    assert not has_errors(loaded.diagnostics), [found.message for found in loaded.diagnostics]
    made = way.target.compile(replace(loaded.project, settings=SETTINGS), loaded.project.flows[0], way.version)
    assert made.artifacts, made.diagnostics
    files = {way.folder + artifact.path: artifact.text for artifact in made.artifacts}
    for address, double in VENDORS.items():
        files = {name: content.replace(address, world.url + double) for name, content in files.items()}
    secrets = {name.upper(): filled(value, place) for name, value in scenario.secrets.items()}
    env = {"PATH": f"{programs}:{own_path(way.target.name)}:{os.environ['PATH']}"} if programs else {}
    if way.target.name == "airflow":
        env |= {f"AIRFLOW_CONN_{name}": secrets.pop(name) for name in list(secrets) if name == "WAREHOUSE_URL"}
    event = scenario.event
    if way.target.name == "github" and "workflow_dispatch:" not in "".join(files.values()):
        event = event or TriggerEvent("schedule", {})  # GitHub starts no other run of it, so its inputs are defaults
    run = engine.run(
        files,
        scenario.example,
        {name: way.given(value) for name, value in scenario.inputs.items()},
        secrets=secrets,
        configs={name: filled(value, place) for name, value in scenario.configs.items()},
        env=env,
        event=event,
        decide=(lambda _: Answer(bool(scenario.decision))) if way.target.name == "kestra" else None,
        timeout=180,
    )
    trace = way.trace(run, made)
    found = [] if trace.state == scenario.state else [f"the run is {trace.state}"]
    found += scenario.problems(place)
    assert found == [], "\n".join([*found, run.summary(), run.log[-5000:]])
