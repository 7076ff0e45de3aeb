"""A fix parses, and removes its finding without adding one."""

from __future__ import annotations

import pathlib
import re

import pytest

from checks.finding import applied, codes, examples, findings, flow
from checks.seeds import SEEDS
from wfc.checks import PAGES
from wfc.explain import page

ROOT = pathlib.Path(__file__).parents[2]
FOLDERS = ("examples", "tests/corpus", "tests/conformance", "tests/regressions")
RETRY = re.compile(r"(?<!no )\bretry (?:exponential|fixed)\([^)]*\)")
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


INSERT = (
    'sql.execute(url: "postgresql://db.example/a", sql: "insert into runs (day) values (:day)", params: { day: d })'
)
UPSERT = INSERT.replace(')", p', ') on conflict do nothing", p')
UNREAD = INSERT.replace("insert into runs (day) values (:day)", "call book(:day)")
ASK = INSERT.replace("execute", "query").replace(" values (:day)", " values (:day) returning day")
ASK_ROWS = f"{ASK} -> list<{{ day: string }}>"
GET = 'http.get(url: "https://a.example/x")'
MAIL = 'slack.post(url: hook, text: "done")'
KEY = 'idempotent by "{run.date}"'


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (f"{UPSERT} {KEY}", True),
        (UPSERT, False),  # `sql.execute` without a word of the author: the catalog calls it unknown
        (f"{INSERT} {KEY}", False),  # the text says otherwise, which is WF402's matter
        (f"{INSERT} idempotent", False),
        (f'{INSERT} effect safe "the table drops it"', False),
        (f"{UNREAD} {KEY}", True),
        (f'{UNREAD} effect safe "it looks first"', True),
        (UNREAD, False),
        (f"{ASK_ROWS} {KEY}", False),
        (ASK_ROWS, False),
        (GET, True),
        (f"{GET} fallback {UPSERT} {{ {KEY} }}", True),
        (f"{GET} fallback {INSERT} {{ {KEY} }}", False),  # a retry of the task reaches its fallback
        (f"{GET} fallback {MAIL} {{ {KEY} }}", False),
        (f"{GET} undo {MAIL} {{ {KEY} }}", False),
        (f"{GET} undo {MAIL}", True),  # no retry reaches it
        (f"{MAIL} {KEY}", False),
    ],
)
def test_a_retry_is_not_offered_to_what_is_known_to_be_done_twice(call: str, told: bool) -> None:
    text = flow(f"input d: string secret hook task a = {call}", "defaults { timeout 1m }")
    found = findings(text)
    assert ("WF301" in [item.code for item in found]) is told
    for fix in (fix for item in found if item.code == "WF301" for fix in item.fixes):
        assert doubles(applied(text, fix)) == doubles(text)


def doubles(text: str) -> list[tuple[str, str]]:
    """What is said to be done twice."""
    return [(item.code, item.message) for item in findings(text) if item.code in ("WF303", "WF402")]


def test_no_fix_of_a_missing_retry_makes_anything_be_done_twice() -> None:
    """Over all flows of the repository, examples of pages and seeds, each also without the retries it has."""
    files = [path.read_text("utf-8") for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.wf"))]
    pages = [text for code in PAGES for _, target, text in examples(page(code).doc) if not target]
    clean = [path.read_text("utf-8") for path in sorted((ROOT / "tests/corpus").glob("*.wf"))]
    seeded = [next(put[0] for text in clean if (put := seed.put(text))) for seed in SEEDS.values()]
    fixed = 0
    for text in [*files, *pages, *seeded]:
        for bare in {text, RETRY.sub("", text)}:
            for fix in (fix for item in findings(bare) if item.code == "WF301" for fix in item.fixes):
                fixed += 1
                assert doubles(applied(bare, fix)) == doubles(bare), bare
    assert fixed >= 50


def test_there_are_such_pages() -> None:
    assert len(TEXTS) >= 10
