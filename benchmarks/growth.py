"""How time grows with a flow: `python benchmarks/growth.py [TASKS …]` prints Markdown, CPU seconds of each phase.

The last column is the time of the last size over that of the size before; the garbage collector is off, as in the
command line. The least of two runs counts, of one for the largest.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

from synthetic import flow

import wfc_targets
from wfc.check import run_checks
from wfc.checks.facts import forget
from wfc.pipeline import Loaded, compile_flow, has_errors, load_texts

SIZES = (10, 100, 1_000, 10_000)


def main() -> None:
    sizes = tuple(int(size) for size in sys.argv[1:]) or SIZES
    gc.disable()
    rows: dict[str, list[float]] = {}
    for size in sizes:
        for name, seconds in phases(flow(size), 1 if size >= 10_000 else 2).items():
            rows.setdefault(name, []).append(seconds)
    print(f"| phase | {' | '.join(f'{size:,}' for size in sizes)} | last / before |")
    print(f"|---|{'---:|' * (len(sizes) + 1)}")
    for name, taken in rows.items():
        print(f"| {name} | {' | '.join(f'{one:.3f}' for one in taken)} | {taken[-1] / taken[-2]:.1f} |")


def phases(text: str, rounds: int) -> dict[str, float]:
    """Phase → the least CPU seconds of some rounds."""
    loaded = load_texts([("synthetic.wf", text)])
    if has_errors(loaded.diagnostics):
        sys.exit(loaded.diagnostics[0].message)
    work: dict[str, Callable[[], object]] = {
        "parse and resolve": lambda: load_texts([("synthetic.wf", text)]),
        "checks": lambda: checked(loaded),
    }
    work |= {f"compile for {name}": compilation(loaded, name) for name in wfc_targets.NAMES}
    return {name: min(seconds(one) for _ in range(rounds)) for name, one in work.items()}


def checked(loaded: Loaded) -> None:
    """The checks, nothing known of the flow from the round before."""
    forget()
    run_checks(loaded.project)


def compilation(loaded: Loaded, target: str) -> Callable[[], object]:
    """The compilation of the one flow."""
    found = wfc_targets.load(target)
    return lambda: compile_flow(loaded.project, loaded.project.flows[0], found)


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
