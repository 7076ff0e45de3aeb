"""What keeping the meaning costs: `python benchmarks/cost.py` prints Markdown, one row an example.

Engine tasks (steps on GitHub) that stand for no statement of the source, for each statement that does something; and
the jobs of the GitHub workflow.
"""

from __future__ import annotations

from outputs import EXAMPLES

import wfc_targets
from wfc.pipeline import load

OWN = ("task", "undo", "fallback", "approve", "require", "stop")
CONTROL = ("branch", "loop")


def counted(path: str, target: str, version: str) -> tuple[int, int, int] | None:
    """(engine tasks of statements, of branches and loops, all others), or None where the target refuses the example."""
    project, _ = load([path])
    made = wfc_targets.load(target).compile(project, project.flows[0], version)
    if not made.artifacts:
        return None
    roles = [entry.role for entry in made.manifest.entries]
    own, control = sum(role in OWN for role in roles), sum(role in CONTROL for role in roles)
    return own, control, len(roles) - own - control


def jobs(path: str) -> str:
    """How many jobs the GitHub workflow has, `-` where GitHub refuses the example."""
    project, _ = load([path])
    target = wfc_targets.load("github")
    made = target.compile(project, project.flows[0], target.versions[0])
    if not made.artifacts:
        return "-"
    return str(len({entry.id.partition("/")[0] for entry in made.manifest.entries}))


def main() -> None:
    columns = [(name, version) for name in wfc_targets.NAMES for version in wfc_targets.load(name).versions]
    heads = " | ".join(f"{name} {version}" for name, version in columns)
    print(f"| more engine tasks for each | {heads} | jobs on GitHub |\n|---|{'---:|' * (len(columns) + 1)}")
    for example in EXAMPLES:
        cells = []
        for target, version in columns:
            found = counted(str(example), target, version)
            cells.append("-" if found is None else f"{found[2] / found[0]:.2f} ({found[2]} to {found[0]})")
        print(f"| {example.stem} | {' | '.join(cells)} | {jobs(str(example))} |")


if __name__ == "__main__":
    main()
