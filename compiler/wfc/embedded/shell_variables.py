"""Variables that a script fills itself, or asks for, before it uses them, and those that have one constant value."""

from __future__ import annotations

from wfc.embedded.shell import is_deep, tree
from wfc.embedded.shell_words import descendants, source, unquoted
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tree_sitter import Node

INSIDE = ("subshell", "command_substitution", "process_substitution", "pipeline")
"""What is assigned in these is lost behind them."""
CONDITIONAL = ("if_statement", "while_statement", "case_item", "list", "c_style_for_statement", "function_definition")
PRINTS = ("mktemp", "pwd", "date", "uuidgen")
"""Commands that print something, or fail; and then the script stops."""
READERS = ("read", "mapfile", "readarray", "printf", "getopts")
"""Commands that may put anything into a variable."""
ASKS = ("-n", "-z")
"""Tests for an empty text: who asks has thought of it."""


def filled(script: str, name: str, place: int, known: bool | None) -> bool | None:
    """Is a variable not empty at an offset (in characters) of a script, by what stands before?

    known: the same at its start, None where nobody can tell; so is the result. What is assigned in one branch is taken
    for all that there is where nothing else is known. `known` for a script that can't be parsed.
    """
    data = script.encode("utf-8", "replace")
    root = tree(data)
    if root.has_error or is_deep(root):
        return known
    at = len(script[:place].encode("utf-8", "replace"))
    for node in descendants(root):
        if node.start_byte >= at or not reaches(node, at):
            continue
        if node.type == "variable_assignment" and node.parent is not None and node.parent.type != "command":
            known = assigned(node, name, at, known)
        elif node.type == "for_statement" and source(node.named_children[0]) == name and at < node.end_byte:
            known = all(map(is_filled, node.named_children[1:-1]))
        elif node.type == "expansion" and source(node).startswith((f"${{{name}:?", f"${{{name}:=")):
            known = not source(node).endswith(":=}")
        elif node.type == "command":
            words = [unquoted(child) for child in node.named_children if child.type != "variable_assignment"]
            if words and words[0] in READERS and name in words:
                known = False
        elif node.type == "unary_expression" and source(node).startswith(ASKS):
            known = True if any(source(part) == name for part in descendants(node)) else known
    return known


def assigned(node: Node, name: str, at: int, known: bool | None) -> bool | None:
    """What is known of a variable behind an assignment."""
    left, *values = node.named_children
    if source(left) != name:
        return known
    good = bool(values) and is_filled(values[-1])
    if node.parent is not None and node.parent.type == "declaration_command" and "$(" in source(node):
        good = False  # `local x=$(false)` does not stop the script
    if any(child.type == "+=" for child in node.children):
        return True if good else known
    above = node.parent
    while above is not None and (above.type not in CONDITIONAL or above.end_byte > at):
        above = above.parent
    return good if above is None or not good or known is None else known


def reaches(node: Node, at: int) -> bool:
    """Does what a node assigns last until an offset?"""
    above = node.parent
    while above is not None:
        if above.type in INSIDE and above.end_byte <= at:
            return False
        above = above.parent
    return True


def is_filled(node: Node) -> bool:
    """Is a word of a script never empty?"""
    match node.type:
        case "string" | "concatenation":
            return any(is_filled(child) for child in node.named_children)
        case "string_content" | "word" | "number" | "raw_string" | "ansi_c_string":
            return bool(unquoted(node).strip())
        case "expansion":
            return mark_fills(source(node), node.named_children[1:])
        case "command_substitution":
            inner = node.named_children
            return len(inner) == 1 and inner[0].type == "command" and unquoted(inner[0].named_children[0]) in PRINTS
        case _:
            return False


def mark_fills(text: str, default: list[Node]) -> bool:
    """Is `${x:-default}`, `${x:=default}` or `${x:?}` never empty?"""
    return ":?" in text or ((":-" in text or ":=" in text) and any(map(is_filled, default)))


PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@~-")
"""The characters of a constant that means the same with quotes and without."""
HOMES = ("$HOME", "${HOME}")


def constants(script: str, given: dict[str, str]) -> dict[str, str]:
    """Variable → its only value, a constant or the home directory. given: what the script is given.

    One that gets another value anywhere is left out, and so are all where a text is read as code (`eval`, `source`).
    """
    root = tree(script.encode("utf-8", "replace"))
    if root.has_error or is_deep(root):
        return {}
    values = {name: [text] for name, text in given.items()}
    for node in descendants(root):
        match node.type:
            case "variable_assignment":
                left, *right = node.named_children
                once = all(child.type != "+=" for child in node.children)
                only = right and once and node.parent is not None and node.parent.type != "command"
                values.setdefault(source(left), []).append(unquoted(right[-1]) if only else "")
            case "for_statement" | "select_statement":
                values.setdefault(source(node.named_children[0]), []).append("")
            case "command" | "unset_command":
                words = [unquoted(child) for child in node.children]
                if words[0] in ("eval", "source", "."):
                    return {}
                for name in words if words[0] in (*READERS, "unset") else ():
                    values.setdefault(name, []).append("")
            case _:
                pass
    single = {name: texts[0] for name, texts in values.items() if len(texts) == 1}
    return {name: text for name, text in single.items() if text in HOMES or (text and PLAIN.issuperset(text))}


class Filled(Record):
    """A script with the values of variables in their place.

    edits: (start, end, length of the value) of each place in the script as it is written, in order, in characters.
    """

    text: str
    edits: tuple[tuple[int, int, int], ...]

    def place(self, offset: int) -> int:
        """An offset of the filled text in the script as it is written: the begin of a variable for one in its value."""
        moved = 0
        for start, end, length in self.edits:
            if offset < start + moved + length:
                return min(offset - moved, start)
            moved += length - (end - start)
        return offset - moved


def put_in(script: str, values: dict[str, str]) -> Filled:
    """A script with the values of variables in their place, where bash would put them; `/` is not doubled.

    Nothing is put into single quotes, whose text another shell may read with variables of its own.
    """
    edits: list[tuple[int, int, int]] = []
    data = script.encode("utf-8", "replace")
    parts, last, length = [], 0, 0
    for node in descendants(tree(data)) if values else ():
        text = values.get(variable(node))
        if text is None:
            continue
        if data[node.end_byte :].removeprefix(b'"').startswith(b"/"):
            text = text.rstrip("/")
        between = data[last : node.start_byte].decode("utf-8", "replace")
        start = length + len(between)
        length = start + len(source(node))
        edits.append((start, length, len(text)))
        parts += [between, text]
        last = node.end_byte
    return Filled("".join([*parts, data[last:].decode("utf-8", "replace")]), tuple(edits))


def variable(node: Node) -> str:
    """The variable that `$A` or `${A}` stands for; "" for any other node, and for `${A:-b}`."""
    if node.type not in ("simple_expansion", "expansion") or len(node.named_children) != 1:
        return ""
    name = source(node.named_children[0])
    return name if source(node) in (f"${name}", f"${{{name}}}") else ""
