"""Which loops are written out as tasks for each item, and whether that makes a DAG that is too large."""

from __future__ import annotations

from wfc import ir, walk
from wfc_targets.airflow.report import unsupported
from wfc_targets.airflow.values import constant
from wfc_targets.common.copies import MOST_COPIES, too_many

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import For, Json
    from wfc_targets.airflow.names import Names

FEW = 8
"""A plain loop over so many constant items is written out; over more it is a mapped group whose items wait in turn."""


def written_out(loop: For, items: Json | object, inside: bool) -> bool:
    """Is the body written once for each of these items? inside: in a mapped group, which can't hold another."""
    nested = any(isinstance(inner, ir.For) for inner in walk.statements(loop.body))
    few = loop.maximum is None and isinstance(items, list) and len(items) <= FEW
    return isinstance(items, list) and (few or nested or inside)


def too_long(names: Names) -> bool:
    """Do loops in loops, written out, make more tasks than a DAG takes? Reports WF951 at the innermost that does."""
    mapped: set[str] = set()

    def copies(loop: For, around: tuple[For, ...]) -> int:
        items = constant(loop.items)
        if isinstance(items, list) and written_out(loop, items, any(one.label in mapped for one in around)):
            return len(items)
        mapped.add(loop.label)
        return 1

    loop = too_many(names.flow, copies)
    if loop is None:
        return False
    unsupported(
        names,
        loop.span,
        f"more than {MOST_COPIES:,} tasks of `{loop.label}` and the loops inside it",
        "A list that is written out gives tasks for each item where a mapped group can't stand, and loops multiply.",
        "shorten the lists, or put the inner loop into a flow of its own and call it with `flow.run`",
    )
    return True
