"""What is known of a script at a statement: where paths lead, which files it has made, what its variables are."""

from __future__ import annotations

from wfc.embedded.shell_guards import UNREAD, Found
from wfc.embedded.shell_words import DAILY, NEW, PARTS, STABLE, Word, is_temporary, word
from wfc.embedded.verdict import UNKNOWN, Reason, quoted
from wfc.patterns import ready
from wfc.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from wfc.embedded.shell_destroys import Taken
    from wfc.embedded.shell_sql import Query
    from wfc.embedded.shell_table import Table

SINKS = ("WFC_OUTPUT", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE")
"""Files of the engine, which belong to one run."""
TEMP, SINK, HERE, AWAY, SOCKET = "temp", "sink", "here", "away", "socket"
"""Where a path leads: to a file of this run only, to the log, into the directory of the task, anywhere else; to a
server, by bash's /dev/tcp and /dev/udp."""
ARGUMENT = ready(r"\$(?:(\d)|\{(\d)\})")


class State:
    """What is known while a script is read. `parse`: bash text → its tree, for scripts within the script."""

    def __init__(self, table: Table, parse: Callable[[bytes], Node]) -> None:
        self.table = table
        self.parse = parse
        self.functions: dict[str, Node] = {}
        self.arguments: list[Word] | None = None
        """What `$1` and `$@` are, None where it is not known."""
        self.input: Word | None = None
        """What the next command reads from its standard input, if the text of that is here."""
        self.depth = 0
        self.calls = 0
        self.lenient = False
        self.since = 0
        """Where the statement begins whose redirections are read, if not where their node does."""
        self.cwd = HERE
        self.temp: set[str] = set()
        self.changing: set[str] = set()
        self.daily: set[str] = set()
        self.made: set[str] = set()
        """The files that this script has written anew: what is in them is its own."""
        self.own: set[str] = set()
        """The paths that were there after this script had come to them, whoever made them."""
        self.gone: set[str] = set()
        self.looked_at: set[str] = set()
        self.edited: set[str] = set()
        """The files that a command may have changed in a way that nobody can read here."""
        self.destroyed: list[Taken] = []
        """Calls that take away a whole thing."""
        self.lasting: list[Taken] = []
        """Calls whose effect stays, of a whole thing or of a part."""
        self.queries: list[Query] = []
        """Calls of clients of databases that stay, in their order."""
        self.created: set[str] = set()
        """The names of the things that the script makes somewhere."""
        self.removed_later: list[tuple[int, str]] = []
        self.made_later: list[tuple[int, str]] = []
        """(place, word) of all that is taken away, and of all that is made."""

    def assign(self, name: str, value: Word) -> None:
        """A variable has a value: of a temporary path, of the clock, or any other."""
        for group in (self.temp, self.changing, self.daily):
            group.discard(name)
        if self.place(value) == TEMP:
            self.temp.add(name)
        elif value.change == NEW:
            self.changing.add(name)
        elif value.change == DAILY:
            self.daily.add(name)

    def word(self, node: Node) -> Word:
        """A node as a word, with what is known of its variables."""
        found = word(node, self.changing, self.daily)
        if self.arguments is not None and "$" in found.text:
            found = self.filled(found)
        # `./x` and `x` are one file; the name of a command stays as it is (`called`)
        return replace(found, text=found.text[2:]) if found.text.startswith("./") and len(found.text) > 2 else found

    def filled(self, found: Word) -> Word:
        """A word of a function with the arguments of its call."""
        given = self.arguments or []
        used = [int(one[1] or one[2]) for one in ARGUMENT.finditer(found.text)]
        if not used or not all(1 <= number <= len(given) for number in used):
            return found
        put = [given[number - 1] for number in used]
        text = ARGUMENT.sub(lambda one: given[int(one[1] or one[2]) - 1].text, found.text)
        names = frozenset(name for name in found.names if not name.isdigit()).union(*(one.names for one in put))
        change = next((one.change for one in (found, *put) if one.change), STABLE)
        return Word(text, names, found.many and any(one.many for one in put), change)

    def place(self, path: Word) -> str:
        """Where a path leads: TEMP, SINK, HERE or AWAY."""
        text = path.text
        if text.startswith("$"):
            name = text.lstrip("${").partition("/")[0].rstrip("}").partition(":")[0]
            if name in SINKS:
                return SINK
            return TEMP if (name in self.temp or is_temporary(text)) and ".." not in text else AWAY
        if text.startswith(("/dev/tcp/", "/dev/udp/")):
            return SOCKET
        if text.startswith("/dev/") and not text.startswith(("/dev/sd", "/dev/shm", "/dev/disk")):
            return SINK
        if text.startswith(("/", "~")):
            return AWAY
        if text == ".." or text.startswith("../"):
            return AWAY
        return self.cwd

    def enter(self, path: Word | None) -> None:
        """`cd`: paths mean other files from here on."""
        self.cwd = AWAY if path is None or path.text == "-" else self.place(path)
        for group in (self.made, self.own, self.gone, self.looked_at):
            group.clear()

    def words(self, node: Node) -> list[Word]:
        """The words of a command behind its name; `"$@"` are the arguments, where they are known."""
        found: list[Word] = []
        for child in node.children:
            if child.type in PARTS:
                one = self.word(child)
                found += self.arguments if one.text == "$@" and self.arguments is not None else [one]
        return found

    def given(self) -> Word | None:
        """What the command reads from its standard input, once."""
        found, self.input = self.input, None
        return found

    def found(
        self, kind: str, verdict: str, node: Node, effect: str, remedy: str, targets: frozenset[str] = frozenset()
    ) -> Found:
        """A statement with its place and its words."""
        start = max(node.start_byte, self.since) if self.since < node.end_byte else node.start_byte
        what = quoted((node.text or b"")[start - node.start_byte :].decode("utf-8", "replace"))
        reason = Reason(kind, verdict, start, node.end_byte, what, effect, remedy)
        return Found(reason, targets)

    def unread(self, node: Node, effect: str = "") -> list[Found]:
        """A statement of which nobody can tell what it does."""
        self.edited |= {self.word(part).text for part in node.children if part.type in PARTS}
        return [self.found(UNREAD, UNKNOWN, node, effect, "")]
