"""Diagnostics → text for people (pretty, concise), for programs (json) and for GitHub's annotations (github).

Pure functions of the findings and the sources (path → Source); only `wants_colour` looks at the world.
"""

from __future__ import annotations

from wfc.source import Position, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from wfc.diagnostic import Diagnostic
    from wfc.source import Span

    Sources = Mapping[str, Source]

VERSION = 1
"""Of the JSON form (schemas/wfc_schemas/diagnostics.schema.json): raised when a field changes its meaning or goes."""

COLUMNS = 80
TAB = "    "
STYLES = {"error": "1;31", "warning": "1;33", "info": "1;34", "place": "1;34", "bold": "1"}
ANNOTATIONS = {"error": "error", "warning": "warning", "info": "notice"}


def wants_colour(stream: object) -> bool:
    """Colour only for a terminal that can show it, and not under NO_COLOR (no-color.org: any value but "")."""
    import os

    is_terminal = getattr(stream, "isatty", bool)()
    return bool(is_terminal) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def pretty(diagnostics: Iterable[Diagnostic], sources: Sources, colour: bool = False) -> str:
    """Each finding with its lines of the source, the places that belong to it, the reason and the remedy."""
    return "".join(Pretty(sources, colour).finding(one) + "\n" for one in diagnostics)


def concise(diagnostics: Iterable[Diagnostic], sources: Sources) -> str:
    """A line a finding: `path:line:column: CODE message`."""
    lines = []
    for one in diagnostics:
        start, _ = positions(one.span, sources)
        lines.append(f"{one.span.source}:{start.line}:{start.column}: {one.code} {' '.join(one.message.split())}\n")
    return "".join(lines)


def json(diagnostics: Iterable[Diagnostic], sources: Sources) -> str:
    """One JSON object: version and diagnostics; lines and columns from 1, offsets from 0, all in characters."""
    from json import dumps

    found = [described(one, sources) for one in diagnostics]
    return dumps({"version": VERSION, "diagnostics": found}, indent=2, ensure_ascii=False) + "\n"


def github(diagnostics: Iterable[Diagnostic], sources: Sources) -> str:
    """Workflow commands that GitHub shows at the lines of a pull request (docs.github.com, "Workflow commands")."""
    lines = []
    for one in diagnostics:
        start, end = positions(one.span, sources)
        properties = {"file": one.span.source, "line": start.line, "endLine": end.line, "col": start.column}
        if start.line == end.line:
            properties["endColumn"] = end.column
        properties["title"] = f"{one.code} {one.name}"
        text = "\n".join([one.message, *(part for part in (one.why, one.help) if part)])
        shown = ",".join(f"{key}={escaped(str(value), ':,')}" for key, value in properties.items())
        lines.append(f"::{ANNOTATIONS[one.severity]} {shown}::{escaped(text)}\n")
    return "".join(lines)


def escaped(text: str, more: str = "") -> str:
    """Percent signs, line ends and `more` characters as GitHub's commands want them."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for char in more:
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def positions(span: Span, sources: Sources) -> tuple[Position, Position]:
    """Start and end of a span; line 1, column 1 where the source is not known."""
    source = sources.get(span.source)
    if source is None:
        return Position(1, 1), Position(1, 1)
    return source.position(span.start), source.position(span.end)


def described(one: Diagnostic, sources: Sources) -> dict[str, Any]:
    """A finding as JSON values."""
    return {
        "code": one.code,
        "name": one.name,
        "severity": one.severity,
        "message": one.message,
        **located(one.span, sources),
        "labels": [{"message": label.text, **located(label.span, sources)} for label in one.labels],
        "why": one.why,
        "help": one.help,
        "fixes": [
            {
                "title": fix.title,
                "safe": fix.safe,
                "edits": [{"text": edit.text, **located(edit.span, sources)} for edit in fix.edits],
            }
            for fix in one.fixes
        ],
    }


def located(span: Span, sources: Sources) -> dict[str, Any]:
    """A span as JSON values."""
    start, end = positions(span, sources)
    return {
        "path": span.source,
        "start": {"line": start.line, "column": start.column, "offset": span.start},
        "end": {"line": end.line, "column": end.column, "offset": span.end},
    }


class Pretty:
    """Findings in the manner of rustc: a head, lines of the source with marks, notes."""

    def __init__(self, sources: Sources, colour: bool) -> None:
        self.sources = sources
        self.colour = colour

    def finding(self, one: Diagnostic) -> str:
        """All lines of a finding."""
        head = self.head(one)
        marks = [(one.span, "", True), *((label.span, label.text, False) for label in one.labels)]
        numbers = [positions(span, self.sources)[0].line for span, _, _ in marks]
        margin = len(str(max(numbers)))
        lines = [head]
        for path in dict.fromkeys(span.source for span, _, _ in marks):
            here = [mark for mark in marks if mark[0].source == path]
            lines += self.frame(path, here, margin, one.severity, "-->" if path == one.span.source else ":::")
        for name, text in (("why", one.why), ("help", one.help), *(("fix", fix.title) for fix in one.fixes)):
            lines += self.note(name, text, margin)
        return "\n".join(lines) + "\n"

    def head(self, one: Diagnostic) -> str:
        """`error[WF303] name: message`, wrapped."""
        lead = f"{one.severity}[{one.code}] {one.name}: "
        first, *more = wrapped(lead + one.message, COLUMNS, COLUMNS - 2)
        rows = [self.paint(first[len(lead) :], "bold"), *("  " + self.paint(row, "bold") for row in more)]
        return f"{self.paint(f'{one.severity}[{one.code}]', one.severity)} {one.name}: " + "\n".join(rows)

    def frame(
        self, path: str, marks: list[tuple[Span, str, bool]], margin: int, severity: str, arrow: str
    ) -> list[str]:
        """The lines of one source that have marks; lines that are left out between them as `...`."""
        start, _ = positions(marks[0][0], self.sources)
        if path not in self.sources:
            return [f"{' ' * margin}{self.paint(arrow, 'place')} {path}"] if path else []
        source = self.sources[path]
        bar = self.paint("|", "place")
        lines = [
            f"{' ' * margin}{self.paint(arrow, 'place')} {path}:{start.line}:{start.column}",
            f"{' ' * margin} {bar}",
        ]
        last = 0
        for number in sorted({source.position(span.start).line for span, _, _ in marks}):
            if last and number > last + 1:
                lines.append(self.paint("...", "place"))
            last = number
            here = [mark for mark in marks if source.position(mark[0].start).line == number]
            text, rows = self.marked(source, number, here, severity, COLUMNS - margin - 3)
            lines.append(f"{self.paint(f'{number:>{margin}} |', 'place')} {text}".rstrip())
            lines += [f"{' ' * margin} {bar} {row}" for row in rows]
        return lines

    def marked(
        self, source: Source, number: int, marks: list[tuple[Span, str, bool]], severity: str, room: int
    ) -> tuple[str, list[str]]:
        """A line of the source, cut to the room there is, and a row of marks for each place in it."""
        line = source.line(number)
        begin = source.line_starts()[number - 1]
        first = min(span.start for span, _, _ in marks) - begin
        main = next((span.start - begin for span, _, primary in marks if primary), first)
        # where both do not fit, the place of the finding is what has to be seen
        first = first if main - max(0, first - room // 3) < room else main
        cut = 0 if width(line) <= room else max(0, min(first - room // 3, len(line) - room))
        shown = ("…" if cut else "") + line[cut + bool(cut) :]
        rows = []
        for span, text, primary in sorted(marks, key=lambda mark: (not mark[2], mark[0].start)):
            left = min(max(0, span.start - begin - cut), len(shown))
            right = min(max(span.end - begin - cut, left), len(shown))
            before = min(width(shown[:left]), room - 1)  # what is cut off is marked where the line is
            mark = ("^" if primary else "-") * max(1, min(width(shown[left:right]), room - before))
            style = severity if primary else "place"
            if not text or before + len(mark) + 1 + width(text) <= room:
                rows.append(" " * before + self.paint(f"{mark} {text}".rstrip(), style))
                continue
            # no place behind the mark: the text comes below, as far to the right as it fits
            indent = max(0, min(before, room - width(text)))
            rows.append(" " * before + self.paint(mark, style))
            rows += [" " * indent + self.paint(row, style) for row in wrapped(text, room - indent, room - indent)]
        return clipped(visible(shown), room), rows

    def note(self, name: str, text: str, margin: int) -> list[str]:
        """`= help: …`, wrapped."""
        if not text:
            return []
        lead = f"{' ' * margin} = "
        label = f"{name}: "
        room = COLUMNS - len(lead) - len(label)
        rows = wrapped(text, room, room)
        first = f"{' ' * margin} {self.paint('=', 'place')} {self.paint(label.strip(), 'bold')} {rows[0]}"
        return [first, *(" " * (len(lead) + len(label)) + row for row in rows[1:])]

    def paint(self, text: str, style: str) -> str:
        """A text in a colour, when colours are wanted."""
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self.colour else text


def wrapped(text: str, first: int, others: int) -> list[str]:
    """A text in rows of at most so many columns, cut between words only; at least one row."""
    if width(text) <= first:
        return [text]
    rows, row, room = [], "", first
    for word in text.split():
        if row and width(row) + 1 + width(word) > room:
            rows.append(row)
            row, room = word, others
        else:
            row = f"{row} {word}" if row else word
    return [*rows, row]


def visible(text: str) -> str:
    """A line of a source as a terminal may show it: tabs as blanks, controls (also colour codes) as a sign."""
    text = text.replace("\t", TAB)
    return text if text.isprintable() else "".join(char if char.isprintable() else "\ufffd" for char in text)


def width(text: str) -> int:
    """The columns that a text takes in a terminal: two for wide characters (UAX 11), none for combining ones."""
    text = visible(text)
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def clipped(text: str, room: int) -> str:
    """A text of at most `room` columns."""
    if width(text) <= room:
        return text
    while width(text) > room - 1:
        text = text[: -max(1, (width(text) - room) // 2)]
    return text + "…"
