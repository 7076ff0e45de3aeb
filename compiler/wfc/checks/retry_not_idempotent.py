'''retry-not-idempotent: a retry may do the work twice

## What it finds
A `retry` of a call that is not safe to repeat, or of which nobody knows, without `idempotent`; and an
`until` or `holds` that sends such a request again and again. The message names what would be doubled. A `retry` in
`defaults` never reaches such calls, so it is always one that was written for them; only a `sql.query` whose text
writes (`INSERT … RETURNING`) is reached by it. A retried `flow.run` is WF316's matter.

SQL and scripts are read: a text that leaves the same when it is run twice (an upsert, a DELETE, `mkdir -p`) may be
retried, of one that does not the statement is named, and of what cannot be decided nobody knows. A script's own line
in a log is no harm: `logger`, and what is said (`echo`, `date`, the report of a command that works) at the end of a
file whose name is that of a log (`*.log`, a file below `log/` or `logs/`, `$LOG_FILE`). Data that is read and put there
(`cat today.log >> all.log`) is not decided. Python that only computes (WF401) may be retried.

## Why
An attempt that failed may have worked: the answer was lost, not the request. RFC 9110 (section 9.2.2) forbids the
automatic repetition of requests that are not idempotent unless the client knows better; a key that the server
remembers (`Idempotency-Key`, IETF draft-ietf-httpapi-idempotency-key-header) is how it can know.

## Bad
```wf
flow charge {
  input invoice: string
  task pay = http.post(url: "https://pay.example.com/charges", json: { invoice: invoice })
    retry exponential(attempts: 3, first: 2s, max: 30s)
    timeout 30s
}
```
```wf
flow announce {
  task tell = shell("""
    curl -fsS -X POST https://hooks.example.com/releases -d @notes.json
  """) retry fixed(attempts: 3, every: 5s) timeout 30s
}
```
```wf
flow book {
  input account: string
  secret ledger
  task add = sql.execute(
    url: ledger,
    sql: "update accounts set balance = balance + 10 where id = :account",
    params: { account: account },
  ) retry fixed(attempts: 3, every: 5s) timeout 30s
}
```
```wf
flow charge {
  input invoice: string
  task pay = shell("./charge.sh", env: { INVOICE: invoice }) retry fixed(attempts: 3, every: 5s) timeout 30s
}
```

## Good
```wf
flow charge {
  input invoice: string
  task pay = http.post(url: "https://pay.example.com/charges", json: { invoice: invoice })
    retry exponential(attempts: 3, first: 2s, max: 30s)
    timeout 30s
    idempotent by "charge-{invoice}"
}
```
```wf
flow close_account {
  input account: string
  secret ledger
  task close = sql.execute(
    url: ledger,
    sql: "update accounts set state = 'closed' where id = :account",
    params: { account: account },
  ) retry fixed(attempts: 3, every: 5s) timeout 30s
}
```
```wf
flow report {
  task build = shell("./build-report.sh")
    retry fixed(attempts: 3, every: 5s)
    timeout 5m
    effect safe "it overwrites the report of the day"
}
```
'''

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import is_repeatable, named_calls, placed_tasks, work
from wfc.checks.scripts_twice import doubled, not_understood, statement_span, verdict
from wfc.checks.sql_texts import is_answered, upsert, verdict_of
from wfc.diagnostic import ERROR, Label
from wfc.embedded.verdict import READ, SAFE
from wfc.record import replace
from wfc.text import duration_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.embedded.verdict import Reason, Verdict
    from wfc.ir import Call, Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each call that is repeated though it may not be."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            if isinstance(call.op, ir.RunFlow):
                continue  # WF316 looks into the flow
            again = second_run(call)
            statement = next(iter(doubled(again)), None)
            if statement is None and (is_repeatable(call) or (again is not None and again.kind in (READ, SAFE))):
                continue
            in_script = statement if isinstance(call.op, ir.Shell) else None
            if call.retry is not None and call.retry.attempts > 1:
                label = Label(call.retry.span, f"up to {call.retry.attempts} attempts")
                if in_script is not None:
                    yield report_statement(flow, title, call, in_script, label)
                else:
                    how = "may be done again after an attempt that had worked"
                    found = report(title, call, how, label, statement)
                    yield found if statement is not None else told_of_command(flow, call, found)
            elif in_script is not None:
                continue  # WF411 tells of scripts that a poll runs again
            elif call is task.call and is_unsafe(call, statement) and (poll := task.until or task.holds):
                label = Label(poll.span, f"again every {duration_text(poll.every)}")
                yield report(title, call, "is done again with every poll", label, statement)


def second_run(call: Call) -> Verdict | None:
    """What a second run of the author's SQL or script does; None for other calls, and where the author has answered."""
    return None if is_answered(call) else verdict_of(call) or verdict(call)


def is_unsafe(call: Call, statement: Reason | None) -> bool:
    """Is it known that a repetition does harm: by the catalog, the author or the text of the SQL?"""
    return statement is not None or call.effect.repeat == "unsafe"


def report(title: str, call: Call, how: str, policy: Label, statement: Reason | None) -> Diagnostic:
    """The finding about one call; how: by which retry it may be repeated; policy: where that stands."""
    nature = "It is not safe to repeat" if is_unsafe(call, statement) else "Nobody knows whether it is safe to repeat"
    why = f"{nature}, and a lost answer looks like a failure: what it does would be there twice."
    if statement is not None:
        why = f"A lost answer looks like a failure, and the second run {statement.effect}."
    return CHECK.found(
        f"{statement.what if statement else work(call)} of {title} {how}",
        call.span,
        policy,
        why=why,
        help=remedy(call),
    )


def told_of_command(flow: Flow, call: Call, found: Diagnostic) -> Diagnostic:
    """A finding with the first command of the script that is not understood, where there is one."""
    from wfc.checks.unknown_effect import commands, in_settings

    reason = not_understood(call)
    labels = (*found.labels, *commands(flow, call, reason))
    return replace(found, labels=labels, help=found.help + in_settings(reason))


def report_statement(flow: Flow, title: str, call: Call, reason: Reason, policy: Label) -> Diagnostic:
    """The finding about a script of which one statement is known to be not the same twice."""
    return CHECK.found(
        f"{reason.what} in the script of {title} {reason.effect} when a retry follows an attempt that had worked",
        call.span,
        Label(statement_span(flow, call, reason), "this is not the same twice"),
        policy,
        why="An attempt that failed may have come this far: a later command failed, or its answer was lost.",
        help=f"{reason.help}, or take the retry away" if reason.help else remedy(call),
    )


def remedy(call: Call) -> str:
    """What the author can do, by what the operation understands."""
    match call.op:
        case ir.Http() if call.action.startswith("http."):
            return 'give the service a key that it keeps: `idempotent by "…"`, or take the retry away'
        case ir.Shell() | ir.Python() if call.action in ("shell", "python"):
            return 'say `effect safe "why"` if it is, hand on a key by `idempotent by "…"`, or take the retry away'
        case ir.Sql():
            return f"write it so that it can run twice ({upsert(call)}) and say `idempotent`, or take the retry away"
        case _ if call.effect.repeat == "keyed":
            return 'give it a key, which the service keeps: `idempotent by "…"`, or take the retry away'
        case _:
            return 'take the retry away; if you know that it may be done twice, say so: `effect safe "why"`'


CHECK = Check("WF303", "retry-not-idempotent", ERROR, __name__, find, preset="draft")
