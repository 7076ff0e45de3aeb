"""Files that could not be read → findings, so that one odd file does not keep the others from being checked."""

from __future__ import annotations

from wfc.checks.unreadable import PAGE
from wfc.diagnostic import ordered
from wfc.errors import Unreadable
from wfc.record import replace
from wfc.source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wfc.diagnostic import Diagnostic
    from wfc.errors import UserError
    from wfc.pipeline import Loaded


def with_unread(loaded: Loaded, unread: Iterable[tuple[str, UserError]]) -> Loaded:
    """A project with a finding WF005 for each file that could not be read: (path, the reason).

    What is unknown in the other files may stand in one of these, so it is not told of.
    """
    sources = dict(loaded.sources)
    found = [one for one in loaded.diagnostics if not one.missing]
    for path, error in unread:
        if isinstance(error, Unreadable) and error.text:
            sources[path] = Source(path, error.text)
        found.append(finding(path, error))
    return replace(loaded, sources=sources, diagnostics=ordered(found))


def finding(path: str, error: UserError) -> Diagnostic:
    """WF005 for one file, at the place of the reason where that is known."""
    if not isinstance(error, Unreadable):
        return PAGE.found(error.message, Span(0, 0, path), help=error.remedy)
    what = "standard input" if path == "-" else "the file"
    span = Span(error.offset, error.offset + 1 if error.text else 0, path)
    return PAGE.found(f"{what} {error.problem}", span, why=PAGE_WHY, help=error.remedy)


PAGE_WHY = "Nothing in it is checked, and what the other files want of it is not known."
