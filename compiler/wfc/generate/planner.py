"""Controlled English → a flow, offline and deterministic: the planner that works where no model is set up.

About ten sentence forms (grammar/wfc_grammar/english.lark, docs/generate.md). It never guesses: a phrase that no
form takes ends it, with that phrase, the forms, and how to set up a model.
"""

from __future__ import annotations

import re

from wfc.errors import MODEL, UserError
from wfc.generate import Draft
from wfc.generate.sentences import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORMS = (
    ("schedule", "every weekday at 7:30 in Europe/Berlin · every 15 minutes · on demand"),
    ("start by event", 'when a file lands in "/inbox/*.csv" · when someone pushes to "acme/app"'),
    ("do", 'run `./load-orders` · fetch https://… · use dbt.build with project "models" · wait 5 minutes'),
    ("sequence", "run `a`, then run `b`; run `c`"),
    ("at the same time", "at the same time run `lint` and run `test`"),
    ("for each", "for each region of eu, us at most 2 at once: run `./deploy` and run `./verify`"),
    ("if … otherwise", 'if environment is "prod" run `./full`, otherwise run `./quick`'),
    ("retry, within", "fetch https://… retry 3 times within 10 minutes"),
    ("if it fails", 'if it fails tell #data "the load failed" · email ops@example.com'),
    ("approval", "after approval by release-managers"),
    ("back up, keep for", "back up the database orders to s3://backups/orders · keep s3://backups/orders for 30 days"),
)


def plan(intent: str) -> Draft:
    """The flow that an intent in controlled English means, with what was assumed.

    Raises UserError (exit code 3) with the first phrase that is not understood.
    """
    tree = parse(intent)
    writer = Writer(intent)
    text = writer.flow(tree)
    return Draft(text, tuple(writer.assumptions))


def parse(intent: str) -> Any:
    """The tree of an intent. Raises UserError for a phrase that no form takes."""
    from importlib.resources import files

    from lark import Lark
    from lark.exceptions import UnexpectedInput

    grammar = (files("wfc_grammar") / "english.lark").read_text("utf-8")
    reader = Lark(grammar, parser="lalr", maybe_placeholders=False)
    try:
        return reader.parse(intent)
    except UnexpectedInput as error:
        ended = getattr(getattr(error, "token", None), "type", "") == "$END"
        raise not_understood(intent, len(intent) if ended else error.pos_in_stream or 0) from None


def not_understood(intent: str, at: int) -> UserError:
    """The error for a phrase that no form takes."""
    shown = phrase(intent, at)
    width = max(len(name) for name, _ in FORMS)
    forms = "\n".join(f"    {name:<{width}}  {example}" for name, example in FORMS)
    return UserError(
        f"the built-in planner does not understand: {shown}",
        "it knows these forms and guesses nothing:\n"
        f"{forms}\n"
        "  or let a model write the flow: set OPENAI_API_KEY and WFC_MODEL (OPENAI_BASE_URL for another endpoint),\n"
        "  with the packages of the extra `llm` (docs/generate.md)",
        MODEL,
    )


def phrase(intent: str, at: int) -> str:
    """The phrase around a place: from the last separator before it to the next one behind it."""
    if not intent.strip():
        return "(an empty intent)"
    if at >= len(intent.rstrip()):
        last = re.split(r"[;,.]\s|\bthen\b", intent.strip())[-1]
        return f"`{last.strip()}` (something is missing behind it)"
    before = max((found.end() for found in re.finditer(r"[;,.]\s|\bthen\s", intent[:at])), default=0)
    after = re.search(r"[;,.](\s|$)|\bthen\b", intent[at:])
    end = at + after.start() if after else len(intent)
    return f"`{intent[before:end].strip()}` (at `{intent[at:end].split(' ')[0].strip()}`)"
