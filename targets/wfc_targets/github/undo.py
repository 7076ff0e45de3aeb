"""Undo calls of a region → steps in reverse order, each when its task succeeded and the region failed."""

from __future__ import annotations

from wfc.record import replace
from wfc.undo import undo_order
from wfc.walk import statements
from wfc_targets.github.calls import put
from wfc_targets.github.operations import Place
from wfc_targets.github.values import across

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc import ir
    from wfc_targets.github.draft import Draft, Scope, Undo


GOES_ON = "an undo that fails does not keep the recovery from running"
"""Why the undo steps of a `try` may fail. At the end of the flow they need not: it has failed already."""


def compensate(draft: Draft, undos: list[Undo], scope: Scope) -> None:
    """Append the undo steps, the last done first. One that fails does not keep the others from running."""
    for undo in reversed(undos):
        if not any(binding.matrix for binding in undo.loops) or undo.job is scope.job:
            compensation(draft, undo, scope)


def reorder(undos: list[Undo], start: int, stmt: ir.Parallel) -> None:
    """Put the undos of a parallel block (those from number `start`) so that, backwards, they are in undo order."""
    place = {inner.path: number for number, part in enumerate(stmt.body) for inner in statements((part,))}
    rank = {stmt.body.index(part): number for number, part in enumerate(reversed(undo_order(stmt)))}
    undos[start:] = sorted(undos[start:], key=lambda undo: rank[place[undo.task.path]])


def compensation(draft: Draft, undo: Undo, scope: Scope) -> None:
    """The undo step of one task instance."""
    assert undo.task.undo is not None
    test = undo.test
    if undo.job is not scope.job:
        test = across(undo.job, test, f"{undo.label}_done", scope.job) + " == 'true'"
    here = replace(scope, guards=(*scope.guards, test), loops=undo.loops, chain=(), explicit=False)
    step = draft.name(f"undo_{undo.label}")
    place = Place(draft, here, step, f"{step}_calc", undo.task.label, undo.task.path)
    steps = put(draft, here, undo.task.undo, place, f"{scope.title}{undo.label}")
    if steps.calc:
        draft.entry(f"{scope.job.id}/{steps.calc}", undo.task.path, "calc", here, undo.task.undo.span, of="undo")
    draft.entry(f"{scope.job.id}/{step}", undo.task.path, "undo", here, undo.task.undo.span)
