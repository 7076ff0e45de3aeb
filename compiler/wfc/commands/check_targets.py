"""What targets can't do with the flows of a project, or only nearly: `wfc check --target`."""

from __future__ import annotations

import sys

from wfc import walk
from wfc.diagnostic import ERROR, ordered
from wfc.pipeline import compile_flow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from wfc.diagnostic import Diagnostic
    from wfc.gather import Gathered
    from wfc.ir import Flow, Project
    from wfc.rules import Rules


def with_targets(
    gathered: Gathered, found: tuple[Diagnostic, ...], targets: Collection[tuple[str, str]], rules: Rules | None
) -> tuple[Diagnostic, ...]:
    """The findings, and those of compiling each flow that was asked for: (target, version) in turn.

    What each of the targets guards against itself is left out, and so are flows that can't be compiled
    (`uncompiled`).
    """
    import wfc_targets

    guards = [wfc_targets.load(name).guards for name, _ in targets]
    moot = set.intersection(*({code for code, _ in wfc_targets.load(name).moot} for name, _ in targets))
    project, left = gathered.loaded.project, uncompiled(gathered)
    more = [
        item
        for name, version in targets
        for flow in project.flows
        if flow.span.source in gathered.asked and flow.name not in left
        for item in compile_flow(project, flow, wfc_targets.load(name), version).diagnostics
    ]
    kept = (item for item in found if item.code not in moot or not is_moot(item, project, guards))
    return ordered((*kept, *(rules.apply(more) if rules else more)))


def is_moot(item: Diagnostic, project: Project, guards: Collection[Callable[[str, Flow], bool]]) -> bool:
    """Does each of the targets guard the flow of a finding against its fault?"""
    place = item.span
    flows = (
        flow
        for flow in project.flows
        if flow.span.source == place.source and 0 <= place.start - walk.begin(flow) < len(flow.source)
    )
    flow = next(flows, None)
    return flow is not None and all(one(item.code, flow) for one in guards)


def tell_uncompiled(gathered: Gathered, targets: Collection[tuple[str, str]]) -> None:
    """Say on standard error which files that were asked for have flows that could not be compiled."""
    left = uncompiled(gathered)
    paths = sorted({flow.span.source for flow in gathered.loaded.project.flows if flow.name in left})
    asked = [path for path in paths if path in gathered.asked]
    if asked:
        names = ", ".join(name for name, _ in targets)
        print(f"note: {', '.join(asked)} not compiled for {names}: mend the errors first", file=sys.stderr)


def uncompiled(gathered: Gathered) -> set[str]:
    """The names of flows that stand in a file with an error of syntax, names or types, and of those that run them."""
    broken = {item.span.source for item in gathered.loaded.diagnostics if item.severity == ERROR}
    flows = gathered.loaded.project.flows
    found = {flow.name for flow in flows if flow.span.source in broken}
    more = set(found)
    while more:
        more = {flow.name for flow in flows if flow.name not in found and not found.isdisjoint(walk.flows_run(flow))}
        found |= more
    return found
