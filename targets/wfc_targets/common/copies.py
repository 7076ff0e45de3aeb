"""Loops whose bodies are written out once for each item → the loop that makes a file too long, if there is one."""

from __future__ import annotations

from wfc import ir
from wfc.walk import blocks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wfc.ir import Block, Flow, For

MOST_COPIES = 5_000
"""Statements of one file, each iteration counted. Loops in loops multiply: twenty over two items are a million. A limit
of wfc: the engines load and show no file near it with ease (GitHub draws a box a job, Airflow parses a file again and
again)."""


def too_many(flow: Flow, copies: Callable[[For, tuple[For, ...]], int]) -> For | None:
    """The innermost loop, first in the text, that writes out more than MOST_COPIES statements; None without one.

    copies(loop, around) says how many times a loop inside of others (outermost first) writes its body.
    """
    found: list[For] = []

    def size(block: Block, around: tuple[For, ...]) -> int:
        total = 0
        for stmt in block:
            if isinstance(stmt, ir.For):
                times = copies(stmt, around)
                own = times * size(stmt.body, (*around, stmt))
                if own > MOST_COPIES and not found:
                    found.append(stmt)
            else:
                own = sum(size(body, around) for body in blocks(stmt))
            total += 1 + own
        return total

    for block in (flow.body, flow.on_failure, flow.finally_):
        size(block, ())
    return found[0] if found else None
