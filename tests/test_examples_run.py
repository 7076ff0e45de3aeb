"""The examples from end to end on every engine that takes them, against doubles of what they talk to."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from engines import tools
from engines.airflow import install
from engines.engine import Answer, Engine, TriggerEvent
from engines.github.engine import SHELL
from engines.kestra.engine import SETTLE_SECONDS, Kestra
from engines.world import Reply, World
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
    # Its server is not started for the scenarios that need none.
    store = request.getfixturevalue("object_stores").bucket(scenario.bucket) if scenario.bucket else None
    place = Place(tmp_path, world, postgres, store)
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
    env |= store.login if store else {}
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
    tried = {str(instance): instance.attempts for instance in trace.instances}
    found += [
        f"{name} was tried {tried.get(name)} times, not {wanted}"
        for name, wanted in scenario.attempts.items()
        if tried.get(name) != wanted
    ]
    assert found == [], "\n".join([*found, run.summary(), run.log[-5000:]])


RATES = {"usd": 2.0, "gbp": 0.5}
PRICES = 'sku,price,currency\nx,1.00,EUR\n"y, $(id)",3.00,usd\n'
FILES = (
    (
        "the supplier",
        (Reply(200, RATES),),
        (Reply(200, RATES),),
        PRICES,
        "succeeded",
        "x|100\ny, $(id)|150\n",
        (1, 0, 0),
    ),
    ("the mirror", (Reply(503),), (Reply(200, RATES),), PRICES, "succeeded", "x|100\ny, $(id)|150\n", (3, 1, 0)),
    ("neither", (Reply(503),), (Reply(500),), PRICES, "failed", "", (3, 3, 1)),
    ("an empty file", (Reply(200, RATES),), (Reply(200, RATES),), "sku,price,currency\n", "failed", "", (0, 0, 1)),
)
"""Who gives the rates, what they answer, the file, the state of the run, the rows, calls of supplier, mirror, Slack."""


@pytest.mark.parametrize("engine", ["kestra_2_0", "kestra_1_3", "airflow"], indirect=True)
@pytest.mark.parametrize("facts", FILES, ids=lambda facts: facts[0].replace(" ", "-"))
def test_file_ingestion(
    facts: tuple[Any, ...], engine: Engine, request: pytest.FixtureRequest, tmp_path: Path, world: World, postgres: str
) -> None:
    _, supplier, mirror, content, state, rows, calls = facts
    way = WAYS[request.node.callspec.params["engine"]]
    for path, replies in (("/rates", supplier), ("/mirror", mirror), ("/slack", (Reply(200, "ok"),))):
        world.script(path, *replies)
    subprocess.run(["psql", "-Xqc", "create table prices (sku text primary key, cents int)", postgres], check=True)
    arrived = tmp_path / "inbox" / "prices-1.csv"
    arrived.parent.mkdir()
    arrived.write_text(content)
    os.utime(arrived, (time.time() - 60, time.time() - 60))
    text = (EXAMPLES / "file_ingestion.wf").read_text()
    text = Scenario("file_ingestion", {}).source(text, Place(tmp_path, world, postgres))
    loaded = load_texts([("examples/file_ingestion.wf", text)])
    options = (("runner", "process"), ("folder", str(tmp_path)))
    project = replace(loaded.project, settings=(("kestra", options),) if way.target.name == "kestra" else ())
    made = way.target.compile(project, project.flows[0], way.version)
    assert made.artifacts, made.diagnostics
    files = {artifact.path: artifact.text for artifact in made.artifacts}
    secrets = {"SLACK_URL": f"{world.url}/slack", "WAREHOUSE_URL": postgres}
    configs = {"rates_url": f"{world.url}/rates", "mirror_url": f"{world.url}/mirror"}
    if way.target.name == "kestra":
        assert isinstance(engine, Kestra)
        engine.settle = 120.0  # the flow that watches does not wait for those that it starts
        try:
            run = engine.run(files, "file_ingestion_watch", {}, secrets=secrets, configs=configs, timeout=180)
        finally:
            engine.settle = SETTLE_SECONDS
        ended = [one.state for one in run.executions if one.flow.rpartition("/")[2] == "file_ingestion"]
        assert ended == [{"succeeded": "SUCCESS", "failed": "FAILED"}[state]], run.summary()
    else:
        env = {"WFC_FILES": f"file://{tmp_path}", "AIRFLOW_CONN_WAREHOUSE_URL": secrets.pop("WAREHOUSE_URL")}
        event = TriggerEvent("file", {"path": "inbox/prices-1.csv", "file": f"file://{arrived}"})
        run = engine.run(
            files, "file_ingestion", {}, secrets=secrets, configs=configs, env=env, event=event, timeout=180
        )
        assert way.trace(run, made).state == state, run.summary() + run.log
    seen = ["psql", "-XAtc", "select sku, cents from prices order by sku", postgres]
    assert subprocess.run(seen, capture_output=True, text=True, check=True).stdout == rows
    assert tuple(world.count(path) for path in ("/rates", "/mirror", "/slack")) == calls
