"""parallel-write-conflict: two tasks that may run at once write the same thing

## What it finds
Two statements of a `parallel` without an order between them that replace or remove the same thing (PUT, PATCH or DELETE
of one URL, an object of a store under one key), and a `for … max N` whose items all write the same one.

## Why
Whichever is last wins, and that is another one in each run. Rehearsal (Shambaugh et al., PLDI 2016) finds the same in
Puppet manifests: two unordered resources that do not commute.

## Bad
```wf
flow publish {
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  parallel {
    task prices = http.put(url: "https://shop.example.com/feed", json: { kind: "prices" })
    task stock = http.put(url: "https://shop.example.com/feed", json: { kind: "stock" })
  }
}
```
```wf
flow publish {
  input regions: list<string>
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  for region in regions max 4 {
    task push = http.put(url: "https://shop.example.com/feed", json: { region: region })
  }
}
```

## Good
```wf
flow publish {
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  parallel {
    task prices = http.put(url: "https://shop.example.com/feed/prices", json: { kind: "prices" })
    task stock = http.put(url: "https://shop.example.com/feed/stock", json: { kind: "stock" })
  }
}
```
```wf
flow publish {
  input regions: list<string>
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  for region in regions max 4 {
    task push = http.put(url: "https://shop.example.com/feed/{region}", json: { region: region })
  }
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import ordered_with
from wfc.checks.resources import writes
from wfc.diagnostic import ERROR, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyStmt, Flow, Task


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each second writer of a `parallel`, and for each loop whose items write one thing."""
    for stmt in walk.all_statements(flow):
        if isinstance(stmt, ir.Parallel):
            yield from of_parallel(stmt)
        elif isinstance(stmt, ir.For) and stmt.maximum is not None and stmt.maximum > 1:
            yield from of_loop(stmt)


def of_parallel(stmt: ir.Parallel) -> Iterator[Diagnostic]:
    """Each writer with the first one that it has no order with."""
    known = [(number, task, name) for number, inner in enumerate(stmt.body) for task, name in writers(inner)]
    names = [name for _, _, name in known]
    if len(set(names)) == len(names):
        return
    order = ordered_with(stmt)
    first: dict[str, dict[int, Task]] = {}
    places: dict[str, int] = {}
    for number, task, name in known:
        free = places.get(name, 0) & ~order[number]
        place = (free & -free).bit_length() - 1
        if free and place != number:
            other = first[name][place]
            yield CHECK.found(
                f"`{other.label}` and `{task.label}` may write the same thing at once",
                task.call.span,
                Label(other.call.span, "this writes it too, in no order with it"),
                why="The last one wins, and that is another one in each run.",
                help=f"put them in order (`after {other.label}`), or write to different places",
            )
        first.setdefault(name, {}).setdefault(number, task)
        places[name] = places.get(name, 0) | 1 << number


def of_loop(stmt: ir.For) -> Iterator[Diagnostic]:
    """Each writer of a concurrent loop of which nothing says which item it is for."""
    for inner in writers_of_block(stmt.body):
        task, name = inner
        if f"{{item.{stmt.label}}}" not in name and "{item." not in name and "{task." not in name:
            yield CHECK.found(
                f"all items of the loop write the same thing at once in `{task.label}`",
                task.call.span,
                Label(stmt.span, f"up to {stmt.maximum} items at once"),
                why="The last one wins, and that is another one in each run.",
                help=f"put `{stmt.variable}` into the name, or leave `max` out, so that one comes after the other",
            )


def writers(stmt: AnyStmt) -> Iterator[tuple[Task, str]]:
    """The tasks of a statement, and in it, that write something with a name."""
    return writers_of_block((stmt,))


def writers_of_block(block: tuple[AnyStmt, ...]) -> Iterator[tuple[Task, str]]:
    """The tasks of a block, at any depth, that write something with a name."""
    for task in walk.tasks_in(block):
        name = writes(task.call)
        if name is not None:
            yield task, name


CHECK = Check("WF111", "parallel-write-conflict", ERROR, __name__, find)
