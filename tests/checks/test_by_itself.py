"""Edges of the rules about flows that start by themselves: keys of what comes twice, failures nobody hears of."""

from __future__ import annotations

import pytest

from checks.finding import NAME, codes, findings

HEAD = "defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }"
HOOK = 'on webhook(path: "p", secret: "k") as event secret k'
ALERT = 'on alert(path: "p", secret: "k") secret k'
DAILY = 'on schedule("0 5 * * *", timezone: "UTC")'
POST = 'http.post(url: "https://a.example.com/x", json: {})'
PUT = 'http.put(url: "https://a.example.com/x", json: {})'
SEEN = 'task seen = shell("./seen.sh", env: { B: json(event.body) }) -> { n: int }'


def keyed(key: str, call: str = POST) -> str:
    """A task with a key."""
    return f"task a = {call} idempotent by {key}"


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (HOOK, keyed("run.id"), True),
        (HOOK, keyed('"a-{run.id}"'), True),
        (HOOK, keyed('"a-{run.id}-{run.date}"'), True),
        (ALERT, keyed("run.id"), True),
        (f'{DAILY} on webhook(path: "p")', keyed("run.id"), True),
        (HOOK, "for i in [1, 2] { " + keyed('"{run.id}-{i}"') + " }", True),
        (HOOK, f'let key = "a-{{run.id}}" {keyed("key")}', True),
        (HOOK, keyed("run.id", 'shell("./pay.sh")'), True),
        # something of the run stands in it
        (HOOK, keyed('"a-{event.headers["x"] ?? "none"}"'), False),
        (HOOK, keyed('"{run.id}-{event.headers["x"] ?? "none"}"'), False),
        (
            HOOK,
            'task n = shell("./n.sh", env: { B: json(event.body) }) -> { n: string } ' + keyed('"{run.id}-{n.n}"'),
            False,
        ),
        (HOOK, 'input n: string = event.headers["x"] ?? "none" ' + keyed('"{run.id}-{n}"'), False),
        (HOOK, "for i in event.body.all max 3 { " + keyed('"{run.id}-{json(i)}"') + " }", False),
        (HOOK, keyed('"a-{run.date}"'), False),  # the same for both deliveries of a day
        # a run comes once, or what is done is about one run
        (DAILY, keyed("run.id"), False),
        ("on manual()", keyed("run.id"), False),
        ("", keyed("run.id"), False),
        ('on file(path: "in/*.csv") as event', keyed("run.id"), False),
        ('on flow(name: "g") as event', keyed("run.id"), False),
        ('on github.push(repo: "a/b") as event', keyed("run.id"), False),
        (HOOK, f"task b = {PUT} on failure {{ {keyed('run.id')} }}", False),
        (HOOK, f"{keyed('json(event.body)')} undo {POST} {{ idempotent by run.id }} task b = {PUT}", False),
        (HOOK, keyed("run.id", PUT), False),
        (HOOK, f"task a = {POST} idempotent", False),
        # it is done, or not, by what a task has found out about the event
        (HOOK, f"{SEEN} if seen.n == 0 {{ {keyed('run.id')} }}", False),
        (HOOK, f"{SEEN} if seen.n > 0 {{ task b = {PUT} }} else {{ {keyed('run.id')} }}", False),
        (HOOK, f'{SEEN} if seen.n > 0 {{ stop "done" }} {keyed("run.id")}', False),
        (HOOK, f'{SEEN} require seen.n == 0 else "done" {keyed("run.id")}', False),
        (HOOK, f"{SEEN} {keyed('run.id')} when seen.n == 0", False),
        (
            HOOK,
            f'{SEEN} task more = shell("./m.sh", env: {{ N: "{{seen.n}}" }}) -> {{ m: int }} '
            f"if more.m == 0 {{ {keyed('run.id')} }}",
            False,
        ),
        (HOOK, f"{SEEN} if seen.n > 0 {{ task b = {PUT} }} {keyed('run.id')}", True),
        (HOOK, f"{SEEN} {keyed('run.id')} if seen.n == 0 {{ task b = {PUT} }}", True),
        (HOOK, f'{SEEN} {keyed("run.id")} require seen.n == 0 else "done"', True),
        (HOOK, f'task n = shell("./n.sh") -> {{ n: int }} if n.n == 0 {{ {keyed("run.id")} }}', True),
    ],
)
def test_keys_of_a_delivery_that_comes_twice(head: str, body: str, expected: bool) -> None:
    text = f"flow f {{ {head} {HEAD} {body} }} flow g {{ {HEAD} task t = {PUT} }}"
    found = [item.code for item in findings(text, NAME)]
    assert ("WF418" in found) is expected, found
    assert not {"WF001", "WF102", "WF201", "WF202", "WF203"} & {*found}, found


def test_the_remedy_names_the_event() -> None:
    for head, remedy in (
        (HOOK, "put in a value of the event that stays, such as `{json(event.body.id)}`, for `run.id`"),
        (
            ALERT,
            "name the event (`on alert(…) as event`) and put in a value of the event that stays, such as "
            '`{event.groupKey}-{event.status}-{text(event.alerts[0].startsAt, "UTC")}`, for `run.id`',
        ),
    ):
        (found,) = [item for item in findings(f"flow f {{ {head} {HEAD} {keyed('run.id')} }}") if item.code == "WF418"]
        assert found.help == remedy
        taken = f"flow f {{ {head} {HEAD} {keyed('run.id')} }}"
        named = taken if " as event" in taken else taken.replace('secret: "k")', 'secret: "k") as event')
        value = remedy.partition("such as `")[2].partition("`")[0]
        assert codes(named.replace("by run.id", f'by "{value}"')) == []


SAY = 'slack.post(url: slack_url, text: "t")'
SECRET = "secret slack_url"
HEARD = 'http.post(url: "https://hooks.slack.com/services/x", json: { text: "ended" })'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"flow f {{ {DAILY} {HEAD} task a = {PUT} }}", True),
        (f'flow f {{ on webhook(path: "p") {HEAD} task a = {PUT} }}', True),
        (f'flow f {{ on file(path: "in/*") {HEAD} task a = shell("./x") }}', True),
        (f"flow f {{ {DAILY} on manual() {HEAD} task a = {PUT} }}", True),
        (f"flow f {{ {DAILY} {HEAD} {SECRET} task a = {PUT} task b = {SAY} }}", True),  # told only when it went well
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} finally {{ task b = shell("rm -f x") }} }}', True),
        (f"flow f {{ {DAILY} {HEAD} try {{ task a = {PUT} }} recover {{ task b = {PUT} }} task c = {PUT} }}", True),
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} }} flow g {{ on flow(name: "f") {HEAD} task a = {PUT} }}', True),
        (f"flow f {{ {HEAD} task a = {PUT} }}", False),
        (f"flow f {{ on manual() {HEAD} task a = {PUT} }}", False),
        (f"flow f {{ {DAILY} {HEAD} {SECRET} task a = {PUT} on failure {{ task b = {SAY} }} }}", False),
        (f"flow f {{ {DAILY} {HEAD} {SECRET} task a = {PUT} finally {{ task b = {SAY} }} }}", False),
        (f"flow f {{ {DAILY} {HEAD} {SECRET} try {{ task a = {PUT} }} recover {{ task b = {SAY} }} }}", False),
        (f'flow f {{ {DAILY} {HEAD} try {{ task a = {PUT} }} recover {{ fail "no" }} }}', True),
        (
            f"flow f {{ {DAILY} {HEAD} task a = {PUT} }} "
            f'flow g {{ on flow(name: "f", states: ["failed"]) {HEAD} {SECRET} task a = {SAY} '
            f"on failure {{ task b = {SAY} }} }}",
            False,
        ),
        # what stands in `finally` may tell of it, unless it only cleans up
        (f"flow f {{ {DAILY} {HEAD} task a = {PUT} finally {{ task b = {HEARD} }} }}", False),
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} finally {{ task b = shell("curl -fsS -d x $U") }} }}', False),
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} finally {{ task b = shell("./tell.sh") }} }}', False),
        (
            f'flow f {{ {DAILY} {HEAD} task a = {PUT} finally {{ task b = shell("rm x") fallback shell("./tell") }} }}',
            False,
        ),
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} finally {{ task b = shell("true") }} }}', True),
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} finally {{ task b = shell("docker stop a; echo ok") }} }}', True),
        (
            f"flow f {{ {DAILY} {HEAD} task a = {PUT} "
            'finally { task b = http.delete(url: "https://a.example.com/t") } }',
            True,
        ),
        # a ping that does not come is heard
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} task b = http.get(url: "https://p.example.com/x") }}', False),
        (f'flow f {{ {DAILY} {HEAD} config p: string = "x" task a = {PUT} task b = http.get(url: p) }}', False),
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} task b = shell("curl -fsS https://hc-ping.com/x") }}', False),
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} task b = http.put(url: "https://hc-ping.com/x") }}', False),
        (f'flow f {{ {DAILY} {HEAD} task a = http.get(url: "https://p.example.com/x") }}', True),
        (f'flow f {{ {DAILY} {HEAD} task b = http.get(url: "https://p.example.com/x") task a = {PUT} }}', True),
        # a handler that does nothing
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} on failure {{ task b = shell("true") }} }}', True),
        (f'flow f {{ {DAILY} {HEAD} task a = {PUT} on failure {{ task b = shell("./tell.sh") }} }}', False),
        # the hearing itself
        (f'flow f {{ on flow(name: "g", states: ["failed"]) {HEAD} task a = {PUT} }} flow g {{ }}', False),
        (f'flow f {{ on flow(name: "g") {HEAD} task a = {PUT} }} flow g {{ }}', True),
        # WF501 tells of it
        (f"flow f {{ {DAILY} {HEAD} task a = {POST} task b = {PUT} }}", False),
    ],
)
def test_failures_that_nobody_hears_of(text: str, expected: bool) -> None:
    found = [item for item in findings(text, NAME, "WF508") if item.code in ("WF001", "WF102", "WF202", "WF508")]
    about_f = [item.code for item in found if "`g`" not in item.message]
    assert about_f == (["WF508"] if expected else [])


@pytest.mark.parametrize(
    ("code", "text", "wrong"),
    [
        ("WF508", f"flow f {{ {DAILY} {HEAD} task a = {PUT} }}", "on failur { }"),
        ("WF801", f"flow f {{ {DAILY} defaults {{ timeout 30h }} task a = {POST} }}", "concurency 1 queue"),
    ],
)
def test_what_was_not_read_may_be_what_is_missing(code: str, text: str, wrong: str) -> None:
    assert code in codes(text, code)
    found = codes(text.replace(" task a", f" {wrong} task a"), code)
    assert "WF001" in found
    assert code not in found
