"""What the checks ask of a script, or a Python body, of the author that may be run twice."""

from __future__ import annotations

from wfc import ir
from wfc.checks.common import as_written
from wfc.checks.scripts import argument_span
from wfc.embedded.verdict import UNKNOWN, UNSAFE, Reason, Verdict
from wfc.patterns import ready
from wfc.record import replace
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Call, Flow

ASSIGNMENT = ready(r"\w+=")
PLAIN_WORD = ready(r"[\w./][\w./-]*$")
BARE_KEY = ready(r"[\w-]+$")
"""A key that TOML takes without quotes (toml.io/en/v1.0.0#keys)."""
NO_OWN_WORK = ("eval", "ssh", "source", ".")
"""Commands that run what others have written: a word about them would be one about all of it."""


def own_script(call: Call) -> str | None:
    """The text of a script that the author wrote, None for any other call (scripts of the catalog are not theirs)."""
    return call.op.script if isinstance(call.op, ir.Shell) and call.action == "shell" else None


def verdict(call: Call) -> Verdict | None:
    """What a second run of the author's script or Python does; None for other calls, and where the author says so."""
    if call.effect.source != "catalog":
        return None
    if isinstance(call.op, ir.Python) and call.action == "python" and call.op.body.strip():
        from wfc.checks.python_twice import classify as of_python

        return of_python(call.op.body, [name for name, _ in call.op.args])
    script = own_script(call)
    if script is None:
        return None
    from wfc.embedded.shell import classify

    return classify(script)


def destroyed(call: Call, kind: str) -> list[Reason]:
    """The calls of a script that take away a whole thing, `shell_destroys.REMOVAL` or DESTRUCTION, in their order.

    Variables with one constant value count as that; the places are in the script as it is written.
    """
    from wfc.embedded.shell import destructive

    script = own_script(call)
    if script is None or not isinstance(call.op, ir.Shell):
        return []
    if "$" not in script:
        return [one for one in destructive(script) if one.kind == kind]
    from wfc.embedded.shell_variables import constants, put_in

    given = {key: value.value if isinstance(value, ir.Literal) else "" for key, value in call.op.env}
    filled = put_in(
        script, constants(script, {key: text if isinstance(text, str) else "" for key, text in given.items()})
    )
    found = [one for one in destructive(filled.text) if one.kind == kind]
    return [as_in(script, one, filled.place(one.start), filled.place(one.end)) for one in found]


def as_in(script: str, reason: Reason, start: int, end: int) -> Reason:
    """A statement of a script with its variables put in, with its place and its words as they are written."""
    from wfc.embedded.verdict import quoted

    return replace(reason, start=start, end=end, what=quoted(script[start:end]))


def doubled(found: Verdict | None) -> tuple[Reason, ...]:
    """The statements by which a script is not the same twice."""
    return tuple(reason for reason in found.reasons if reason.verdict == UNSAFE) if found is not None else ()


def not_understood(call: Call) -> Reason | None:
    """The first command of the author's script of which nobody can tell what it does; None for other calls."""
    found = verdict(call) if isinstance(call.op, ir.Shell) else None
    return (
        next((one for one in found.reasons if one.verdict == UNKNOWN and one.what[:1] == "`"), None) if found else None
    )


def setting(reason: Reason) -> str:
    """The line of [check.commands] about a command (`"./load.sh" = "safe"`), "" where no name is certain."""
    from wfc.embedded.shell import usual_table
    from wfc.embedded.shell_inner import unwrapped

    words = reason.what.strip("`").split()
    while words and ASSIGNMENT.match(words[0]):
        words = words[1:]
    name, *rest = unwrapped(words) or [""]
    form = next((word for word in rest if PLAIN_WORD.match(word)), "")
    if not PLAIN_WORD.match(name) or name in NO_OWN_WORK:
        return ""
    known = usual_table().command(name) is not None
    if known and not form:
        return ""
    key = name if BARE_KEY.match(name) else f'"{name}"'
    return f'{key} = {{ "{form}" = "safe" }}' if known else f'{key} = "safe"'


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
