"""subflow-cycle: flows that start each other without end

## What it finds
A circle of flows by `flow.run` and `on flow(…)`, a flow that starts itself included. The message has the whole path,
and every edge its place.

## Why
A flow that runs itself waits for itself, and one that is started by what it starts never comes to rest. Kestra
refuses only a flow that names itself; Airflow and GitHub refuse none.

## Bad
```wf
flow load {
  task next = flow.run(refresh)
}
flow refresh {
  task first = flow.run(load)
}
```
```wf
flow load {
  on flow("refresh")
  defaults { timeout 1m }
  task work = shell("./load")
}
flow refresh {
  on flow("load")
  defaults { timeout 1m }
  task work = shell("./refresh")
}
```

## Good
```wf
flow load {
  defaults { timeout 1m }
  task work = shell("./load")
  task next = flow.run(refresh)
}
flow refresh {
  defaults { timeout 1m }
  task work = shell("./refresh")
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import ProjectCheck
from wfc.diagnostic import ERROR, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Project

    Edges = dict[str, dict[str, Label]]


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """The shortest circle through each flow, reported once, for the first of its flows in order of name."""
    edges = starts(project)
    for flow in project.flows:
        path = shortest(flow.name, edges)
        if path and flow.name == min(path):
            yield flow.name, report(path, edges)


def report(path: list[str], edges: Edges) -> Diagnostic:
    """The circle, with a label for each of its edges when there are several."""
    labels = [edges[one][other] for one, other in zip(path, [*path[1:], path[0]], strict=True)]
    shown = " → ".join(f"`{name}`" for name in [*path, path[0]])
    return CHECK.found(
        f"these flows start each other without end: {shown}" if len(path) > 1 else f"`{path[0]}` starts itself",
        labels[0].span,
        *(labels if len(labels) > 1 else ()),
        why="Each run brings about the next one.",
        help="take one of these starts away; to repeat work use `for`, `retry` or `until`",
    )


def starts(project: Project) -> Edges:
    """Which flow starts which, and where it says so: by a task, or by a trigger of the other."""
    edges: Edges = {flow.name: {} for flow in project.flows}
    for flow in project.flows:
        for task in walk.tasks(flow):
            for call in walk.calls(task):
                if isinstance(call.op, ir.RunFlow) and call.op.flow in edges:
                    text = f"`{flow.name}` runs `{call.op.flow}`"
                    edges[flow.name].setdefault(call.op.flow, Label(call.span, text))
        for trigger in flow.triggers:
            before = dict(trigger.args).get("name") if trigger.kind == "flow" else None
            if isinstance(before, str) and before in edges:
                text = f"a run of `{before}` starts `{flow.name}`"
                edges[before].setdefault(flow.name, Label(trigger.span, text))
    return edges


def shortest(start: str, edges: Edges) -> list[str]:
    """The names of a shortest circle that begins with `start`, or []."""
    came: dict[str, str] = {}
    queue = [start]
    for name in queue:
        for target in edges[name]:
            if target == start:
                path = [name]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            if target not in came:
                came[target] = name
                queue.append(target)
    return []


CHECK = ProjectCheck("WF901", "subflow-cycle", ERROR, __name__, find, preset="draft")
