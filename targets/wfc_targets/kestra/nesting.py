"""Statements with the loops around them, and the items that a loop goes over by their values."""

from __future__ import annotations

from wfc import ir
from wfc.walk import blocks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyStmt, Block
    from wfc_targets.kestra.places import Around


def nested(block: Block, around: Around) -> Iterator[tuple[AnyStmt, Around]]:
    """Every statement of a block and below, with the labels of the loops around it."""
    for stmt in block:
        yield stmt, around
        inside = (*around, stmt.label) if isinstance(stmt, ir.For) else around
        for body in blocks(stmt):
            yield from nested(body, inside)


def literal_items(loop: ir.For) -> list[int | str] | None:
    """The items of a loop over literals that differ, or None: the engine drops an item that equals another."""
    if not isinstance(loop.items, ir.ListExpr):
        return None
    values = [item.value for item in loop.items.items if isinstance(item, ir.Literal)]
    simple = [value for value in values if isinstance(value, str) or type(value) is int]
    same_kind = len({type(value) for value in simple}) == 1
    if len(simple) != len(loop.items.items) or not same_kind or len(set(simple)) != len(simple):
        return None
    return None if any(isinstance(value, str) and "{" in value for value in simple) else simple
