"""The states of a run as Airflow records them, read as those of the reference; the records are written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from engines.engine import EngineTask
from wfc.pipeline import has_errors, load_texts
from wfc_targets.airflow import TARGET
from wfc_targets.airflow.states import reference_states


def read(body: str, run: str, results: dict[str, Any] | None = None, state: str = "failed") -> dict[str, str]:
    """The reference states of a run such as `a=success b=failed`, whose tasks have these results."""
    loaded = load_texts([("f.wf", "flow f {\n" + body + "\n}")])
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    manifest = TARGET.compile(loaded.project, loaded.project.flows[0], "3.3").manifest
    tasks = [
        EngineTask(name, found, 1, None, None, {"return_value": (results or {}).get(name)})
        for name, found in (word.split("=") for word in run.split())
    ]
    return {str(one): one.state for one in reference_states(manifest, state, tasks).instances}


@pytest.mark.parametrize(("first", "second"), [("failed", "not_run"), ("success", "skipped")])
def test_a_teardown_behind_one_that_failed_is_not_run(first: str, second: str) -> None:
    body = 'input x: bool task a = shell("a") finally { task t = shell("t") task u = shell("u") when x }'
    found = read(body, f"a=success t={first} u=skipped done=upstream_failed")
    assert found["u"] == second


@pytest.mark.parametrize(
    ("run", "taken", "state"),
    [
        ("a=failed if_b=upstream_failed b=upstream_failed r=skipped", None, "not_run"),
        ("a=success if_b=success b=skipped r=skipped", None, "skipped"),
        ("a=success if_b=success b=success r=skipped", "b", "not_run"),
        ("a=success if_b=success b=failed r=success", "b", "succeeded"),
    ],
)
def test_a_recovery_in_an_arm(run: str, taken: str | None, state: str) -> None:
    body = 'input x: bool task a = shell("a") if x { try { task b = shell("b") } recover { task r = shell("r") } }'
    assert read(body, run, {"if_b": taken})["r"] == state


def test_a_stop_in_an_arm_that_was_not_taken_is_not_run() -> None:
    body = 'input x: bool task a = shell("a") if x { stop "enough" }'
    assert read(body, "a=success if_=success stop=skipped", state="success")["stop"] == "not_run"
