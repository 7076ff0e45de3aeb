"""What the compiler writes of a source, for the benchmarks of its size."""

from __future__ import annotations

from pathlib import Path

import wfc_targets
from wfc.pipeline import compile_flow, load_texts

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.wf"))


def written(path: Path, target: str) -> str | None:
    """The files of all flows in a source on a target, without the shared helper; None where it is refused."""
    loaded = load_texts([(path.name, path.read_text("utf-8"))])
    found = wfc_targets.load(target)
    results = [compile_flow(loaded.project, flow, found) for flow in loaded.project.flows]
    if not all(result.artifacts for result in results):
        return None
    return "".join(item.text for result in results for item in result.artifacts if item.path != "wfc_airflow.py")


def table(title: str, measures: dict[str, list[int | None]]) -> str:
    """Markdown: the source's own measure, then each target's as a ratio to it; "-" where it is refused."""
    lines = [
        f"| {title} | source | {' | '.join(wfc_targets.NAMES)} |",
        f"|---|{'---:|' * (len(wfc_targets.NAMES) + 1)}",
    ]
    for name, (own, *others) in measures.items():
        ratios = ["-" if one is None else f"{one / (own or 1):.2f}" for one in others]
        lines.append(f"| {name} | {own} | {' | '.join(ratios)} |")
    return "\n".join(lines)
