"""What the compiler has to say about a flow: facts, places and a remedy, never printed text."""

from __future__ import annotations

from wfc.record import Record
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

ERROR, WARNING, INFO = "error", "warning", "info"


class Label(Record):
    """A further place that belongs to a finding, and what it has to do with it."""

    span: Span
    text: str


class Edit(Record):
    """Replace the characters of `span` by `text` (an empty span inserts)."""

    span: Span
    text: str


class Fix(Record):
    """A change that removes a finding. `safe`: the meaning stays, or becomes what the finding asks for."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True


class Diagnostic(Record):
    """One finding.

    code: "WF301", never reused. name: "missing-retry", names the problem. severity: error | warning | info.
    message: one sentence in the author's names. span: the place to look at first. labels: all other places.
    why: the reason, one or two sentences. help: the remedy, as an imperative. missing: the kind of thing that was
    looked for in all files of the project and is in none (`flow`, `action`, `trigger`, `type`), "" for other findings.
    """

    code: str
    name: str
    severity: str
    message: str
    span: Span
    labels: tuple[Label, ...] = ()
    why: str = ""
    help: str = ""
    fixes: tuple[Fix, ...] = ()
    missing: str = ""


def ordered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By file, place, code and message, each once: the order in which findings are always shown."""

    def key(found: Diagnostic) -> tuple[str, int, int, str, str]:
        span = found.span
        return span.source, span.start, span.end, found.code, found.message

    unique: dict[tuple[str, int, int, str, str], Diagnostic] = {}
    for found in diagnostics:
        unique.setdefault(key(found), found)
    return tuple(unique[k] for k in sorted(unique))


def suggest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or "" when none is near.

    Near is: alike but for case, or a Damerau-Levenshtein distance of at most a third of the length, 3 at most.
    """
    lowered = name.lower()
    best, best_distance = "", min(3, max(1, len(name) // 3)) + 1
    for candidate in sorted(known):
        if abs(len(candidate) - len(name)) >= best_distance:
            continue
        distance = 0 if candidate.lower() == lowered else edit_distance(lowered, candidate.lower())
        if distance < best_distance:
            best, best_distance = candidate, distance
    return best


def edit_distance(a: str, b: str) -> int:
    """Damerau-Levenshtein distance with adjacent transpositions (optimal string alignment)."""
    above: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, above, row = above, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
    return row[-1]
