"""Fixes of findings, made and judged: a fix stays only where its finding is gone after it and nothing is new.

Per round all fixes that do not touch each other are made in one pass over each text; where that does no good, halves
are tried, so that one bad fix does not cost the others. Rounds follow until nothing changes.
"""

from __future__ import annotations

from wfc.diagnostic import Edit
from wfc.record import Record
from wfc.source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from wfc.diagnostic import Diagnostic, Fix

    Texts = dict[str, str]
    Found = tuple[Diagnostic, ...]
    Check = Callable[[Texts], Found]

ROUNDS = 10
"""A fix may uncover another one, but not without end."""


class Change(Record):
    """A fix of a finding. edits: as they are made. line: of the finding, in the text before the fix, and its text.

    reason: why it was left out, "" for one that was made.
    """

    found: Diagnostic
    fix: Fix
    edits: tuple[Edit, ...]
    line: int
    context: str
    reason: str = ""

    def key(self) -> tuple[object, ...]:
        """What it is known by in later rounds, when its lines may have moved."""
        span, texts = self.found.span, tuple(edit.text for edit in self.edits)
        return self.found.code, span.source, self.found.message, self.fix.title, texts, self.context


class Fixed(Record):
    """texts: all of them, after the fixes. done: what was made, in order. refused: what would have done harm.

    found: what is left.
    """

    texts: Texts
    done: tuple[Change, ...]
    refused: tuple[Change, ...]
    found: Found


def mend(texts: Texts, found: Found, editable: Collection[str], check: Check, unsafe: bool = False) -> Fixed:
    """Make the safe fixes, and with `unsafe` the others, of findings in texts (path → text).

    found: what `check` gives for these texts. editable: the paths that may be changed. check must know all findings
    that a change may bring, also those of other files.
    """
    done: list[Change] = []
    refused: dict[tuple[object, ...], Change] = {}
    for _ in range(ROUNDS):
        batch = independent(candidates(texts, found, editable, unsafe, refused))
        if not batch:
            break
        made, bad = settle(texts, found, batch, check)
        refused |= {change.key(): change for change in bad}
        done += made
        if made:
            texts = edited(texts, made)
            found = check(texts)
    return Fixed(texts, tuple(done), tuple(refused.values()), found)


def candidates(
    texts: Texts, found: Found, editable: Collection[str], unsafe: bool, refused: Collection[tuple[object, ...]]
) -> Iterator[Change]:
    """For each finding the first fix that may be tried."""
    sources = {path: Source(path, text) for path, text in texts.items()}
    for one in found:
        for fix in one.fixes:
            if not (fix.safe or unsafe) or not all(edit.span.source in editable for edit in fix.edits):
                continue
            source = sources[one.span.source]
            line = source.position(one.span.start).line
            edits = tuple(tidied(texts[edit.span.source], edit) for edit in fix.edits)
            change = Change(one, fix, edits, line, source.line(line).strip())
            if change.key() not in refused:
                yield change
                break


def independent(changes: Iterable[Change]) -> list[Change]:
    """As many of the changes as do not touch each other, in their order."""
    taken: list[Span] = []
    used: list[Change] = []
    for change in changes:
        spans = [edit.span for edit in change.edits]
        if not any(touch(span, other) for span in spans for other in taken):
            taken += spans
            used.append(change)
    return used


def touch(a: Span, b: Span) -> bool:
    """Have two places a character or an end in common?"""
    return a.source == b.source and a.start <= b.end and b.start <= a.end


def settle(texts: Texts, found: Found, batch: list[Change], check: Check) -> tuple[list[Change], list[Change]]:
    """The changes of a batch that do good together, and those that do not, with the reason."""
    kept: list[Change] = []
    refused: list[Change] = []
    waiting = [batch]
    while waiting:
        part = waiting.pop()
        reason = harm(found, check(edited(texts, [*kept, *part])), [*kept, *part])
        if not reason:
            kept += part
        elif len(part) == 1:
            (change,) = part
            refused.append(Change(change.found, change.fix, change.edits, change.line, change.context, reason))
        else:
            half = len(part) // 2
            waiting += [part[half:], part[:half]]
    return kept, refused


def harm(before: Found, after: Found, made: list[Change]) -> str:
    """What speaks against changes: a finding that is not gone, or one that is new. "" when nothing does."""
    allowed = counts(before)
    for change in made:
        allowed[change.found.code, change.found.span.source] -= 1
    fixed = {change.found.code for change in made}
    worse = [key for key, number in counts(after).items() if number > allowed.get(key, 0)]
    added = sorted({code for code, _ in worse if code not in fixed})
    if added:
        return f"it would bring {', '.join(added)}"
    return "its finding would stay" if worse else ""


def counts(found: Found) -> dict[tuple[str, str], int]:
    """How many findings there are, by code and path."""
    numbers: dict[tuple[str, str], int] = {}
    for one in found:
        key = one.code, one.span.source
        numbers[key] = numbers.get(key, 0) + 1
    return numbers


def edited(texts: Texts, changes: Iterable[Change]) -> Texts:
    """The texts with all edits of the changes, from the end of each to its start. Line ends are those of the text."""
    result = dict(texts)
    for edit in sorted((edit for change in changes for edit in change.edits), key=lambda edit: -edit.span.start):
        span, text = edit.span, result[edit.span.source]
        new = edit.text.replace("\n", "\r\n") if "\r\n" in text else edit.text
        result[span.source] = text[: span.start] + new + text[span.end :]
    return result


def tidied(text: str, edit: Edit) -> Edit:
    """An edit that takes something away also takes the blanks that would be left at the end of a line, or the line."""
    if edit.text or edit.span.start == edit.span.end:
        return edit
    start, end = edit.span.start, edit.span.end
    while start and text[start - 1] in " \t":
        start -= 1
    after = end
    while after < len(text) and text[after] in " \t\r":
        after += 1
    if after < len(text) and text[after] != "\n":
        return edit
    if start and text[start - 1] != "\n":
        return Edit(Span(start, end, edit.span.source), "")
    return Edit(Span(start, min(after + 1, len(text)), edit.span.source), "")
