"""Edges, on both sides, of the rules that only the preset `production` has."""

from __future__ import annotations

import pytest

from checks.finding import NAME, codes, findings, flow

PUT = 'http.put(url: "https://a.example.com/x", json: {})'
GET = 'http.get(url: "https://{0}.example.com/x")'
POLICY = "defaults { timeout 20m retry fixed(attempts: 2, every: 5m) }"


def has(code: str, text: str) -> bool:
    """Is the code, of a check that is off by default, among the findings?"""
    return code in codes(text, code)


@pytest.mark.parametrize(
    ("budget", "body", "expected"),
    [
        ("44m", f"task a = {PUT}", True),
        ("45m", f"task a = {PUT}", False),  # 2 × 20m + 5m
        ("1h", f"task a = {PUT} task b = {PUT}", True),
        ("1h", f"parallel {{ task a = {PUT} task b = {GET.format('b')} }}", False),
        ("89m", f"parallel {{ task a = {PUT} task b = {GET.format('b')} after a }}", True),
        ("1h", f"for i in [1, 2] {{ task a = {PUT} }}", True),
        ("1h", f"for i in [1, 2] max 2 {{ task a = {PUT} }}", False),
        ("1h", f"input l: list<int> for i in l {{ task a = {PUT} }}", False),  # nobody knows, so once
        ("1h", f"task a = {PUT} on failure {{ task b = {PUT} }}", False),
    ],
)
def test_what_does_not_fit_into_its_budget(budget: str, body: str, expected: bool) -> None:
    assert has("WF310", flow(body, f"budget {{ time {budget} }} {POLICY}")) is expected


def test_the_sum_is_printed() -> None:
    text = flow(f'task a = {PUT} task b = shell("x")', f"budget {{ time 1h }} {POLICY}")
    (found,) = [item for item in findings(text, NAME, "WF310") if item.code == "WF310"]
    assert found.message == "the body may take 1h5m (`a` 45m + `b` 20m), the budget is 1h"


@pytest.mark.parametrize(
    ("cron", "limit", "expected"),
    [
        ("*/15 * * * *", "concurrency 1 queue", True),
        ("*/15 * * * *", "concurrency 2 queue", True),
        ("*/15 * * * *", "concurrency 3 queue", False),  # 45m of work each 45m
        ("*/15 * * * *", "concurrency 1 skip", False),
        ("0 * * * *", "concurrency 1 queue", False),
        ("*/15 * * * *", "concurrency 1 queue budget { time 14m }", False),
    ],
)
def test_queues_that_grow(cron: str, limit: str, expected: bool) -> None:
    head = f'on schedule("{cron}", timezone: "UTC") {limit} {POLICY}'
    assert has("WF312", flow(f"task a = {PUT}", head)) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('task a = shell("x") task b = shell("y") after a', True),
        ('parallel { task a = shell("x") task b = shell("y") after a }', False),
        ('parallel { task a = shell("x") -> { v: int } task b = shell("y", env: { V: a.v }) after a }', True),
        (
            'parallel { task a = shell("x") -> { v: int } task c = shell("z") '
            'task b = shell("y", env: { V: a.v }) after c }',
            False,
        ),
    ],
)
def test_orders_that_say_nothing(body: str, expected: bool) -> None:
    assert has("WF110", flow(body)) is expected


POST = 'task a = http.post(url: "https://a.example.com/x") idempotent by "a-{run.id}"'
UNDO = 'undo http.delete(url: "https://a.example.com/x")'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"{POST} task b = {PUT}", True),
        (POST, False),
        (f"{POST} {UNDO} task b = {PUT}", False),
        (f'try {{ {POST} task b = {PUT} }} recover {{ task r = shell("r") }}', False),
        (f"task a = {PUT} task b = {PUT}", False),
        (f"input c: bool if c {{ {POST} }} else {{ task b = {PUT} }}", False),
        (f'secret k task a = stripe.refund(key: k, payment: "p") idempotent by "r" task b = {PUT}', False),
        (f'secret u task a = slack.post(url: u, text: "x") task b = {PUT}', False),
    ],
)
def test_what_nothing_takes_back(body: str, expected: bool) -> None:
    assert has("WF502", flow(body)) is expected


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (f"task t = {GET.format('a')}", True),
        (f"task t = {GET.format('b')}", False),
        (f'task t = {GET.format("a")} fallback shell("./tell")', False),
        (f"task t = {GET.format('a')} task u = {GET.format('b')}", False),
        (f'task t = {GET.format("a")} task u = shell("./tell")', False),
    ],
)
def test_alerts_that_go_where_it_failed(handler: str, expected: bool) -> None:
    assert has("WF507", flow(f"task a = {PUT} on failure {{ {handler} }}")) is expected


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ('on webhook(path: "x")', True),
        ('on webhook(path: "x", secret: "k") secret k', False),
        ('on alert(path: "x")', True),
        ("on manual()", False),
    ],
)
def test_open_doors(trigger: str, expected: bool) -> None:
    assert has("WF610", flow('task a = shell("x")', f"{trigger} defaults {{ timeout 1m }}")) is expected


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ('model: "gpt-4o"', True),
        ('model: "claude-3-7-sonnet-latest"', True),
        ('model: "claude-3-7-sonnet-20250219"', False),
        ('model: "gpt-4o-2024-08-06"', False),
        ("model: m", False),
        ("", False),
    ],
)
def test_models_that_move(model: str, expected: bool) -> None:
    args = f'prompt: "p"{", " if model else ""}{model}'
    assert has("WF709", flow(f'input m: string = "x" task a = llm.generate({args})')) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"input l: list<int> for i in l max 21 {{ task a = {PUT} }}", True),
        (f"input l: list<int> for i in l max 20 {{ task a = {PUT} }}", False),
        ('input l: list<int> for i in l max 50 { task a = shell("x") }', False),
        (f"input l: list<int> for i in l {{ task a = {PUT} }}", False),
    ],
)
def test_bursts(body: str, expected: bool) -> None:
    assert has("WF805", flow(body)) is expected


@pytest.mark.parametrize(
    ("crons", "expected"),
    [
        (["0 0 * * *"] * 4, 1),
        (["0 0 * * *"] * 3, 0),
        (["0 0 * * *", "0 0 * * 1", "0 0 1 * *", "0 */6 * * *"], 1),
        (["0 0 * * *", "1 0 * * *", "2 0 * * *", "3 0 * * *"], 0),
        (["*/5 * * * *"] * 4, 0),
        (["0 0 * * *"] * 6, 1),
    ],
)
def test_herds(crons: list[str], expected: int) -> None:
    text = "".join(
        f'flow f{number} {{ on schedule("{cron}", timezone: "UTC") defaults {{ timeout 1m }} task t = shell("x") }}\n'
        for number, cron in enumerate(crons)
    )
    assert codes(text, "WF807").count("WF807") == expected


DAILY = 'on schedule("0 5 * * *", timezone: "UTC") defaults { timeout 1m }'


@pytest.mark.parametrize(
    ("head", "call", "expected"),
    [
        (DAILY, 'shell("./load.sh")', True),
        (DAILY, 'shell("make release")', True),
        (DAILY, 'shell("echo a; ./load.sh")', True),
        (DAILY, 'shell("mkdir -p a && touch a/b")', False),
        (DAILY, 'shell("git commit -m x")', False),  # not unknown but unsafe, which is another matter
        (DAILY, 'shell("./load.sh") effect safe "x"', False),
        (DAILY, 'shell("./load.sh") effect unsafe "x"', False),
        (DAILY, 'shell("./load.sh") idempotent', False),
        (DAILY, 'shell("./load.sh") retry fixed(attempts: 3, every: 5s)', False),  # WF303's matter
        (DAILY, 'shell("./load.sh") retry fixed(attempts: 1, every: 5s)', True),
        (DAILY, 'python("return 1") -> int', False),  # it only computes
        (DAILY, 'python("return open(p).read()", args: { p: "/a" }) -> string', True),
        (DAILY, 'sql.execute(url: k, sql: "call rebuild()")', True),
        (DAILY, 'sql.execute(url: k, sql: "delete from a where id = 1")', False),
        ("on manual() defaults { timeout 1m }", 'shell("./load.sh")', False),
        ("defaults { timeout 1m }", 'shell("./load.sh")', False),
        ('on webhook(path: "x") defaults { timeout 1m }', 'shell("./load.sh")', True),
    ],
)
def test_effects_that_nobody_knows(head: str, call: str, expected: bool) -> None:
    assert has("WF401", flow(f"secret k task a = {call}", head)) is expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('http.post(url: "https://a.example.com/x")', True),
        ('http.post(url: "https://a.example.com/x") idempotent by "a-{run.id}"', False),
        ('http.put(url: "https://a.example.com/x")', False),
        ('slack.post(url: k, text: "x")', False),
        ('shell("./x")', False),  # nobody knows, which is WF401's matter
        ('shell("./x") effect unsafe "y"', True),
        (
            'http.put(url: "https://a.example.com/x") undo http.post(url: "https://a.example.com/x")',
            False,
        ),  # WF503 tells
        ('http.put(url: "https://a.example.com/x") fallback http.post(url: "https://a.example.com/x")', True),
        ('shell("curl -fsS -X POST https://a.example.com/x -d y")', True),
        ('shell("curl -fsS -X POST https://a.example.com/x -d y") idempotent', False),
        ('shell("curl -fsS -X POST https://a.example.com/x -d y") effect safe "a search"', False),
        ('shell("curl -fsS https://a.example.com/x -o y")', False),
        ('shell("gh issue create --title x --body y")', True),
        ('shell("gh issue list --search x | grep -q . || gh issue create --title x --body y")', False),
        ('http.put(url: "https://a.example.com/x") undo shell("gh issue create --title x --body y")', True),
        ('shell("echo done | mail -s report a@b.example")', False),  # a message, as `email.send`
        ('shell("curl -fsS -X POST https://hooks.slack.com/services/x -d y")', False),
        ('shell("mkdir /srv/x")', False),  # it fails, and says so
        ('shell("echo a >> /srv/x")', False),  # WF411's matter
    ],
)
def test_what_an_engine_that_died_repeats(call: str, expected: bool) -> None:
    assert has("WF415", flow(f"secret k task a = {call}")) is expected


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("", ""),
        ("on manual()", ""),
        (
            'on webhook(path: "x", secret: "hook_key") secret hook_key',
            "A sender that gets no answer, and delivers again,",
        ),
        (DAILY.partition(" defaults")[0], "A run of the same day that is repeated, or a backfill,"),
        ("on flow(other)", "A run of the other flow that is repeated"),
    ],
)
def test_what_else_repeats_it_is_named(head: str, words: str) -> None:
    text = flow('task a = http.post(url: "https://a.example.com/x")', f"{head} defaults {{ timeout 1m }}")
    if "other" in head:
        text += "flow other { defaults { timeout 1m } task t = sleep(1s) }"
    (found,) = (item for item in findings(text, NAME, "WF415") if item.code == "WF415")
    assert (f"{words} does it again too." in found.why) if words else ("again too" not in found.why)
    assert [text[label.span.start : label.span.end][:2] for label in found.labels] == (["on"] if words else [])
