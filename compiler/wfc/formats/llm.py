"""Findings for a model that mends the flow: code, line, the line's text, the reason, the remedy, fixes as edits.

Short, for it goes into a prompt again and again: errors first, and no more than BUDGET characters.
"""

from __future__ import annotations

from wfc.render import positions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wfc.diagnostic import Diagnostic, Fix
    from wfc.formats import Report
    from wfc.source import Source, Span

BUDGET = 8_000
"""Characters of all findings, about 2,000 tokens; the first finding is shown however long it is."""

LINES = 3
"""Lines of the source that one finding shows."""

WIDTH = 160
"""Characters of one line of the source that are shown."""


def render(report: Report) -> str:
    """The findings, each with its path; how many were left out for want of room. No findings give no text."""
    return listing(report.found, report.sources)


def listing(found: Iterable[Diagnostic], sources: Mapping[str, Source], budget: int = BUDGET) -> str:
    """The errors, then the warnings, then the rest, in the order given, within a budget of characters."""
    order = ("error", "warning", "info")
    items = sorted(found, key=lambda one: order.index(one.severity))
    parts: list[str] = []
    room = budget
    for one in items:
        text = "\n".join(described(one, sources)) + "\n"
        room -= len(text)
        if room < 0 and parts:
            left = len(items) - len(parts)
            parts.append(f"… and {left} more: mend these first, then check again\n")
            break
        parts.append(text)
    return "".join(parts)


def described(one: Diagnostic, sources: Mapping[str, Source]) -> list[str]:
    """The lines of one finding."""
    start, end = positions(one.span, sources)
    lines = [f"{one.code} {one.severity} {one.span.source}:{start.line}:{start.column}: {one.message}"]
    source = sources.get(one.span.source)
    if source is not None:
        last = min(end.line, start.line + LINES - 1)
        numbers = range(start.line, last + 1)
        lines += [f"  {number} | {short(source.line(number))}" for number in numbers]
        if last < end.line:
            lines.append(f"  … to line {end.line}")
    lines += [f"  {word}: {part}" for word, part in (("why", one.why), ("help", one.help)) if part]
    lines += [f"  see {place(label.span, one, sources)}: {label.text}" for label in one.labels]
    for fix in one.fixes:
        lines += edits(fix, one, sources)
    return lines


def edits(fix: Fix, one: Diagnostic, sources: Mapping[str, Source]) -> list[str]:
    """A fix: what to replace by what, and whether it may be done without a thought."""
    from json import dumps

    lines = [f"  fix ({'safe' if fix.safe else 'look at it'}): {fix.title}"]
    for edit in fix.edits:
        source = sources.get(edit.span.source)
        old = source.text[edit.span.start : edit.span.end] if source is not None else ""
        new = dumps(edit.text, ensure_ascii=False)
        what = f"replace {dumps(short(old), ensure_ascii=False)} by {new}" if old else f"insert {new}"
        lines.append(f"    at {place(edit.span, one, sources)}: {what}")
    return lines


def place(span: Span, one: Diagnostic, sources: Mapping[str, Source]) -> str:
    """Line and column, with the path where it is not that of the finding."""
    start, _ = positions(span, sources)
    path = "" if span.source == one.span.source else f"{span.source}:"
    return f"{path}{start.line}:{start.column}"


def short(text: str) -> str:
    """A line, cut to WIDTH."""
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
