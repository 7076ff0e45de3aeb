"""Questions about the edges between tasks: who is last, who must be waited for, whom a branch leads to."""

from __future__ import annotations

from wfc_targets.airflow.model import ALL_DONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wfc_targets.airflow.model import Draft

    Drafts = Mapping[str, Draft]


def children(drafts: Drafts) -> dict[str, list[str]]:
    """The direct successors of each task, in the order of the file."""
    found: dict[str, list[str]] = {name: [] for name in drafts}
    for draft in drafts.values():
        for name in draft.upstream:
            found[name].append(draft.id)
    return found


def last_of(drafts: Drafts, ids: Iterable[str]) -> tuple[str, ...]:
    """The tasks of a set whose ends together mean that all of the set have ended.

    A task needs no watching when a child of the set can't end before it: one that waits for all its parents, or has
    no other parent. `all_success` and `none_failed` end at the first failed parent, so several parents are no proof;
    nor is a child outside of the task's mapped group, which ends with the first failed item.
    """
    inside = set(ids)
    covered = set()
    for name in inside:
        draft = drafts[name]
        for parent in draft.upstream:
            if parent not in inside:
                continue
            same = drafts[parent].group == draft.group
            if draft.rule == ALL_DONE or (same and len(draft.upstream) == 1):
                covered.add(parent)
    return tuple(name for name in drafts if name in inside and name not in covered)


def descendants(following: Mapping[str, Iterable[str]], start: Iterable[str]) -> set[str]:
    """Everything downstream of some tasks, themselves excluded."""
    found: set[str] = set()
    stack = list(start)
    while stack:
        for name in following[stack.pop()]:
            if name not in found:
                found.add(name)
                stack.append(name)
    return found


def followed(
    following: Mapping[str, Sequence[str]], branch: str, arm: set[str], arms: list[set[str]]
) -> tuple[str, ...]:
    """What a branch returns to take an arm: its first tasks, and direct successors that stand in no arm.

    Airflow does not skip what is downstream of a followed task (SkipMixin.skip_all_except), so that is left out.
    """
    wanted = [name for name in following[branch] if name in arm or not any(name in other for other in arms)]
    reached = descendants(following, wanted) if len(wanted) > 1 else ()
    return tuple(name for name in wanted if name not in reached)
