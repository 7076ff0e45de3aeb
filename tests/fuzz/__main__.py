"""`python -m fuzz SEED` in tests/ prints a mutant and what it comes to; `--digests N` a line for each of N mutants."""

from __future__ import annotations

import sys

from fuzz.invariants import digest, outcome
from fuzz.mutations import mutant


def main(arguments: list[str]) -> None:
    if arguments[0] == "--digests":
        for seed in range(int(arguments[1])):
            print(seed, digest(outcome(mutant(seed))))
        return
    text = mutant(int(arguments[0]))
    print(text, "=" * 80, *outcome(text), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
