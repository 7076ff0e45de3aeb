"""The table of mutants is true to the code: each edit has its place, and its tests exist (`make mutants` runs them)."""

from __future__ import annotations

import pytest

from mutants.__main__ import ROOT
from mutants.table import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_each_edit_has_one_place(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text().count(mutant.before) == 1
    assert mutant.before != mutant.after
    assert (ROOT / mutant.test).exists()
