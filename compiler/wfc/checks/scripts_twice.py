"""What the checks ask of a script of the author that may be run twice."""

from __future__ import annotations

from wfc import ir
from wfc.checks.common import as_written
from wfc.checks.scripts import argument_span
from wfc.embedded.verdict import UNSAFE, Reason, Verdict
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Call, Flow


def own_script(call: Call) -> str | None:
    """The text of a script that the author wrote, None for any other call (scripts of the catalog are not theirs)."""
    return call.op.script if isinstance(call.op, ir.Shell) and call.action == "shell" else None


def verdict(call: Call) -> Verdict | None:
    """What a second run of the author's script does; None for other calls, and where the author has said so."""
    script = own_script(call)
    if script is None or call.effect.source != "catalog":
        return None
    from wfc.embedded.shell import classify

    return classify(script)


def doubled(found: Verdict | None) -> tuple[Reason, ...]:
    """The statements by which a script is not the same twice."""
    return tuple(reason for reason in found.reasons if reason.verdict == UNSAFE) if found is not None else ()


def line_span(flow: Flow, call: Call, place: int) -> Span:
    """Where the line of a script stands in the file in which an offset lies, as `statement_span` has it."""
    from wfc.embedded.shell_syntax import line_of

    return statement_span(flow, call, line_of(own_script(call) or "", place))


def statement_span(flow: Flow, call: Call, reason: Reason) -> Span:
    """Where a statement of a script stands in the file: its first line, if that is there once, else the script."""
    whole = argument_span(call, "script")
    text = as_written(flow, whole)
    script = own_script(call) or ""
    line = script[reason.start : reason.end].split("\n")[0]
    if not line or text.count(line) != 1:
        return whole
    place = whole.start + text.index(line)
    return Span(place, place + len(line), whole.source)
