"""What fails in a `try` does not end the flow, and leaves no work before it half done (WF501, WF502)."""

from __future__ import annotations

import pytest

from checks.finding import NAME, findings, flow
from wfc.pipeline import load_texts
from wfc.simulate import run_tests

PAY = 'task pay = http.post(url: "https://pay.example.com/x")'
B = 'task b = http.put(url: "https://b.example.com/x")'
R = 'task r = http.put(url: "https://r.example.com/x")'

BEHIND = [
    (f"{PAY} {B}", "`b` may fail after it"),
    (f"{PAY} try {{ {B} }} recover {{ let n = 1 }}", ""),
    (f"{PAY} try {{ {B} }} recover {{ {R} }}", "`r` may fail after it"),
    (f'{PAY} try {{ {B} }} recover {{ fail "no" }}', "this may end the flow after it"),
    (f'{PAY} try {{ {B} }} recover {{ require 1 > 2 else "no" }}', "this may end the flow after it"),
    (f"{PAY} try {{ {B} }} recover {{ let n = 1 }} {R}", "`r` may fail after it"),
    (f"{PAY} try {{ try {{ {B} }} recover {{ {R} }} }} recover {{ let n = 1 }}", ""),
    (f"{PAY} try {{ let n = 1 }} recover {{ try {{ {B} }} recover {{ let m = 1 }} }}", ""),
    (f"{PAY} try {{ if 1 < 2 {{ {B} }} }} recover {{ let n = 1 }}", ""),
    (f"try {{ {B} }} recover {{ let n = 1 }} {PAY}", ""),
]
"""Body of a flow → what may end it behind `pay`, by docs/semantics.md, "Try": "the failure is swallowed"."""


@pytest.mark.parametrize("code", ["WF501", "WF502"])
@pytest.mark.parametrize(("body", "told"), BEHIND)
def test_what_may_fail_behind_work_that_stays(code: str, body: str, told: str) -> None:
    found = [item for item in findings(flow(body), NAME, code) if item.code == code]
    assert [label.text for item in found for label in item.labels] == ([told] if told else [])


@pytest.mark.parametrize(("body", "told"), BEHIND)
def test_it_is_so_when_the_flow_runs(body: str, told: str) -> None:
    """With `b` down the flow fails where `b`, or a `fail` behind it, is told; a recovery that works saves it."""
    ends = "failed" if told and "r` may" not in told else "succeeded"
    test = f'test "b is down" {{ given b fails expect flow {ends} }}'
    project = load_texts([(NAME, flow(f"{body} {test}"))]).project
    assert [result.failures for result in run_tests(project, project.flows[0])] == [()]
