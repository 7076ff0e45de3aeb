"""The way of a value from its source to its sink, as the labels of a finding: written by hand, in order of the way."""

from __future__ import annotations

import pytest

from checks.finding import findings
from wfc import ir
from wfc.checks.common import way
from wfc.pipeline import load_texts
from wfc.source import Span
from wfc.taint import AI_DECIDED, UNTRUSTED, Taints

HEAD = """flow f {
  on webhook(path: "/x", secret: "hook") as event
  secret hook, api_key, pay_key
  defaults { timeout 1m no retry "a test" }
"""
HOOK = ('on webhook(path: "/x", secret: "hook") as event', "(1) somebody outside sends this")
REFUND = 'stripe.refund(key: pay_key, payment: "pi"'

WAYS = [
    pytest.param(
        "WF601",
        'task t = shell("eval \\"$C\\"", env: { C: event.headers["x"] ?? "" })',
        [
            ('on webhook(path: "/x", secret: "hook") as event', "somebody outside sends this"),
            ('event.headers["x"] ?? ""', "this comes from outside"),
        ],
        id="straight into a script",
    ),
    pytest.param(
        "WF601",
        'let named = event.headers["x"] ?? "nobody" '
        'task clean = shell("./c \\"$N\\"", env: { N: "hello {named}" }) -> { out: string } '
        'for word in [clean.out, "b"] { task t = shell("eval \\"$C\\"", env: { C: word }) }',
        [
            HOOK,
            ('event.headers["x"] ?? "nobody"', "(2) `let named` holds it"),
            ("clean", "(3) `clean` hands it on"),
            ('[clean.out, "b"]', "(4) `word` is one of these"),
            ("word", "this comes from outside"),
        ],
        id="by a let, a task and a loop",
    ),
    pytest.param(
        "WF601",
        'input given: json = event.body task t = shell("eval \\"$C\\"", env: { C: given })',
        [
            HOOK,
            ("input given: json = event.body", "(2) the default of `given` holds it"),
            ("given", "this comes from outside"),
        ],
        id="by the default of an input",
    ),
    pytest.param(
        "WF601",
        'task said = llm.generate(prompt: "Write a command.") task t = shell("eval \\"$C\\"", env: { C: said })',
        [("said", "`said` is what a model says"), ("said", "a model wrote this")],
        id="a model's command",
    ),
    pytest.param(
        "WF604",
        'let keys = { one: api_key } task t = http.put(url: "https://a.example.com", query: { k: keys.one })',
        [("api_key", "(1) the secret `api_key`"), ("{ one: api_key }", "(2) `let keys` holds it")],
        id="a secret in a query",
    ),
    pytest.param(
        "WF604",
        'task t = shell("echo \\"$K\\"", env: { K: api_key })',
        [("api_key", "the secret `api_key`")],
        id="a secret that is printed",
    ),
    pytest.param(
        "WF605",
        'task login = http.post(url: "https://a.example.com/login") -> { token: secret } '
        'task t = http.put(url: "http://a.example.com", auth: bearer(login.body.token))',
        [("login", "`login` gives a secret")],
        id="a secret that a task has got",
    ),
    pytest.param(
        "WF703",
        'task said = llm.extract(prompt: "p", data: "d") -> { n: int } '
        'task round = python("return x", args: { x: said.n }) -> { n: int } '
        f'task t = {REFUND}, amount: round.n) idempotent by "{{run.id}}"',
        [("said", "(1) `said` is what a model says"), ("round", "(2) `round` hands it on")],
        id="an amount of a model's",
    ),
    pytest.param(
        "WF611",
        'task said = llm.extract(prompt: "p", data: "d") -> { host: string } '
        'task t = http.put(url: "https://{said.host}.example.com/x")',
        [
            ("said", "`said` is what a model says"),
            ('http.put(url: "https://{said.host}.example.com/x")', "sent from inside, with what the flow may see"),
        ],
        id="a host of a model's",
    ),
    pytest.param(
        "WF711",
        'task page = http.get(url: "https://a.example.com") task t = llm.generate(prompt: "Sum {json(page.body)}")',
        [
            ("page", "`page` is what a server answers"),
            ('llm.generate(prompt: "Sum {json(page.body)}")', "the model reads it as the author's words"),
        ],
        id="a page in a prompt",
    ),
    pytest.param(
        "WF403",
        'task said = llm.extract(prompt: "p", data: "d") -> { id: string } '
        'task t = http.post(url: "https://a.example.com") idempotent by said.id',
        [
            ("said", "`said` is what a model says"),
            ('http.post(url: "https://a.example.com")', "`POST https://a.example.com` would be done again"),
        ],
        id="a key of a model's",
    ),
    pytest.param(
        "WF705",
        'task kind = llm.classify(prompt: "p", data: "d") -> "yes" | "no" '
        'task copied = shell("./c", env: { K: kind }) -> { k: string } '
        f'if copied.k == "yes" {{ task t = {REFUND}) idempotent by "{{run.id}}" }}',
        [
            ("kind", "(1) `kind` is what a model says"),
            ("copied", "(2) `copied` hands it on"),
            ('copied.k == "yes"', "the model's answer chooses here"),
        ],
        id="a choice of a model's",
    ),
]


@pytest.mark.parametrize(("code", "body", "labels"), WAYS)
def test_the_way_is_shown(code: str, body: str, labels: list[tuple[str, str]]) -> None:
    text = f"{HEAD}  {body}\n}}\n"
    found = [item for item in findings(text) if item.code == code]
    assert len(found) == 1
    assert [(text[label.span.start : label.span.end], label.text) for label in found[0].labels] == labels


def chain(length: int) -> tuple[Taints, ir.Task]:
    """The taints of a chain of tasks behind an event, and its last task, which reads the one before it."""
    tasks = ['task t0 = shell("./x", env: { V: event.headers["x"] ?? "" }) -> { v: string }']
    tasks += [f'task t{n} = shell("./x", env: {{ V: t{n - 1}.v }}) -> {{ v: string }}' for n in range(1, length)]
    flow = load_texts([("f.wf", HEAD + "\n".join(tasks) + "\n}\n")]).project.flows[0]
    last = flow.body[-1]
    assert isinstance(last, ir.Task)
    return Taints(flow), last


def test_a_long_chain_is_followed_without_recursion_and_shortened() -> None:
    marks, last = chain(2_000)
    assert isinstance(last.call.op, ir.Shell)
    steps = marks.path(last.call.op.env[0][1], UNTRUSTED)
    assert len(steps) == 2_000
    assert [label.text for label in way(steps)] == [
        "(1) somebody outside sends this",
        "(2) `t0` hands it on",
        "(3) … 1996 steps",
        "(1999) `t1997` hands it on",
        "(2000) `t1998` hands it on",
    ]
    assert marks.path(last.call.op.env[0][1], AI_DECIDED) == ()


def test_the_shortest_way_is_taken() -> None:
    text = (
        f'{HEAD} task far = shell("./x", env: {{ V: event.headers["x"] ?? "" }}) -> {{ v: string }} '
        'task t = shell("eval \\"$C\\"", env: { C: "{far.v} {event.headers["y"] ?? "no"}" })\n}\n'
    )
    (found,) = [item for item in findings(text) if item.code == "WF601"]
    assert [label.text for label in found.labels] == ["somebody outside sends this", "this comes from outside"]


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (1, 1), (5, 5), (6, 5), (7, 5)])
def test_at_most_five_labels(number: int, shown: int) -> None:
    labels = way(tuple((Span(n, n + 1, "f.wf"), f"step {n}") for n in range(number)))
    assert len(labels) == shown
