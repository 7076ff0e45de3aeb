"""Thousands of damaged and rearranged flows through every phase: no crash, no hang, true places, the same bytes again.

2,000 mutants and 300 texts of hypothesis in CI; `HYPOTHESIS_PROFILE=soak` 20,000 and 3,000, `WFC_SOAK=N` N mutants.
A mutant is its seed: `python -m fuzz SEED` in tests/ shows its text and what it comes to.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.invariants import outcome
from fuzz.mutations import mutant, pool
from strategies.programs import programs

HERE = Path(__file__).parent
REGRESSIONS = sorted((HERE / "regressions").glob("*.wf"))
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
MUTANTS = int(os.environ.get("WFC_SOAK") or (20_000 if SOAK else 2_000))
PARTS = 20
SOME = settings(
    max_examples=1_000 if SOAK else 100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not SOAK
)


def broken(text: str) -> str:
    """What is wrong with the outcome of a text; "" for nothing."""
    try:
        outcome(text)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_mutants(part: int) -> None:
    failures = {seed: said for seed in range(part, MUTANTS, PARTS) if (said := broken(mutant(seed)))}
    assert not failures


@SOME
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text(text: str) -> None:
    outcome(text)


@SOME
@given(st.lists(st.sampled_from([one for kind in sorted(pool()) for one in pool()[kind]]), max_size=60))
def test_any_words(words: list[str]) -> None:
    outcome(f"flow f {{ {' '.join(words)} }}")


@SOME
@given(programs(60))
def test_any_program(text: str) -> None:
    outcome(text)


def test_the_same_text_gives_the_same_outcome() -> None:
    differ = [seed for seed in range(100, 200) if outcome(mutant(seed)) != outcome(mutant(seed))]
    assert not differ


def test_the_seed_of_hashes_changes_nothing() -> None:
    answers = {
        subprocess.run(
            [sys.executable, "-m", "fuzz", "--digests", "100"],
            cwd=HERE.parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
    assert len(answers.pop().splitlines()) == 100


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.stem)
def test_what_was_found_once_stays_mended(path: Path) -> None:
    outcome(path.read_bytes().decode("utf-8"))
