"""The order of the statements of one block: what data and `after` demand, and cycles, told with every edge."""

from __future__ import annotations

from wfc.diagnostic import Label
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.resolve.report import Report
    from wfc.source import Span


class Use(Record):
    """A statement needs a task: its path, where it says so, and whether by data or by `after`."""

    path: str
    span: Span
    by: str = "data"


class Item(Record):
    """One statement of a block, as the order sees it: name for messages, paths of the tasks in it, what it uses."""

    name: str
    span: Span
    paths: tuple[str, ...]
    uses: tuple[Use, ...]
    simple: bool


def edges(items: list[Item], sequence: bool, report: Report) -> tuple[tuple[int, int], ...]:
    """(before, after) pairs of a block, by index, sorted. Reports WF101 for each cycle and leaves its edges out.

    In a sequence the order of the text is given; a statement that needs a later one is a cycle.
    """
    owner = {path: index for index, item in enumerate(items) for path in item.paths}
    found: dict[tuple[int, int], Use] = {}
    for index, item in enumerate(items):
        for use in item.uses:
            before = owner.get(use.path)
            if before is None or (before == index and not item.simple):
                continue
            if before == index:
                report_self(item, use, report)
            elif sequence and before > index:
                report_late(items[before], item, use, report)
            else:
                found.setdefault((before, index), use)
    if sequence:
        return tuple((index, index + 1) for index in range(len(items) - 1))
    for cycle in cycles(len(items), found):
        report_cycle(cycle, items, found, report)
        for pair in cycle:
            found.pop(pair, None)
    return tuple(sorted(found))


def report_self(item: Item, use: Use, report: Report) -> None:
    """WF101: a task that needs its own result."""
    report.error(
        "WF101",
        f"`{item.name}` waits for itself",
        use.span,
        Label(item.span, f"`{item.name}` starts here"),
        help="a task reads its own result only in `until`, `holds` and `undo`",
    )


def report_late(later: Item, item: Item, use: Use, report: Report) -> None:
    """WF101: a statement of a sequence that needs one further down."""
    what = "reads" if use.by == "data" else "is after"
    report.error(
        "WF101",
        f"`{item.name}` {what} `{later.name}`, which runs after it",
        use.span,
        Label(later.span, f"`{later.name}` comes later in the text, so it runs later"),
        why="Statements run from top to bottom: each would wait for the other.",
        help=f"move `{later.name}` above `{item.name}`, or put both into `parallel {{ }}`",
    )


def cycles(count: int, pairs: dict[tuple[int, int], Use]) -> list[list[tuple[int, int]]]:
    """One shortest cycle through the first statement of each knot (strongly connected part), as edges."""
    after: list[list[int]] = [[] for _ in range(count)]
    for before, index in pairs:
        after[before].append(index)
    order = topological(count, after)
    if order is None:
        return []
    stuck = set(order)
    result = []
    while stuck:
        start = min(stuck)
        path = shortest_cycle(start, after)
        stuck -= set(path) or {start}
        if path:
            result.append(list(zip(path, [*path[1:], path[0]], strict=True)))
    return result


def topological(count: int, after: list[list[int]]) -> list[int] | None:
    """None when the graph has no cycle, else the statements that wait on a cycle (or are one)."""
    waiting = [0] * count
    for targets in after:
        for target in targets:
            waiting[target] += 1
    ready = [index for index in range(count) if not waiting[index]]
    done = 0
    while ready:
        index = ready.pop()
        done += 1
        for target in after[index]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return None if done == count else [index for index in range(count) if waiting[index]]


def shortest_cycle(start: int, after: list[list[int]]) -> list[int]:
    """The statements of a shortest cycle through `start`, beginning with it; [] when it is on none."""
    came: dict[int, int] = {}
    queue = [start]
    for index in queue:
        for target in after[index]:
            if target == start:
                path = [index]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            if target not in came:
                came[target] = index
                queue.append(target)
    return []


def report_cycle(
    cycle: list[tuple[int, int]], items: list[Item], pairs: dict[tuple[int, int], Use], report: Report
) -> None:
    """WF101 with the whole path and a label for every edge."""
    names = [items[before].name for before, _ in cycle]
    shown = " → ".join(f"`{name}`" for name in [*names, names[0]])
    labels = []
    for before, index in cycle:
        use = pairs[before, index]
        verb = "reads" if use.by == "data" else "is after"
        labels.append(Label(use.span, f"`{items[index].name}` {verb} `{items[before].name}`"))
    first = labels[-1]
    report.error(
        "WF101",
        f"these tasks wait for each other: {shown}",
        first.span,
        *labels,
        why="None of them can start before the others have ended.",
        help="take one of these references away",
    )
