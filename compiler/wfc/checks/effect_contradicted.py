"""effect-contradicted: it is said to be safe to repeat, and is not

## What it finds
`idempotent`, with a key or without, on an action of the catalog whose effect is `unsafe`: the service behind it does
not look at keys (those that do are `keyed`) and does everything again. Kernel actions such as `http.post` are left out,
for there only the author knows the service, and so is a task with an `effect` clause of its own.

As a warning, a script that is said to be `effect safe` although it plainly is not: it appends to a fixed file, makes a
directory or link that must not be there (`mkdir` without `-p`, `ln -s`), or runs an INSERT that adds its rows again.

`idempotent` or `effect safe` on SQL whose text says otherwise, as a warning: an INSERT without ON CONFLICT and without
any other guard, or a value that is computed from the old one (`n = n + 1`). A database keeps no idempotency keys.

## Why
The claim makes the task look safe to repeat, so that the `retry` of `defaults` reaches it, and each repetition sends
another message or makes another issue. Slack, mail and GitHub's comments know no such key.

## Bad
```wf
flow report {
  secret slack_url
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task tell = slack.post(url: slack_url, text: "The report of {run.date} is there.") idempotent by "report-{run.date}"
}
```

## Good
```wf
flow report {
  secret slack_url
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task tell = slack.post(url: slack_url, text: "The report of {run.date} is there.")
}
```
"""

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import keeps_no_key, named_calls, placed_tasks, work
from wfc.checks.scripts_twice import doubled, own_script, statement_span
from wfc.checks.sql_texts import proved, spot, upsert
from wfc.diagnostic import ERROR, WARNING, Label
from wfc.embedded.verdict import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.embedded.verdict import Reason
    from wfc.ir import Call, Flow

CERTAIN = ("insert", "relative-update", "relative-update-all")
"""Kinds of statements of which the text alone shows what a second run does."""


PLAINLY = (">>", "tee", "mkdir", "ln ", "insert", "INSERT")
"""What a script has in it when one of its statements is plainly not the same twice: all others need not be read."""
RESULTS = ('>> "$WFC_OUTPUT"', '>>"$WFC_OUTPUT"', ">> $WFC_OUTPUT", ">>$WFC_OUTPUT")
"""Appending to this file gives a result, and it is empty at every start."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each key that nobody keeps."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            yield from of_sql(flow, title, call)
            yield from of_script(flow, title, call)
            if not keeps_no_key(call):
                continue
            retried = call.retry is not None and call.retry.attempts > 1
            bare = call.idempotent is not None and call.idempotent.key is None
            yield CHECK.found(
                f"{work(call)} is not made safe to repeat by `idempotent`: a repeated {title} is done twice"
                if bare
                else f"{work(call)} keeps no idempotency keys: a repeated {title} is done twice",
                call.idempotent.span if call.idempotent else call.span,
                Label(call.span, "the catalog says that this is not safe to repeat"),
                *((Label(call.retry.span, "and it is repeated by this"),) if retried and call.retry else ()),
                why="A claim changes nothing in the service, and this one does the work again each time."
                if bare
                else "A key helps where the service remembers it, and this one does not look at it.",
                help='leave `idempotent` out; if you know better, say so: `effect keyed "why"`',
            )


def of_sql(flow: Flow, title: str, call: Call) -> Iterator[Diagnostic]:
    """The finding about a claim that the text of the SQL contradicts."""
    claimed = call.idempotent is not None or (call.effect.source == "task" and call.effect.repeat in ("safe", "keyed"))
    found = next((item for item in proved(call, UNSAFE) if item.kind in CERTAIN), None) if claimed else None
    if found is not None:
        yield CHECK.found(
            f"{title} is said to be safe to repeat, but the second run {found.effect}: {found.what}",
            spot(flow, call, found.start, found.end),
            *((Label(call.idempotent.span, "this says so"),) if call.idempotent else ()),
            why="With this claim a retry reaches it, and nothing in the statement keeps the second run out.",
            help=f"write {upsert(call)} or a value that does not depend on the old one, or leave the claim out",
            severity=WARNING,
        )


def of_script(flow: Flow, title: str, call: Call) -> Iterator[Diagnostic]:
    """At most one warning: a script that is called safe, and a statement of it that certainly is not."""
    script = own_script(call)
    if script is None or call.effect.source != "task" or call.effect.repeat != "safe" or call.idempotent is not None:
        return
    rest = script
    for text in RESULTS:
        rest = rest.replace(text, "")
    if not any(text in rest for text in PLAINLY):
        return
    from wfc.embedded.shell import classify

    for reason in doubled(classify(script)):
        if is_plain(reason):
            yield CHECK.found(
                f"{title} is said to be safe to repeat, but {reason.what} {reason.effect}",
                statement_span(flow, call, reason),
                why="The claim lets a retry repeat the script.",
                help=reason.help or "write it so that it can run twice, or take the claim back",
                severity=WARNING,
            )
            return


def is_plain(reason: Reason) -> bool:
    """Is there no doubt about a statement, whatever its variables hold?"""
    kind = reason.kind.removesuffix("-here")
    fixed = kind == "append" and "$" not in reason.effect
    makes = kind == "fails" and reason.what.startswith(("`mkdir ", "`ln "))
    return fixed or makes or reason.effect.startswith("adds the rows again")


CHECK = Check("WF402", "effect-contradicted", ERROR, __name__, find, preset="draft")
