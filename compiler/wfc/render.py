"""Diagnostics → text: `pretty` for people, `concise` a line each, `json` for tools, `github` for annotations.

Pure functions of the findings and the texts they are about; nothing here prints.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from wfc.diagnostic import Diagnostic
    from wfc.source import Source, Span

WIDTH = 80
"""Columns that pretty output keeps to where it can."""
COLOURS = {"error": "\033[1;31m", "warning": "\033[1;33m", "info": "\033[1;34m", "bold": "\033[1m", "dim": "\033[36m"}
SCHEMA = 1


def wants_colour(stream: Any) -> bool:
    """Colour on a terminal only, and not where NO_COLOR is set (https://no-color.org) or TERM is dumb."""
    return (
        not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and bool(getattr(stream, "isatty", bool)())
    )


def pretty(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source], colour: bool = False) -> str:
    """A block a finding: code and message, the line with a mark under it, further places, why, help."""
    paint = Painter(colour)
    return "".join(block(found, sources, paint) + "\n" for found in diagnostics)


class Painter:
    """Colours words, or leaves them as they are."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, text: str, style: str) -> str:
        return f"{COLOURS[style]}{text}\033[0m" if self.colour and text else text


def block(found: Diagnostic, sources: Mapping[str, Source], paint: Painter) -> str:
    """One finding, ended by a line end."""
    head = paint(f"{found.severity}[{found.code}]", found.severity) + paint(f": {found.message}", "bold")
    lines = [head]
    source = sources.get(found.span.source)
    if source is None:
        lines.append(f"  --> {found.span.source or 'the project'}")
    else:
        lines += frames(found, source, sources, paint)
    lines += [wrapped("why", found.why)] if found.why else []
    lines += [wrapped("help", found.help)] if found.help else []
    return "\n".join(lines) + "\n"


def frames(found: Diagnostic, source: Source, sources: Mapping[str, Source], paint: Painter) -> list[str]:
    """The line of the finding and those of its labels, in the order of the text, with their marks."""
    place = source.position(found.span.start)
    marks = [(found.span, "", True), *((label.span, label.text, False) for label in found.labels)]
    here = sorted((mark for mark in marks if mark[0].source == source.path), key=lambda mark: mark[0].start)
    elsewhere = [mark for mark in marks if mark[0].source != source.path and mark[0].source in sources]
    width = len(str(max(source.position(mark[0].start).line for mark in here)))
    lines = [f"{' ' * width}{paint('-->', 'dim')} {source.path}:{place.line}:{place.column}"]
    before = 0
    for span, text, primary in here:
        line = source.position(span.start).line
        if line != before:
            if before and line > before + 1:
                lines.append(paint(f"{' ' * width} ⋮", "dim"))
            shown = source.line(line).replace("\t", " ")
            lines.append(f"{paint(f'{line:>{width}} |', 'dim')} {clipped(shown)}")
        lines.append(f"{paint(' ' * width + ' |', 'dim')} {mark_line(source, span, text, primary, found, paint)}")
        before = line
    for span, text, _ in elsewhere:
        other = sources[span.source].position(span.start)
        lines.append(f"{' ' * width} {paint('=', 'dim')} {span.source}:{other.line}:{other.column}: {text}")
    return lines


def mark_line(source: Source, span: Span, text: str, primary: bool, found: Diagnostic, paint: Painter) -> str:
    """The mark under a place: `^^^` for the finding itself, `---` and a word for a label."""
    start, end = source.position(span.start), source.position(max(span.end, span.start + 1))
    room = max(1, len(source.line(start.line)) - start.column + 1)
    length = room if end.line > start.line else max(1, min(end.column - start.column, room))
    mark = ("^" if primary else "-") * min(length, WIDTH)
    return " " * (start.column - 1) + paint(f"{mark} {text}".rstrip(), found.severity if primary else "dim")


def clipped(line: str) -> str:
    """A line that is not longer than a terminal can bear."""
    return line if len(line) <= 400 else line[:400] + "…"


def wrapped(word: str, text: str) -> str:
    """`  word: text`, folded at WIDTH; the author's own line ends stay."""
    import textwrap

    first = f"  {word}: "
    parts = text.split("\n")
    folded = [
        textwrap.fill(
            part, WIDTH, initial_indent=first if not at else " " * len(first), subsequent_indent=" " * len(first),
            break_long_words=False, break_on_hyphens=False,
        )
        for at, part in enumerate(parts)
    ]  # fmt: skip
    return "\n".join(folded)


def concise(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> str:
    """path:line:column: CODE severity: message, a line each."""
    lines = []
    for found in diagnostics:
        source = sources.get(found.span.source)
        place = source.position(found.span.start) if source else None
        where = f"{found.span.source}:{place.line}:{place.column}" if place else found.span.source
        lines.append(f"{where}: {found.code} {found.severity}: {found.message}\n")
    return "".join(lines)


def json(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> str:
    """A versioned object with all findings, indented, with a final line end; lines and columns from 1."""
    import json as json_module

    def span(value: Span) -> dict[str, Any]:
        source = sources.get(value.source)
        data: dict[str, Any] = {"source": value.source, "start": value.start, "end": value.end}
        if source:
            start, end = source.position(value.start), source.position(value.end)
            data |= {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}
        return data

    found = [
        {
            "code": item.code,
            "name": item.name,
            "severity": item.severity,
            "message": item.message,
            "span": span(item.span),
            "labels": [{"span": span(label.span), "text": label.text} for label in item.labels],
            "why": item.why,
            "help": item.help,
            "fixes": [
                {
                    "title": fix.title,
                    "safe": fix.safe,
                    "edits": [{"span": span(edit.span), "text": edit.text} for edit in fix.edits],
                }
                for fix in item.fixes
            ],
        }
        for item in diagnostics
    ]
    return json_module.dumps({"schema": SCHEMA, "findings": found}, indent=2, ensure_ascii=False) + "\n"


def github(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> str:
    """Workflow commands that GitHub shows as annotations of a change.

    Source: docs.github.com, workflow commands for GitHub Actions; `%`, CR, LF (and `:`, `,` in properties) are escaped.
    """
    kinds = {"error": "error", "warning": "warning", "info": "notice"}
    lines = []
    for found in diagnostics:
        source = sources.get(found.span.source)
        start = source.position(found.span.start) if source else None
        where = f"file={property_text(found.span.source)}"
        where += f",line={start.line},col={start.column}" if start else ""
        message = found.message + (f". {found.help}" if found.help else "")
        lines.append(f"::{kinds[found.severity]} {where},title={found.code}::{command_text(message)}\n")
    return "".join(lines)


def command_text(text: str) -> str:
    """Text of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_text(text: str) -> str:
    """A property of a workflow command."""
    return command_text(text).replace(":", "%3A").replace(",", "%2C")
