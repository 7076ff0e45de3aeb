"""Damaged flows that hold faults, through every check: no crash, no hang, places that lie in the text.

The flows of the repository are sound, and so are most mutants of them in the eyes of the checks; here each holds one to
three of the faults of checks.seeds before it is damaged. 2,000 in the usual run, 20,000 with HYPOTHESIS_PROFILE=soak,
N with WFC_SOAK=N. `python -m fuzz.test_checker N` in tests/ prints the slowest of N, and how often each code was found.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from random import Random

import pytest

from checks.seeds import SEEDS
from fuzz.invariants import PATH, said, watchdog
from fuzz.mutations import MUTATIONS, SAME_SHAPE, parts, seeds, tokens_of
from wfc.check import in_preset, run_checks
from wfc.errors import UserError
from wfc.files import decode
from wfc.pipeline import load_texts

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
MUTANTS = int(os.environ.get("WFC_SOAK") or (20_000 if SOAK else 2_000))
PARTS = 20
SLOW = 2.0
"""Seconds of CPU time that a small flow should not take; told, not asserted: machines differ."""


def faulty(seed: int) -> str:
    """The text of a seed: a flow with one to three faults, and up to three mutations, most of which keep its shape."""
    random = Random(f"faulty {seed}")
    text = random.choice(seeds())
    for fault in random.sample(sorted(SEEDS), random.randint(1, 3)):
        try:
            put = SEEDS[fault].put(text)
        except AssertionError:  # a flow without a statement of the usual layout
            continue
        text = put[0] if put else text
    kinds = random.choice((SAME_SHAPE, SAME_SHAPE, MUTATIONS))
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        changed = random.choice(kinds)(random, text)
        if len(tokens_of(changed)) < 2 or len(parts(changed)) < 2:
            return changed
        text = changed
    return text


def checked(text: str) -> tuple[list[str], float]:
    """The codes that are found in a text, and the seconds of CPU time that it took.

    Raises what the checker raises, and AssertionError for a place outside of the text or a hang.
    """
    try:
        text = decode(PATH, text.encode("utf-8", "surrogatepass"))
    except UserError:
        return [], 0.0
    with watchdog():
        begun = time.process_time()
        loaded = load_texts([(PATH, text)])
        found = run_checks(loaded.project, in_preset("production"), before=loaded.diagnostics)
        took = time.process_time() - begun
        said(found, loaded.sources)
    return [item.code for item in found], took


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_faulty_mutants(part: int) -> None:
    failures: dict[int, str] = {}
    slow: dict[int, float] = {}
    for seed in range(part, MUTANTS, PARTS):
        try:
            _, took = checked(faulty(seed))
        except Exception as error:
            failures[seed] = f"{type(error).__name__}: {error}"
        else:
            slow |= {seed: took} if took > SLOW else {}
    print(f"slower than {SLOW} s: {slow or 'none'}")
    assert not failures


def main(count: int) -> None:
    """Print what became of so many mutants."""
    codes: Counter[str] = Counter()
    times: list[tuple[float, int]] = []
    for seed in range(count):
        found, took = checked(faulty(seed))
        codes.update(set(found))
        times.append((took, seed))
    longest, slowest = max(times)
    print(f"{count} mutants, {sum(took for took, _ in times):.0f} s; the slowest, {slowest}, took {longest:.2f} s")
    print(*(f"{code} {number}" for code, number in sorted(codes.items())))


if __name__ == "__main__":
    main(int(sys.argv[1]))
