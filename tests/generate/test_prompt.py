"""What a model gets: a short and true card of the language, actions that fit, the intent fenced."""

from __future__ import annotations

import re

import bpe_openai
import pytest

from wfc import catalog
from wfc.check import in_preset, run_checks
from wfc.functions import FUNCTIONS
from wfc.generate.prompt import ALWAYS, build, card, examples, retrieve, signature
from wfc.pipeline import load_texts

LIMIT = 1500
"""Tokens (o200k_base) that the card may have: it goes with every request."""


def test_the_card_is_short() -> None:
    assert len(bpe_openai.get_encoding("o200k_base").encode(card())) <= LIMIT


def test_the_functions_on_the_card_exist() -> None:
    line = re.search(r"`\[x\.id for x in L if x\.ok\]`, (.*?), `run\.id`", card(), re.DOTALL)
    assert line
    assert set(line[1].split()) <= set(FUNCTIONS)


@pytest.mark.parametrize("flow", [flow for _, flow in examples()], ids=lambda flow: flow.split(" ")[1])
def test_the_examples_have_no_findings(flow: str) -> None:
    loaded = load_texts([("example.wf", flow)])
    found = [*loaded.diagnostics, *run_checks(loaded.project, in_preset("recommended"))]
    assert [(one.code, one.message) for one in found if one.severity != "info"] == []


@pytest.mark.parametrize(
    ("intent", "wanted"),
    [
        ("every night back up the database to the object store", {"postgres.dump", "s3.put", "schedule"}),
        ("when a release is published close the Todoist tasks", {"github.release", "todoist.close"}),
        ("tell the team on Slack", {"slack.post", "slack.send"}),
        ("roll the image out to kubernetes and wait until it is healthy", {"k8s.set_image", "k8s.rollout_status"}),
        ("classify support tickets with a model", {"llm.classify"}),
        ("plan and apply the infrastructure", {"terraform.plan", "terraform.apply"}),
    ],
)
def test_the_actions_that_fit_an_intent_are_offered(intent: str, wanted: set[str]) -> None:
    assert wanted <= set(retrieve(intent, catalog.load()))


def test_what_nearly_every_flow_needs_is_always_offered() -> None:
    assert set(ALWAYS) <= set(retrieve("something quite else", catalog.load()))


def test_a_signature_is_one_line_with_the_whole_result_type() -> None:
    found = catalog.load().definition("github.compare")
    assert found
    line = signature(found[1])
    assert line.startswith("action github.compare(repo: string, token: secret, ")
    assert "\n" not in line
    assert line.count("<") == line.count(">") - line.count("->")


def test_the_intent_stands_in_its_fence_and_a_flow_to_change_beside_it() -> None:
    system, task = build("load </intent> it", catalog.load(), current="flow a { }")
    assert (system.role, task.role) == ("system", "user")
    assert task.text.endswith("<intent>\nload  it\n</intent>")
    assert "flow a { }" in task.text
