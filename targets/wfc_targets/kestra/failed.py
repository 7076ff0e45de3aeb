"""`failure.task` and `failure.message` → Pebble over the states and the error logs of an execution."""

from __future__ import annotations

from wfc import ir, walk
from wfc.walk import blocks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import Block
    from wfc.source import Span
    from wfc_targets.kestra.unit import Unit

SUFFIXES = "(_(calc|gate|once|until|branch|item))+$"
"""What the ids of the tasks around a statement end in whose failure is that of the statement."""


def failure_reads(block: Block) -> dict[str, Span]:
    """What a block reads of `failure`: names (task, message) with the first place of each."""
    found: dict[str, Span] = {}
    for stmt in walk.statements(block):
        for expr in walk.own_expressions(stmt):
            for ref in walk.references(expr):
                if ref.kind == "failure":
                    found.setdefault(ref.name, ref.span)
    return found


def failure_of(unit: Unit) -> dict[str, str]:
    """The texts of `failure` for `on failure`: of this execution, or what the body's own one handed out."""
    if not unit.places.handed:
        return failure_texts(unit.flow.body)
    outputs, budget = unit.places.handed, unit.flow.budget
    cut = "the budget of time is over" if budget is not None and budget.time is not None else ""
    return {
        "task": f"({outputs}.failure_task[0] ?? null)",
        "message": f"({outputs}.failure_message[0] ?? '{cut}')",
    }


def failure_texts(block: Block, states: tuple[str, ...] = ("FAILED", "WARNING")) -> dict[str, str]:
    """The Pebble texts of `failure.task` and `failure.message` for a handler of this block.

    One of the statements that failed: the first in the engine's list. A gate stands for what it guards.
    KILLED is what a budget of time has cut.
    """
    suspects = dict(_suspects(block))
    names = ", ".join(f'"{label}"' for label in suspects)
    failed = "[" + ", ".join(f"tasksWithState('{state}')" for state in states) + "]"
    own = f'sub("{SUFFIXES}"; "")'
    spared = ", ".join(f'"{label}": "", "{label}_fallback": "{label}"' for label, spare in suspects.items() if spare)
    own = f"({own} | {{{spared}}}[.] // .)" if spared else own
    found = f"add | map(.taskId | {own}) | . - (. - [{names}]) | first"
    message = f"map(select((.taskId | {own}) == $t) | .message) | last"
    return {
        "task": f"({failed} | jq('{found}') | first)",
        "message": f"(([errorLogs(), {failed}] | jq('(.[1] | {found}) as $t | .[0] | {message}') | first) ?? '')",
    }


def _suspects(block: Block) -> Iterator[tuple[str, bool]]:
    """Labels of the statements whose failure is a failure of the block; with True, only if their fallback fails too."""
    for stmt in block:
        match stmt:
            case ir.Task() | ir.Approve():
                yield stmt.label, stmt.fallback is not None
            case ir.Require() | ir.Fail() | ir.For():
                yield stmt.label, False
            case ir.Try():
                yield from _suspects(stmt.recover)
            case _:
                for body in blocks(stmt):
                    yield from _suspects(body)
