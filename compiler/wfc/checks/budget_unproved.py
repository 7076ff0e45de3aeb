"""budget-unproved: nothing holds the flow to its budget of attempts or money

## What it finds
`budget { attempts N }` when the attempts of the body may be more (the message prints the sum), or when nobody can
know (a list of unknown length, an `until` without `within`); and `budget { cost … }`, for wfc knows no prices. A list
that is cut (`items[:50]`) has a known length. A client that sends a request again by itself (boto3, kubectl,
`curl --retry`) counts with each of them, as in WF309.

## Why
Neither is counted while a flow runs: a budget of attempts is proved before, or it does not hold. What is not proved
must not look as if it were.

## Bad
```wf
flow sync {
  budget { attempts 10 }
  defaults { timeout 1m retry exponential(attempts: 4, first: 2s, max: 30s) }
  task one = http.put(url: "https://a.example.com/one", json: {})
  task two = http.put(url: "https://a.example.com/two", json: {})
  task three = http.put(url: "https://a.example.com/three", json: {})
}
```
```wf
flow sync {
  input regions: list<string>
  budget { attempts 10 }
  defaults { timeout 1m retry exponential(attempts: 4, first: 2s, max: 30s) }
  for region in regions { task push = http.put(url: "https://a.example.com/{region}", json: {}) }
}
```

## Good
```wf
flow sync {
  input regions: list<string>
  budget { attempts 40 }
  defaults { timeout 1m retry exponential(attempts: 4, first: 2s, max: 30s) }
  for region in regions[:10] { task push = http.put(url: "https://a.example.com/{region}", json: {}) }
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import ProjectCheck
from wfc.checks.client_retries import client
from wfc.diagnostic import ERROR, Label
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, AnyStmt, Block, Project
    from wfc.source import Span

    Known = dict[str, "Count"]


class Count(Record):
    """How many attempts at most. shown: the sum or product as text; unknown: the place that nobody can count."""

    number: int
    shown: str
    unknown: Span | None = None
    reason: str = ""


NOTHING = Count(0, "")
LONGEST = 120
"""A sum that is longer, in characters, is shown as its result."""


def find(project: Project) -> Iterator[tuple[str, Diagnostic]]:
    """At most two findings for each flow with a budget."""
    known: Known = {}
    for flow in project.flows:
        budget = flow.budget
        if budget is None:
            continue
        if budget.attempts is not None:
            found = of_flow(flow.name, project, known)
            if found.unknown is not None:
                yield (
                    flow.name,
                    CHECK.found(
                        f"nobody can know whether {budget.attempts} attempts are enough: {found.reason}",
                        budget.span,
                        Label(found.unknown, "this may be any number"),
                        why="Attempts are not counted while a flow runs, so the budget must be proved before.",
                        help="bound it (`items[:50]`, `within 1h`), or leave `attempts` out of the budget",
                    ),
                )
            elif found.number > budget.attempts:
                yield (
                    flow.name,
                    CHECK.found(
                        f"the flow may make {found.number} attempts, its budget is {budget.attempts}: {found.shown}",
                        budget.span,
                        why="Attempts are not counted while a flow runs, so the budget must be proved before.",
                        help="lower `attempts` of the retries, or raise the budget",
                    ),
                )
        if budget.cost is not None:
            yield (
                flow.name,
                CHECK.found(
                    "nothing holds the flow to a budget of cost: no prices are known",
                    budget.span,
                    why="What is not proved must not look as if it were.",
                    help="bound the `attempts`, and leave `cost` out",
                ),
            )


def of_block(block: Block, project: Project, known: Known) -> Count:
    """The attempts of statements one after the other. known: the flows that were counted before."""
    return added([of_statement(stmt, project, known) for stmt in block])


def of_statement(stmt: AnyStmt, project: Project, known: Known) -> Count:
    """The most attempts of calls that a statement makes."""
    match stmt:
        case ir.Task():
            return of_task(stmt, project, known)
        case ir.Parallel() | ir.Workspace():
            return of_block(stmt.body, project, known)
        case ir.For():
            return of_loop(stmt, project, known)
        case ir.If():
            return largest([of_block(body, project, known) for body in (*(body for _, body in stmt.arms), stmt.other)])
        case ir.Match():
            bodies = (*(body for _, body in stmt.arms), stmt.other or ())
            return largest([of_block(body, project, known) for body in bodies])
        case ir.Try():
            return added([of_block(stmt.body, project, known), of_block(stmt.recover, project, known)])
        case _:
            return NOTHING


def of_task(task: ir.Task, project: Project, known: Known) -> Count:
    """Attempts × polls, and those of the fallback; a flow that is run counts with what it does."""
    own = of_call(task.call, project, known)
    if task.until is not None:
        if task.until.within is None:
            return Count(0, "", task.until.span, f"`{task.label}` polls without an end")
        own = times(own, task.until.within // max(task.until.every, 1) + 1)
    if task.holds is not None:
        own = times(own, task.holds.duration // max(task.holds.every, 1) + 1)
    other = of_call(task.fallback.call, project, known) if task.fallback and task.fallback.call else NOTHING
    return added([own, other])


def of_call(call: ir.Call, project: Project, known: Known) -> Count:
    """The attempts of one call, and what its client makes of each."""
    number = call.retry.attempts if call.retry else 1
    if not isinstance(call.op, ir.RunFlow):
        repeats = client(call)
        if repeats is None:
            return Count(number, str(number))
        product = f"{number} × " if number > 1 else ""
        return Count(number * repeats.requests, f"{product}{repeats.requests} ({repeats.name})")
    return times(added([Count(1, "1"), of_flow(call.op.flow, project, known)]), number)


def of_flow(name: str, project: Project, known: Known) -> Count:
    """The attempts of the body of a flow, counted once; nothing for one that is being counted: circles are WF901's."""
    if name not in known:
        known[name] = NOTHING
        flow = project.flow(name)
        known[name] = of_block(flow.body, project, known) if flow else NOTHING
    return known[name]


def of_loop(stmt: ir.For, project: Project, known: Known) -> Count:
    """The attempts of one item × the items, if anybody knows how many there are."""
    inner = of_block(stmt.body, project, known)
    length = length_of(stmt.items)
    if length is None and inner.number:
        return Count(0, "", stmt.span, f"`{stmt.variable}` takes as many values as its list has")
    return times(inner, length or 0)


def length_of(items: AnyExpr) -> int | None:
    """The most items of a list: those written, or those of a slice from its start."""
    match items:
        case ir.ListExpr(items=written):
            return len(written)
        case ir.Slice(start=None, stop=ir.Literal(value=int() as stop)) if stop >= 0:
            return stop
        case _:
            return None


def added(counts: list[Count]) -> Count:
    """The sum; unknown where a part is."""
    unknown = next((count for count in counts if count.unknown is not None), None)
    if unknown is not None:
        return unknown
    some = [count for count in counts if count.number]
    shown = " + ".join(count.shown for count in some)
    number = sum(count.number for count in some)
    return Count(number, shown if len(shown) <= LONGEST else str(number))


def largest(counts: list[Count]) -> Count:
    """The arm with the most attempts; unknown where an arm is."""
    unknown = next((count for count in counts if count.unknown is not None), None)
    return unknown or max(counts, key=lambda count: count.number, default=NOTHING)


def times(count: Count, factor: int) -> Count:
    """The product; unknown where the count is."""
    if count.unknown is not None or not count.number:
        return count
    shown = f"({count.shown})" if " + " in count.shown else count.shown
    return count if factor == 1 else Count(count.number * factor, f"{factor} × {shown}")


CHECK = ProjectCheck("WF315", "budget-unproved", ERROR, __name__, find)
