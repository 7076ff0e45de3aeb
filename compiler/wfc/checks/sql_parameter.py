"""sql-parameter: a parameter of the SQL that nobody gives, or one that is given and not used

## What it finds
`:name` in the text of `sql.query` or `sql.execute` that `params` lacks; as a warning, an entry of `params` that the
text does not have. Strings, comments, quoted names, dollar quotes and casts (`::int`) are left out.

## Why
A parameter that nobody gives fails the statement, always and only when it runs.

## Bad
```wf
flow clean {
  input day: date
  secret db
  defaults { timeout 1m }
  task drop = sql.execute(url: db, sql: "delete from orders where day = :dya or ordered = :day", params: { day: day })
    no retry "by hand"
}
```

## Good
```wf
flow clean {
  input day: date
  secret db
  defaults { timeout 1m }
  task drop = sql.execute(url: db, sql: "delete from orders where day = :day", params: { day: day })
    no retry "by hand"
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.scripts import argument_span
from wfc.diagnostic import ERROR, WARNING, suggest
from wfc.embedded.sql_parts import parameters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each name that is on one side only."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            if not isinstance(call.op, ir.Sql) or not call.action.startswith("sql."):
                continue
            used = dict.fromkeys(parameters(call.op.sql))
            given = dict(call.op.params)
            for name in used:
                if name not in given:
                    near = suggest(name, given)
                    yield CHECK.found(
                        f"nobody gives the parameter `:{name}` of {title}",
                        argument_span(call, "sql"),
                        why="The statement fails when it runs, each time.",
                        help=f"did you mean `:{near}`?" if near else f"add `{name}` to `params: {{ … }}`",
                    )
            for name in given:
                if name not in used:
                    yield CHECK.found(
                        f"the SQL of {title} does not use the parameter `{name}`",
                        argument_span(call, "params"),
                        help=f"write `:{name}` where it belongs, or leave it out",
                        severity=WARNING,
                    )


CHECK = Check("WF208", "sql-parameter", ERROR, __name__, find, preset="draft")
