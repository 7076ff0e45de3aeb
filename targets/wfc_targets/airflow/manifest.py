"""The tasks of a DAG → the entries of its manifest; `states` says what is in `extra`."""

from __future__ import annotations

from wfc.target import Entry
from wfc_targets.airflow.graph import children, descendants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import Json
    from wfc_targets.airflow.model import Draft
    from wfc_targets.airflow.names import Context, Names

    Extra = list[tuple[str, Json]]


def entries(names: Names, artifact: str) -> Iterator[Entry]:
    """One entry a task."""
    following = children(names.drafts)
    for draft in names.drafts.values():
        extra = [*place(names, draft), *draft.notes, *around(draft)]
        if draft.role == "stop":
            ends: list[Json] = [*sorted(descendants(following, [draft.id]))]
            extra.append(("ends", ends))
        yield Entry(draft.id, draft.path, draft.role, draft.section, draft.span, artifact, tuple(extra))


def place(names: Names, draft: Draft) -> Extra:
    """Which item of which loop a task belongs to: a number for an unrolled loop, "map" for a mapped one."""
    fixed = {one.loop: one.index for one in draft.fixed}
    indexes: list[Json] = [fixed.get(label, "map") for label in names.loops.get(draft.path, ())]
    return [("indexes", indexes)] if indexes else []


def condition(draft: Draft, context: Context) -> Json:
    """One condition around a task: its kind, what tells whether it held, and whether it is outside of the loop."""
    outside = context in draft.looped
    if context.recovers is not None:
        return ["recovers", [*context.recovers], context.group == draft.group, outside]
    if context.branch:
        return ["arm", context.branch, list(context.taken), outside]
    return ["checked", [*sorted(context.members)], True, outside]


def around(draft: Draft) -> Extra:
    """The conditions around the innermost loop: of branches what they return, of checks the tasks that make them.

    All conditions around it for a task in a `recover`, as it is not run or skipped by the outermost that does not hold.
    """
    if any(context.recovers is not None for context in draft.contexts):
        return [("around", [condition(draft, context) for context in draft.contexts])]
    arms: list[Json] = [[context.branch, list(context.taken)] for context in draft.looped if context.taken]
    checked: list[Json] = [[*sorted(context.members)] for context in draft.looped if context.check]
    return [(name, found) for name, found in (("arms", arms), ("checked", checked)) if found]
