"""Findings → a better text: safe fixes by the compiler, then a message that a model can act on."""

from __future__ import annotations

from wfc.fixing import mend
from wfc.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wfc.diagnostic import Diagnostic


def blocking(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings that a flow may not have when it is handed over: errors and warnings."""
    return tuple(item for item in found if item.severity != "info")


def score(found: Iterable[Diagnostic]) -> tuple[int, int]:
    """(errors, warnings): the smaller the better."""
    kinds = [item.severity for item in found]
    return kinds.count("error"), kinds.count("warning")


def apply_safe_fixes(
    text: str, check: Callable[[str], tuple[Diagnostic, ...]]
) -> tuple[str, list[str], tuple[Diagnostic, ...]]:
    """Make the safe fixes; gives the text, what was done in words, and the findings that are left (wfc.fixing)."""
    found = check(text)
    path = next((item.span.source for item in found), "")
    result = mend({path: text}, found, {path}, lambda texts: check(texts[path]))
    done = [f"{change.found.code}: {change.fix.title} (line {change.line})" for change in result.done]
    return result.texts[path], done, result.found


def repair_message(text: str, found: Iterable[Diagnostic]) -> str:
    """What a model needs to mend a flow: the findings as `wfc check --format llm` shows them, under a request."""
    from wfc.formats.llm import listing
    from wfc.masking import masked

    given = tuple(found)
    wrong, sources = masked(given, {item.span.source: Source(item.span.source, text) for item in given})
    head = "The compiler refuses this flow. Mend exactly these findings and give the whole flow again."
    return f"{head}\n\n{listing(wrong, sources)}"
