"""dead-task: a task that only reads, and nobody reads its result

## What it finds
A query, a question to a model, or a read by an action of the catalog, whose result no expression reads and that has
no `until` or `holds`. A plain `http.get` is left out: it is often there to see whether something answers.

## Why
It costs time or money for nothing, or its result was meant to be used and a name was mixed up.

## Bad
```wf
flow digest {
  input text: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task summary = llm.summarize(prompt: "In one sentence.", data: { text: text })
}
```

## Good
```wf
flow digest {
  input text: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task summary = llm.summarize(prompt: "In one sentence.", data: { text: text })
  output sentence: string = summary
}
```
"""

from __future__ import annotations

from wfc import ir, types, walk
from wfc.check import Check
from wfc.checks.common import work
from wfc.checks.facts import facts
from wfc.checks.sql_texts import verdict_of
from wfc.diagnostic import INFO
from wfc.embedded.verdict import READ
from wfc.types import NOTHING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Task


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each task that could be left out."""
    known = facts(flow)
    if known.holes:
        return
    used = {name for stmt in walk.all_statements(flow) for name in getattr(stmt, "after", ())}
    used |= {name for kind, name in known.read if kind == "task"}
    for task in walk.tasks(flow):
        if only_reads(task) and task.path not in used and task.type not in (NOTHING, types.UNKNOWN):
            yield CHECK.found(
                f"nobody reads what `{task.label}` gives",
                task.name_span,
                why=f"{work(task.call)} changes nothing, so the task is there for its result alone.",
                help="use the result, or leave the task out",
            )


def only_reads(task: Task) -> bool:
    """Is it sure to change nothing, and no poll?"""
    call = task.call
    if task.until or task.holds or call.effect.repeat != "safe" or not call.effect.reversible:
        return False
    match call.op:
        case ir.Llm():
            return True
        case ir.Sql(mode="query"):
            found = verdict_of(call)
            return found is not None and found.kind == READ
        case ir.Http(method="GET"):
            return not call.action.startswith("http.")
        case _:
            return False


CHECK = Check("WF109", "dead-task", INFO, __name__, find, whole=True, preset="draft")
