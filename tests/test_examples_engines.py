"""Every example that a target does not refuse is accepted by that engine's own validators."""

from __future__ import annotations

from pathlib import Path

import pytest

import wfc_targets
from engines.engine import Engine
from wfc.pipeline import compile_flow, has_errors, load_texts

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.wf"))
ENGINES = {
    "kestra_2_0": ("kestra", "2.0"),
    "kestra_1_3": ("kestra", "1.3"),
    "airflow": ("airflow", "3.3"),
    "github": ("github", wfc_targets.load("github").versions[0]),
}


BEYOND_ACT = "Unknown Property timezone"
"""GitHub has `timezone` in a schedule since 2026-03; the strict schema of act 0.2.89 does not know it."""


def files_of(path: Path, target: str, version: str) -> dict[str, str]:
    """All emitted files, {} where the target refuses the example."""
    loaded = load_texts([(f"examples/{path.name}", path.read_text("utf-8"))])
    files: dict[str, str] = {}
    for flow in loaded.project.flows:
        compiled = compile_flow(loaded.project, flow, wfc_targets.load(target), version)
        if has_errors(compiled.diagnostics):
            return {}
        folder = f"{wfc_targets.load(target).folder}/" if target == "github" else ""
        files |= {f"{folder}{item.path}": item.text for item in compiled.artifacts}
    return files


@pytest.mark.parametrize("engine", sorted(ENGINES), indirect=True)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_accepted(engine: Engine, path: Path, request: pytest.FixtureRequest) -> None:
    target, version = ENGINES[request.node.callspec.params["engine"]]
    files = files_of(path, target, version)
    if files:
        assert [problem for problem in engine.validate(files) if BEYOND_ACT not in problem] == []


def test_each_target_takes_at_least_half_of_the_examples() -> None:
    for name in sorted(ENGINES):
        target, version = ENGINES[name]
        taken = [path.stem for path in EXAMPLES if files_of(path, target, version)]
        assert len(taken) >= len(EXAMPLES) / 2, (name, taken)


def test_every_example_is_taken_somewhere() -> None:
    taken = {path.stem for path in EXAMPLES if any(files_of(path, *ENGINES[name]) for name in sorted(ENGINES))}
    assert taken == {path.stem for path in EXAMPLES}
