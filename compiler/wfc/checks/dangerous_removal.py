"""dangerous-removal: an empty variable makes this `rm` remove everything

## What it finds
`rm -r` of a path that begins with a variable and a slash (`rm -rf "$DIR"/*`, `rm -rf $DIR/cache`) in a script, unless
the variable is written `${DIR:?}` or can't be empty (a constant, an enum, a value that the script gives it or asks
for before); and `rm -r` of the root, of the home directory or of a whole directory of the system (`/`, `/*`, `~`,
`/etc`), `find … -delete` of one without a test (`-name`, `-mtime` …), also by a variable with such a constant (`D=/`,
`env: { D: "/" }`).

## Why
When the variable is empty the path is `/*` or `/cache`. `set -u`, under which scripts run, stops at a variable that is
not set, not at an empty one. ShellCheck has the same as SC2115, and SC2114 for directories of the system.

## Bad
```wf
flow clean {
  input dir: string
  defaults { timeout 1m }
  task sweep = shell(\"\"\"
    rm -rf "$DIR"/*
  \"\"\", env: { DIR: dir })
}
```

## Good
```wf
flow clean {
  input dir: string
  defaults { timeout 1m }
  task sweep = shell(\"\"\"
    rm -rf "${DIR:?}"/*
  \"\"\", env: { DIR: dir })
}
```
"""

from __future__ import annotations

from wfc import ir, types
from wfc.check import Check
from wfc.checks.common import as_written, named_calls, placed_tasks
from wfc.checks.scripts import argument_span, lines_at
from wfc.checks.scripts_twice import destroyed, line_span, statement_span
from wfc.diagnostic import ERROR
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Call, Flow

REMOVES = ready(r"\brm\s+(?:-\w+\s+)*-\w*[rR]\w*((?:\s+[^;&|\s]+)+)")
BELOW = ready(r"\s\"?\$(?:(\w+)|\{(\w+)\})\"?(/[^\s\"';&|)`]*)")
"""A word that begins with a variable and a slash."""
WHOLE = ("/", "/*")
NEVER_EMPTY = (types.INT, types.FLOAT, types.BOOL, types.DATE, types.DATETIME)
"""Types without an empty text."""

ROOTS = ready(r"\brm\s[^\n;|&]*\s[\"']?(?:/|~|\$)|\bfind\s[^\n]*-delete\b")
"""Scripts without such a line need not be read."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each script, for the first such line."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            # scripts of the catalog are not the author's
            if not isinstance(call.op, ir.Shell) or call.action != "shell":
                continue
            found = next(of_empty(call.op), None)
            if found is not None:
                name, path, place = found
                what = "the root of the machine" if path in WHOLE else f"`{path}`"
                left, right = ("{{", "}}") if is_template(flow, call) else ("{", "}")
                yield CHECK.found(
                    f"{title} removes {what} when `${name}` is empty",
                    line_span(flow, call, place),
                    why="`set -u` stops at a variable that is not set, not at an empty one.",
                    help=f"write `${left}{name}:?{right}`, which stops at both",
                )
            elif ROOTS.search(call.op.script):
                yield from of_root(flow, title, call)


def of_empty(op: ir.Shell) -> Iterator[tuple[str, str, int]]:
    """(variable, path that is left of it, offset) of each removal below a variable that may be empty."""
    for start, line in lines_at(op.script):
        for removal in REMOVES.finditer(line):
            for word in BELOW.finditer(removal[1]):
                name = word[1] or word[2]
                if not is_filled(op, name, start + removal.start()):
                    yield name, word[3], start + removal.start()


def is_filled(op: ir.Shell, name: str, place: int) -> bool:
    """Is it certain that a variable is not empty at an offset of a script?"""
    given = next((value for key, value in op.env if key == name), None)
    known = None if given is None else is_never_empty(given)
    from wfc.embedded.shell_variables import filled

    return filled(op.script, name, place, known) or False


def is_never_empty(expr: AnyExpr) -> bool:
    """Is a value, as text, never empty, nor only blanks?"""
    match expr:
        case ir.Literal(value=str(text)):
            return bool(text.strip())
        case ir.Text(parts=parts):
            return any(map(is_never_empty, parts))
        case _:
            kind = expr.type
            members = kind.members if isinstance(kind, types.EnumType) else ()
            return (bool(members) and all(map(str.strip, members))) or kind in NEVER_EMPTY


def is_template(flow: Flow, call: Call) -> bool:
    """Is the script written as a text of one line, in which `{{` is a brace?"""
    text = as_written(flow, argument_span(call, "script"))
    return text.startswith('"') and not text.startswith('"""')


def of_root(flow: Flow, title: str, call: Call) -> Iterator[Diagnostic]:
    """At most one finding: a removal of the root, of the home directory or of a directory of the system."""
    from wfc.embedded.shell_destroys import REMOVAL

    for one in destroyed(call, REMOVAL)[:1]:
        yield CHECK.found(
            f"{one.what} in {title} {one.effect}",
            statement_span(flow, call, one),
            why="What the machine needs, or what others keep there, is gone.",
            help="name the directory that is meant",
        )


CHECK = Check("WF412", "dangerous-removal", ERROR, __name__, find, preset="draft")
