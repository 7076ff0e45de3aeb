"""docs/targets.md is what the capability tables of the targets say."""

from __future__ import annotations

from pathlib import Path

from wfc.docgen import targets_page


def test_the_page_of_targets_is_current() -> None:
    page = (Path(__file__).parents[2] / "docs" / "targets.md").read_text("utf-8")
    assert page == targets_page(), "run `make docs`"
