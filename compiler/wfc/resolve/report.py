"""Where the resolver puts what it finds: one place that builds diagnostics of names, types and arguments."""

from __future__ import annotations

from wfc.diagnostic import ERROR, Diagnostic, Edit, Fix, Label, suggest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wfc.source import Span

NAMES = {
    "WF101": "cycle",
    "WF102": "unknown-name",
    "WF103": "duplicate-name",
    "WF201": "type-mismatch",
    "WF202": "bad-argument",
    "WF203": "nullable-as-value",
    "WF205": "non-exhaustive-match",
    "WF207": "bad-literal",
    "WF209": "misplaced",
    "WF210": "no-result-type",
    "WF211": "no-text",
    "WF953": "illegal-name",
}
SHARED = ("flow", "action", "trigger", "type")
"""What any file of a project may define for all others."""


class Report:
    """Collects diagnostics; `quiet` while a catalog body is put in, whose own errors are tested elsewhere."""

    __slots__ = ("found", "quiet")

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self.quiet = 0

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        *labels: Label,
        why: str = "",
        help: str = "",  # noqa: A002 - the field's name
        fixes: tuple[Fix, ...] = (),
        missing: str = "",
    ) -> None:
        """Add an error under one of the codes of NAMES. missing: as Diagnostic has it."""
        if not self.quiet:
            self.found.append(Diagnostic(code, NAMES[code], ERROR, message, span, labels, why, help, fixes, missing))

    def unknown(self, what: str, name: str, span: Span, known: Iterable[str], listing: bool = True) -> None:
        """WF102: `name` is no `what`; says the nearest known name, or what is known when that is short.

        listing: may all that is known be shown? If not, it is what has the same first part (`git.…`).
        """
        missing = what if what in SHARED else ""
        message = f"there is no {what} `{name}`"
        names = sorted({*known} - {""})  # a name that could not be read is empty
        near = suggest(name, names)
        if near:
            fix = Fix(f"write `{near}`", (Edit(span, near),), safe=False)
            self.error("WF102", message, span, help=f"did you mean `{near}`?", fixes=(fix,), missing=missing)
            return
        vendor = name.partition(".")[0] + "."
        akin = names if listing else [known_name for known_name in names if known_name.startswith(vendor)]
        shown = ", ".join(f"`{known_name}`" for known_name in akin[:12])
        more = f"known here: {shown}{', …' if len(akin) > 12 else ''}" if akin else ""
        if what in ("action", "trigger") and not akin:
            more = "`wfc actions WORD` searches the catalog"
        self.error("WF102", message, span, help=more, missing=missing)
