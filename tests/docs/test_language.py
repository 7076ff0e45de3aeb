"""docs/language.md is true: its blocks compile, those marked `error CODE` report that code, its table is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wfc.docgen import functions_table
from wfc.pipeline import load_texts

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text("utf-8")
BLOCKS = re.findall(r"```wf(?: error (WF\d+))?\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("code", "text"), BLOCKS, ids=lambda value: value.split("\n")[0] if "\n" in value else None)
def test_each_block_compiles_or_reports_what_it_says(code: str, text: str) -> None:
    found = [(one.code, one.message) for one in load_texts([("language.wf", text)]).diagnostics]
    assert [one for one, _ in found] == ([code] if code else []), found


def test_the_table_of_functions_is_current() -> None:
    assert functions_table() in PAGE, "run `make docs`"
