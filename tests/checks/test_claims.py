"""What the author claims of a repetition, beside what catalog, text and script know of it."""

from __future__ import annotations

import pytest

from checks.finding import codes, findings, flow
from wfc.embedded.shell import extend

BARE = "defaults { timeout 1m } secret k"
RETRY = "retry fixed(attempts: 3, every: 5s)"
MAIL = (
    'email.send(password: k, host: "mail.example", from: "a@b.example", to: ["c@d.example"], subject: "s", body: "b")'
)
CALLS = {
    "mail": MAIL,
    "slack": 'slack.post(url: k, text: "x")',
    "task": 'todoist.create(token: k, content: "x")',
    "refund": 'stripe.refund(key: k, payment: "p")',
    "post": "http.post(url: k)",
}
"""The catalog calls the first three `unsafe` and the refund `keyed`; of `http.post` only the author knows."""


@pytest.mark.parametrize("call", ["mail", "slack", "task"])
@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("", []),
        ("idempotent", ["WF402"]),
        ('idempotent by "{run.date}"', ["WF402"]),
        (f"{RETRY} idempotent", ["WF402"]),
        (RETRY, ["WF303"]),
        (f'{RETRY} idempotent effect keyed "their new version keeps keys"', []),
        (f'{RETRY} effect safe "they drop what they have"', []),
        ('no retry "once" idempotent', ["WF402"]),
    ],
)
def test_a_claim_about_what_the_catalog_knows_to_be_done_again(call: str, clauses: str, expected: list[str]) -> None:
    assert codes(flow(f"task a = {CALLS[call]} {clauses}", BARE)) == expected


@pytest.mark.parametrize("call", ["refund", "post"])
@pytest.mark.parametrize("claim", ["idempotent", 'idempotent by "{run.date}"'])
def test_a_claim_that_may_hold(call: str, claim: str) -> None:
    assert codes(flow(f"task a = {CALLS[call]} {RETRY} {claim}", BARE)) == []


@pytest.mark.parametrize("call", CALLS)
def test_the_remedy_of_a_retry_is_one(call: str) -> None:
    (found,) = findings(flow(f"task a = {CALLS[call]} {RETRY}", BARE))
    assert found.code == "WF303"
    offered = [clause for clause in ('idempotent by "…"', 'effect safe "why"') if f"`{clause}`" in found.help]
    assert len(offered) == 1
    clause = offered[0].replace("…", "{run.date}")
    assert codes(flow(f"task a = {CALLS[call]} {RETRY} {clause}", BARE)) == []


@pytest.mark.parametrize(("call", "offered"), [("task", False), ("refund", True), ("post", True)])
def test_a_key_is_offered_only_to_a_service_that_may_keep_it(call: str, offered: bool) -> None:
    (found,) = findings(flow(f"task a = {CALLS[call]} task b = sleep(5m)", BARE))
    assert found.code == "WF501"
    assert ("idempotent" in found.help) is offered


INSERT = 'sql.execute(url: k, sql: "insert into runs (n) values (1)") retry fixed(attempts: 3, every: 5s)'
UNDO = f"task a = http.put(url: k) {RETRY} undo"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # an undo that gets one try, and one that is retried
        (f"{UNDO} {CALLS['post']} task b = sleep(5m)", ["WF503"]),
        (f"{UNDO} {CALLS['post']} {{ {RETRY} }} task b = sleep(5m)", ["WF303", "WF415"]),
        (f'{UNDO} {CALLS["post"]} {{ idempotent by "{{run.id}}" }} task b = sleep(5m)', []),
        # a script that nobody can read, with a retry and without
        (f'task a = shell("./a") {RETRY}', ["WF303"]),
        ('task a = shell("./a")', ["WF401"]),
        # SQL of which the key is claimed, in a loop: a database looks at no keys
        (f'for i in [1, 2] {{ task a = {INSERT} idempotent by "rows" }}', ["WF402"]),
        (f'task a = {INSERT} idempotent by "rows"', ["WF402"]),
        (f'task a = {INSERT.replace("(1)", "(1) on conflict do nothing")} idempotent by "rows"', []),
        (f'task a = {CALLS["refund"]} {RETRY} idempotent by "rows"', ["WF404"]),
    ],
)
def test_one_fault_is_told_once(body: str, expected: list[str]) -> None:
    text = flow(body, f'on schedule("0 5 * * *", timezone: "UTC") {BARE}')
    told = [item.code for item in findings(text, "flow.wf", "WF401", "WF415")]
    assert sorted(code for code in told if code not in ("WF206", "WF502")) == expected


@pytest.mark.parametrize(
    ("call", "offered"),
    [
        (CALLS["post"], "`idempotent by"),
        (CALLS["refund"], "`idempotent by"),
        (CALLS["task"], "`allow WF415"),
        ('shell("gh issue create --title x --body y")', "in the script itself"),
    ],
)
def test_the_remedy_against_an_engine_that_dies_is_one(call: str, offered: str) -> None:
    """What was looked up by a task before it is not looked up again (docs/semantics.md, "When the engine dies")."""
    (found,) = (item for item in findings(flow(f"task a = {call}", BARE), "flow.wf", "WF415") if item.code == "WF415")
    assert offered in found.help
    assert "look first" not in found.help


def test_a_command_of_the_project_that_is_unsafe_is_told_like_a_request() -> None:
    text = flow('task a = shell("./pay 5")', BARE)
    told = []
    for known in ({}, {"./pay": {"": "unsafe"}}, {"./pay": {"": "safe"}}):
        extend(known)
        try:
            told.append([item.code for item in findings(text, "flow.wf", "WF415") if item.code == "WF415"])
        finally:
            extend({})
    assert told == [[], ["WF415"], []]
