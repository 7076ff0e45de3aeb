"""`wfc check --explain-time`: how long flows can take, as tables."""

from __future__ import annotations

from wfc.commands.common import resolved
from wfc.errors import FINDINGS, GOOD
from wfc.files import write_out
from wfc.timing import explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.gather import Gathered


def explain_time(gathered: Gathered) -> int:
    """Print the tables of the flows that were asked for. Exit code 1, with the findings, when one can't be resolved."""
    flows = resolved(gathered)
    if flows is None:
        return FINDINGS
    write_out("\n".join(explained(flow) for flow in flows))
    return GOOD
