"""Marks of values: where they come from, how they travel, where they end."""

from __future__ import annotations

import pytest

from wfc import ir
from wfc.pipeline import load_texts
from wfc.taint import AI, AI_DECIDED, UNTRUSTED, Taints, taints

FLOW = """flow f {
  on webhook(path: "/x") as event
  input asked: string
  input from_event: json = event.body
  task page = http.get(url: "https://a.example/{asked}") -> { title: string, count: int }
  task answer = llm.extract(prompt: "Read it.", data: { page: page.body.title }) -> { name: string, sure: bool }
  task kind = llm.classify(prompt: "What is it?", data: { asked: asked }) -> "a" | "b"
  task script = shell("./x", env: { NAME: answer.name }) -> { out: string, n: int }
  task rows = sql.query(url: asked, sql: "select name from t", params: { id: answer.name }) -> list<string>
  task own = shell("./y", env: { ASKED: asked }) -> { out: string }
  task other = sql.query(url: asked, sql: "select 1") -> list<int> fallback python("return x", args: { x: answer.name })
  approve person = "Go?" -> { note: string } timeout 1d
  for item in [event.body.a ?? "x", "y"] {
    task each = shell("./z", env: { ITEM: item }) -> { out: string }
  }
"""
BOTH = frozenset([UNTRUSTED, AI])


def marks_of(expression: str) -> frozenset[str]:
    """The marks of an expression at the end of FLOW."""
    loaded = load_texts([("f.wf", f'{FLOW}  task probe = shell("./p", env: {{ P: {expression} }})\n}}\n')])
    assert loaded.diagnostics == ()
    flow = loaded.project.flows[0]
    probe = flow.body[-1]
    assert isinstance(probe, ir.Task)
    assert isinstance(probe.call.op, ir.Shell)
    return taints(probe.call.op.env[0][1], flow)


@pytest.mark.parametrize(
    ("expression", "marks"),
    [
        ("asked", frozenset()),
        ('"constant"', frozenset()),
        ("run.id", frozenset()),
        ("event.body", {UNTRUSTED}),
        ("from_event", {UNTRUSTED}),
        ('event.headers["x"] ?? "none"', {UNTRUSTED}),
        ("page.body.title", {UNTRUSTED}),
        ("page.body.count", frozenset()),
        ('"{page.body.count} pages"', frozenset()),
        ('"about {page.body.title}"', {UNTRUSTED}),
        ("len(page.body.title)", frozenset()),
        ("upper(page.body.title)", {UNTRUSTED}),
        ("answer.name", BOTH),
        ("answer.sure", {AI_DECIDED}),
        ('"sure: {answer.sure}"', {AI_DECIDED}),
        ("kind", {AI_DECIDED}),
        ("script.out", BOTH),
        ("script.n", {AI_DECIDED}),
        ("rows", frozenset()),
        ("own.out", frozenset()),
        ("other", BOTH),
        ("person.note", frozenset()),
        ("[x.out for x in each]", {UNTRUSTED}),
        ("[x for x in [answer.name]]", BOTH),
        ('if answer.sure then "a" else asked', {AI_DECIDED}),
        ("{ a: asked, b: answer.name }", BOTH),
    ],
)
def test_marks(expression: str, marks: frozenset[str]) -> None:
    assert marks_of(expression) == marks


def test_of_a_long_chain() -> None:
    """Three thousand tasks, each fed by the one before: neither deep nor slow."""
    tasks = ['task t0 = http.get(url: "https://a.example") -> { out: string }']
    tasks.append('task t1 = shell("x", env: { A: t0.body.out }) -> { out: string }')
    tasks += [f'task t{n} = shell("x", env: {{ A: t{n - 1}.out }}) -> {{ out: string }}' for n in range(2, 3000)]
    flow = load_texts([("f.wf", "flow f {\n" + "\n".join(tasks) + "\n}\n")]).project.flows[0]
    assert Taints(flow).tasks["t2999"] == {UNTRUSTED}


def test_against_the_text_in_parallel() -> None:
    text = """flow f {
      parallel {
        task c = shell("c", env: { B: b.out }) -> { out: string }
        task b = shell("b", env: { A: a.body.out }) -> { out: string }
        task a = http.get(url: "https://a.example") -> { out: string }
      }
    }
    """
    assert Taints(load_texts([("f.wf", text)]).project.flows[0]).tasks["c"] == {UNTRUSTED}
