"""What has been checked, and by whom, on the way to each task: approvals, `require`, comparisons with constants."""

from __future__ import annotations

from wfc import ir, walk
from wfc.checks.common import conditions
from wfc.checks.resources import shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyExpr, AnyStmt, Block, Flow, Task
    from wfc.taint import Taints

    Gates = frozenset[str]
    """PERSON, `kind.name` of what a `require` read, and the shapes of values that were compared with constants."""

PERSON = "*"
"""A person has looked at all of it."""
NONE: Gates = frozenset()


def guarded(block: Block, marks: Taints, gates: Gates = NONE) -> Iterator[tuple[Task, Gates]]:
    """Each task of a block, at any depth, with what was checked on the way to it. gates: before the block.

    An `approve` with a `fallback` fails nobody, so it counts only where its answer is asked for.
    """
    for stmt in block:
        tests = tuple(tested(stmt))
        passed = gates | {PERSON} if any(map(marks.asks_person, tests)) else gates
        if isinstance(stmt, ir.Approve) and stmt.fallback is None:
            gates |= {PERSON}
        elif isinstance(stmt, ir.Require):
            read = {f"{ref.kind}.{ref.name}" for ref in walk.references(stmt.condition)}
            gates = passed | read | compared(tests)
        elif isinstance(stmt, ir.Task):
            yield stmt, passed | compared(tests)
        elif isinstance(stmt, ir.Parallel) and (asking := approvals(stmt)):
            for number, one in enumerate(stmt.body):
                asked = not asking.isdisjoint(before(stmt, number))
                yield from guarded((one,), marks, gates | {PERSON} if asked else gates)
            gates |= {PERSON}
        else:
            for body in walk.blocks(stmt):
                yield from guarded(body, marks, passed | compared(tests))


def approvals(stmt: ir.Parallel) -> set[int]:
    """The statements of a `parallel` that let nobody pass without a yes; what stands behind it waits for them."""
    return {number for number, one in enumerate(stmt.body) if isinstance(one, ir.Approve) and one.fallback is None}


def before(stmt: ir.Parallel, number: int) -> set[int]:
    """The statements of a `parallel` that have ended when one of them starts."""
    found: set[int] = set()
    new = {number}
    while new:
        new = {one for one, other in stmt.edges if other in new} - found
        found |= new
    return found


def tested(stmt: AnyStmt) -> Iterator[AnyExpr]:
    """The conditions of a statement, and the subject of a `match`."""
    yield from (test for _, test in conditions(stmt))
    if isinstance(stmt, ir.Match):
        yield stmt.subject


def compared(tests: tuple[AnyExpr, ...]) -> Gates:
    """The shapes of the values that these conditions compare with constants of the author's: `== "x"`, `in [...]`."""
    found: set[str | None] = set()
    for test in tests:
        found |= {shape(test)} if isinstance(test, ir.Ref | ir.Field | ir.Index) else set()
        for part in walk.subexpressions(test):
            if isinstance(part, ir.Binary) and part.op in ("==", "in"):
                pair = ((part.left, part.right), (part.right, part.left))
                found |= {shape(bare(one)) for one, other in pair if not any(True for _ in walk.references(other))}
    return frozenset(one for one in found if one is not None and "{" in one)


def bare(expr: AnyExpr) -> AnyExpr:
    """A value without its `??`, `trim`, `lower` and `upper`, which put nothing into it."""
    while True:
        if isinstance(expr, ir.Binary) and expr.op == "??":
            expr = expr.left
        elif isinstance(expr, ir.Apply) and expr.function in ("trim", "lower", "upper"):
            expr = expr.args[0]
        else:
            return expr


def gates_of(flow: Flow, marks: Taints) -> dict[str, Gates]:
    """What was checked on the way to each task of a flow, by its path."""
    sections = (flow.body, flow.on_failure, flow.finally_)
    return {task.path: gates for block in sections for task, gates in guarded(block, marks)}


def is_word(leaf: AnyExpr, gates: Gates) -> bool:
    """Was a value (one of `leaves`) compared with constants, so that it can be nothing but one of them?"""
    return shape(leaf) in gates


def is_checked(leaf: AnyExpr, gates: Gates) -> bool:
    """Was a value (one of `leaves`) read by a `require`, or compared with constants?

    A `require` that reads a part of a result or of an event counts for all of it: it may be a signature.
    """
    return shape(leaf) in gates or any(f"{ref.kind}.{ref.name}" in gates for ref in walk.references(leaf))
