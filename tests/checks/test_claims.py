"""What the author claims of a repetition, beside what catalog, text and script know of it."""

from __future__ import annotations

import pytest

from checks.finding import codes, findings, flow

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
