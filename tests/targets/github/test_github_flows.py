"""Flows that combine constructs: clean under all validators, refused where GitHub has no form, right when they run."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from engines.engine import EngineRun
from engines.github.engine import GitHub
from engines.world import Reply, World
from test_conformance_github import trace_of
from wfc.pipeline import has_errors, load
from wfc.target import FEATURES, Compiled
from wfc_targets.github import TARGET

FLOWS = Path(__file__).parent / "flows"
BEYOND_ACT = "Unknown Property timezone"
"""GitHub has `timezone` in a schedule since 2026-03; act's schema does not."""


def compiled(name: str) -> dict[str, Compiled]:
    """The flows of a file, compiled."""
    project, diagnostics = load([str(FLOWS / name)])
    assert not has_errors(diagnostics), diagnostics
    return {flow.name: TARGET.compile(project, flow, TARGET.versions[0]) for flow in project.flows}


def files_of(results: dict[str, Compiled]) -> dict[str, str]:
    """The files of what was not refused."""
    return {f"{TARGET.folder}/{a.path}": a.text for result in results.values() for a in result.artifacts}


def text_of(name: str, flow: str) -> str:
    """The workflow of a flow."""
    return compiled(name)[flow].artifacts[0].text


@pytest.mark.parametrize("name", ["jobs.wf", "kernel.wf", "events.wf", "runs.wf"])
def test_the_texts_are_clean(github: GitHub, name: str) -> None:
    assert [problem for problem in github.validate(files_of(compiled(name))) if BEYOND_ACT not in problem] == []


def test_what_github_lacks_is_refused_at_its_line() -> None:
    result = compiled("kernel.wf")["refused"]
    source = (FLOWS / "kernel.wf").read_text()
    asked = {source[found.span.start :].split("\n")[0][:12] for found in result.diagnostics if found.code == "WF951"}
    assert result.artifacts == ()
    assert all(found.help and found.why for found in result.diagnostics)
    assert len({found.message for found in result.diagnostics if found.code == "WF951"}) == 6
    assert asked >= {"concurrency ", "approve go ="}


def test_every_construct_has_a_row() -> None:
    assert [row.feature for row in TARGET.capabilities] == list(FEATURES)
    assert all(row.remedy for row in TARGET.capabilities if row.level == "unsupported")


def test_a_branch_of_a_parallel_does_not_wait_for_another() -> None:
    text = text_of("jobs.wf", "tour")
    assert "\n  commits:\n    name: commits\n    needs: [start]\n" in text
    assert "\n  open:\n    name: open\n    needs: [start]\n" in text


def test_secrets_stand_in_the_step_that_reads_them() -> None:
    text = text_of("jobs.wf", "tour")
    assert text.count("secrets.LLM_KEY") == 1
    assert "zizmor" not in text.partition("jobs:")[2]


def run(github: GitHub, flow: str, inputs: dict[str, Any], **more: Any) -> tuple[EngineRun, dict[str, str]]:
    """Run a flow of runs.wf; the run and the states of its instances, by name."""
    results = compiled("runs.wf")
    files = {name: text for name, text in files_of(results).items() if flow in name}
    done = github.run(files, flow, inputs, network=True, **more)
    return done, {str(instance): instance.state for instance in trace_of(done, results[flow]).instances}


def test_arms_as_jobs(github: GitHub) -> None:
    done, states = run(github, "arms", {"mode": "x", "n": 1})
    assert done.state == "success", done.log
    assert states | {"a": "succeeded", "p": "succeeded", "q": "succeeded", "w/r": "skipped", "z": "succeeded"} == states
    assert done.one("z").outputs["seen"] == "7"
    done, states = run(github, "arms", {"mode": "y", "n": 4})
    assert done.state == "failure"
    assert states | {"p": "skipped", "q": "skipped", "w/r": "succeeded", "z": "succeeded", "f": "succeeded"} == states
    assert done.one("z").outputs["seen"] == "0"
    done, states = run(github, "arms", {"mode": "y", "n": 1})
    assert done.state == "success", done.log
    assert states["z"] == "not_run"
    assert states["f"] == "succeeded"


def test_try_across_jobs(github: GitHub) -> None:
    done, states = run(github, "tried", {"n": 1})
    assert done.state == "success", done.log
    assert states | {"l": "failed", "r": "succeeded", "undo r": "succeeded", "note": "succeeded"} == states
    assert states["next"] == "not_run"
    assert states["d"] == "succeeded"
    assert done.one("note").outputs["seen"] == "l"
    done, states = run(github, "tried", {"n": 3})
    assert done.state == "success", done.log
    assert states | {"l": "succeeded", "next": "succeeded", "note": "not_run", "d": "succeeded"} == states
    done, states = run(github, "tried", {"n": 7})
    assert done.state == "failure"
    assert states["d"] == "not_run"
    assert "n is 7, too much" in done.log


def test_a_called_flow(github: GitHub) -> None:
    done, states = run(github, "twice", {"n": 2}, secrets={"TOK": "s3cret"})
    assert done.state == "success", done.log
    assert done.one("z").outputs["seen"] == "6 12 p,q true"
    assert states["c"] == "succeeded"


def test_results_of_legs_and_their_undo(github: GitHub) -> None:
    items = [{"id": number, "name": f"n {number}"} for number in (1, 2, 3)]
    done, _ = run(github, "items", {"list": items, "bad": 0})
    assert done.state == "success", done.log
    lists = json.loads(done.one("for_x_list").outputs["list_2"])
    assert lists == [[{"w": f"{number}{letter}"} for letter in "pq"] for number in (1, 2, 3)]
    assert json.loads(done.one("for_x_list").outputs["list_3"]) == [None, 2, 2]
    done, states = run(github, "items", {"list": items, "bad": 2})
    assert done.state == "failure"
    assert states["z"] == "not_run"
    lines = [message for step in done.all("undo_a") for message in step.messages if message.startswith("seen=")]
    assert sorted(lines) == ["seen=1 n 1", "seen=2 n 2", "seen=3 n 3"]


def test_inputs_defaults_and_configs(github: GitHub) -> None:
    done, states = run(github, "values", {})
    yesterday = {datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days) for days in (1, 2)}
    assert done.one("show").outputs["seen"] == "it's|5|2.5|true|red|a+b|none|7|eu|10", done.log
    assert datetime.date.fromisoformat(done.one("show").outputs["day"]) in yesterday
    assert states | {"red": "succeeded", "green": "skipped", "yes": "succeeded", "nope": "skipped"} == states
    given = {
        "s": "x y",
        "i": 4,
        "f": 1e-7,
        "b": False,
        "e": "green",
        "l": ["q"],
        "o": "o",
        "oi": 0,
        "day": "2024-02-29",
    }
    done, states = run(github, "values", given, env={"REGION": "us", "LIMIT": "3"})
    assert done.one("show").outputs["seen"] == "x y|4|1e-07|false|green|q|o|0|us|3", done.log
    assert done.one("show").outputs["day"] == "2024-02-29"
    assert states | {"red": "skipped", "green": "succeeded", "yes": "skipped", "nope": "succeeded"} == states


def test_undo_also_on_timeout(github: GitHub) -> None:
    done, states = run(github, "ends", {})
    assert done.state == "failure"
    assert states == {"slow": "failed", "undo slow": "succeeded"}


def test_http_by_fallback_form_and_poll(github: GitHub, world: World) -> None:
    world.script("/a", Reply(404))
    world.script("/b", Reply(200, {"id": 7, "tags": ["x", "y"], "note": None}))
    for path in ("/c", "/d"):
        world.script(path, Reply(204))
    world.script("/poll", Reply(200, {"left": 2}), Reply(200, {"left": 1}), Reply(200, {"left": 0}))
    done, states = run(github, "spare", {"url": world.url})
    assert done.state == "success", done.log
    assert states | {"g": "failed", "fallback g": "succeeded", "p": "succeeded", "again": "succeeded"} == states
    (sent,) = world.requests("/c")
    assert sent.json() == {"tags": ["x", "y"], "half": 3.5}
    assert sent.query == (("q", "a b&7"),)
    assert sent.headers["x-id"] == "7"
    assert sent.headers["authorization"] == "Basic bWU6czNjcmV0"
    assert world.requests("/d")[0].body == b"a=x%3D1%26y&n=7"
    assert world.count("/poll") == 3


def test_two_calls_of_a_flow_have_two_keys(github: GitHub) -> None:
    done, _ = run(github, "keyed", {})
    assert done.state == "success", done.log
    first, second = done.one("z").outputs["seen"].split()
    assert first.endswith("-first-k")
    assert second.endswith("-second-k")


def test_a_failed_undo_in_a_try_is_swallowed(github: GitHub) -> None:
    done, states = run(github, "undone", {})
    assert done.state == "success", done.log
    assert states | {"undo a": "succeeded", "undo b": "failed", "r": "succeeded"} == states
    assert states | {"undo d": "succeeded", "undo e": "failed", "s": "succeeded", "z": "succeeded"} == states
