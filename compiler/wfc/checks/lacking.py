"""Tasks that lack a clause, told in one finding: a flow without any `timeout` has one fault, not twenty."""

from __future__ import annotations

from wfc.checks.common import after
from wfc.diagnostic import Edit, Fix, Label
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Call, Task

SHOWN = 6
"""Places that one finding points at, beside the first."""


class Lacking(Record):
    """A task, what to call the call that lacks something (the undo of `pay`), and that call."""

    task: Task
    title: str
    call: Call


def groups(lacking: list[Lacking], code: str) -> list[list[Lacking]]:
    """Those that `allow` the code each by itself, so that the reason covers them alone, and all others together."""
    alone = [item for item in lacking if any(allow.code == code for allow in item.task.allows)]
    others = [item for item in lacking if all(allow.code != code for allow in item.task.allows)]
    return [[item] for item in alone] + ([others] if others else [])


def titles(group: list[Lacking]) -> str:
    """ "`a`", "`a` and `b`", "`a`, `b` and 11 others"."""
    first, *others = [item.title for item in group]
    if not others:
        return first
    if len(others) == 1:
        return f"{first} and {others[0]}"
    return f"{first}, {others[0]} and {len(others) - 1} other{'s' if len(others) > 2 else ''}"


def labels(group: list[Lacking], text: str) -> tuple[Label, ...]:
    """The places of all but the first, as far as they can be shown."""
    return tuple(Label(item.call.span, text) for item in group[1 : SHOWN + 1])


def clause_fix(group: list[Lacking], clause: str, safe: bool = True) -> tuple[Fix, ...]:
    """Put the clause behind each task; none where it belongs into the braces of an `undo` or `fallback`."""
    if any(item.call is not item.task.call for item in group):
        return ()
    edits = tuple(Edit(after(item.task.span), f" {clause}") for item in group)
    return (Fix(f"add `{clause}`", edits, safe),)
