"""`wfc dump [PATH …]`: the resolved flows as JSON (schemas/wfc_schemas/flow.schema.json)."""

from __future__ import annotations

from wfc.commands.common import add_paths, parser, resolved
from wfc.errors import FINDINGS, GOOD
from wfc.files import write_out
from wfc.gather import gather


def run(arguments: list[str]) -> int:
    """Exit code 0, or 1 (and no JSON) when a flow can't be resolved."""
    options = parser("dump", "Show resolved flows as JSON: typed, with paths, needs and places. It can be read back.")
    add_paths(options)
    args = options.parse_args(arguments)
    gathered = gather(args.paths, args.environment)
    flows = resolved(gathered)
    if flows is None:
        return FINDINGS
    from wfc.dump import dump_json

    write_out(dump_json(flows, gathered.loaded.sources))
    return GOOD
