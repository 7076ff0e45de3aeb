"""Names of findings that last: they stay when lines move, and change when the text of the finding does."""

from __future__ import annotations

import re

from wfc.rules import relative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wfc.diagnostic import Diagnostic
    from wfc.formats import Report
    from wfc.ir import Flow
    from wfc.source import Source


GROUPED = ("WF301", "WF302")
"""Codes whose finding may stand for several tasks (wfc.checks.lacking): one task more is another finding."""

NAMED = re.compile(r"`[^`]*`|\d+")
"""Names and numbers in a message: these stay when it is said in other words."""


def fingerprints(report: Report) -> list[str]:
    """32 hex digits for each finding of a report, in its order; no two alike.

    They are made of the code, the path as seen from the project's folder, the flow, the lines of the finding without
    their spaces at the ends and with one blank for several, what it names where it stands for several tasks (GROUPED),
    and a number for those that are alike in all that.
    """
    from hashlib import sha256

    starts = flow_starts(report.flows)
    seen: dict[tuple[str, ...], int] = {}
    prints = []
    for one in report.found:
        path = relative(one.span.source, report.folder)
        parts: tuple[str, ...] = (one.code, path, flow_of(one, starts), lines(one, report.sources.get(one.span.source)))
        if one.code in GROUPED and one.labels:
            parts = (*parts, *NAMED.findall(one.message))
        seen[parts] = seen.get(parts, 0) + 1
        text = "\0".join([*parts, str(seen[parts])])
        prints.append(sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    return prints


def flow_starts(flows: Iterable[Flow]) -> dict[str, list[tuple[int, str]]]:
    """Path → (where its name stands, name) of each flow in the file, in order of place."""
    starts: dict[str, list[tuple[int, str]]] = {}
    for flow in flows:
        starts.setdefault(flow.span.source, []).append((flow.span.start, flow.name))
    return {path: sorted(found) for path, found in starts.items()}


def flow_of(one: Diagnostic, starts: dict[str, list[tuple[int, str]]]) -> str:
    """The name of the flow that a finding stands in, "" before the first one."""
    names = [name for start, name in starts.get(one.span.source, ()) if start <= one.span.start]
    return names[-1] if names else ""


def lines(one: Diagnostic, source: Source | None) -> str:
    """The lines that a finding covers, each with single blanks; its message where the source is not known."""
    if source is None:
        return one.message
    first, last = (source.position(place).line for place in (one.span.start, one.span.end))
    return "\n".join(" ".join(source.line(number).split()) for number in range(first, last + 1))
