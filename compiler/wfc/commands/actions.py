"""`wfc actions [QUERY]`: search the catalog."""

from __future__ import annotations

from wfc.commands.common import parser
from wfc.errors import FINDINGS, GOOD
from wfc.files import write_out


def run(arguments: list[str]) -> int:
    """Exit code 0, or 1 when nothing was found."""
    options = parser("actions", "Search the catalog of actions and triggers; a full name shows its definition.")
    options.add_argument("query", nargs="*", help="words, or a name such as github.create_issue")
    args = options.parse_args(arguments)
    from wfc import catalog

    loaded = catalog.load()
    query = " ".join(args.query)
    found = loaded.definition(query)
    if found is not None:
        write_out(found[1].rstrip() + "\n")
        return GOOD
    names = [hit.entry.name for hit in loaded.search(query)] if query else sorted(loaded.rows)
    width = max(map(len, names), default=0)
    entries = loaded.entries
    for name in names:
        write_out(f"{name:<{width}}  {entries[name].doc}\n")
    return GOOD if names else FINDINGS
