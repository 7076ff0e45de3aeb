"""What running a bash script twice does, compared to once: its statements read one by one, never run.

Assumed of both runs: the same directory, the same environment, and a world that nobody else has touched between them.
"""

from __future__ import annotations

from wfc.embedded.verdict import UNKNOWN, UNSAFE, Reason, Verdict, joined
from wfc.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tree_sitter import Node, Parser

    from wfc.embedded.shell_destroys import Taken
    from wfc.embedded.shell_table import Known, Table

DEEPEST = 100
"""Levels of the tree that are followed: far more than people write, far less than the stack holds."""


class Read(Record):
    """What reading a script has shown. destroyed, lasting: what it takes away, as State has them.

    queries: the statements of its SQL that are not the same twice (`shell_sql.doubled`); none where the script makes
    things, which may be the database.
    """

    verdict: Verdict
    destroyed: tuple[Taken, ...] = ()
    lasting: tuple[Taken, ...] = ()
    queries: tuple[Reason, ...] = ()


_parsers: list[Parser] = []
_tables: list[Table] = []
_read: dict[str, Read] = {}
"""Made when first needed, and kept: the parser, the table, what scripts do by it."""


def extend(known: Known) -> None:
    """The commands that a project adds ([check.commands] of wfc.toml), for all scripts read by `classify` from now on.

    known: as `classify` has it; {} takes them away. Raises ValueError as it does, when such a command is read.
    """
    from wfc.embedded.shell_table import Table

    _read.clear()
    _tables[:] = [Table(known)]


def classify(script: str, known: Known | None = None) -> Verdict:
    """What a second run of a script does: its worst statement, and all that are no plain reads, in their order.

    known: command → form → what it does, over the entries of commands.toml and in their notation
    (`{"acme": {"sync": "safe", "send": ["unsafe", "sends it again", ""]}}`). A script that bash could not parse is
    `unknown`. Raises ValueError for an entry of `known` with a verdict that there is not.
    """
    if known:
        from wfc.embedded.shell_table import Table

        return examined(script, Table(known)).verdict
    return kept(script).verdict


def kept(script: str) -> Read:
    """A script read by the usual table, once."""
    if script not in _read:
        _read[script] = examined(script, usual_table())
    return _read[script]


def examined(script: str, table: Table) -> Read:
    """A script read by a table."""
    from wfc.embedded.shell_destroys import left
    from wfc.embedded.shell_reader import Reader
    from wfc.embedded.shell_sql import doubled

    data = script.encode("utf-8", "replace")
    root = tree(data)
    if root.has_error or is_deep(root):
        return Read(Verdict(UNKNOWN, (Reason("syntax", UNKNOWN, 0, len(script), "the script", "cannot be read"),)))
    reader = Reader(table, tree)
    reasons = reader.script(root)
    places = {(one.start, one.end) for one in reasons if one.verdict == UNSAFE}
    queries = doubled(reader.queries, places) if reader.queries and not reader.created else ()
    destroyed, lasting = (tuple(left(reader, group)) for group in (reader.destroyed, reader.lasting))
    if len(data) != len(script):
        reasons = tuple(in_characters(reason, data) for reason in reasons)
        queries = tuple(in_characters(one, data) for one in queries)
        destroyed, lasting = (
            tuple(replace(one, reason=in_characters(one.reason, data)) for one in group)
            for group in (destroyed, lasting)
        )
    return Read(joined(reasons), destroyed, lasting, queries)


def destructive(script: str) -> tuple[Reason, ...]:
    """The calls of a script that take away a whole thing that it does not make again; none where it can't be parsed.

    kind: `removal` of files of the machine, or `destruction`. effect: what it does, as a clause for a message.
    """
    return tuple(one.reason for one in kept(script).destroyed)


def queries(script: str) -> tuple[Reason, ...]:
    """The statements of the SQL of a script that are not the same twice, as `wfc.embedded.sql` calls them."""
    return kept(script).queries


def lasting(script: str) -> tuple[Taken, ...]:
    """The calls of a script whose effect stays, of a whole thing or of a part, and its requests that send something."""
    return kept(script).lasting


def usual_table() -> Table:
    """The table with the commands of the project."""
    if not _tables:
        from wfc.embedded.shell_table import Table

        _tables.append(Table({}))
    return _tables[0]


def is_deep(root: Node) -> bool:
    """Is a script nested deeper than can be followed?"""
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > DEEPEST:
            return True
        stack += [(child, depth + 1) for child in node.named_children]
    return False


def parser() -> Parser:
    """The parser of bash: loading it takes 10 ms, so only where a script is read."""
    if not _parsers:
        import tree_sitter
        import tree_sitter_bash

        _parsers.append(tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language())))
    return _parsers[0]


def tree(data: bytes) -> Node:
    """The tree of a script in UTF-8, with the offsets of the script.

    The grammar of tree-sitter overlooks the ends of lines behind a pipe of three commands (`a | b | c`): what follows
    becomes words of the last one. Such ends are read again as `;`, which is as long.
    """
    root = parser().parse(data).root_node
    while data.count(b"|") > 1 and (ends := overlooked(root, data)):
        for place in ends:
            data = data[:place] + b";" + data[place + 1 :]
        root = parser().parse(data).root_node
    return root


def overlooked(root: Node, data: bytes) -> list[int]:
    """Where lines end between two words of one command, without a backslash."""
    found: list[int] = []
    stack = [root]
    while stack:
        node = stack.pop()
        stack += node.named_children
        parts = node.children if node.type == "command" else []
        for number, one in enumerate(parts[1:]):
            end = parts[number].end_byte
            gap = data[end : one.start_byte]
            if b"\n" in gap and not gap.strip() and parts[number].type != "comment":
                found.append(end + gap.index(b"\n"))
    return found


def in_characters(reason: Reason, data: bytes) -> Reason:
    """A reason with offsets in characters instead of bytes."""
    start, end = (len(data[:place].decode("utf-8", "replace")) for place in (reason.start, reason.end))
    return Reason(reason.kind, reason.verdict, start, end, reason.what, reason.effect, reason.help)


def unsafe(verdict: Verdict) -> tuple[Reason, ...]:
    """The statements by which a script is not the same twice."""
    return tuple(reason for reason in verdict.reasons if reason.verdict == UNSAFE)
