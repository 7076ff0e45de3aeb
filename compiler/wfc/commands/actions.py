"""`wfc actions [QUERY]`: search the catalog."""

from __future__ import annotations

import sys

from wfc.commands.common import parser
from wfc.errors import FINDINGS, GOOD
from wfc.files import write_out
from wfc.gather import around


def run(arguments: list[str]) -> int:
    """Exit code 0, or 1 when nothing was found. The project's own actions are searched too."""
    options = parser("actions", "Search the catalog of actions and triggers; a full name shows its definition.")
    options.add_argument("query", nargs="*", help="words, or a name such as github.create_issue")
    args = options.parse_args(arguments)
    from wfc import catalog

    loaded = catalog.load()
    for path, text in around()[1]:
        loaded, _ = loaded.with_file(path, text)
    query = " ".join(args.query)
    found = loaded.definition(query)
    if found is not None:
        write_out(found[1].rstrip() + "\n")
        return GOOD
    names = [hit.entry.name for hit in loaded.search(query)] if query else sorted(loaded.entries)
    width = max(map(len, names), default=0)
    entries = loaded.entries
    for name in names:
        write_out(f"{name:<{width}}  {entries[name].doc}\n")
    if not names:
        print(f"nothing in the catalog fits `{query}`; shell, python and http.* do everything else", file=sys.stderr)
    return GOOD if names else FINDINGS
