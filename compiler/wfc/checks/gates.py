"""What has been checked, and by whom, on the way to each task: approvals, `require`, comparisons with constants.

Only what must hold where the task stands counts: of `if x == "a"` the arm, not the `else`; of `a or b` what both say.
"""

from __future__ import annotations

from wfc import ir, walk
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
COMPARING = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")


def guarded(block: Block, marks: Taints, gates: Gates = NONE) -> Iterator[tuple[Task, Gates]]:
    """Each task of a block, at any depth, with what was checked on the way to it. gates: before the block.

    An `approve` with a `fallback` fails nobody, so it counts only where its answer is asked for.
    """
    for stmt in block:
        if isinstance(stmt, ir.Task):
            yield stmt, gates if stmt.when is None else gates | implied(stmt.when, marks)
        elif isinstance(stmt, ir.Parallel):
            yield from in_parallel(stmt, marks, gates)
        else:
            for body, more in arms(stmt, marks):
                yield from guarded(body, marks, gates | more)
        gates |= passed(stmt, marks)


def in_parallel(stmt: ir.Parallel, marks: Taints, gates: Gates) -> Iterator[tuple[Task, Gates]]:
    """The tasks of a `parallel`: what stands there has been checked by what it waits for, and by nothing beside it.

    Statements on a circle, which is an error by itself, are left out.
    """
    behind: list[list[int]] = [[] for _ in stmt.body]
    waiting = [0] * len(stmt.body)
    for one, other in stmt.edges:
        behind[one].append(other)
        waiting[other] += 1
    known: list[Gates] = [gates] * len(stmt.body)
    line = [number for number, count in enumerate(waiting) if not count]
    for number in line:
        yield from guarded((stmt.body[number],), marks, known[number])
        then = known[number] | passed(stmt.body[number], marks) if behind[number] else NONE
        for other in behind[number]:
            known[other] |= then
            waiting[other] -= 1
            if not waiting[other]:
                line.append(other)


def passed(stmt: AnyStmt, marks: Taints) -> Gates:
    """What has been checked once a statement is behind."""
    match stmt:
        case ir.Approve(fallback=None):
            return frozenset({PERSON})
        case ir.Require():
            read = {f"{ref.kind}.{ref.name}" for ref in walk.references(stmt.condition)}
            return implied(stmt.condition, marks) | read
        case ir.Parallel() | ir.Workspace():
            return NONE.union(*(passed(one, marks) for one in stmt.body))
        case ir.If() if stmt.arms[0][1] and isinstance(stmt.arms[0][1][-1], ir.Fail | ir.Stop):
            return implied(stmt.arms[0][0], marks, holds=False)
        case _:
            return NONE


def arms(stmt: AnyStmt, marks: Taints) -> Iterator[tuple[Block, Gates]]:
    """The bodies of a statement, each with what must hold for it to run."""
    match stmt:
        case ir.If():
            failed = NONE
            for test, body in stmt.arms:
                yield body, failed | implied(test, marks)
                failed |= implied(test, marks, holds=False)
            yield stmt.other, failed
        case ir.Match():
            asked = frozenset({PERSON}) if marks.asks_person(stmt.subject) else NONE
            one = shape(bare(stmt.subject))
            word = frozenset({one}) if one is not None and "{" in one else NONE
            for _, body in stmt.arms:
                yield body, asked | word
            yield stmt.other or (), asked
        case _:
            for body in walk.blocks(stmt):
                yield body, NONE


def implied(test: AnyExpr, marks: Taints, *, holds: bool = True) -> Gates:
    """What must have been checked when a condition holds, or when it does not.

    A comparison with a person's answer counts both ways, for nobody but the person chose; a plain yes only as a yes.
    """
    match test:
        case ir.Unary(op="not", operand=inner):
            return implied(inner, marks, holds=not holds)
        case ir.Binary(op="and" | "or" as op, left=left, right=right):
            one, other = implied(left, marks, holds=holds), implied(right, marks, holds=holds)
            return one | other if (op == "and") is holds else one & other
        case ir.Binary(op=op, left=left, right=right) if op in COMPARING:
            asked = frozenset({PERSON}) if marks.asks_person(test) else NONE
            return asked | compared(left, right) if op in (("==", "in") if holds else ("!=", "not in")) else asked
        case _:
            return frozenset({PERSON}) if holds and marks.asks_person(test) else NONE


def compared(left: AnyExpr, right: AnyExpr) -> Gates:
    """The shape of the side that is equal to constants of the author's on the other: `x == "a"`, `x in ["a", "b"]`."""
    pair = ((left, right), (right, left))
    found = {shape(bare(one)) for one, other in pair if not any(True for _ in walk.references(other))}
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
