"""The words of a command: their text without quotes, the variables in them, and names that are new in each run."""

from __future__ import annotations

from wfc.patterns import ready
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tree_sitter import Node

NEW, DAILY, STABLE = "new", "daily", ""
"""A word that is another in each run · in each day · that is always the same."""

CHANGING = frozenset(
    ["RANDOM", "SRANDOM", "SECONDS", "EPOCHSECONDS", "EPOCHREALTIME", "BASHPID", "$", "GITHUB_RUN_ATTEMPT"]
)
MAKERS = frozenset(["uuidgen", "mktemp", "tempfile", "pwgen", "shuf"])
DAYS = frozenset("YymdFjUuVGgbBaAeCD")
"""The letters of `date` that tell no less than a day."""
PLACES = ("/bin/", "/usr/bin/", "/usr/local/bin/", "/sbin/", "/usr/sbin/")
"""Where usual programs are."""
ESCAPED = ready(r"\\([\\\"$`])")
"""What a backslash takes the meaning of within double quotes."""
PARTS = frozenset(
    """word string raw_string ansi_c_string concatenation number simple_expansion expansion command_substitution
    process_substitution arithmetic_expansion brace_expression translated_string test_operator regex extglob_pattern
    string_content special_variable_name""".split()
)
"""The nodes that are a word of a command."""


class Word(Record):
    """text: without quotes, expansions as they are written. many: may it stand for several words, or for none?"""

    text: str
    names: frozenset[str]
    many: bool
    change: str


def bare(name: str) -> str:
    """A name without the place of a usual program and without the backslash that avoids an alias."""
    for place in PLACES:
        if name.startswith(place):
            return name[len(place) :]
    return name.lstrip("\\")


def source(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def descendants(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    stack = [node]
    while stack:
        found = stack.pop()
        yield found
        stack += reversed(found.children)


def word(node: Node, changing: Collection[str], daily: Collection[str]) -> Word:
    """A node as a word. changing, daily: the variables whose value is another in each run, in each day."""
    below = [part for part in descendants(node) if part.type in ("variable_name", "special_variable_name")]
    names = frozenset(source(part) for part in below)
    many = (node.type in ("simple_expansion", "expansion") and bool(names)) or "[@]" in source(node)
    return Word(unquoted(node), names, many or "@" in names, change(node, names, changing, daily))


def unquoted(node: Node) -> str:
    """The text of a word without its quotes."""
    text = source(node)
    match node.type:
        case "string":
            return ESCAPED.sub(r"\1", text[1:-1])
        case "raw_string":
            return text[1:-1]
        case "ansi_c_string" | "translated_string":
            return text[2:-1]
        case "concatenation":
            return "".join(unquoted(part) for part in node.children)
        case "command_name" if len(node.children) == 1:
            return unquoted(node.children[0])
        case "word":
            return text.replace("\\", "")
        case _:
            return text


def change(node: Node, names: Collection[str], changing: Collection[str], daily: Collection[str]) -> str:
    """How often the value of a word changes: one of NEW, DAILY, STABLE."""
    found = STABLE
    if any(name in CHANGING or name in changing for name in names):
        return NEW
    if any(name in daily for name in names):
        found = DAILY
    for part in descendants(node):
        if part.type == "command":
            of_command = clock(part)
            if of_command == NEW:
                return NEW
            found = of_command or found
    return found


def clock(command: Node) -> str:
    """How often what a command prints changes, as far as it reads the clock or makes a name."""
    name, *words = [
        unquoted(child) for child in command.children if child.type in PARTS or child.type == "command_name"
    ]
    if name in MAKERS or (name == "openssl" and "rand" in words) or "/dev/urandom" in words:
        return NEW
    if name != "date" or any(text.startswith(("-d", "--date", "-r", "--reference")) for text in words):
        return STABLE
    form = next((text for text in words if text.startswith("+")), "")
    letters = {after[:1].lstrip("-_") or after[1:2] for after in form.split("%")[1:]}
    return DAILY if letters and letters <= DAYS else NEW


def is_temporary(text: str) -> bool:
    """Does a path begin with `$(mktemp …)`, and is that in the directory for temporary files?"""
    if not text.startswith("$(mktemp"):
        return False
    words = text[len("$(mktemp") :].partition(")")[0].split()
    elsewhere = any(
        part.startswith(("/", "$", "-p", "--tmpdir=")) or (part[0] != "-" and "X" in part) for part in words
    )
    return not elsewhere or any(part.startswith(("/tmp/", "--tmpdir=/tmp")) or part in ("-t", "/tmp") for part in words)
