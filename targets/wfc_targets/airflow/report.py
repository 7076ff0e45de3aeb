"""What this target can't do, or only nearly: WF951 and WF952."""

from __future__ import annotations

from wfc.diagnostic import ERROR, WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.source import Span
    from wfc_targets.airflow.names import Names


def unsupported(names: Names, span: Span, what: str, why: str, remedy: str) -> None:
    """Report WF951: the flow asks for something that Airflow has no way to do."""
    message = f"Airflow can't do this: {what}"
    names.diagnostics.append(Diagnostic("WF951", "unsupported-by-target", ERROR, message, span, why=why, help=remedy))


def lossy(names: Names, span: Span, what: str, why: str, remedy: str) -> None:
    """Report WF952: a flow could notice a difference."""
    message = f"on Airflow {what}"
    names.diagnostics.append(Diagnostic("WF952", "lossy-on-target", WARNING, message, span, why=why, help=remedy))
