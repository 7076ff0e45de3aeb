"""Where a value comes from × where it ends × what lies between: one flow for each cell.

The rule of each cell, which is not taken from the checks: secrets go into no log, message, URL or prompt; what somebody
outside sent, and what a model wrote, goes into no shell, SQL, host or effect that can't be undone, unless it was
validated (`require`, a type without room for a text) or a person approved. A shell, SQL or Python text that runs a
value as code is wrong after an approval too, for the person sees the value and not what it does. `argv` is no sink for
secrets: docs/checks-evaluation.md has the figure.
"""

from __future__ import annotations

import pytest

from checks.finding import HEAD, codes, flow

BEGIN = (
    'secret k input asked: string task page = http.get(url: "https://a.example.com/x") '
    'task sent = python("return t", args: { t: e.body }) -> { s: string, n: int, kind: "a" | "b" } '
    'task said = llm.extract(prompt: "p", data: "d") -> { s: string, n: int, kind: "a" | "b" } '
    'task rows = sql.query(url: k, sql: "select s from t where n = :n", params: { n: sent.n }) -> list<{ s: string }>'
)
TELL = 'on failure { task tell = shell("x") }'
SOURCES = {
    "trigger": 'e.headers["a"] ?? "b"',
    "handed on": "sent.s",
    "model": "said.s",
    "model's number": "said.n",
    "model's enum": "said.kind",
    "trigger's number": "sent.n",
    "trigger's enum": "sent.kind",
    "database": "rows[0].s",
    "constant": '"b"',
}
CODE = {
    "eval": 'shell("eval \\"$V\\"", env: { V: {0} })',
    "sh -c": 'shell("sh -c \\"ls $V\\"", env: { V: {0} })',
    "pipe into sh": 'shell("echo \\"$V\\" | sh", env: { V: {0} })',
    "ssh": 'shell("ssh web1 \\"ls $V\\"", env: { V: {0} })',
    "psql": 'shell("psql -c \\"select $V\\"", env: { V: {0} })',
    "os.system": 'python("import os\\nos.system(v)", args: { v: {0} })',
    "subprocess": 'python("from subprocess import run\\nrun(v, shell=True)", args: { v: {0} })',
    "cursor.execute": "python(\"cursor.execute('select ' + v)\", args: { v: {0} })",
}
LASTING = {
    "refund": 'stripe.refund(key: k, payment: "{{0}}") idempotent by "r-{run.id}"',
    "money by http": 'http.post(url: "https://api.stripe.com/v1/refunds", form: { charge: {0} })',
    "http.delete": 'http.delete(url: "https://a.example.com/{{0}}")',
    "kubectl delete": 'shell("kubectl delete ns \\"$V\\"", env: { V: {0} })',
    "irreversible script": 'shell("./pay \\"$V\\"", env: { V: {0} }) effect keyed, irreversible "pays"',
    "sql delete": 'sql.execute(url: k, sql: "delete from t where s = :s", params: { s: "{{0}}" })',
}
HOST = {"host": 'http.get(url: "https://{{0}}/x")'}
HARMLESS = {
    "argument": 'shell("./x \\"$V\\"", env: { V: {0} })',
    "parameter": 'sql.execute(url: k, sql: "update t set s = :s where n = 1", params: { s: "{{0}}" })',
    "body": 'http.put(url: "https://a.example.com/x", json: { v: {0} })',
    "message": 'slack.post(url: k, text: "{{0}}")',
    "data": 'llm.generate(prompt: "p", data: {0})',
    "subprocess list": "python(\"import subprocess\\nsubprocess.run(['ls', v])\", args: { v: {0} })",
}
PROMPT = {"prompt": 'llm.generate(prompt: "p {{0}}")'}
SINKS = {
    name: (group, call)
    for group, calls in (
        ("code", CODE),
        ("lasting", LASTING),
        ("host", HOST),
        ("prompt", PROMPT),
        ("harmless", HARMLESS),
    )
    for name, call in calls.items()
}
NOT_ASKED = 'approve go = "Go?" -> { ok: bool } timeout 1h fallback value { ok: false }'
BETWEEN = {
    "nothing": "",
    "require": 'require {0} in [A, B] else "no"',
    "approve": 'approve go = "Go?" timeout 1h',
    "approve that lets all pass": NOT_ASKED,
    "arm of a comparison": "if {0} == A { § }",
    "both of two comparisons": 'if asked == "x" and {0} in [A, B] { § }',
    "failed before": 'if not ({0} in [A, B]) { fail "no" }',
    "else of a comparison": "if {0} == A { task o = sleep(1s) } else { § }",
    "one of two comparisons": 'if {0} == A or asked == "x" { § }',
    "require not": 'require not ({0} == A) else "no"',
    "yes of an approve": f"{NOT_ASKED} if go.ok {{ § }}",
    "no of an approve": f"{NOT_ASKED} if go.ok {{ task o = sleep(1s) }} else {{ § }}",
    "approve beside it": 'parallel { approve go = "Go?" timeout 1h § }',
    "approve that it waits for": 'parallel { §after go approve go = "Go?" timeout 1h }',
}
"""What lies between, § being the task, A and B constants; what stands without § goes before it."""
COMPARED = ("require", "arm of a comparison", "both of two comparisons", "failed before")
CHECKED = (*COMPARED, "approve", "require not", "yes of an approve", "approve that it waits for")
FREE = ("trigger", "handed on", "model")
TOLD = {"WF601", "WF608", "WF611", "WF703", "WF711"}


def expected(source: str, group: str, between: str) -> set[str]:
    """The codes of a cell, by the rule on top."""
    checked = between in CHECKED
    code = {
        ("code", "trigger"): "WF601",
        ("code", "handed on"): "WF601",
        ("code", "model"): "WF601",
        ("code", "database"): "WF601",  # the rows may hold what a stranger once wrote: code is never bound
        ("lasting", "trigger"): "" if checked else "WF608",
        ("lasting", "handed on"): "" if checked else "WF608",
        ("lasting", "model"): "" if checked else "WF703",
        ("lasting", "model's number"): "" if checked else "WF703",
        ("host", "trigger"): "WF611",
        ("host", "handed on"): "WF611",
        ("host", "model"): "WF611",
        ("prompt", "trigger"): "WF711",
        ("prompt", "handed on"): "WF711",
    }.get((group, source), "")
    if group in ("host", "code") and between in COMPARED:
        code = ""
    return {code} - {""}


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("source", SOURCES)
def test_a_cell(source: str, sink: str, between: str) -> None:
    group, call = SINKS[sink]
    value = SOURCES[source]
    one, other = ("3", "4") if source.endswith("number") else ('"a"', '"b"')
    gate = BETWEEN[between].replace("{0}", f"({value})").replace("A", one).replace("B", other)
    task = f"task a = {call.replace('{0}', value)} "
    text = flow(
        f"{BEGIN} {gate.replace('§', task) if '§' in gate else gate + ' ' + task} {TELL}",
        f'on webhook(path: "x") as e {HEAD}',
    )
    found = codes(text)
    assert not [code for code in found if code < "WF100" or code in ("WF101", "WF102", "WF201", "WF202")], text
    assert TOLD & {*found} == expected(source, group, between), text


SECRETS = {
    'shell("echo \\"$K\\"", env: { K: k })': {"WF604"},
    'shell("logger \\"$K\\"", env: { K: k })': {"WF604"},
    'shell("env | sort", env: { K: k })': {"WF604"},
    'shell("set -x; ./x", env: { K: k })': {"WF604"},
    'shell("echo \\"t=$K\\" >> \\"$WFC_OUTPUT\\"", env: { K: k }) -> { t: string }': {"WF604"},
    'python("print(v)", args: { v: k })': {"WF604"},
    'python("raise ValueError(v)", args: { v: k })': {"WF604"},
    'python("return v", args: { v: k }) -> string': {"WF604"},
    'http.get(url: "https://a.example.com/x?k={k}")': {"WF604"},
    'http.get(url: "https://a.example.com/x", query: { k: k })': {"WF604"},
    'http.get(url: "https://u:{k}@a.example.com/x")': {"WF604"},
    'http.get(url: "http://a.example.com/x", auth: bearer(k))': {"WF605"},
    'llm.generate(prompt: "p", data: { k: k })': {"WF604"},
    'llm.generate(prompt: "p {k}")': {"WF201"},
    'slack.post(url: k, text: "{k}")': {"WF201"},
    'shell("./x", env: { K: k })': set(),
    'shell("printf %s \\"$K\\" | ./x", env: { K: k })': set(),
    'shell("curl -H \\"X: $K\\" https://a.example.com", env: { K: k })': set(),
    'python("return login(v)", args: { v: k }) -> string': set(),
    'http.get(url: "https://a.example.com/x", auth: bearer(k))': set(),
    'http.post(url: "https://a.example.com/x", json: { k: k })': set(),
    "http.get(url: k)": set(),
}


@pytest.mark.parametrize("call", SECRETS)
def test_a_secret(call: str) -> None:
    found = {*codes(flow(f"secret k task a = {call} {TELL}"))}
    assert found & {"WF001", "WF102", "WF201", "WF202", "WF604", "WF605"} == SECRETS[call]
