"""Edges, on both sides, of the rules about order, retries, budgets, models, gates and flows that share things."""

from __future__ import annotations

import pytest

from checks.finding import codes, findings, flow
from wfc.pipeline import load_texts
from wfc.simulate import run_tests

CALL = 'task a = shell("x")'
PUT = 'http.put(url: "https://a.example.com/x", json: {})'
OTHER = 'http.put(url: "https://a.example.com/y", json: {})'
SAID = 'task said = llm.extract(prompt: "p", data: "d") -> { n: int, s: string, kind: "a" | "b" }'
REFUND = 'stripe.refund(key: k, payment: "pi", amount: {0}) idempotent by "r-{{run.id}}"'
DELETE = 'http.delete(url: "https://a.example.com/x")'
LAX = 'approve go = "Go?" -> { ok: bool } timeout 1h fallback value { ok: false }'
TELL = 'on failure { task t = shell("x") }'


def has(code: str, text: str) -> bool:
    """Is the code among the findings?"""
    found = codes(text)
    assert "WF001" not in found
    return code in found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'fail "x" {CALL}', True),
        (f'stop "x" {CALL}', True),
        (f'{CALL} fail "x"', False),
        (f'input b: bool if b {{ fail "x" }} {CALL}', False),
        (f'input b: bool if b {{ fail "x" }} else {{ stop "y" }} {CALL}', True),
        (f'input m: "p" | "q" match m {{ "p" {{ fail "x" }} "q" {{ fail "y" }} }} {CALL}', True),
        (f'input m: "p" | "q" match m {{ "p" {{ fail "x" }} else {{ task z = shell("z") }} }} {CALL}', False),
        (f'try {{ fail "x" }} recover {{ task r = shell("r") }} {CALL}', False),
        (f'try {{ fail "x" }} recover {{ fail "y" }} {CALL}', True),
        (f'parallel {{ task z = shell("z") }} {CALL}', False),
        (f'{CALL} on failure {{ fail "x" task b = shell("b") }}', True),
    ],
)
def test_what_never_runs(body: str, expected: bool) -> None:
    assert has("WF104", flow(body)) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"parallel {{ task a = {PUT} task b = {PUT} }}", True),
        (f"parallel {{ task a = {PUT} task b = {OTHER} }}", False),
        (f"parallel {{ task a = {PUT} task b = {PUT} after a }}", False),
        (f"parallel {{ task a = {PUT} task m = {OTHER} after a task b = {PUT} after m }}", False),
        (
            f"parallel {{ task a = {PUT.replace('put', 'post')} task b = {PUT.replace('put', 'post')} }}",
            False,
        ),
        (f"input c: bool parallel {{ if c {{ task a = {PUT} }} task b = {PUT} }}", True),
        (f"parallel {{ if run.attempt > 1 {{ task a = {PUT} }} else {{ task b = {PUT} }} }}", False),
        (f"{'task a = ' + PUT} {'task b = ' + PUT}", False),
        (f"input l: list<string> for i in l max 4 {{ task a = {PUT} }}", True),
        (f"input l: list<string> for i in l max 1 {{ task a = {PUT} }}", False),
        (f"input l: list<string> for i in l {{ task a = {PUT} }}", False),
        (
            'input l: list<string> for i in l max 4 { task a = http.put(url: "https://a.example.com/{i}", json: {}) }',
            False,
        ),
        ('parallel { task a = s3.delete(bucket: "b", key: "k") task b = s3.delete(bucket: "b", key: "k") }', True),
        ('parallel { task a = s3.delete(bucket: "b", key: "k") task b = s3.delete(bucket: "c", key: "k") }', False),
    ],
)
def test_writers_at_once(body: str, expected: bool) -> None:
    assert has("WF111", flow(body)) is expected


@pytest.mark.parametrize(
    ("retry", "expected"),
    [
        ("retry fixed(attempts: 3, every: 499ms)", True),
        ("retry fixed(attempts: 3, every: 500ms)", False),
        ("retry exponential(attempts: 4, first: 100ms, max: 200ms)", True),
        ("retry exponential(attempts: 4, first: 100ms, max: 1m)", True),
        ("retry exponential(attempts: 5, first: 100ms, max: 1m)", False),
        ("retry fixed(attempts: 1, every: 1ms)", False),
    ],
)
def test_pauses(retry: str, expected: bool) -> None:
    assert has("WF304", flow(f"task a = {PUT} {retry}")) is expected
    assert not has("WF304", flow(f'task a = shell("x") effect safe "y" {retry}'))


def nested(outer: int, inner: int) -> str:
    """A flow that runs another one so many times, whose task is tried so many times."""
    policy = f"retry fixed(attempts: {inner}, every: 5s)" if inner else 'no retry "x"'
    again = f"retry fixed(attempts: {outer}, every: 1m)" if outer else ""
    return (
        f"flow a {{ defaults {{ timeout 1m }} task run_b = flow.run(b) idempotent {again} }}\n"
        f"flow b {{ defaults {{ timeout 1m }} task get = {PUT} {policy} }}\n"
    )


@pytest.mark.parametrize(
    ("outer", "inner", "expected"), [(4, 5, True), (3, 3, False), (2, 5, True), (0, 20, False), (20, 0, False)]
)
def test_retries_in_retries(outer: int, inner: int, expected: bool) -> None:
    assert has("WF309", nested(outer, inner)) is expected


def test_the_product_is_printed() -> None:
    assert "20 times: 4 × 5" in next(item.message for item in findings(nested(4, 5)) if item.code == "WF309")


BOTO = 'python("pass", packages: ["boto3==1.44.5"])'


def told(code: str, text: str, words: str) -> bool:
    """Is there exactly one finding of a code, with these words in it? With no words: is there none?"""
    found = [item.message for item in findings(text) if item.code == code]
    return [words in message for message in found] == ([True] if words else [])


@pytest.mark.parametrize(
    ("attempts", "call", "product"),
    [
        (4, 'shell("curl -fsS --retry 5 https://a.example.com/x")', "24 times: 4 × 6 (curl)"),
        (3, 'shell("curl -fsS --retry 2 https://a.example.com/x")', ""),  # nine
        (3, 'shell("curl --retry=3 -fsS https://a.example.com/x")', "12 times: 3 × 4 (curl)"),
        (3, 'shell("curl --retry-delay 8 https://a.example.com/x")', ""),
        (3, 'shell("# curl --retry 8 https://a.example.com/x")', ""),
        (3, 'shell("echo curl --retry 8")', ""),
        (3, "shell(\"echo 'x; curl --retry 8'\")", ""),
        (3, r'shell("cat <<T\ncurl --retry 8 https://a.example.com/x\nT")', ""),
        (3, 'shell("X=1 curl --retry 3 https://a.example.com/x")', "12 times: 3 × 4 (curl)"),
        (3, 'shell("timeout 9 curl --retry 3 https://a.example.com/x")', "12 times: 3 × 4 (curl)"),
        (3, 'shell("nohup sudo -u app curl --retry 3 https://a.example.com/x")', "12 times: 3 × 4 (curl)"),
        (3, r'shell("sort a | uniq | head -1\ncurl --retry 3 https://a || ./b")', "12 times: 3 × 4 (curl)"),
        (3, r'shell("curl --retry 9 --retry 3 \\\n https://a.example.com/x")', "12 times: 3 × 4 (curl)"),
        (3, 'shell("wget -q --tries=4 https://a.example.com/x")', "12 times: 3 × 4 (wget)"),
        (3, 'shell("wget -q -t 3 https://a.example.com/x")', ""),  # nine
        (3, 'shell("curl --retry 3 https://a.example.com/x | (")', ""),
        (1, 'shell("curl --retry 20 https://a.example.com/x")', ""),
        (9, BOTO, ""),  # 27, but the author wrote one of the layers
    ],
)
def test_clients_that_repeat_a_request(attempts: int, call: str, product: str) -> None:
    text = flow(f"task a = {call} idempotent retry fixed(attempts: {attempts}, every: 5s)")
    assert told("WF309", text, product)


@pytest.mark.parametrize(
    ("call", "product"),
    [
        (BOTO, "18 times: 3 × 2 × 3 (boto3)"),
        (BOTO.replace("pass", "boto3.client('s3', config=Config(retries=settings))"), ""),  # nobody knows
        (BOTO.replace("pass", "OpenAI(max_retries=0)"), ""),
        ('k8s.logs(resource: "deployment/web")', "66 times: 3 × 2 × 11 (kubectl)"),
        ('shell("./x", needs: ["kubectl"])', "66 times: 3 × 2 × 11 (kubectl)"),
        ('http.put(url: "https://a.example.com/x", json: {})', ""),  # six, for it is sent once an attempt
    ],
)
def test_clients_below_two_retries(call: str, product: str) -> None:
    text = flow("task t = flow.run(g) idempotent retry fixed(attempts: 3, every: 1m)") + (
        f"flow g {{ defaults {{ timeout 1m }} task a = {call} idempotent retry fixed(attempts: 2, every: 1m) }}"
    )
    assert told("WF309", text, product)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('task a = http.post(url: "https://a.example.com/x")', "of `a` in `g` is done again"),
        ('task a = http.post(url: "https://a.example.com/x") idempotent by "k-{day}"', ""),
        ('task a = http.post(url: "https://a.example.com/x") effect safe "an upsert"', ""),
        (f'task a = http.post(url: "https://a.example.com/x") undo {PUT}', ""),  # taken back before the next run
        (f"task a = {PUT}", ""),
        (f'task a = {PUT} task b = shell("./x")', "of `b` in `g` may be done again, and nobody knows"),
        ('task a = shell("mkdir -p out")', ""),
        ('task a = shell("./x") task b = shell("curl -X POST https://a.example.com/x")', "of `b` in `g` is done again"),
        ('task a = sql.execute(url: k, sql: "insert into t values (1)")', "of `a` in `g` is done again"),
        ('task a = sql.execute(url: k, sql: "delete from t where id = 1")', ""),
        ('task a = slack.post(url: k, text: "x")', "of `a` in `g` is done again"),
        ('task a = shell("./x") effect unsafe "it sends"', "of `a` in `g` is done again"),
        ("task a = sleep(1m)", ""),
        ("task a = flow.run(h)", "of `deep` in `h` is done again"),
        ('task a = flow.run(h) effect safe "it looks first"', ""),
    ],
)
def test_flows_that_are_retried(body: str, words: str) -> None:
    text = (
        flow('task t = flow.run(g, inputs: { day: "d" }) retry fixed(attempts: 2, every: 1m)')
        + f"flow g {{ input day: string secret k defaults {{ timeout 1m }} {body} {TELL} }}"
        + 'flow h { defaults { timeout 1m } task deep = http.post(url: "https://a.example.com/x") }'
    )
    assert told("WF316", text, words)
    assert told("WF303", text, "")


@pytest.mark.parametrize("word", ["idempotent", 'effect safe "it looks first"', 'effect unsafe "it sends"'])
def test_what_the_author_says_of_a_retried_flow(word: str) -> None:
    text = flow(f"task t = flow.run(g) {word} retry fixed(attempts: 2, every: 1m)") + (
        'flow g { defaults { timeout 1m } task a = http.post(url: "https://a.example.com/x") }'
    )
    assert told("WF316", text, "of `a` in `g`" if "unsafe" in word else "")


@pytest.mark.parametrize(
    ("every", "expected"), [("12h", True), ("11h", False)]
)  # three pauses, and four attempts of a minute
def test_keys_that_are_forgotten(every: str, expected: bool) -> None:
    pay = 'task pay = stripe.refund(key: k, payment: "pi") idempotent by "r-{run.id}"'
    retried = f"{pay} retry fixed(attempts: 3, every: {every})"
    assert has("WF314", flow(f"secret k {retried} {TELL}")) is expected


@pytest.mark.parametrize(
    ("budget", "body", "message"),
    [
        ("attempts 8", f"task a = {PUT} task b = {OTHER}", ""),
        ("attempts 5", f"task a = {PUT} task b = {OTHER}", "6 attempts, its budget is 5: 3 + 3"),
        ("attempts 5", f'task a = {PUT} fallback shell("x")', ""),
        ("attempts 3", f'task a = {PUT} fallback shell("x")', "4 attempts, its budget is 3: 3 + 1"),
        ("attempts 3", f"input c: bool if c {{ task a = {PUT} }} else {{ task b = {OTHER} }}", ""),
        ("attempts 5", f"for i in [1, 2] {{ task a = {PUT} }}", "6 attempts, its budget is 5: 2 × 3"),
        ("attempts 5", f"input l: list<int> for i in l {{ task a = {PUT} }}", "nobody can know"),
        ("attempts 5", f"input l: list<int> for i in l[:2] {{ task a = {PUT} }}", "6 attempts"),
        ("attempts 5", f"input l: list<int> for i in l[1:2] {{ task a = {PUT} }}", "nobody can know"),
        ("attempts 5", f"task a = {PUT} -> {{ d: bool }} until a.body.d every 1m within 2m", "9 attempts"),
        ("cost 5 usd", f"task a = {PUT}", "no prices"),
        ("time 1h", f"task a = {PUT}", ""),
        ("attempts 8", f"task a = {BOTO} idempotent", "9 attempts, its budget is 8: 3 × 3 (boto3)"),
        ("attempts 9", f"task a = {BOTO} idempotent", ""),
        ("attempts 10", 'task a = k8s.logs(resource: "pod/a") no retry "once"', "11 attempts, its budget is 10: 11"),
    ],
)
def test_budgets(budget: str, body: str, message: str) -> None:
    head = f"budget {{ {budget} }} defaults {{ timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }}"
    found = [item.message for item in findings(flow(body, head)) if item.code == "WF315"]
    assert (not found) if not message else (len(found) == 1 and message in found[0]), found


def test_a_budget_counts_the_flows_that_are_run() -> None:
    text = nested(2, 3).replace("flow a {", "flow a { budget { attempts 7 }")
    assert "8 attempts, its budget is 7: 2 × (1 + 3)" in next(
        item.message for item in findings(text) if item.code == "WF315"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('try { task a = shell("x") } recover { }', True),
        ('try { task a = shell("x") } recover { task b = shell("y") }', False),
        ('try { task a = shell("x") } recover { fail "y" }', False),
        ('try { task a = shell("x") } recover { task b = shell("true") }', True),
        ('try { task a = shell("x") } recover { task b = shell("set -e\\n# later\\nexit 0") }', True),
        ('try { task a = shell("x") } recover { task b = python("return None") }', True),
        ('try { task a = shell("x") } recover { task b = shell("true") task c = shell("y") }', False),
        ('try { task a = shell("x") } recover { task b = shell("true || ./tell.sh") }', False),
        ('try { task a = shell("x") } recover { task b = shell("exit 1") }', False),
        ('try { task a = shell("x") } recover { task b = shell("echo went wrong") }', False),
        ('try { task a = shell("x") } recover { task b = python("return 1") -> int }', False),
        # what is idle, and what only looks like it
        ('try { task a = shell("x") } recover { task b = shell("# no; ./tell.sh\\nset -euo pipefail; :") }', True),
        ('try { task a = shell("x") } recover { task b = shell("set -- $(./tell.sh)") }', False),
        ('try { task a = shell("x") } recover { task b = shell("set -- a") }', False),
        ('try { task a = shell("x") } recover { task b = shell(": $(./tell.sh)") }', False),
        ('try { task a = shell("x") } recover { task b = shell("true > failed") }', False),
        ('try { task a = shell("x") } recover { task b = python("pass  # later; or never") }', True),
        ('try { task a = shell("x") } recover { task b = python("\'no; tell()\'\\nreturn") }', True),
        ('try { task a = shell("x") } recover { task b = python("pass; tell()") }', False),
        ('try { task a = shell("x") } recover { task b = shell("true") fallback shell("./tell.sh") }', False),
        ('defaults { timeout 1m allow WF505 "nobody minds" } try { task a = shell("x") } recover { }', False),
    ],
)
def test_silence(body: str, expected: bool) -> None:
    head = "" if body.startswith("defaults") else "defaults { timeout 1m }"
    assert has("WF505", flow(body, head)) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('said.s == "yes"', True),
        ('contains(lower(said.s), "yes")', True),
        ('"yes" == trim(said.s)', True),
        ('said.s in ["a", "b"]', True),
        ('said.s != ""', False),
        ("len(said.s) > 0", False),
        ("said.n > 3", False),
        ('said.kind == "a"', False),
        ('w == "yes"', False),
    ],
)
def test_conditions_on_what_a_model_wrote(condition: str, expected: bool) -> None:
    assert has("WF702", flow(f"input w: string {SAID} if {condition} {{ {CALL} }}")) is expected
    assert has("WF702", flow(f'input w: string {SAID} require {condition} else "x" {CALL}')) is expected


@pytest.mark.parametrize(
    ("between", "amount", "expected"),
    [
        ("", "said.n", True),
        ("", "said.n * 2", True),
        ("", "100", False),
        ("", "n", False),
        ('approve go = "Go?" timeout 1h', "said.n", False),
        ('require said.n < 5 else "x"', "said.n", False),
        ('require n < 5 else "x"', "said.n", True),
        ('input c: bool if c { approve go = "Go?" timeout 1h }', "said.n", True),
        (LAX, "said.n", True),
        (f'{LAX} require go.ok else "no"', "said.n", False),
    ],
)
def test_what_a_model_said_in_an_effect(between: str, amount: str, expected: bool) -> None:
    pay = f"task pay = {REFUND.format(amount)}"
    assert has("WF703", flow(f"secret k input n: int {SAID} {between} {pay} {TELL}")) is expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('http.post(url: "https://api.stripe.com/v1/refunds", form: { amount: said.n })', True),
        ('http.post(url: "https://api.example.com/v1/refunds", form: { amount: said.n })', False),
        (
            'http.post(url: "https://api.example.com/refunds", json: { n: said.n }) effect unsafe, irreversible "x"',
            True,
        ),
        ('http.delete(url: "https://a.example.com/{said.s}")', True),
        ('http.delete(url: "https://a.example.com/{said.kind}")', False),
        ('shell("kubectl delete ns \\"$N\\"", env: { N: said.s })', True),
        ('shell("kubectl get ns \\"$N\\"", env: { N: said.s })', False),
        ('shell("./pay", env: { N: said.n }) effect keyed, irreversible "it pays"', True),
        ('python("return n", args: { n: said.n }) -> int effect unsafe, irreversible "it pays"', True),
        ('sql.execute(url: k, sql: "delete from t where id = :id", params: { id: said.n })', True),
        ('sql.execute(url: k, sql: "update t set n = :id", params: { id: said.n })', False),
        ("slack.post(url: k, text: said.s)", False),
    ],
)
def test_what_a_model_said_in_effects_of_all_kinds(call: str, expected: bool) -> None:
    assert has("WF703", flow(f"secret k {SAID} task a = {call} {TELL}")) is expected
    chosen = call.replace("said.n", "1").replace("said.s", '"x"').replace("said.kind", '"x"')
    text = flow(f'secret k {SAID} if said.kind == "a" {{ task a = {chosen} }} {TELL}')
    assert has("WF705", text) is (expected or "{said.kind}" in call)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('parallel { approve go = "Go?" timeout 1h task a = http.delete(url: "https://a.example.com/x") }', True),
        (
            'parallel { approve go = "Go?" timeout 1h task a = http.delete(url: "https://a.example.com/x") after go }',
            False,
        ),
        (
            'parallel { approve go = "Go?" timeout 1h after a task a = http.delete(url: "https://a.example.com/x") }',
            False,
        ),
        (f'parallel {{ approve go = "Go?" timeout 1h task a = {PUT} }}', False),
        ('approve go = "Go?" timeout 1h task a = http.delete(url: "https://a.example.com/x")', False),
        (f"{LAX} task a = {DELETE}", True),
        (f"{LAX} if go.ok {{ task a = {DELETE} }}", False),
        (f"{LAX} task a = {DELETE} when go.ok", False),
        (f"{LAX} task a = {PUT}", False),
        (f"task a = {DELETE} {LAX}", False),
        ('parallel { approve go = "Go?" timeout 1h task a = shell("kubectl delete ns x") }', True),
    ],
)
def test_gates(body: str, expected: bool) -> None:
    assert has("WF707", flow(body)) is expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('llm.generate(prompt: "p {json(e.body)}")', True),
        ('llm.generate(prompt: "p", data: e.body)', False),
        ('llm.generate(prompt: "p {w}")', False),
        ("llm.generate(prompt: json(page.body))", True),
    ],
)
def test_prompts(call: str, expected: bool) -> None:
    head = 'on webhook(path: "x") as e'
    page = 'input w: string = "x" task page = http.get(url: "https://a.example.com/x")'
    assert has("WF711", flow(f"{page} task a = {call}", f"{head} defaults {{ timeout 1m }}")) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ('"https://{e.headers["h"] ?? "a"}/x"', True),
        ('"{e.headers["h"] ?? "a"}"', True),
        ('"https://a.example.com/{e.headers["h"] ?? "a"}"', False),
        ('"https://a.example.com?x={e.headers["h"] ?? "a"}"', False),
        ('"https://{w}/x"', False),
        ('"https://{said.s}/x"', True),
        ('"https://{said.kind}.example.com/x"', False),
    ],
)
def test_hosts(url: str, expected: bool) -> None:
    head = 'on webhook(path: "x") as e input w: string = "a" defaults { timeout 1m }'
    assert has("WF611", flow(f"{SAID} task a = http.get(url: {url})", head)) is expected


def two(first: str, second: str) -> str:
    """Two flows of one project: each its trigger and its task."""
    policy = "defaults { timeout 20m retry fixed(attempts: 3, every: 1m) }"
    return f"flow a {{ {policy.join(first.split('|'))} }}\nflow b {{ {policy.join(second.split('|'))} }}\n"


DAILY = 'on schedule("0 5 * * *", timezone: "UTC") | task w = {0}'
LATER = 'on schedule("{0} * * *", timezone: "{1}") | task r = {2}'


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (DAILY.format(PUT), DAILY.format(PUT), True),
        (DAILY.format(PUT), DAILY.format(OTHER), False),
        (DAILY.format(PUT), f"| task w = {PUT}", False),
        (DAILY.format(PUT), f"on flow(a) | task w = {PUT}", False),
        (
            DAILY.format('http.put(url: "https://a.example.com/{run.date}", json: {})'),
            DAILY.format('http.put(url: "https://a.example.com/{run.date}", json: {})'),
            False,
        ),
    ],
)
def test_two_flows_that_write(first: str, second: str, expected: bool) -> None:
    assert has("WF904", two(first, second)) is expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (LATER.format("30 5", "UTC", 'http.get(url: "https://a.example.com/x")'), True),
        (LATER.format("1 6", "UTC", 'http.get(url: "https://a.example.com/x")'), True),
        (LATER.format("2 6", "UTC", 'http.get(url: "https://a.example.com/x")'), False),
        (LATER.format("59 4", "UTC", 'http.get(url: "https://a.example.com/x")'), False),
        (LATER.format("30 5", "Europe/Berlin", 'http.get(url: "https://a.example.com/x")'), False),
        (LATER.format("30 5", "UTC", 'http.get(url: "https://a.example.com/y")'), False),
        ('on flow(a) | task r = http.get(url: "https://a.example.com/x")', False),
    ],
)
def test_a_reader_that_is_early(second: str, expected: bool) -> None:
    """The writer may take 3 × 20m and two pauses of a minute: 62 minutes."""
    assert has("WF905", two(DAILY.format(PUT), second)) is expected


@pytest.mark.parametrize(
    ("code", "head", "minutes", "expected"),
    [
        ("WF801", 'on schedule("0 * * * *", timezone: "UTC")', 31, True),  # 2 × 31m + 1m are more than an hour
        ("WF801", 'on schedule("0 * * * *", timezone: "UTC")', 29, False),
        ("WF312", 'on schedule("0 * * * *", timezone: "UTC") concurrency 1 queue', 31, True),
        ("WF312", 'on schedule("0 * * * *", timezone: "UTC") concurrency 1 queue', 29, False),
        ("WF310", "budget { time 1h }", 31, True),
        ("WF310", "budget { time 1h }", 29, False),
    ],
)
def test_a_flow_that_is_run_takes_its_time(code: str, head: str, minutes: int, expected: bool) -> None:
    text = f"flow f {{ {head} task t = flow.run(g) idempotent retry fixed(attempts: 2, every: 1m) }}\n" + (
        f'flow g {{ task a = shell("./a") timeout {minutes}m }}\n'
    )
    assert (code in {item.code for item in findings(text, "flow.wf", "WF310", "WF312")}) is expected


def test_flows_in_a_circle_take_no_time_that_is_known() -> None:
    text = 'flow f { on schedule("* * * * *", timezone: "UTC") task t = flow.run(f) }\n'
    assert not has("WF801", text)


@pytest.mark.parametrize(
    ("wait", "attempts", "key", "numbers"),
    [
        # an approval of 20h and a payment of a minute in each of two runs, an hour between them
        ("20h", 2, "r-{n}", "1d17h2m (2 × 20h1m + 1h of pauses)"),
        ("11h", 2, "r-{n}", ""),  # 2 × 11h1m + 1h
        ("20h", 1, "r-{n}", ""),
        ("20h", 2, "r-{run.id}", ""),  # the second run has another key
    ],
)
def test_keys_that_are_forgotten_between_two_runs(wait: str, attempts: int, key: str, numbers: str) -> None:
    text = f"""
flow outer {{ task t = flow.run(pays, n: 1) idempotent retry fixed(attempts: {attempts}, every: 1h) }}
flow pays {{
  input n: int
  secret k
  approve go = "Go?" timeout {wait}
  task pay = stripe.refund(key: k, payment: "pi") idempotent by "{key}" timeout 1m
}}
"""
    assert told("WF314", text, numbers)


BOOKED = f"task a = {PUT} -> {{ id: string }}"
CANCEL = 'http.delete(url: "https://a.example.com/x/{a.body.id}")'


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        (f"undo also on timeout {CANCEL}", True),
        (f"undo {CANCEL}", False),
        (f"undo also on timeout {CANCEL.replace('{a.body.id}', '{n}')}", False),
        (f"undo also on timeout {CANCEL.replace('{a.body.id}', '{before.body.id}')}", False),
        ('undo also on timeout shell("./u", env: { ID: a.body.id })', True),
        (f'fallback value {{ status: 200, headers: {{}}, body: {{ id: "x" }} }} undo also on timeout {CANCEL}', False),
    ],
)
def test_an_undo_that_reads_an_answer_that_never_came(clauses: str, expected: bool) -> None:
    before = BOOKED.replace("task a", "task before").replace("/x", "/before")
    text = flow(f"input n: string {before} {BOOKED} {clauses} task b = {OTHER}")
    assert has("WF504", text) is expected


def test_such_an_undo_fails_when_the_flow_runs() -> None:
    told = 'test "late" { given a takes 2m expect undo a failed }'
    text = flow(f"{BOOKED} undo also on timeout {CANCEL} task b = {OTHER} {told}")
    project = load_texts([("f.wf", text)]).project
    assert [result.failures for result in run_tests(project, project.flows[0])] == [()]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("curl -fsS -X POST https://a.example.com/x -d y", True),
        ("aws sns publish --topic-arn x --message y", True),
        ("curl -fsS https://a.example.com/x -o y", False),
        ("curl -fsS -X PUT https://a.example.com/x -d y", False),
        ("./deploy.sh", False),  # nobody knows
        ("mkdir /data/x", False),  # started again it fails, and says so
        ("echo a >> /data/x", False),
    ],
)
def test_scripts_that_send_what_can_not_be_sent_again(script: str, expected: bool) -> None:
    body = f'task a = shell("{script}") no retry "once" task b = {OTHER}'
    assert has("WF501", flow(body)) is expected
    assert not has("WF501", flow(f"{body} {TELL}"))
    assert not has("WF501", flow(body.replace('no retry "once"', 'no retry "once" idempotent')))


def test_flows_in_flows_as_deep_as_they_go() -> None:
    deep = "".join(f"flow f{n:02} {{ task t = flow.run(f{n + 1:02}) }} " for n in range(1, 60))
    last = f"flow f60 {{ defaults {{ timeout 1h }} task a = {PUT} }} "
    top = "flow f00 { budget { time 1m } task t = flow.run(f01) }"
    assert [item.message for item in findings(deep + last + top, "f.wf", "WF310") if item.code == "WF310"] == [
        "the body may take 1h (`t` 1h), the budget is 1m"
    ]
