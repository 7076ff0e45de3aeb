"""GitLab's Code Quality report (docs.gitlab.com, "Code Quality report format"): a JSON array."""

from __future__ import annotations

from wfc.formats.fingerprint import fingerprints
from wfc.render import positions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.formats import Report

SEVERITIES = {"error": "critical", "warning": "major", "info": "info"}


def render(report: Report) -> str:
    """An entry for each finding; GitLab compares the fingerprints of two branches."""
    from json import dumps

    entries = []
    for one, fingerprint in zip(report.found, fingerprints(report), strict=True):
        start, end = positions(one.span, report.sources)
        entries.append(
            {
                "description": f"{one.code}: {one.message}",
                "check_name": one.name,
                "fingerprint": fingerprint,
                "severity": SEVERITIES[one.severity],
                "location": {"path": one.span.source, "lines": {"begin": start.line, "end": end.line}},
            }
        )
    return dumps(entries, indent=2, ensure_ascii=False) + "\n"
