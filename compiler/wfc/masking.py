"""Findings and texts → the same without the constants that hardcoded-secret (WF603) tells of.

A log of CI, a report and the prompt of a model are kept longer, and read by more, than the flow itself (CWE-532).
"""

from __future__ import annotations

from re import finditer

from wfc.record import replace
from wfc.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wfc.diagnostic import Diagnostic
    from wfc.source import Span

    Sources = Mapping[str, Source]
    Found = tuple[Diagnostic, ...]

CODE = "WF603"
STAR = "*"
SHORTEST = 6
"""Characters of a constant that is looked for in messages as well; a shorter one may be any word."""


def masked(found: Iterable[Diagnostic], sources: Sources) -> tuple[Found, dict[str, Source]]:
    """Findings and sources (path → text) in which each such constant is as many stars, so that all places stay."""
    items = tuple(found)
    texts = dict(sources)
    secrets: set[str] = set()
    for one in items:
        source = sources.get(one.span.source)
        if one.code != CODE or source is None:
            continue
        for start, end in places(source.text, one.span):
            secrets.add(source.text[start:end])
            text = texts[one.span.source].text
            texts[one.span.source] = Source(source.path, text[:start] + STAR * (end - start) + text[end:])
    words = sorted((one for one in secrets if len(one) >= SHORTEST), key=lambda one: (-len(one), one))
    return (tuple(said(one, words) for one in items) if words else items), texts


def places(text: str, span: Span) -> list[tuple[int, int]]:
    """Where the constants stand in the span of a finding: what looks like one, else all that is between the quotes."""
    from wfc.checks.hardcoded_secret import TOKENS
    from wfc.checks.script_secrets import WAYS, is_secret

    part = text[span.start : span.end]
    if "PRIVATE KEY-" in part:
        # its form tells where it begins, not where it ends
        return [(span.start + one.start(), span.start + one.end()) for one in finditer(r"[^\s\"]+", part)]
    found = [match.span() for _, _, pattern in TOKENS for match in pattern.finditer(part)]
    for _, fewest, pattern in WAYS:
        values = [match for match in pattern.finditer(part) if is_secret(match["value"])]
        found += [match.span("value") for match in values if len(match["value"]) >= fewest]
    return [(span.start + start, span.start + end) for start, end in found or quoted(part)]


def quoted(part: str) -> Iterator[tuple[int, int]]:
    """The inside of each text in quotes, line by line, so that lines stay; all of it where there are none."""
    inside = [match.span(1) for match in finditer(r'"+([^"\n]+)"+', part)]
    return iter(inside or [match.span() for match in finditer(r"[^\s\"]+", part)])


def said(one: Diagnostic, secrets: list[str]) -> Diagnostic:
    """A finding whose words do not repeat the constants: a message may show a command as it is written."""

    def plain(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, STAR * 3)
        return text

    labels = tuple(replace(label, text=plain(label.text)) for label in one.labels)
    return replace(one, message=plain(one.message), why=plain(one.why), help=plain(one.help), labels=labels)
