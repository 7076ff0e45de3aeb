"""Lines of a log: a second attempt that says so a second time does no harm, which is what a log is for.

Told from data that is kept in a file by its name and by what is written there.
"""

from __future__ import annotations

from wfc.embedded.shell_words import descendants, source
from wfc.embedded.verdict import READ
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tree_sitter import Node

    from wfc.embedded.shell_table import Table

LOG = ready(r"(?i)\.log\}?$|/logs?/|^\$\{?(?:\w*_)?log(?:_?(?:file|path))?\}?$")
"""`*.log`, a file below `log/` or `logs/` (/var/log by the Filesystem Hierarchy Standard, 5.10), `$LOG_FILE`."""
DATA = ready(r"(?i)\.(?:csv|tsv|jsonl?|ndjson|parquet|avro|xml|ya?ml|sql|db)\b[^/]*$")
"""Files that hold data, wherever they are."""
SAYS = frozenset("echo printf date uptime df free hostname tee exec true :".split())
"""Commands whose output is the author's own line, and those that hand it on."""
CARRIERS = frozenset("psql mysql mariadb sqlite3 duckdb clickhouse-client bq sed awk gawk".split())
"""Commands that print data and are not read by the table alone."""
SUBSTITUTIONS = ("command_substitution", "process_substitution")


def is_log(path: str) -> bool:
    """Is a path, as it is written, that of a log?"""
    return LOG.search(path) is not None and not DATA.search(path)


def is_own_line(statement: Node, table: Table) -> bool:
    """Does a statement write words of its own, or what a command that does some work reports, and no data it reads?"""
    whole = statement
    while whole.parent is not None and whole.parent.type in ("pipeline", "redirected_statement"):
        whole = whole.parent
    return not any(carries(part, table) for part in commands(whole))


def commands(node: Node) -> list[Node]:
    """The commands of a statement, without those in its substitutions."""
    inner = {part.id for one in descendants(node) if one.type in SUBSTITUTIONS for part in descendants(one)}
    return [part for part in descendants(node) if part.type == "command" and part.id not in inner]


def carries(command: Node, table: Table) -> bool:
    """Does a command print what it reads?"""
    name, *words = source(command).split()
    if name in SAYS:
        return False
    if name == "cat" and not words:  # its text is a here-document, or comes from the command before
        return command.parent is None or command.parent.type != "redirected_statement"
    known = table.command(name)
    return name in CARRIERS or (known is not None and known.form((), ()).verdict == READ)
