"""Edges → lines such as `a >> b >> c` and `[l, r] >> j`, with mapped groups taken as one where that is the same."""

from __future__ import annotations

from wfc_targets.common.python_source import WIDTH, chain, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wfc_targets.airflow.model import Draft

    Edges = list[tuple[str, str]]
    Groups = Mapping[str, str | None]


def inner_edges(members: Sequence[Draft], groups: Groups) -> Edges:
    """Edges written inside the function of a mapped group: between its tasks, and from outside to one of them alone."""
    inside = {draft.id for draft in members}
    whole = {source for source, _ in entering(members, groups)}
    later = {draft.id for draft in members if set(draft.upstream) & inside}  # an edge to the group leads to the others
    return [
        (source, draft.id)
        for draft in members
        for source in draft.upstream
        if source in inside or (groups[source] is None and (source not in whole or draft.id in later))
    ]


def groups_of(tasks: Sequence[Draft]) -> Groups:
    """The id of the group of each task, or None."""
    return {draft.id: draft.group.id if draft.group else None for draft in tasks}


def entering(members: Sequence[Draft], groups: Groups) -> Edges:
    """Edges into a group that all of its first tasks share."""
    inside = {draft.id for draft in members}
    first = [draft for draft in members if not set(draft.upstream) & inside]
    shared = [name for name in first[0].upstream if all(name in draft.upstream for draft in first)] if first else []
    return [(name, members[0].group.id) for name in shared if name in groups and members[0].group]


def group_edges(tasks: Sequence[Draft]) -> Edges:
    """Edges of the whole DAG but for those inside of groups; a group stands for its first or its last tasks."""
    groups = groups_of(tasks)
    members: dict[str, list[Draft]] = {}
    for draft in tasks:
        if draft.group:
            members.setdefault(draft.group.id, []).append(draft)
    first = {name: {source for source, _ in entering(inside, groups)} for name, inside in members.items()}
    last = {name: ends(inside) for name, inside in members.items()}
    found: Edges = []
    for draft in tasks:
        target = draft.group.id if draft.group else None
        sources = [name for name in draft.upstream if target is None or groups[name] != target]
        entries = left(sources, last, groups)
        if target is None:
            found += [(source, draft.id) for source in entries]
        else:
            into = first[target]
            whole = [source for source in sources if source in into]
            found += [(source, target) for source in left(whole, last, groups)]
            alone = [source for source in sources if source not in into and groups[source]]
            found += [(source, f"dag.get_task({string(draft.id)})") for source in left(alone, last, groups)]
    return list(dict.fromkeys(found))


def ends(members: Sequence[Draft]) -> set[str]:
    """The tasks of a group that no other task of it follows."""
    sources = {name for draft in members for name in draft.upstream}
    return {draft.id for draft in members} - sources


def left(sources: Sequence[str], last: dict[str, set[str]], groups: Groups) -> list[str]:
    """Sources as they are written outside of groups: the group for all of its last tasks, `dag.get_task` for others."""
    found: list[str] = []
    for name in sources:
        inside = groups[name]
        if inside is None:
            found.append(name)
        elif last[inside] <= set(sources) and name in last[inside]:
            found.append(inside)
        else:
            found.append(f"dag.get_task({string(name)})")
    return list(dict.fromkeys(found))


def edge_lines(edges: Edges, indent: int) -> list[str]:
    """Chains, in the order of the tasks: a task with several before it begins a line, others continue one."""
    before: dict[str, list[str]] = {}
    for source, target in edges:
        before.setdefault(target, []).append(source)
    following: dict[str, list[str]] = {}
    for target, sources in before.items():
        if len(sources) == 1:
            following.setdefault(sources[0], []).append(target)
    lines: list[str] = []
    done: set[str] = set()
    for target, sources in before.items():
        if target in done:
            continue
        if len(sources) == 1 and sources[0] in before and sources[0] not in done:
            continue
        lines.append(line_from(target, sources, following, done, indent))
    for target, sources in before.items():
        if target not in done:
            lines.append(line_from(target, sources, following, done, indent))
    return lines


def line_from(target: str, sources: list[str], following: dict[str, list[str]], done: set[str], indent: int) -> str:
    """What stands before a task, the task, and what follows it alone; several lines where that is too wide."""
    if len(sources) == 1:
        group = [name for name in following[sources[0]] if name not in done]
        ends_here = [name for name in group if not following.get(name)]
        if len(ends_here) > 1 and target in ends_here:
            done.update(ends_here)
            return "\n".join(chain([sources[0], part], ">>", indent) for part in listed(ends_here, len(sources[0])))
    *lists, last = [sources[0]] if len(sources) == 1 else listed(sources, len(target))
    parts = [last, target]
    done.add(target)
    while True:
        nexts = [name for name in following.get(parts[-1], ()) if name not in done]
        if not nexts or (len(nexts) > 1 and all(not following.get(name) for name in nexts)):
            break
        parts.append(nexts[0])
        done.add(nexts[0])
    return "\n".join([*(chain([part, target], ">>", indent) for part in lists), chain(parts, ">>", indent)])


def listed(names: Sequence[str], taken: int) -> list[str]:
    """`[a, b]`, as many such lists as it takes to stay narrow. taken: columns that the other end of the edge needs."""
    rows: list[list[str]] = [[]]
    for name in names:
        if rows[-1] and len(", ".join([*rows[-1], name])) + taken > WIDTH - 16:
            rows.append([])
        rows[-1].append(name)
    return ["[" + ", ".join(row) + "]" if len(row) > 1 else row[0] for row in rows]
