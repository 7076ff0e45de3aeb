"""`wfc targets [NAME]`: what each target can do, and how."""

from __future__ import annotations

from wfc.commands.common import parser
from wfc.errors import GOOD
from wfc.files import write_out


def run(arguments: list[str]) -> int:
    """Exit code 0."""
    import wfc_targets

    options = parser("targets", "Show what each target can do: native, emulated (how, at what cost) or not, and why.")
    options.add_argument("name", nargs="?", choices=wfc_targets.NAMES, help="one target in full")
    args = options.parse_args(arguments)
    from wfc.docgen import target_page, targets_table

    write_out(target_page(wfc_targets.load(args.name)) if args.name else targets_table())
    return GOOD
