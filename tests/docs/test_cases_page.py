"""The table of cases in docs/semantics.md is the one that the compiler gives now (`make docs` writes it)."""

from __future__ import annotations

from conformance.table import PAGE, page


def test_the_table_is_current() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text
