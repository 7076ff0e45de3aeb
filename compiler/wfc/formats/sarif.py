"""SARIF 2.1.0 (OASIS), for code scanning: every rule is declared, so that an alert that is gone is closed."""

from __future__ import annotations

from wfc.checks import PAGES
from wfc.explain import page, text
from wfc.formats.fingerprint import fingerprints
from wfc.render import positions
from wfc.version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wfc.diagnostic import Diagnostic, Fix
    from wfc.formats import Report
    from wfc.source import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: Report) -> str:
    """One SARIF log with one run. Paths are relative to the working folder where they lie below it."""
    from json import dumps

    results = [result(one, print_, report) for one, print_ in zip(report.found, fingerprints(report), strict=True)]
    run = {
        "tool": {"driver": driver()},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": results,
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def driver() -> dict[str, Any]:
    """wfc, and a descriptor of each code, in order."""
    return {"name": "wfc", "version": VERSION, "semanticVersion": VERSION, "rules": [rule(code) for code in PAGES]}


def rule(code: str) -> dict[str, Any]:
    """The descriptor of a code: its page is the help."""
    found = page(code)
    head, _, rest = text(found).partition("\n\n")
    summary, _, body = rest.partition("\n")
    body = body.strip()
    return {
        "id": code,
        "name": found.name,
        "shortDescription": {"text": summary},
        "defaultConfiguration": {"level": LEVELS[found.severity]},
        "help": {
            "text": f"{summary}\n\n{body}",
            "markdown": f"{head}\n\n{summary}\n\n{body}\n\nOffline: `wfc explain {code}`.",
        },
        "properties": {"preset": getattr(found, "preset", "always")},
    }


def result(one: Diagnostic, print_: str, report: Report) -> dict[str, Any]:
    """One finding. The reason and the remedy belong to the message, for viewers show little else."""
    parts = [one.message, *(part for part in (one.why, one.help) if part)]
    found: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": list(PAGES).index(one.code),
        "level": LEVELS[one.severity],
        "message": {"text": "\n".join(parts)},
        "locations": [{"physicalLocation": place(one.span, report)}],
        # GitHub keeps alerts apart by the first of these names alone.
        "partialFingerprints": {"primaryLocationLineHash": print_, "wfc/v1": print_},
    }
    if one.labels:
        found["relatedLocations"] = [
            {"id": number, "message": {"text": label.text}, "physicalLocation": place(label.span, report)}
            for number, label in enumerate(one.labels)
        ]
    if one.fixes:
        found["fixes"] = [fix(item, report) for item in one.fixes]
    return found


def place(span: Span, report: Report) -> dict[str, Any]:
    """An artifact and a region; no region in a file whose text was not read, as wfc.toml."""
    found: dict[str, Any] = {"artifactLocation": {"uri": uri(span.source)}}
    if span.source in report.sources:
        found["region"] = region(span, report)
    return found


def region(span: Span, report: Report) -> dict[str, Any]:
    """Lines and columns from 1, the end column exclusive; offset and length in characters."""
    start, end = positions(span, report.sources)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "charOffset": span.start,
        "charLength": span.end - span.start,
    }


def fix(one: Fix, report: Report) -> dict[str, Any]:
    """A fix, its edits by file."""
    paths = dict.fromkeys(edit.span.source for edit in one.edits)
    return {
        "description": {"text": one.title},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": uri(path)},
                "replacements": [
                    {"deletedRegion": region(edit.span, report), "insertedContent": {"text": edit.text}}
                    for edit in one.edits
                    if edit.span.source == path
                ],
            }
            for path in paths
        ],
        "properties": {"safe": one.safe},
    }


def uri(path: str) -> str:
    """A path as a URI reference (RFC 3986): other characters as percent signs and UTF-8; an absolute one as file:."""
    from urllib.parse import quote

    quoted = quote(path, errors="replace")
    return f"file://{quoted}" if path.startswith("/") else quoted
