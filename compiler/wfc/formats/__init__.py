"""Findings in the forms of other programs: a module each, loaded when it is asked for; each has `render(report)`."""

from __future__ import annotations

from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow
    from wfc.source import Source


class Report(Record):
    """What a check came to. found: in the order shown. sources: path → text. asked: the paths that were looked at.

    flows: of the project. folder: the one that fingerprints see paths from, "" for the working folder.
    """

    found: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    asked: tuple[str, ...] = ()
    flows: tuple[Flow, ...] = ()
    folder: str = ""


def render(name: str, report: Report) -> str:
    """The text of a report. name: of a module beside this one that is a format: sarif, gitlab, junit, llm."""
    module = __import__(f"wfc.formats.{name}", fromlist=["render"])
    text: str = module.render(report)
    return text
