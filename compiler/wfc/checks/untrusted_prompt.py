"""untrusted-prompt: text from outside stands among the instructions to a model

## What it finds
A `prompt:` into which the payload of a trigger, or an answer of a server, is put. `data:` is the place for it: it
reaches the model apart from the instructions, as JSON between marks that the text can't close.

## Why
A model can't tell the author's sentences from those of whoever wrote the ticket (OWASP Top 10 for LLM applications
2025, LLM01 "Prompt Injection": separate external content from the prompt and mark it).

## Bad
```wf
flow triage {
  on webhook(path: "tickets") as event
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task kind = llm.classify(prompt: "Is this urgent? {json(event.body)}") -> "yes" | "no"
  output kind: string = kind
}
```

## Good
```wf
flow triage {
  on webhook(path: "tickets") as event
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task kind = llm.classify(prompt: "Is this urgent?", data: event.body) -> "yes" | "no"
  output kind: string = kind
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import named_calls, near, placed_tasks, way
from wfc.checks.facts import facts
from wfc.diagnostic import WARNING, Label
from wfc.taint import UNTRUSTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such prompt."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            if not isinstance(call.op, ir.Llm) or not any(True for _ in walk.references(call.op.prompt)):
                continue
            marks = facts(flow).marks
            parts = call.op.prompt.parts if isinstance(call.op.prompt, ir.Text) else (call.op.prompt,)
            bad = next((part for part in parts if UNTRUSTED in marks.of(part)), None)
            if bad is not None:
                yield CHECK.found(
                    f"the prompt of {title} holds text from outside",
                    near(bad.span, call.span),
                    *way(marks.path(bad, UNTRUSTED)),
                    Label(call.span, "the model reads it as the author's words"),
                    why="Whoever writes that text can give the model instructions of their own.",
                    help="hand it on as `data:`, which is kept apart from the prompt",
                )


CHECK = Check("WF711", "untrusted-prompt", WARNING, __name__, find)
