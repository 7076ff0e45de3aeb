"""Literals → values: strings with their escapes, raw text dedented, numbers in range."""

from __future__ import annotations

from wfc.patterns import ready
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.resolve.report import Report
    from wfc.syntax import Document, Token

LARGEST_INT = 2**53 - 1
"""Integers beyond it lose digits in engines that read JSON numbers as doubles (RFC 8259, section 6)."""

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "/": "/", "0": "\0"}
PIECE = ready(r"\\u([0-9a-fA-F]{4})|\\(.)|(\{\{)|(\}\})|\{([^{}\n]*)\}|([^\\{}]+)")


def pieces(token: Token, document: Document, report: Report) -> list[str | tuple[str, int]]:
    """The parts of a string token: texts, and (source of a hole, its offset). Reports WF207 (unknown escape)."""
    parts: list[str | tuple[str, int]] = []
    base = token.start + 1
    for match in PIECE.finditer(token.text[1:-1]):
        code, escape, opened, closed, hole, plain = match.groups()
        if hole is not None:
            parts.append((hole, base + match.start(5)))
            continue
        text = plain or ("{" if opened else "}" if closed else "")
        if code:
            text = chr(int(code, 16))
        elif escape:
            text = ESCAPES.get(escape, "")
            if not text:
                where = Span(base + match.start(), base + match.end(), document.path)
                report.error(
                    "WF207",
                    f"`\\{escape}` is no escape",
                    where,
                    help='known: \\n \\t \\r \\" \\\\ \\uXXXX; write \\\\ for one backslash',
                )
        if parts and isinstance(parts[-1], str):
            parts[-1] += text
        else:
            parts.append(text)
    return [join_surrogates(part) if isinstance(part, str) else part for part in parts]


def join_surrogates(text: str) -> str:
    """Two `\\uXXXX` escapes of one character become that character, as in JSON (RFC 8259, section 7)."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def unescape(token: Token, document: Document, report: Report) -> str:
    """The text of a string that may not interpolate. Reports WF207 for a hole in it."""
    parts = pieces(token, document, report)
    if any(isinstance(part, tuple) for part in parts):
        report.error(
            "WF207",
            "this text is a constant: it can't hold `{ }`",
            document.span(token),
            help="write {{ and }} for braces",
        )
    return "".join(part for part in parts if isinstance(part, str))
