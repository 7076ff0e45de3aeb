"""`for … max N` bounds the tasks of its body, Kestra the items of a loop and the branches of a Parallel.

So what stands inside a bounded loop shares its N: a loop in it, or branches, run as many at once as still fit.
"""

from __future__ import annotations

from wfc import ir
from wfc.walk import blocks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyStmt, Block, Flow

UNBOUNDED = 2**31 - 1


def limits(flow: Flow) -> dict[str, int]:
    """By label: how many items of a loop with `max`, or branches of a parallel that is too wide, run at once."""
    found: dict[str, int] = {}
    for block in (flow.body, flow.on_failure, flow.finally_):
        _block(block, UNBOUNDED, found)
    return found


def width(stmt: AnyStmt, bound: int) -> int:
    """How many tasks of a statement run at once at most, where no more than `bound` may."""
    match stmt:
        case ir.For() if stmt.maximum is not None:
            return min(stmt.maximum, bound)
        case ir.Parallel():
            return min(sum(width(part, bound) for part in stmt.body), bound) or 1
        case _:
            return max((width(part, bound) for block in blocks(stmt) for part in block), default=1)


def _block(block: Block, bound: int, found: dict[str, int]) -> None:
    for stmt in block:
        _statement(stmt, bound, found)


def _statement(stmt: AnyStmt, bound: int, found: dict[str, int]) -> None:
    inside = bound
    if isinstance(stmt, ir.For) and stmt.maximum is not None:
        most = min(stmt.maximum, bound)
        widest = max((width(part, most) for part in stmt.body), default=1)
        found[stmt.label] = most // widest
        inside = most // found[stmt.label]
    elif isinstance(stmt, ir.Parallel) and sum(width(part, bound) for part in stmt.body) > bound:
        found[stmt.label] = bound // max(width(part, bound) for part in stmt.body)
        inside = bound // found[stmt.label]
    for inner in blocks(stmt):
        _block(inner, inside, found)
