"""The built-in planner: each documented form, refusals with the phrase, and flows that the checker accepts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wfc import ir, walk
from wfc.check import in_preset, run_checks
from wfc.errors import UserError
from wfc.generate.planner import FORMS, plan
from wfc.pipeline import load_texts

FULL = (
    "every weekday at 7:30 in Europe/Berlin fetch https://api.example.com/orders retry 3 times within 5 minutes, "
    "then at the same time run `lint` and run `test`; for each region of eu, us at most 2 at once: run `./deploy`. "
    'if environment is "prod" run `./full`, otherwise run `./quick`; after approval by release-managers; '
    'tell #data "done"; if it fails tell #data "failed"'
)


def flow_of(intent: str) -> ir.Flow:
    other = ("other.wf", 'flow refresh_marts { task refresh = shell("./refresh") }')
    loaded = load_texts([("planned.wf", plan(intent).text), other])
    assert not loaded.diagnostics, loaded.diagnostics
    return next(flow for flow in loaded.project.flows if flow.span.source == "planned.wf")


def test_all_forms_together_give_the_flow_that_they_say() -> None:
    flow = flow_of(FULL)
    assert flow.triggers[0].args == (("cron", "30 7 * * 1-5"), ("timezone", "Europe/Berlin"))
    kinds = [type(stmt).__name__ for stmt in flow.body]
    assert kinds == ["Task", "Parallel", "For", "If", "Approve", "Task"]
    fetch = flow.body[0]
    assert isinstance(fetch, ir.Task)
    assert fetch.call.retry
    assert (fetch.call.retry.attempts, fetch.call.timeout) == (4, 300_000)
    loop = flow.body[2]
    assert isinstance(loop, ir.For)
    assert loop.maximum == 2
    assert [type(stmt).__name__ for stmt in flow.on_failure] == ["Task"]
    assert [item.name for item in flow.inputs] == ["environment"]


def test_what_it_writes_has_no_findings() -> None:
    loaded = load_texts([("planned.wf", plan(FULL).text)])
    assert [
        (one.code, one.message)
        for one in run_checks(loaded.project, in_preset("recommended"))
        if one.severity != "info"
    ] == []


@pytest.mark.parametrize(
    ("words", "cron"),
    [
        ("every night", "0 2 * * *"),
        ("every night at 3", "0 3 * * *"),
        ("every day at 7 pm", "0 19 * * *"),
        ("every day at 12 am", "0 0 * * *"),
        ("every sunday at 03:00", "0 3 * * 0"),
        ("every month at 4:15", "15 4 1 * *"),
        ("every hour", "0 * * * *"),
        ("every 15 minutes", "*/15 * * * *"),
        ("every 6 hours", "0 */6 * * *"),
    ],
)
def test_schedules(words: str, cron: str) -> None:
    assert flow_of(f"{words} run `./load`").triggers[0].args[0] == ("cron", cron)


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        ("every night load yesterday's orders; if it fails tell #data", "`every night load yesterday's orders`"),
        ("run `a`, then do something nice", "`do something nice`"),
        ("every night", "something is missing"),
        ("", "empty intent"),
        ("every 7 minutes run `a`", "cron can't say every 7 minutes"),
        ("every 90 minutes run `a`", "cron can't say every 90 minutes"),
    ],
)
def test_what_it_does_not_understand_is_named_and_nothing_is_guessed(intent: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        plan(intent)
    assert said in caught.value.message
    assert caught.value.code == 3


def test_a_refusal_lists_the_forms_and_how_to_set_up_a_model() -> None:
    with pytest.raises(UserError) as caught:
        plan("please help")
    assert all(name in caught.value.remedy for name, _ in FORMS)
    assert "OPENAI_API_KEY" in caught.value.remedy


def test_the_examples_of_the_documentation_are_understood() -> None:
    page = (Path(__file__).parents[2] / "docs" / "generate.md").read_text("utf-8")
    table = page.partition("## Without a model")[2]
    rows = re.findall(r"^\| [^|]+ \| (.+) \|$", table, re.MULTILINE)[1:]
    assert len(rows) >= 10
    for row in rows:
        for quoted in re.findall(r"(?<!`)`` (.+?) ``(?!`)|(?<!`)`([^`]+)`(?!`)", row):
            intent = quoted[0] or quoted[1]
            if intent == "$REGION":
                continue
            starts = ("every", "on demand", "when")
            modifier = intent.startswith(("if it fails", "after approval")) or intent.startswith(starts)
            flow_of(f"{intent} run `x`" if modifier and "tell" not in intent else f"run `x`, then {intent}")


def test_the_same_words_give_the_same_text() -> None:
    assert plan(FULL) == plan(FULL)


def test_every_statement_of_a_plan_comes_from_the_words() -> None:
    flow = flow_of("run `./a.sh`, then run `./b.sh`")
    assert [stmt.label for stmt in walk.all_statements(flow)] == ["a", "b"]
