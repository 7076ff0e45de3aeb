"""Running the checks on texts, and applying fixes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wfc.check import in_preset, run_checks
from wfc.diagnostic import ordered
from wfc.pipeline import load_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic, Fix

NAME = "flow.wf"
HEAD = "defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }"


def findings(text: str, name: str = NAME, *more: str) -> tuple[Diagnostic, ...]:
    """All that parser, resolver and the checks of `recommended` find in a text. more: codes of checks beside those."""
    loaded = load_texts([(name, text)])
    selected = in_preset("recommended") | set(more)
    return ordered((*loaded.diagnostics, *run_checks(loaded.project, selected, before=loaded.diagnostics)))


def codes(text: str, *more: str) -> list[str]:
    """The codes of all findings, in order of place. more: as `findings` has it."""
    return [item.code for item in findings(text, NAME, *more)]


def flow(body: str, head: str = HEAD) -> str:
    """A flow with a body, under policies that leave nothing to be found by themselves."""
    return f"flow f {{\n  {head}\n  {body}\n}}\n"


def applied(text: str, fix: Fix) -> str:
    """A text after a fix, its edits taken from the end."""
    for edit in sorted(fix.edits, key=lambda item: -item.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def examples(page: str) -> Iterator[tuple[str, str, str]]:
    """(heading, target or "", text) of each ```wf fence of a page."""
    heading = ""
    for found in re.finditer(r"^## ([^\n]*)$|^```wf ?(\w*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        if found[1]:
            heading = found[1]
        else:
            yield heading, found[2], found[3]
