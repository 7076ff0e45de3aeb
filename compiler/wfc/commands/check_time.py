"""`wfc check --explain-time`: how long flows can take, as tables."""

from __future__ import annotations

from wfc import walk
from wfc.checks.worst_case import Runs
from wfc.commands.common import exit_code, placed, show, sources, sources_asked
from wfc.diagnostic import ERROR
from wfc.files import write_out
from wfc.record import replace
from wfc.timing import explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.diagnostic import Diagnostic
    from wfc.gather import Gathered
    from wfc.ir import Flow


def explain_time(gathered: Gathered) -> int:
    """Print the tables of the flows that were asked for and could be read, and show the errors in the others.

    Gives the exit code: 1 when there is an error. The time of a flow with an error is unknown where others run it.
    """
    loaded, asked = gathered.loaded, set(gathered.asked)
    errors = [found for found in loaded.diagnostics if found.severity == ERROR]
    flows = tuple(flow for flow in loaded.project.flows if not any(is_in(flow, found) for found in errors))
    runs = Runs(replace(loaded.project, flows=flows))
    write_out("\n".join(explained(flow, runs) for flow in flows if flow.span.source in asked))
    found = tuple(placed([item for item in errors if item.span.source in sources_asked(gathered)], gathered))
    show(found, sources(gathered))
    return exit_code(found)


def is_in(flow: Flow, found: Diagnostic) -> bool:
    """Is a finding about the text of a flow?"""
    start = walk.begin(flow)
    return found.span.source == flow.span.source and start <= found.span.start <= start + len(flow.source)
