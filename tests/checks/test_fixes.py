"""A fix parses, and removes its finding without adding one."""

from __future__ import annotations

import pytest

from checks.finding import applied, codes, examples, findings, flow
from wfc.checks import PAGES
from wfc.explain import page

TEXTS = [
    pytest.param(text, id=f"{code}-{number}")
    for code in PAGES
    for number, (heading, target, text) in enumerate(examples(page(code).doc))
    if heading == "Bad" and not target and any(item.fixes for item in findings(text))
]
MORE = [
    ("WF302", 'flow f { task a = shell("./a") -> { n: int } when true # no limit\n output n: int = a.n ?? 0 }'),
    ("WF302", 'flow f { task a = shell("./a") fallback value null\n }'),
    (
        "WF301",
        'flow f { task a = http.put(url: "https://a.io") timeout 1m undo http.delete(url: "https://a.io") }',
    ),
    ("WF313", flow('task a = http.get(url: "https://a.example") until a.status == 200 every 5s # 200 is done')),
    ("WF706", flow('approve a = "Go?" by "us" -> { note: string? } when true')),
    ("WF305", flow('task a = http.put(url: "https://a.example") retry exponential(first: 10s, attempts: 9)')),
]


@pytest.mark.parametrize("text", TEXTS)
def test_fix_of_a_page(text: str) -> None:
    (found,) = findings(text)
    for fix in found.fixes:
        assert codes(applied(text, fix)) == []


@pytest.mark.parametrize(("code", "text"), MORE)
def test_fix(code: str, text: str) -> None:
    found = [item for item in findings(text) if item.code == code]
    assert len(found) == 1
    assert found[0].fixes
    for fix in found[0].fixes:
        after = codes(applied(text, fix))
        assert code not in after
        assert len(after) == len(findings(text)) - 1


def test_there_are_such_pages() -> None:
    assert len(TEXTS) >= 10
