"""Findings → a better text: safe fixes by the compiler, then a message that a model can act on."""

from __future__ import annotations

from wfc.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wfc.diagnostic import Diagnostic, Edit, Fix

PASSES = 5
"""Rounds of safe fixes: a fix may uncover another one, but not without end."""


def blocking(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings that a flow may not have when it is handed over: errors and warnings."""
    return tuple(item for item in found if item.severity != "info")


def score(found: Iterable[Diagnostic]) -> tuple[int, int]:
    """(errors, warnings): the smaller the better."""
    kinds = [item.severity for item in found]
    return kinds.count("error"), kinds.count("warning")


def apply_safe_fixes(
    text: str, check: Callable[[str], tuple[Diagnostic, ...]]
) -> tuple[str, list[str], tuple[Diagnostic, ...]]:
    """Apply safe fixes while they help; gives the text, what was done in words, and the findings that are left.

    A pass is kept only when the text has fewer findings after it: a fix never makes things worse.
    """
    done: list[str] = []
    found = check(text)
    for _ in range(PASSES):
        fixes = [(item, fix) for item in blocking(found) for fix in item.fixes[:1] if fix.safe]
        edits, used = independent(fixes)
        if not edits:
            break
        changed = apply_edits(text, edits)
        after = check(changed)
        if score(after) >= score(found):
            break
        done += [f"{item.code}: {fix.title} (line {line_of(text, item)})" for item, fix in used]
        text, found = changed, after
    return text, done, found


def independent(fixes: list[tuple[Diagnostic, Fix]]) -> tuple[list[Edit], list[tuple[Diagnostic, Fix]]]:
    """The edits of as many fixes as do not touch each other, in the order of the findings."""
    taken: list[Edit] = []
    used: list[tuple[Diagnostic, Fix]] = []
    for item, fix in fixes:
        edits = list(fix.edits)
        if all(
            edit.span.end < other.span.start or edit.span.start > other.span.end for edit in edits for other in taken
        ):
            taken += edits
            used.append((item, fix))
    return taken, used


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made, from the end to the start."""
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def line_of(text: str, item: Diagnostic) -> int:
    """The line of a finding, from 1."""
    return Source("", text).position(item.span.start).line


def repair_message(text: str, found: Iterable[Diagnostic]) -> str:
    """What a model needs to mend a flow: the findings as `wfc check --format llm` shows them, under a request."""
    from wfc.formats.llm import listing

    wrong = tuple(found)
    sources = {item.span.source: Source(item.span.source, text) for item in wrong}
    head = "The compiler refuses this flow. Mend exactly these findings and give the whole flow again."
    return f"{head}\n\n{listing(wrong, sources)}"
