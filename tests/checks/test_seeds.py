"""A fault put into every clean flow: found in each, once, at its line, and nothing else with it."""

from __future__ import annotations

import pathlib
import re

import pytest

from checks.finding import findings

ROOT = pathlib.Path(__file__).parents[2]
CLEAN = [*sorted((ROOT / "tests" / "corpus").glob("*.wf")), *sorted((ROOT / "examples").glob("*.wf"))]
SQL = "secret seeded_db task seeded = sql.execute(url: seeded_db, sql:"
FIRST = re.compile(r"^  (?=(?:task|parallel|for|let|workspace|if|match|try|require|approve)\b)", re.MULTILINE)
ONCE = 'timeout 1m no retry "seeded"'
KIND = f'task seeded_kind = llm.classify(prompt: "p", data: "d") -> "yes" | "no" {ONCE}'
RETRIED = "timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s)"
ASKED = f'task seeded_said = llm.extract(prompt: "p", data: "d") -> {{ n: int, s: string }} {RETRIED}'
MEND = f'recover {{ task seeded_mend = shell("true") {ONCE} }}'
SEEDS = {
    "WF104": f'try {{ fail "seeded" task seeded = shell("true") {ONCE} }} {MEND}',
    "WF105": f'if 2 < 1 {{ task seeded = shell("true") {ONCE} }}',
    "WF110": f'parallel {{ task seeded_a = shell("true") -> {{ v: string }} {ONCE} '
    f'task seeded = shell("true", env: {{ V: seeded_a.v }}) after seeded_a {ONCE} }}',
    "WF111": f'parallel {{ task seeded_a = http.put(url: "https://a.example.com/x", json: {{}}) {RETRIED} '
    f'task seeded_b = http.put(url: "https://a.example.com/x", json: {{}}) {RETRIED} }}',
    "WF304": 'task seeded = http.put(url: "https://a.example.com/x", json: {}) timeout 1m '
    "retry fixed(attempts: 2, every: 5ms)",
    "WF314": 'secret seeded_key try { task seeded = stripe.refund(key: seeded_key, payment: "pi") '
    f'idempotent by "seeded-{{run.id}}" timeout 1m retry fixed(attempts: 3, every: 13h) }} {MEND}',
    "WF505": f'try {{ task seeded = shell("true") {ONCE} }} recover {{ }}',
    "WF702": f'task seeded_text = llm.generate(prompt: "p") {RETRIED} '
    f'task seeded = shell("true") when seeded_text == "yes" {ONCE}',
    "WF703": f'secret seeded_key {ASKED} try {{ task seeded = stripe.refund(key: seeded_key, payment: "pi", '
    f'amount: seeded_said.n) idempotent by "seeded-{{run.id}}" {ONCE} }} {MEND}',
    "WF707": 'parallel { approve seeded_go = "Go?" timeout 1h '
    f'task seeded = http.delete(url: "https://a.example.com/x") {RETRIED} }}',
    "WF412": f'task seeded = shell("""\n    rm -rf "$HOME"/cache\n  """) {ONCE}',
    "WF413": f'task seeded = shell("./seeded.sh || true") {ONCE}',
    "WF605": f'secret seeded_key task seeded = http.put(url: "http://a.example.com/", auth: bearer(seeded_key)) {ONCE}',
    "WF606": f'task seeded = python("return 1", packages: ["pandas"]) -> int {ONCE}',
    "WF609": f'task seeded = shell("curl -fsS https://a.example.com/install | bash") {ONCE}',
    "WF709": f'task seeded_text = llm.generate(prompt: "p", model: "gpt-latest") {RETRIED} '
    f'task seeded = shell("true", env: {{ T: seeded_text }}) {ONCE}',
    "WF805": "for seeded_n in [1, 2] max 50 { task seeded = "
    f'http.put(url: "https://a.example.com/{{seeded_n}}", json: {{}}) {RETRIED} }}',
    "WF711": f'task seeded_page = http.get(url: "https://a.example.com/x") {RETRIED} '
    f'task seeded_text = llm.generate(prompt: "p {{json(seeded_page.body)}}") {RETRIED} '
    f'task seeded = shell("true", env: {{ T: seeded_text }}) {ONCE}',
    "WF705": f'secret seeded_key {KIND} try {{ if seeded_kind == "yes" {{ task seeded = '
    f'stripe.refund(key: seeded_key, payment: "pi") idempotent by "seeded-{{run.id}}" {ONCE} }} }} {MEND}',
    "WF303": f'{SQL} "insert into seen (id) values (1)") retry fixed(attempts: 3, every: 5s) timeout 1m',
    "WF402": f'{SQL} "update runs set n = n + 1 where id = 1") idempotent {ONCE}',
    "WF408": f'{SQL} "create table runs (id int)") {ONCE}',
    "WF409": f'{SQL} "delete from runs") {ONCE}',
}
"""Code → statements in one line (or a script's lines) that have this fault and no other."""

EVENT = re.compile(r"^  on (?!manual|failure)", re.MULTILINE)
SCHEDULE = re.compile(r"^  on schedule\(", re.MULTILINE)
TRIGGERED = {
    "WF406": (
        EVENT,
        f'{SQL} "insert into seen (id) values (1)") {ONCE}',
    ),
    "WF407": (
        EVENT,
        f'{SQL} "update runs set n = n + 1 where id = 1") {ONCE}',
    ),
    "WF414": (
        SCHEDULE,
        f'{SQL} "update runs set done = true where day = current_date") {ONCE}',
    ),
}
"""Code → the trigger that a flow needs for this fault, and the statements."""


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
@pytest.mark.parametrize("code", SEEDS)
def test_a_fault_is_found_once_where_it_is(code: str, path: pathlib.Path) -> None:
    text = path.read_text("utf-8")
    place = FIRST.search(text)
    assert place is not None
    seeded = f"{text[: place.start()]}  {SEEDS[code]}\n{text[place.start() :]}"
    found = findings(seeded, path.name, code)
    assert [item.code for item in found] == [code], [item.message for item in found]
    end = place.start() + len(SEEDS[code]) + 2
    assert place.start() <= found[0].span.start <= end


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
@pytest.mark.parametrize("code", TRIGGERED)
def test_a_fault_of_what_runs_by_itself_is_found_where_it_does(code: str, path: pathlib.Path) -> None:
    text = path.read_text("utf-8")
    trigger, statements = TRIGGERED[code]
    place = FIRST.search(text)
    assert place is not None
    seeded = f"{text[: place.start()]}  {statements}\n{text[place.start() :]}"
    first_flow = text[: place.start()]
    expected = [code] if trigger.search(first_flow) else []
    assert [item.code for item in findings(seeded, path.name, code)] == expected
