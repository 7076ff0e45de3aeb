"""What targets can't do with the flows of a project, or only nearly: `wfc check --target`."""

from __future__ import annotations

import sys

from wfc.diagnostic import ordered
from wfc.pipeline import compile_flow, has_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from wfc.diagnostic import Diagnostic
    from wfc.gather import Gathered
    from wfc.rules import Rules


def with_targets(
    gathered: Gathered, found: tuple[Diagnostic, ...], targets: Collection[tuple[str, str]], rules: Rules | None
) -> tuple[Diagnostic, ...]:
    """The findings, and those of compiling each flow that was asked for: (target, version) in turn.

    What each of the targets guards against itself is left out. Flows with errors can't be compiled: then the findings
    are given as they are, and standard error says so.
    """
    import wfc_targets

    moot = frozenset.intersection(*(wfc_targets.load(name).moot for name, _ in targets))
    found = tuple(item for item in found if item.code not in moot)
    if has_errors(found):
        names = ", ".join(name for name, _ in targets)
        print(f"note: not compiled for {names}: mend the errors first", file=sys.stderr)
        return found
    project = gathered.loaded.project
    more = [
        item
        for name, version in targets
        for flow in project.flows
        if flow.span.source in gathered.asked
        for item in compile_flow(project, flow, wfc_targets.load(name), version).diagnostics
    ]
    return ordered((*found, *(rules.apply(more) if rules else more)))
