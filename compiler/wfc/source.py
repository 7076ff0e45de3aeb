"""A text with a name, and places in it: `Source("a.wf", text).position(span)` is a line and a column."""

from __future__ import annotations

from wfc.record import Record


class Span(Record):
    """A half-open range [start, end) of character offsets into one source (`source` is its path)."""

    start: int
    end: int
    source: str = ""


NOWHERE = Span(0, 0, "")


class Position(Record):
    """A place as people count it: line and column from 1, columns in characters (code points)."""

    line: int
    column: int


class Source:
    """One text under one name. Offsets count characters; `position` is O(log lines) after the first call."""

    __slots__ = ("_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._starts: list[int] | None = None

    def line_starts(self) -> list[int]:
        """The offset at which each line begins, the first being 0."""
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> Position:
        """Line and column (from 1) of an offset; an offset beyond the end counts as the end."""
        from bisect import bisect_right

        starts = self.line_starts()
        offset = min(offset, len(self.text))
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end."""
        starts = self.line_starts()
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r")
