"""retry-amplification: retries inside retries multiply

## What it finds
A retried `flow.run` of a flow whose tasks are retried too (at any depth), when one call may so be made more than nine
times. The message prints the product.

## Why
Each layer believes that it tries three or four times; the server sees the product, just when it is in trouble. Google's
SRE book (chapter 22, "Addressing Cascading Failures") has 4 × 4 × 4 = 64 from three layers, and wants retries at one of
them.

## Bad
```wf
flow load {
  defaults { timeout 1m }
  task orders = flow.run(fetch) idempotent retry fixed(attempts: 4, every: 1m)
}
flow fetch {
  task get = http.put(url: "https://api.example.com/export", json: {})
    timeout 1m
    retry exponential(attempts: 5, first: 2s, max: 1m)
}
```

## Good
```wf
flow load {
  defaults { timeout 1m }
  task orders = flow.run(fetch)
}
flow fetch {
  task get = http.put(url: "https://api.example.com/export", json: {})
    timeout 1m
    retry exponential(attempts: 5, first: 2s, max: 1m)
}
```
"""

from __future__ import annotations

from math import prod

from wfc import ir, walk
from wfc.check import ProjectCheck
from wfc.diagnostic import WARNING, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Call, Project, Task

    Path = tuple[tuple[Task, Call], ...]

MOST = 9
"""Three attempts at each of two layers."""


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """One finding for each retried call of a flow that multiplies."""
    known: dict[str, Path] = {}
    for flow in project.flows:
        for task in walk.tasks(flow):
            call = task.call
            if not isinstance(call.op, ir.RunFlow) or call.retry is None or call.retry.attempts < 2:
                continue
            path = ((task, call), *worst(project, call.op.flow, known))
            numbers = [attempts(one) for _, one in path]
            if len([number for number in numbers if number > 1]) > 1 and prod(numbers) > MOST:
                shown = " × ".join(str(number) for number in numbers)
                yield (
                    flow.name,
                    CHECK.found(
                        f"`{path[-1][0].label}` may be called {prod(numbers)} times: {shown}",
                        call.retry.span,
                        *(
                            Label(one.retry.span, f"× {one.retry.attempts} attempts")
                            for _, one in path[1:]
                            if one.retry
                        ),
                        why="Each layer multiplies what the one below does, while the server is in trouble already.",
                        help="retry at one layer: the innermost, which knows what failed",
                    ),
                )


def worst(project: Project, name: str, known: dict[str, Path]) -> Path:
    """The way down from a flow to the call that is made most often, () for none; circles are WF901's.

    known: what was found of flows before, () for those that are being looked at; each is looked at once.
    """
    if name in known:
        return known[name]
    flow = project.flow(name)
    best: Path = ()
    known[name] = best
    most = 1
    for task in walk.tasks(flow) if flow else ():
        deeper = worst(project, task.call.op.flow, known) if isinstance(task.call.op, ir.RunFlow) else ()
        path = ((task, task.call), *deeper)
        count = prod(attempts(one) for _, one in path)
        if count > most:
            best, most = path, count
    known[name] = best
    return best


def attempts(call: Call) -> int:
    """How often a call is made at most."""
    return call.retry.attempts if call.retry else 1


CHECK = ProjectCheck("WF309", "retry-amplification", WARNING, __name__, find)
