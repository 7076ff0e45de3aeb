"""unreachable-task: nothing behind this statement can run

## What it finds
A statement behind a `fail` or `stop` of the same block, or behind an `if`, `match`, `try` or `workspace` whose every
way ends in one.

## Why
It looks like work that is done, and no run ever does it. actionlint and bpmnlint have the same for their formats.

## Bad
```wf
flow load {
  defaults { timeout 1m }
  fail "not yet"
  task work = shell("./load")
}
```

## Good
```wf
flow load {
  input ready: bool
  defaults { timeout 1m }
  if not ready {
    fail "not yet"
  }
  task work = shell("./load")
}
```
"""

from __future__ import annotations

from itertools import pairwise

from wfc import ir, walk
from wfc.check import Check
from wfc.diagnostic import ERROR, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyStmt, Block, Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each block that goes on behind its end."""
    inner = [
        body for stmt in walk.all_statements(flow) if not isinstance(stmt, ir.Parallel) for body in walk.blocks(stmt)
    ]
    for block in (flow.body, flow.on_failure, flow.finally_, *inner):
        last = next(((one, other) for one, other in pairwise(block) if ends(one)), None)
        if last is not None:
            one, other = last
            yield CHECK.found(
                "this never runs",
                other.span,
                Label(one.span, "every run ends here"),
                why="Nothing of the block is done behind its end.",
                help="take it out, or put the end into an `if`",
            )


def ends(stmt: AnyStmt) -> bool:
    """Does a run that comes to this statement always end there?"""
    match stmt:
        case ir.Fail() | ir.Stop():
            return True
        case ir.If():
            return all(map(block_ends, (*(body for _, body in stmt.arms), stmt.other)))
        case ir.Match():
            others = () if stmt.other is None else (stmt.other,)
            return all(map(block_ends, (*(body for _, body in stmt.arms), *others)))
        case ir.Try():
            return block_ends(stmt.body) and block_ends(stmt.recover)
        case ir.Workspace():
            return block_ends(stmt.body)
        case _:
            return False


def block_ends(block: Block) -> bool:
    """Does one of the statements always end the run?"""
    return any(map(ends, block))


CHECK = Check("WF104", "unreachable-task", ERROR, __name__, find, preset="draft")
