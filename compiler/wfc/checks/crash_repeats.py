'''crash-repeats: if the engine dies while this runs, it is done again

## What it finds
A call that is not safe to repeat, without an idempotency key; also a script of which a command is known to do its work
again (`curl -X POST`, `gh issue create`, what `[check.commands]` calls `unsafe`). Messages to people (`slack.*`,
`email.*`, `mail`) are left out, and undos that WF503 tells of. What else may start the same run twice (a webhook that
is delivered again, a backfill of a schedule) is named with it.

## Why
When Kestra or Airflow is killed and started again, what was running is run again, whether it has a `retry` or not: an
engine can't know how far it had come (docs/semantics.md, "When the engine dies"). Only a key that the service keeps
makes the second time the same as the first; a task before it that looks whether the work is done is not run again.
GitHub fails the job instead, so with `--target github` alone it is not told. In the preset `production`, for engines
die seldom.

## Bad
```wf
flow order {
  input id: string
  defaults { timeout 1m }
  task pay = http.post(url: "https://pay.example.com/charges", json: { order: id })
}
```
```wf
flow release {
  input tag: string
  defaults { timeout 1m }
  task issue = shell("gh issue create --repo acme/app --title $TAG --body 'It is out'", env: { TAG: tag })
}
```

## Good
```wf
flow order {
  input id: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task pay = http.post(url: "https://pay.example.com/charges", json: { order: id }) idempotent by "pay-{id}"
}
```
```wf
flow release {
  input tag: string
  defaults { timeout 1m }
  task issue = shell("""
    gh issue list --repo acme/app --search "$TAG" | grep -q . ||
      gh issue create --repo acme/app --title Release --body "$TAG"
  """, env: { TAG: tag })
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import is_hole, is_message, named_calls, placed_tasks, repeats_for_certain, work
from wfc.checks.scripts_twice import doubled, own_script, statement_span, verdict
from wfc.checks.sql_texts import comes_twice
from wfc.checks.undo_unsafe import has_one_try
from wfc.diagnostic import INFO, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.embedded.verdict import Reason
    from wfc.ir import Call, Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such call."""
    again = comes_twice(flow)
    also = f" {again[0][0].upper()}{again[0][1:]} does it again too." if again else ""
    labels = (Label(again[1], "this can start the same run twice"),) if again else ()
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            if call.idempotent is not None or is_hole(call) or (call is task.undo and has_one_try(call)):
                continue
            command = sent(call)
            if command is None and (call.effect.repeat not in ("unsafe", "keyed") or is_message(call)):
                continue
            harm = f"{command.what} {command.effect}" if command else f"{work(call)} is not safe to repeat"
            yield CHECK.found(
                f"{title} is done twice when the engine dies while it runs",
                statement_span(flow, call, command) if command else call.span,
                *labels,
                why=f"Kestra and Airflow run it again when they are back, and {harm}.{also}",
                help=remedy(call),
            )


MAIL = "sends the mail again"
"""What commands.toml says of the commands that send mail."""
CHAT = ("hooks.slack.com/", "slack.com/api/chat.")
"""Addresses of what `slack.*` does (docs.slack.dev)."""


def sent(call: Call) -> Reason | None:
    """The first command of a script that is known to do its work again elsewhere, messages to people left out."""
    for reason in doubled(verdict(call)) if own_script(call) is not None else ():
        if reason.kind == "repeats" and reason.effect != MAIL and not any(place in reason.what for place in CHAT):
            return reason
    return None


def remedy(call: Call) -> str:
    """What the author can do, by what the operation understands."""
    if own_script(call) is not None:
        return (
            'hand on a key that the service keeps (`idempotent by "…"` and `$WFC_IDEMPOTENCY_KEY`), or look in the '
            "script itself whether it is done"
        )
    if repeats_for_certain(call):
        return (
            f'{work(call)} takes no key: say why it may be done twice (`allow WF415 "…"`), or use a service that does'
        )
    return 'give the service a key that it keeps: `idempotent by "…"`'


CHECK = Check("WF415", "crash-repeats", INFO, __name__, find, preset="production")
