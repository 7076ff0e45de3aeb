"""The tasks of a DAG → the entries of its manifest."""

from __future__ import annotations

from wfc.target import Entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import Json
    from wfc_targets.airflow.model import Draft
    from wfc_targets.airflow.names import Names


def entries(names: Names, artifact: str) -> Iterator[Entry]:
    """One entry a task. extra: `indexes` (numbers of unrolled items), `mapped` (place of map_index), `of` (its task)."""
    owners = {one: (path, suffix) for (path, suffix), site in names.sites.items() for one in (site.draft.id, *site.ids)}
    for draft in names.drafts.values():
        extra = place(names, draft, owners.get(draft.id, (draft.path, ""))[1])
        section = draft.section
        yield Entry(draft.id, draft.path, draft.role, section, draft.span, artifact, extra)


def place(names: Names, draft: Draft, suffix: str) -> tuple[tuple[str, Json], ...]:
    """Which item of which loop a task belongs to: a number for an unrolled loop, "map" for a mapped one."""
    indexes: list[Json] = []
    for label in names.loops.get(draft.path, ()):
        if label in names.unrolled:
            fixed = next((one for one in names.unrolled[label] if suffix.startswith(one.suffix)), None)
            if fixed is not None:
                indexes.append(fixed.index)
                suffix = suffix.removeprefix(fixed.suffix)
        else:
            indexes.append("map")
    return (("indexes", indexes),) if indexes else ()
