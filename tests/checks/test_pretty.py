"""What people read fits into 80 columns: every bad example of every page, and the file with many defects."""

from __future__ import annotations

import pathlib

import pytest

from checks.finding import NAME, examples, findings
from wfc.checks import PAGES
from wfc.explain import page
from wfc.pipeline import load_texts
from wfc.render import COLUMNS, pretty, width

MANY = (pathlib.Path(__file__).parent / "many_defects.wf").read_text(encoding="utf-8")
BAD = [
    pytest.param(code, text, id=f"{code}-{number}")
    for code in PAGES
    for number, (heading, _, text) in enumerate(examples(page(code).doc))
    if heading == "Bad"
]


def wide(text: str, *more: str) -> list[str]:
    """The rows of the findings that are wider than a terminal, but for those that are one word."""
    shown = pretty(findings(text, NAME, *more), load_texts([(NAME, text)]).sources)
    return [row for row in shown.splitlines() if width(row) > COLUMNS and " " in row.strip()]


@pytest.mark.parametrize(("code", "text"), BAD)
def test_findings_fit_into_a_terminal(code: str, text: str) -> None:
    assert wide(text, code) == []


def test_so_do_those_of_many_defects() -> None:
    assert wide(MANY, *(code for code in PAGES if code > "WF100")) == []
