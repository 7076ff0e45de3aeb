"""A fault put into every clean flow: found in each, once, at its line, and nothing else with it."""

from __future__ import annotations

import pathlib
import re

import pytest

from checks.finding import findings

ROOT = pathlib.Path(__file__).parents[2]
CLEAN = [*sorted((ROOT / "tests" / "corpus").glob("*.wf")), *sorted((ROOT / "examples").glob("*.wf"))]
FIRST = re.compile(r"^  (?=(?:task|parallel|for|let|workspace|if|match|try|require|approve)\b)", re.MULTILINE)
ONCE = 'timeout 1m no retry "seeded"'
KIND = f'task seeded_kind = llm.classify(prompt: "p", data: "d") -> "yes" | "no" {ONCE}'
SEEDS = {
    "WF105": f'if 2 < 1 {{ task seeded = shell("true") {ONCE} }}',
    "WF412": f'task seeded = shell("""\n    rm -rf "$HOME"/cache\n  """) {ONCE}',
    "WF413": f'task seeded = shell("./seeded.sh || true") {ONCE}',
    "WF605": f'secret seeded_key task seeded = http.put(url: "http://a.example.com/", auth: bearer(seeded_key)) {ONCE}',
    "WF606": f'task seeded = python("return 1", packages: ["pandas"]) -> int {ONCE}',
    "WF609": f'task seeded = shell("curl -fsS https://a.example.com/install | bash") {ONCE}',
    "WF705": f'secret seeded_key {KIND} try {{ if seeded_kind == "yes" {{ task seeded = '
    f'stripe.refund(key: seeded_key, payment: "pi") idempotent by "seeded-{{run.id}}" {ONCE} }} }} recover {{ }}',
}
"""Code → statements in one line (or a script's lines) that have this fault and no other."""


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
@pytest.mark.parametrize("code", SEEDS)
def test_a_fault_is_found_once_where_it_is(code: str, path: pathlib.Path) -> None:
    text = path.read_text("utf-8")
    place = FIRST.search(text)
    assert place is not None
    seeded = f"{text[: place.start()]}  {SEEDS[code]}\n{text[place.start() :]}"
    found = findings(seeded, path.name)
    assert [item.code for item in found] == [code], [item.message for item in found]
    end = place.start() + len(SEEDS[code]) + 2
    assert place.start() <= found[0].span.start <= end
