"""The table of the cases on each engine, generated into docs/semantics.md: `python -m conformance.table` (in tests/).

Native: an engine's task for each statement, no more. Otherwise so many more engine tasks (steps on GitHub): gates,
wrappers and computations that keep the meaning.
"""

from __future__ import annotations

import re
from pathlib import Path

import wfc_targets
from conformance.cases import CASES
from test_conformance_airflow import REFUSED, SCHEDULER
from test_conformance_github import BEYOND_ACT
from wfc.pipeline import load

PAGE = Path(__file__).parents[2] / "docs" / "semantics.md"
BEGIN, END = "<!-- cases: begin -->", "<!-- cases: end -->"
EXTRA = ("calc", "gate", "glue", "wrapper")
"""Roles of the manifest that stand for no statement of the source."""


def cell(file: Path, flow_name: str, target: str, version: str) -> str:
    """What a flow costs on a target, or that it is refused."""
    project, _ = load([str(file)])
    flow = project.flow(flow_name)
    assert flow is not None
    made = wfc_targets.load(target).compile(project, flow, version)
    if not made.artifacts:
        return "refused"
    more = sum(entry.role in EXTRA for entry in made.manifest.entries)
    return f"+{more}" if more else "native"


def table() -> str:
    """The Markdown of the table."""
    columns = [(name, version) for name in wfc_targets.NAMES for version in wfc_targets.load(name).versions]
    heads = " | ".join(f"{name} {version}" for name, version in columns)
    rows = [f"| case | {heads} |", "|---|" + "---|" * len(columns)]
    flows: dict[tuple[Path, str], list[str]] = {}
    for case in CASES:
        flows.setdefault((case.path, case.flow), []).append(case.name)
    for (path, flow), names in flows.items():
        doc = re.search(rf'flow {flow} {{\n\s+"""(.*?)"""', path.read_text(), re.DOTALL)
        told = " ".join(doc[1].split()) if doc else ""
        cells = []
        for target, version in columns:
            found = cell(path, flow, target, version)
            if target == "github" and all(name in BEYOND_ACT for name in names):
                found += " (1)"
            if target == "airflow" and all(int(name.split()[0]) in SCHEDULER for name in names):
                found += " (2)"
            cells.append(found)
        rows.append(f"| {names[0].split()[0]} {told} | {' | '.join(cells)} |")
    gaps = "; ".join(f"{name}: {why}" for name, why in BEYOND_ACT.items())
    notes = [
        "",
        f"(1) Compiled and validated, but not run by act. Cases or variants that it can't show: {gaps}.",
        "",
        "(2) Run by `make test-scheduler` only: `dag.test()` has no person to ask and starts no child runs.",
        "",
        f"Refused on Airflow: {', '.join(sorted(REFUSED))} (only a whole DAG has `fail_fast`, and it skips handlers).",
    ]
    return "\n".join([*rows, *notes])


def page(text: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
