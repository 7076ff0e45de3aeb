"""Names of task instances in unrolled loops, and what a region keeps of them: what may fail, what is to be undone."""

from __future__ import annotations

from wfc import ir
from wfc_targets.github.draft import Binding, Failure, Scope, Undo
from wfc_targets.github.plan import unrolled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, AnyStmt


def suffixed(label: str, loops: tuple[Binding, ...]) -> str:
    """The id of an instance in unrolled loops: the label and the items, or their numbers where items have no name."""
    parts = [label]
    for binding in loops:
        if not binding.matrix:
            parts.append(_item_name(binding))
    return "_".join(parts)


def _item_name(binding: Binding) -> str:
    names = [_slug(item) for item in unrolled(binding.loop)]
    return names[binding.index] if all(names) and len(set(names)) == len(names) else str(binding.index)


def _slug(item: AnyExpr) -> str:
    text = str(item.value) if isinstance(item, ir.Literal) and isinstance(item.value, str | int) else ""
    return text.lower() if text.isascii() and text.replace("_", "").isalnum() and len(text) <= 20 else ""


def indexes(scope: Scope) -> tuple[int, ...]:
    """The numbers of the unrolled iterations around a place."""
    return tuple(binding.index for binding in scope.loops if not binding.matrix)


def note(stmt: AnyStmt, label: str, scope: Scope, failing: tuple[str, ...]) -> None:
    """Tell the region what may fail here and what would have to be undone."""
    scope.region.failures += [Failure(scope.job, test, stmt.label) for test in failing]
    if isinstance(stmt, ir.Task) and stmt.undo is not None:
        done = f"steps.{label}.outcome == 'success'"
        if stmt.undo_on_timeout:
            done = f"{done} || steps.{label}.outputs.timed_out == 'true'"
        scope.region.undos.append(Undo(stmt, scope.job, label, done, scope.loops))
