"""`allow CODE "reason"`: what it covers, and what is said about it."""

from __future__ import annotations

import pytest

from checks.finding import applied, codes, findings, flow
from wfc.check import run_checks
from wfc.pipeline import load_texts

RETRIED = 'shell("./work") retry fixed(attempts: 3, every: 5s)'


def test_on_a_task() -> None:
    assert codes(flow(f"task a = {RETRIED}")) == ["WF303"]
    assert codes(flow(f'task a = {RETRIED} allow WF303 "they drop repeats"')) == []


def test_covers_its_own_task_only() -> None:
    text = flow(f'task a = {RETRIED} allow WF303 "they drop repeats" task b = {RETRIED}')
    found = findings(text)
    assert [item.code for item in found] == ["WF303"]
    assert found[0].span.start > text.index("task b")


def test_in_defaults_for_the_whole_flow() -> None:
    head = 'defaults { timeout 1m allow WF303 "they drop repeats" }'
    assert codes(flow(f"task a = {RETRIED} task b = {RETRIED}", head)) == []


def test_on_an_approval() -> None:
    assert codes(flow('approve go = "Go?"')) == ["WF706"]
    assert codes(flow('approve go = "Go?" allow WF706 "the queue is emptied each Friday"')) == []


def test_of_a_value_that_stands_in_a_let() -> None:
    body = 'let key = "always" task a = http.put(url: "https://a.example/x") idempotent by key'
    assert codes(flow(body)) == ["WF404"]
    assert codes(flow(f'{body} allow WF404 "one run a lifetime"')) == []


def test_on_a_require() -> None:
    text = flow('input n: int require n > 0 else "n is at fault" allow WF303 "for the sake of it"', "")
    assert codes(text) == ["WF003"]


def test_unused_one_can_be_taken_away() -> None:
    text = flow('task a = http.put(url: "https://a.example/x") allow WF301 "it seldom fails"')
    (found,) = findings(text)
    assert found.code == "WF003"
    assert codes(applied(text, found.fixes[0])) == []


def test_unused_one_of_a_target_is_not_judged() -> None:
    assert codes(flow('task a = http.put(url: "https://a.example/x") allow WF952 "we know"')) == []


def test_without_a_reason_it_counts_and_is_reported() -> None:
    assert codes(flow(f'task a = {RETRIED} allow WF303 ""')) == ["WF002"]


@pytest.mark.parametrize("code", ["WF002", "WF102", "WF999", "missing_retry"])
def test_codes_that_can_not_be_allowed(code: str) -> None:
    assert codes(flow(f'task a = http.put(url: "https://a.example/x") allow {code} "why not"')) == ["WF004"]


def test_nearest_code() -> None:
    (found,) = findings(flow('task a = http.put(url: "https://a.example/x") allow WF3O3 "why not"'))
    assert found.help == "did you mean WF303?"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("missing-retry", [("WF001", 'write `allow WF301 "…"`')]),
        ("missing-rety", [("WF001", 'write `allow WF301 "…"`')]),
        ("missing_retry", [("WF004", "did you mean WF301?")]),
        ("timeout-inversion", [("WF001", 'write `allow WF311 "…"`')]),
    ],
)
def test_names_in_place_of_codes(written: str, found: list[tuple[str, str]]) -> None:
    text = flow(f'task a = http.put(url: "https://a.example/x") allow {written} "it seldom fails"')
    loaded = load_texts([("a.wf", text)])
    checked = run_checks(loaded.project, ["WF004"], before=loaded.diagnostics)
    told = [(one.code, one.help) for one in (*loaded.diagnostics, *checked)]
    assert told == found


def test_what_is_said_about_allow_can_not_be_allowed() -> None:
    head = 'defaults { timeout 1m allow WF003 "never mind" }'
    assert codes(flow('task a = shell("./a") allow WF303 "never mind"', head)) == ["WF004", "WF003"]
