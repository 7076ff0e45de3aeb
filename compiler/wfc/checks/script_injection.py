'''script-injection: a script reads a value as code

## What it finds
A value from outside that a script hands to `eval`, `sh -c`, an interpreter, a database client's command text or a
here-document for one, a shell's standard input or that of another machine (`ssh`), and in Python to `eval`, `exec`,
`pickle`, a shell or the text of SQL. Numbers, dates, members of an enum and constants are left out: they can't hold
code; so are values that were compared with constants (`require name in ["a", "b"]`). (A value put into the text of a
script is refused before: WF202.)

## Why
Whoever chooses the value then chooses what runs, with the flow's secrets at hand (CWE-78, CWE-89, CWE-95).

## Bad
```wf
flow check {
  on webhook(path: "/check", secret: "hook_key") as event
  secret hook_key
  defaults { timeout 1m }
  task run_it = shell("eval \\"$COMMAND\\"", env: { COMMAND: event.headers["x-command"] ?? "true" })
}
```
```wf
flow purge {
  input customer: string
  secret db
  defaults { timeout 1m }
  task drop = shell("""
    psql "$DB" -c "delete from orders where customer = '$CUSTOMER'"
    """, env: { DB: db, CUSTOMER: customer })
}
```

## Good
```wf
flow purge {
  input customer: string
  secret db
  defaults { timeout 1m }
  task drop = sql.execute(
    url: db,
    sql: "delete from orders where customer = :customer",
    params: { customer: customer },
  ) idempotent retry fixed(attempts: 3, every: 5s)
}
```
```wf
flow greet {
  input name: string
  defaults { timeout 1m }
  task say = shell("echo \\"$NAME\\"", env: { NAME: name })
}
```
'''

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import is_tame, leaves, named_calls, near, placed_tasks, way
from wfc.checks.facts import facts
from wfc.checks.scripts import argument_span, runs_in_shell
from wfc.diagnostic import ERROR, Label
from wfc.taint import AI, UNTRUSTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Call, Flow
    from wfc.taint import Taints

OURS = ("secret", "config", "run")


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each value that a script reads as code."""
    marks = facts(flow).marks
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            values, found = look(call)
            for name, how in found:
                if all(facts(flow).is_word(leaf, task) for leaf in leaves(values[name]) if is_loose(leaf)):
                    continue
                yield CHECK.found(
                    f"{title} reads `{name}` as code ({how})",
                    near(argument_span(call, "script"), call.span),
                    *origin(values[name], marks),
                    Label(near(values[name].span, call.span), handed(values[name], marks)),
                    why="Whoever chooses the value chooses what runs, with the secrets of the flow at hand.",
                    help="pass it as an argument of a program, or as a bound parameter (`sql.execute(params:)`)",
                )


def look(call: Call) -> tuple[dict[str, AnyExpr], list[tuple[str, str]]]:
    """The values of a script that could hold code, and how it reads them as code."""
    match call.op:
        case ir.Shell(script=script, env=env) if call.action == "shell":
            values = {name: value for name, value in env if is_loose(value)}
            return values, list(runs_in_shell(script, values))
        case ir.Python(body=body, args=args) if call.action == "python":
            from wfc.checks.python_taint import runs_in_python

            values = {name: value for name, value in args if is_loose(value)}
            return values, list(runs_in_python(body, values))
        case _:
            return {}, []


def is_loose(value: AnyExpr) -> bool:
    """Can somebody outside put code into it? Secrets, config values and what the engine says of the run are ours."""
    return not is_tame(value) and any(ref.kind not in OURS for ref in walk.references(value))


def origin(value: AnyExpr, marks: Taints) -> tuple[Label, ...]:
    """The way of a value into the call; () where nothing is known of it."""
    return way(marks.path(value, UNTRUSTED) or marks.path(value, AI))


def handed(value: AnyExpr, marks: Taints) -> str:
    """What a value is, in words."""
    found = marks.of(value)
    if UNTRUSTED in found:
        return "this comes from outside"
    return "a model wrote this" if AI in found else "this may be any text"


CHECK = Check("WF601", "script-injection", ERROR, __name__, find, preset="draft")
