"""Edges, on both sides, of untrusted-trigger, ai-unbounded and lethal-trifecta; expected by reading each flow."""

from __future__ import annotations

import pytest

from checks.finding import HEAD, codes, findings, flow

TELL = 'on failure { task tell = shell("x") }'
HOOK = 'on webhook(path: "x") as e'
SAFE_HOOK = 'on webhook(path: "x", secret: "hook_key") as e secret hook_key'
PULL = 'on github.pull_request(repo: "a/b", actions: ["closed"]) as e'
ISSUE = 'on github.issues(repo: "a/b") as e'
ID = 'e.headers["id"] ?? "x"'
REFUND = 'stripe.refund(key: k, payment: {0}) idempotent by "r-{{run.id}}"'
TYPED = 'task t = python("return t", args: { t: e.body }) -> { id: string, n: int, kind: "a" | "b" }'


def understood(text: str) -> list[str]:
    """The codes of all findings of a text that parser and resolver have nothing against."""
    found = codes(text)
    assert not [code for code in found if code < "WF104" or code in ("WF201", "WF202", "WF203")], found
    return found


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (HOOK, f"task a = {REFUND.format(ID)}", True),
        (SAFE_HOOK, f"task a = {REFUND.format(ID)}", False),
        (HOOK, f"{TYPED} task a = {REFUND.format('t.id')}", True),
        (HOOK, f'{TYPED} require starts_with(t.id, "pi_") else "no" task a = {REFUND.format("t.id")}', False),
        (HOOK, f'{TYPED} if t.id == "pi_1" {{ task a = {REFUND.format("t.id")} }}', False),
        (HOOK, f"{TYPED} if t.n > 3 {{ task a = {REFUND.format('t.id')} }}", True),
        (HOOK, f'approve go = "Go?" timeout 1h task a = {REFUND.format(ID)}', False),
        (HOOK, f'require (e.headers["sig"] ?? "") == "s" else "no" task a = {REFUND.format(ID)}', False),
        (HOOK, f'{TYPED} task a = http.delete(url: "https://a.example.com/{{t.n}}")', False),
        (HOOK, f'{TYPED} task a = http.delete(url: "https://a.example.com/{{t.kind}}")', False),
        (HOOK, f'{TYPED} task a = http.put(url: "https://a.example.com/{{t.id}}", json: {{}})', False),
        (HOOK, f"{TYPED} task a = slack.post(url: k, text: t.id)", False),
        (
            HOOK,
            f'{TYPED} task row = sql.query(url: k, sql: "select pi from o where id = :id", params: {{ id: t.id }}) '
            f"-> list<{{ pi: string }}> task a = {REFUND.format('row[0].pi')}",
            False,
        ),
        (PULL, 'task a = shell("kubectl delete ns pr-$N", env: { N: e.number })', False),
        (PULL, 'task a = s3.delete(bucket: "b", key: "previews/{e.pull_request.head.sha}")', False),
        (PULL, 'task a = s3.delete(bucket: "b", key: "previews/{e.pull_request.head.ref}")', True),
        (ISSUE, 'task a = shell("helm uninstall \\"$NAME\\"", env: { NAME: e.issue.title })', True),
        (ISSUE, 'task a = shell("helm status \\"$NAME\\"", env: { NAME: e.issue.title })', False),
        (f'{ISSUE} where e.issue.title == "demo"', 'task a = s3.delete(bucket: "b", key: e.issue.title)', False),
        (
            'on github.push(repo: "a/b", branches: ["main"]) as e',
            'task a = s3.delete(bucket: "b", key: "x/{e.ref}")',
            False,
        ),
        ('on file(path: "in/*.csv") as e', 'task a = s3.delete(bucket: "b", key: e.path)', False),
        ("input id: string", f"task a = {REFUND.format('id')}", False),
    ],
)
def test_what_a_public_event_decides(head: str, body: str, expected: bool) -> None:
    found = understood(flow(f"secret k {body} {TELL}", f"{head} {HEAD}"))
    assert ("WF608" in found) is expected


ASK = 'task kind = llm.classify(prompt: "p", data: x) -> "a" | "b"'
PAGE = 'task page = http.get(url: "https://a.example.com/x{0}") -> {{ items: list<string> }}'
ROWS = 'task rows = sql.query(url: k, sql: "select n from t{0}") -> list<{{ n: string }}>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"{PAGE.format('')} for x in page.body.items {{ {ASK} }}", True),
        (f"{PAGE.format('')} for x in page.body.items max 4 {{ {ASK} }}", True),
        (f"{PAGE.format('')} for x in page.body.items[:50] {{ {ASK} }}", False),
        (f"{PAGE.format('?per_page=50')} for x in page.body.items {{ {ASK} }}", False),
        (f'{PAGE.format("")} require len(page.body.items) < 50 else "no" for x in page.body.items {{ {ASK} }}', False),
        (f'{PAGE.format("")} require len(page.body.items) > 0 else "no" for x in page.body.items {{ {ASK} }}', True),
        (f'{PAGE.format("")} require 9 >= len(page.body.items) else "no" for x in page.body.items {{ {ASK} }}', False),
        (f"{PAGE.format('')} if len(page.body.items) <= 50 {{ for x in page.body.items {{ {ASK} }} }}", False),
        (f"{ROWS.format(' order by credit_limit')} for x in rows {{ {ASK} }}", True),
        (f'{PAGE.format("")} for x in page.body.items {{ task s = shell("x", env: {{ X: x }}) }}', False),
        (f"{PAGE.format('')} for y in page.body.items {{ for x in [y] {{ {ASK} }} }}", True),
        (f"{ROWS.format('')} for x in rows {{ {ASK} }}", True),
        (f"{ROWS.format(' limit 20')} for x in rows {{ {ASK} }}", False),
        (f"{ROWS.format(' order by n fetch first 5 rows only')} for x in rows {{ {ASK} }}", False),
        (f'for x in ["a", "b"] {{ {ASK} }}', False),
        (f"input xs: list<string> for x in xs {{ {ASK} }}", False),
        (f'task s = shell("./ids | head -20") -> {{ ids: list<int> }} for x in s.ids {{ {ASK} }}', False),
        (f"budget {{ time 1h }} {PAGE.format('')} for x in page.body.items {{ {ASK} }}", False),
        (f"budget {{ attempts 500 }} {PAGE.format('')} for x in page.body.items {{ {ASK} }}", False),
        (f'task list = github.list_issues(repo: "a/b", token: k) for x in list {{ {ASK} }}', False),
    ],
)
def test_questions_without_number(body: str, expected: bool) -> None:
    found = understood(flow(f"secret k {body} {TELL}"))
    assert ("WF701" in found) is expected


def test_a_list_of_an_event_has_any_length() -> None:
    text = flow(
        'task t = python("return t", args: { t: e.body }) -> { xs: list<string> } '
        f"for x in t.xs {{ {ASK} }} {TELL}",
        f"{SAFE_HOOK} {HEAD}",
    )
    assert "WF701" in understood(text)


TICKET = 'task t = python("return t", args: { t: e.body }) -> { id: string, text: string, mail: string }'
ORDERS = (
    'task rows = sql.query(url: k, sql: "select n from o where m = :m limit 9", params: { m: t.mail }) '
    "-> list<{ n: string }>"
)
PRIVATE_API = 'task rows = http.get(url: "https://crm.example.com/x", auth: bearer(k))'
OPEN_API = 'task rows = http.get(url: "https://open.example.com/x")'
BOTH = 'task draft = llm.generate(prompt: "Answer.", data: [t.text, json(rows)])'
TO_SENDER = 'email.send(host: "h.example.com", from: "a@b.example", to: [t.mail], subject: "s", body: {0})'
TO_TEAM = 'email.send(host: "h.example.com", from: "a@b.example", to: ["team@b.example"], subject: "s", body: {0})'
TO_TICKET = 'http.post(url: "https://desk.example.com/t/{{t.id}}/reply", json: {{ text: {0} }}, auth: bearer(k))'
GO = 'approve go = "Go?" timeout 1h'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"{ORDERS} {BOTH} task a = {TO_SENDER.format('draft')}", True),
        (f"{ORDERS} {BOTH} task a = {TO_TICKET.format('draft')}", True),
        (f"{PRIVATE_API} {BOTH} task a = {TO_SENDER.format('draft')}", True),
        (f"{OPEN_API} {BOTH} task a = {TO_SENDER.format('draft')}", False),
        (f"{ORDERS} {BOTH} task a = {TO_TEAM.format('draft')}", False),
        (f"{ORDERS} {BOTH} task a = slack.post(url: k, text: draft)", False),
        (f"{ORDERS} {BOTH} task a = slack.send(token: k, channel: t.id, text: draft)", True),
        (f"{ORDERS} {BOTH} {GO} task a = {TO_SENDER.format('draft')}", False),
        (f"{ORDERS} {BOTH} task a = {TO_SENDER.format('t.text')}", False),
        (
            f'{ORDERS} task draft = llm.generate(prompt: "p", data: t.text) task a = {TO_SENDER.format("draft")}',
            False,
        ),
        (
            f'{ORDERS} task draft = llm.generate(prompt: "p", data: json(rows)) task a = {TO_SENDER.format("draft")}',
            False,
        ),
        (
            f'{ORDERS} task draft = llm.classify(prompt: "p", data: [t.text, json(rows)]) -> "yes" | "no" '
            f"task a = {TO_SENDER.format('draft')}",
            False,
        ),
        (
            f'{ORDERS} task sum = llm.summarize(prompt: "p", data: json(rows)) '
            f'task draft = llm.generate(prompt: "p", data: [t.text, sum]) task a = {TO_SENDER.format("draft")}',
            True,
        ),
        (
            f'{ORDERS} {BOTH} task nice = shell("./nice", env: {{ D: draft }}) -> {{ text: string }} '
            f"task a = {TO_SENDER.format('nice.text')}",
            True,
        ),
        (
            f'{ORDERS} task d = llm.extract(prompt: "p", data: [t.text, json(rows)]) -> {{ to: string, text: string }} '
            'task a = email.send(host: "h.example.com", from: "a@b.example", to: [d.to], subject: "s", body: d.text)',
            True,
        ),
    ],
)
def test_three_legs(body: str, expected: bool) -> None:
    found = understood(flow(f"secret k {TICKET} {body} {TELL}", f"{SAFE_HOOK} {HEAD}"))
    assert ("WF704" in found) is expected


def test_all_three_legs_are_shown() -> None:
    text = flow(f"secret k {TICKET} {ORDERS} {BOTH} task a = {TO_SENDER.format('draft')} {TELL}", f"{SAFE_HOOK} {HEAD}")
    (found,) = (item for item in findings(text) if item.code == "WF704")
    assert [text[label.span.start : label.span.end].split("(")[0] for label in found.labels] == [
        "rows",
        "on webhook",
        "llm.generate",
    ]
    assert text[found.span.start : found.span.end] == "draft"
