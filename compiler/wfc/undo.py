"""The order in which compensation runs: backwards along the order of the tasks, then from last written to first."""

from __future__ import annotations

from wfc import ir, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyStmt, Block


def undo_order(stmt: ir.Parallel) -> tuple[AnyStmt, ...]:
    """The statements of a parallel block in the order of their undoing.

    Nothing comes before what its tasks were waited for by; among what no order binds, the last written is first.
    """
    waiting = {index: {after for before, after in stmt.edges if before == index} for index in range(len(stmt.body))}
    order: list[AnyStmt] = []
    while waiting:
        free = max(index for index, dependents in waiting.items() if not dependents)
        order.append(stmt.body[free])
        del waiting[free]
        for dependents in waiting.values():
            dependents.discard(free)
    return tuple(order)


def undo_sequence(block: Block) -> tuple[ir.Task, ...]:
    """The tasks of a block that have an undo, in the order of their undoing; those of a loop once, for each item.

    A target that writes undo as a static list writes this one. Tasks inside a `try` in the block are left out: they
    are undone by that `try` or never.
    """
    found: list[ir.Task] = []
    for stmt in reversed(block):
        if isinstance(stmt, ir.Task):
            found += [stmt] if stmt.undo else []
        elif isinstance(stmt, ir.Parallel):
            for part in undo_order(stmt):
                found += undo_sequence((part,))
        elif isinstance(stmt, ir.Try):
            found += undo_sequence(stmt.recover)
        else:
            for inner in reversed(walk.blocks(stmt)):
                found += undo_sequence(inner)
    return tuple(found)
