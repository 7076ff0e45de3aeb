"""Expressions that must be known before anything runs → JSON values."""

from __future__ import annotations

from wfc import ir, types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, Json
    from wfc.resolve.report import Report


def constant(value: AnyExpr, report: Report, what: str) -> Json:
    """The JSON value of a constant. Reports WF202 where something is only known in a run, and gives None."""
    match value:
        case ir.Literal():
            return value.value
        case ir.ListExpr():
            return [constant(item, report, what) for item in value.items]
        case ir.RecordExpr():
            return {name: constant(item, report, what) for name, item in value.entries}
        case _:
            if value.type != types.UNKNOWN:
                report.error(
                    "WF202",
                    f"{what} must be written out",
                    value.span,
                    why="The engine reads it when the flow is deployed, before any run has a value for it.",
                )
            return None
