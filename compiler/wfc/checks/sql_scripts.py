"""The SQL that scripts hand to clients of databases (`psql -c`, here-documents), as far as it can be read."""

from __future__ import annotations

from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.scripts import CLIENT
from wfc.checks.scripts_twice import own_script, statement_span
from wfc.checks.sql_texts import comes_twice, is_answered, is_retried
from wfc.diagnostic import Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.check import Check
    from wfc.diagnostic import Diagnostic
    from wfc.embedded.verdict import Reason
    from wfc.ir import Flow
    from wfc.source import Span


def doubled_in_scripts(flow: Flow, kinds: tuple[str, ...]) -> Iterator[tuple[str, Reason, Span, str, Span]]:
    """(title, statement, its place, what makes the run come twice, the trigger) for the first such one of a script.

    As `sql_texts.doubled` for the calls of `sql.*`; undos, which run once, and tasks that are polled are left out.
    """
    again = comes_twice(flow)
    if again is None:
        return
    for task, place in placed_tasks(flow):
        if place.section != "body" or task.until or task.holds:
            continue
        for title, call in named_calls(task):
            script = own_script(call)
            if script is None or call is task.undo or is_answered(call) or is_retried(call):
                continue
            if not CLIENT.search(script):
                continue
            from wfc.embedded.shell import queries

            found = next((one for one in queries(script) if one.kind in kinds), None)
            if found is not None:
                yield title, found, statement_span(flow, call, found), *again


def report_scripts(check: Check, flow: Flow, kinds: tuple[str, ...], why: str, remedy: str) -> Iterator[Diagnostic]:
    """The finding of a check about each of `doubled_in_scripts`; remedy: what to write instead."""
    for title, found, place, again, trigger in doubled_in_scripts(flow, kinds):
        yield check.found(
            f"{again} {found.effect}: {found.what} in the script of {title}",
            place,
            Label(trigger, "this can start the same run twice"),
            why=why,
            help=f"{remedy}; if twice is meant, say `effect unsafe`",
        )
