'''retry-amplification: retries inside retries multiply

## What it finds
A retried `flow.run` of a flow whose tasks are retried too (at any depth), and a retried script with `curl --retry` or
`wget --tries`, when one request may so be sent more than nine times. The message prints the product. Clients that
repeat by themselves are counted in it (boto3 and openai 3, kubectl 11), but beside one `retry` alone they are no
finding, for the author has written one layer only. Requests of `http.*` and `llm.*` are sent once an attempt.

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

```wf
flow load {
  task export = shell("""
    curl -fsS --retry 5 -X PUT https://api.example.com/export
  """) timeout 5m retry fixed(attempts: 4, every: 1m) idempotent
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
'''

from __future__ import annotations

from wfc import ir, walk
from wfc.check import ProjectCheck
from wfc.checks.client_retries import client
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
            if call.retry is not None and call.retry.attempts > 1:
                deeper = worst(project, call.op.flow, known) if isinstance(call.op, ir.RunFlow) else ()
                path = ((task, call), *deeper)
                if layers(path) > 1 and times(path) > MOST:
                    yield flow.name, report(path)


def report(path: Path) -> Diagnostic:
    """The finding about the call at the end of a path, at the retry where the path begins."""
    task, call = path[-1]
    last = client(call)
    first = path[0][1].retry
    shown = [str(attempts(one)) for _, one in path] + ([f"{last.requests} ({last.name})"] if last else [])
    labels = [Label(one.retry.span, f"× {one.retry.attempts} attempts") for _, one in path[1:] if one.retry]
    if last:
        labels.append(Label(call.span, f"{last.name} sends a request up to {last.requests} times"))
    what = f"`{task.label}` may be called" if last is None else f"a request of `{task.label}` may be sent"
    return CHECK.found(
        f"{what} {times(path)} times: {' × '.join(shown)}",
        first.span if first else call.span,
        *labels,
        why="Each layer multiplies what the one below does, while the server is in trouble already.",
        help="retry at one layer: the innermost, which knows what failed",
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
        count = times(path)
        if count > most:
            best, most = path, count
    known[name] = best
    return best


def times(path: Path) -> int:
    """How often a request at the end of a path may be sent: all attempts multiplied, and those of its client."""
    last = client(path[-1][1])
    product = last.requests if last else 1
    for _, call in path:
        product *= attempts(call)
    return product


def layers(path: Path) -> int:
    """How many retries the author has written on a path."""
    last = client(path[-1][1])
    return sum(attempts(call) > 1 for _, call in path) + (last is not None and last.written)


def attempts(call: Call) -> int:
    """How often a call is made at most."""
    return call.retry.attempts if call.retry else 1


CHECK = ProjectCheck("WF309", "retry-amplification", WARNING, __name__, find)
