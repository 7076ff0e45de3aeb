"""model-floating: another model may answer tomorrow

## What it finds
A `model:` written down that ends in `latest`, or that has neither a date nor a version number.

## Why
The vendor moves such a name to its next model when it likes, and prompts that were tried on the old one are not tried
on the new one; OpenAI's and Anthropic's documentation both advise dated snapshots for production. In the preset
`production`.

## Bad
```wf
flow digest {
  input text: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task brief = llm.summarize(prompt: "In three sentences.", data: text, model: "chatgpt-latest")
  output brief: string = brief
}
```

## Good
```wf
flow digest {
  input text: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task brief = llm.summarize(prompt: "In three sentences.", data: text, model: "gpt-4o-2024-08-06")
  output brief: string = brief
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import named_calls, near, placed_tasks
from wfc.diagnostic import INFO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow

DIGITS = 6
"""The digits of the shortest date that is written in one (240806)."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each call with such a name."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            model = call.op.model if isinstance(call.op, ir.Llm) else None
            if isinstance(model, ir.Literal) and isinstance(model.value, str) and floats(model.value):
                yield CHECK.found(
                    f"`{model.value}` of {title} is another model whenever its vendor says so",
                    near(model.span, call.span),
                    why="What was tried with one model is not tried with the next.",
                    help="name a snapshot, such as one with its date, or keep the name in the config `llm_model`",
                )


def floats(model: str) -> bool:
    """Is it a name that moves: `…-latest`, or one without the date of a snapshot?"""
    return model.endswith("latest") or sum(char.isdigit() for char in model) < DIGITS


CHECK = Check("WF709", "model-floating", INFO, __name__, find, preset="production")
