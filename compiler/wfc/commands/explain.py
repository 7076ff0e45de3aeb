"""`wfc explain CODE`: what a finding means, offline."""

from __future__ import annotations

from wfc.commands.common import parser
from wfc.errors import GOOD
from wfc.files import write_out


def run(arguments: list[str]) -> int:
    """Exit code 0, or 2 for a code that does not exist."""
    options = parser("explain", "Explain a finding: what it is, why it matters, a bad and a good example.")
    options.add_argument("code", help="a code such as WF301, or a name such as missing-retry")
    args = options.parse_args(arguments)
    from wfc.explain import explain

    write_out(explain(args.code))
    return GOOD
