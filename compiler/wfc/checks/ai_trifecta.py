"""lethal-trifecta: a stranger's text can make a model give away what it has read

## What it finds
A model that is asked about private data (rows of a database, what was fetched with a secret) and about a text from
outside (the payload of a trigger, a page that needs no secret), whose free answer goes to a receiver that the event or
the model chose: an address of a mail, an issue, the ticket in a URL. An `approve` in front of that, and answers of
types without room for a text (enum, number, bool, date), break the chain. Receivers that the author wrote down, such as
the team's channel, are left out; a host that is chosen outside is WF611's matter.

## Why
A model follows instructions in what it reads, whoever wrote them. With private data, untrusted text and a way out in
one place, a mail is enough to have data sent to its author (Simon Willison, "The lethal trifecta for AI agents", 2025;
OWASP Top 10 for LLM applications 2025, LLM02 "Sensitive Information Disclosure").

## Bad
```wf
flow answers {
  on webhook(path: "tickets", secret: "hook_key") as event
  secret hook_key, db, desk_token
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task ticket = python("return t", args: { t: event.body }) -> { id: string, text: string, mail: string }
  task orders = sql.query(url: db, sql: "select item from orders where mail = :mail", params: { mail: ticket.mail })
    -> list<{ item: string }>
  task draft = llm.generate(prompt: "Answer the ticket.", data: { ticket: ticket.text, orders: orders })
  task reply = http.put(
    url: "https://desk.example.com/tickets/{ticket.id}/reply",
    json: { text: draft },
    auth: bearer(desk_token),
  )
}
```

## Good
```wf
flow answers {
  on webhook(path: "tickets", secret: "hook_key") as event
  secret hook_key, db, desk_token
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task ticket = python("return t", args: { t: event.body }) -> { id: string, text: string, mail: string }
  task orders = sql.query(url: db, sql: "select item from orders where mail = :mail", params: { mail: ticket.mail })
    -> list<{ item: string }>
  task draft = llm.generate(prompt: "Answer the ticket.", data: { ticket: ticket.text, orders: orders })
  approve send = "Send this to {ticket.mail}? {draft}" timeout 1d
  task reply = http.put(
    url: "https://desk.example.com/tickets/{ticket.id}/reply",
    json: { text: draft },
    auth: bearer(desk_token),
  )
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import is_hole, leaves, near, way
from wfc.checks.facts import facts
from wfc.checks.gates import PERSON, guarded
from wfc.diagnostic import ERROR, Label
from wfc.taint import AI, CHOSEN, FOREIGN, PRIVATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Call, Flow, Task
    from wfc.taint import Step, Taints

MAILED = ("to", "cc", "bcc", "channel")
RECEIVERS = (*MAILED, "repo", "issue", "number", "id", "thread", "user")
"""Parameters of the catalog's actions that say who gets to read what is sent."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each way out, at what carries the answer."""
    marks = facts(flow).marks
    models = {task.path: legs for task in walk.tasks(flow) if (legs := two_legs(task, marks))}
    if not models:
        return
    for task, gates in guarded(flow.body, marks):
        found = None if PERSON in gates or is_hole(task.call) else leak(task.call, models, marks)
        if found is not None:
            carrier, model = found
            private, foreign = models[model]
            yield CHECK.found(
                f"a stranger can have private data sent to them by `{task.label}`",
                near(carrier.span, task.call.span),
                Label(private[0], private[1]),
                Label(foreign[0], foreign[1]),
                Label(marks.by_path[model].call.span, "one model reads both"),
                *way(marks.path(carrier, AI)[1:]),
                why="A model follows instructions in what it reads, and its answer goes to a receiver chosen outside.",
                help="put an `approve` in front of it, let one model read only one of both, or ask for an enum",
            )


def two_legs(task: Task, marks: Taints) -> tuple[Step, Step] | None:
    """Where the private data and the stranger's text come from, of a question that is about both."""
    op = task.call.op
    if not isinstance(op, ir.Llm):
        return None
    asked = [part for part in (op.prompt, op.data) if part is not None]
    private = next((steps for part in asked if (steps := marks.path(part, PRIVATE))), ())
    foreign = next((steps for part in asked if (steps := marks.path(part, FOREIGN))), ())
    return (private[0], foreign[0]) if private and foreign else None


def leak(call: Call, models: dict[str, tuple[Step, Step]], marks: Taints) -> tuple[AnyExpr, str] | None:
    """The value by which a call carries the answer of one of these models to the outside, and the model."""
    op = call.op
    mail = call.action.startswith("email.")
    if not isinstance(op, ir.Http) and not mail:
        return None
    address = [value for name, value in call.args if name in RECEIVERS]
    address += [op.url] if isinstance(op, ir.Http) else []
    by_model = any(AI in marks.of(value) for name, value in call.args if name in MAILED)
    reads = isinstance(op, ir.Http) and op.method == "GET"
    if reads or not (by_model or any(marks.path(value, CHOSEN) for value in address)):
        return None
    for value in walk.op_expressions(op):
        for leaf in leaves(value):
            model = writer(leaf, models, marks)
            if model is not None:
                return value, model
    return None


def writer(leaf: AnyExpr, models: dict[str, tuple[Step, Step]], marks: Taints) -> str | None:
    """The model whose free answer a value holds, if it is one of these."""
    if AI not in marks.of(leaf):
        return None
    came = marks.path(leaf, AI)
    return next((path for path in models if came and marks.by_path[path].name_span == came[0][0]), None)


CHECK = Check("WF704", "lethal-trifecta", ERROR, __name__, find)
