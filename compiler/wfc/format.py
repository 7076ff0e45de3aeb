"""Document → its one canonical text: two spaces, a statement a line, at most 100 columns where a line can be broken.

Kept: the meaning, the order of everything, all comments, and single blank lines. A statement that fits its line stays
on it; else the clauses of a task go each on a line of their own, or the arguments of a call do. A comment stays before
the line or at the end of the line that it was written for; one in the middle of a line moves before it.
"""

from __future__ import annotations

from wfc.format_comments import Margin
from wfc.format_space import CLAUSES, spaced
from wfc.syntax import Document, Node, Token
from wfc.text import dedented

WIDTH = 100
STEP = 2

BLOCKS = frozenset(["flow", "action", "trigger_action", "block", "match_", "test"])
"""What stands in braces, always one a line."""

SHORT_BLOCKS = frozenset(["defaults", "budget", "clauses"])
"""What stands in braces on one line when it fits."""

SEQUENCES = frozenset(["call", "apply", "list", "record", "record_type", "target_options", "retry"])
"""What stands in brackets with commas: on one line when it fits, else one a line."""


def format_document(document: Document) -> str:
    """The canonical text. Idempotent. Raises ValueError for a document with syntax errors: nothing may get lost."""
    if document.broken:
        raise ValueError("a text with syntax errors is not formatted")
    return Printer(document).document()


def format_expression(text: str) -> str:
    """An expression on one line in the canonical spacing; as it is where that can't be (raw text, errors)."""
    from wfc.lex import lex
    from wfc.parse import parse_part

    root, problem = parse_part(text, "expr", 0)
    if problem is not None:
        return text
    flat = Printer(Document("", text, root, lex(text)[0], [], False)).flat(root)
    return text if flat is None else flat


class Printer:
    """The text of nodes at an indentation; one of several lines begins at the current place, has no last line end."""

    def __init__(self, document: Document) -> None:
        self.root = document.root
        self.margin = Margin(document)
        self.flats: dict[int, str | None] = {}

    def document(self) -> str:
        """The whole text."""
        lines = self.items(self.root.kids, 0, len(self.margin.tokens))
        return "".join(f"{line}\n" for line in lines)

    def items(self, items: list[Node | Token], indent: int, stop: int, comma: bool = False) -> list[str]:
        """The lines of things that have a line each, with their comments, up to the token `stop`."""
        lines: list[str] = []
        for item in items:
            first, last = self.margin.range(item)
            text = self.show(item, indent, "," if comma else "")
            if comma:
                last += self.margin.is_comma(last + 1)
            before = self.margin.before(first, last)
            end = self.margin.take_trailing(last)
            forced = indent == 0 and bool(lines) and ("\n" in text or "\n" in lines[-1])
            for at, (start, line) in enumerate([*before, (item.start, text + ("," if comma else "") + end)]):
                if lines and ((forced and at == 0) or (start >= 0 and self.margin.blank_before(start))):
                    lines.append("")
                lines.append(" " * indent + line)
        for start, line in self.margin.before(stop, stop):
            if lines and self.margin.blank_before(start):
                lines.append("")
            lines.append(" " * indent + line)
        return lines

    def show(self, place: Node | Token, indent: int, after: str = "", column: int = -1) -> str:
        """A node on one line if it fits there with what comes `after` it; else on several."""
        flat = self.flat(place)
        column = indent if column < 0 else column
        if flat is not None and column + len(flat) + len(after) <= WIDTH:
            return flat
        return self.broken(place, indent, after, column)

    def flat(self, place: Node | Token) -> str | None:
        """A node on one line; None where that can't be."""
        if isinstance(place, Token):
            return None if "\n" in place.text else place.text
        if id(place) not in self.flats:
            self.flats[id(place)] = self.make_flat(place)
        return self.flats[id(place)]

    def make_flat(self, node: Node) -> str | None:
        """What `flat` remembers: the kids with the blanks between them, without a comma before a closing bracket."""
        if node.kind in BLOCKS and (len(node.kids) > 2 or node.kind != "block"):
            return None
        if self.remarked(node):
            return None
        parts = [self.flat(kid) for kid in node.kids]
        if any(part is None for part in parts):
            return None
        text = ""
        for at, part in enumerate(parts):
            if (
                node.kids[at].kind == "COMMA"
                and at + 1 < len(parts)
                and node.kids[at + 1].kind in ("RPAR", "RSQB", "RBRACE")
            ):
                continue
            if node.kind in ("args", "params") and at + 1 == len(parts) and part == ",":
                continue
            text += (" " if text and spaced(node, at) else "") + (part or "")
        return text

    def remarked(self, node: Node) -> bool:
        """Does a comment stand where this node, on several lines, would have a line for it?"""
        if node.kind in ("task", "approve", "require"):
            count = head_length(node)
            return count < len(node.kids) and self.margin.between(node.kids[count:])
        if node.kind in BLOCKS or node.kind in SHORT_BLOCKS or node.kind in SEQUENCES:
            opener = node.kids[opener_at(node)]
            return self.margin.any(self.margin.range(opener)[0], self.margin.range(node)[1])
        if node.kind == "params":
            first, last = self.margin.range(node)
            return self.margin.any(first - 1, last + 1)
        return False

    def broken(self, place: Node | Token, indent: int, after: str, column: int) -> str:
        """A node on several lines, if there is a place to break it."""
        if isinstance(place, Token):
            if "\n" not in place.text:
                return place.text
            return reindented(place.text, indent + (STEP if column > indent else 0), indent)
        match place.kind:
            case "task" | "approve" | "require":
                return self.with_clauses(place, indent)
            case "call" | "retry" if place.node("args") is not None:
                return self.call(place, indent, after, column)
            case "params":
                return self.params(place, indent)
            case "binary":
                return self.chain(place, indent, after, column)
            case "conditional":
                return self.joined(place, indent, after, column, frozenset(["THEN", "ELSE"]))
            case kind if kind in BLOCKS or kind in SHORT_BLOCKS or kind in SEQUENCES:
                return self.bracketed(place, indent, column)
            case _:
                return self.joined(place, indent, after, column, frozenset())

    def joined(self, node: Node, indent: int, after: str, column: int, breaks: frozenset[str]) -> str:
        """The kids one after the other, each on several lines if the line does not fit; a new line before `breaks`."""
        text, column = "", column
        for at, kid in enumerate(node.kids):
            if kid.kind in breaks:
                text += "\n" + " " * (indent + STEP)
                column = indent + STEP
            elif text and spaced(node, at):
                text += " "
                column += 1
            part = self.show(kid, indent, self.rest(node, at + 1) + after, column)
            text += part
            column = len(part) - part.rfind("\n") - 1 if "\n" in part else column + len(part)
        return text

    def rest(self, node: Node, at: int) -> str:
        """What follows on the same line, as far as it can't be broken off."""
        text = ""
        for index in range(at, len(node.kids)):
            kid = node.kids[index]
            flat = self.flat(kid)
            if kid.kind in BLOCKS or flat is None:
                return text + " {"
            text += (" " if spaced(node, index) else "") + flat
        return text

    def with_clauses(self, node: Node, indent: int) -> str:
        """A task: its head, and its clauses behind it if they fit, else a line each."""
        count = head_length(node)
        head, clauses = Node(node.kind, node.kids[:count], node.start, node.kids[count - 1].end), node.kids[count:]
        text = self.joined(head, indent, "", indent, frozenset())
        if not clauses:
            return text
        tail = [self.flat(clause) for clause in clauses]
        line = text[text.rfind("\n") + 1 :]
        width = len(line) + (0 if "\n" in text else indent) + sum(len(part or "") + 1 for part in tail)
        if None not in tail and width <= WIDTH and "\n" in text and not self.margin.between(clauses):
            return " ".join([text, *(part for part in tail if part)])
        end = self.margin.take_trailing(self.margin.range(head)[1])
        return "\n".join([text + end, *self.items(clauses, indent + STEP, -1)])

    def call(self, node: Node, indent: int, after: str, column: int) -> str:
        """A call whose arguments do not fit; a leading script keeps its quotes beside the bracket."""
        args = node.node("args")
        first = args.kids[0] if args else None
        if args is None or not (isinstance(first, Node) and first.kind == "raw_text" and self.flat(first) is None):
            return self.bracketed(node, indent, column)
        head = enumerate(node.kids[: node.kids.index(args)])
        name = "".join((" " if at and spaced(node, at) else "") + (self.flat(kid) or "") for at, kid in head)
        script = reindented(token_of(first).text, indent + STEP, indent)
        others = args.kids[2:]
        flats = [self.flat(kid) for kid in others if kid.kind != "COMMA"]
        rest = "".join(f", {part}" for part in flats) + ")"
        room = WIDTH - (len(script) - script.rfind("\n") - 1) - len(after)
        after_script, stop = self.margin.range(first)[1], self.margin.range(node)[1]
        if not self.margin.any(after_script, stop) and None not in flats and len(rest) <= room:
            return name + script + rest
        comma = after_script + self.margin.is_comma(after_script + 1)
        opener = name + script + "," + self.margin.take_trailing(comma)
        rows = [kid for kid in others if kid.kind != "COMMA"]
        return "\n".join([opener, *self.items(rows, indent + STEP, stop, comma=True), " " * indent + ")"])

    def bracketed(self, node: Node, indent: int, column: int) -> str:
        """A head, a bracket, things a line each, the closing bracket, and what follows it."""
        kids = node.kids
        at = opener_at(node)
        head = Node(node.kind, kids[: at + 1], node.start, kids[at].end)
        text = self.joined(head, indent, "", column, frozenset())
        inner = [
            one
            for kid in kids[at + 1 : -1]
            for one in (kid.kids if kid.kind == "args" and isinstance(kid, Node) else [kid])
        ]
        commas = node.kind in SEQUENCES and not any(kid.kind == "generator" for kid in inner)
        things = grouped(node.kind, [kid for kid in inner if not (commas and kid.kind == "COMMA")])
        opening, closing = self.margin.range(kids[at])[0], self.margin.range(node)[1]
        text += self.margin.take_trailing(opening)
        lines = self.items(things, indent + STEP, closing, comma=commas)
        if not lines and "#" not in text:
            return text + kids[-1].text if isinstance(kids[-1], Token) else text
        return "\n".join([text, *lines, " " * indent + token_of(kids[-1]).text])

    def params(self, node: Node, indent: int) -> str:
        """The parameters between the brackets of an action, a line each."""
        first, last = self.margin.range(node)
        kids = [kid for kid in node.kids if kid.kind != "COMMA"]
        lines = self.items(kids, indent + STEP, last + 1, comma=True)
        return "\n".join([self.margin.take_trailing(first - 1), *lines, " " * indent])

    def chain(self, node: Node, indent: int, after: str, column: int) -> str:
        """`a and b and c`, a line before each `and`; other operators stay on their line."""
        word = node.kids[1].kind
        if word not in ("AND", "OR"):
            return self.joined(node, indent, after, column, frozenset())
        parts: list[Node | Token] = []
        current: Node | Token = node
        while isinstance(current, Node) and current.kind == "binary" and current.kids[1].kind == word:
            parts += [current.kids[2], current.kids[1]]
            current = current.kids[0]
        text = self.show(current, indent + STEP, "", column)
        for operator, operand in zip(parts[-1::-2], parts[-2::-2], strict=True):
            lead = token_of(operator).text + " "
            start = indent + STEP + len(lead)
            text += "\n" + " " * (indent + STEP) + lead + self.show(operand, indent + STEP, after, start)
        return text


def opener_at(node: Node) -> int:
    """The place of the bracket that holds the things of a node: the partner of its last token."""
    kind = {")": "LPAR", "]": "LSQB"}.get(token_of(node.kids[-1]).text, "LBRACE")
    return next(at for at, kid in enumerate(node.kids) if kid.kind == kind)


def head_length(node: Node) -> int:
    """How many kids of a task, an approval or a requirement stand before its clauses."""
    return next((at for at, kid in enumerate(node.kids) if kid.kind in CLAUSES), len(node.kids))


def grouped(kind: str, kids: list[Node | Token]) -> list[Node | Token]:
    """The things in braces, words and what belongs to them as one: `run call return name`, `else { }`."""
    for at, kid in enumerate(kids):
        if isinstance(kid, Token) and kid.kind in ("RUN", "ELSE"):
            whole = Node(f"{kind}_tail", kids[at:], kid.start, kids[-1].end)
            return [*kids[:at], whole]
    return kids


def token_of(place: Node | Token) -> Token:
    """The token of a leaf."""
    while isinstance(place, Node):
        place = place.kids[0]
    return place


def reindented(text: str, indent: int, closing: int) -> str:
    """Triple-quoted text of several lines at another indentation, with the same value."""
    value = dedented(text)
    lines = [" " * indent + line if line else "" for line in value.split("\n")]
    if not lines[-1]:
        lines[-1] = " " * closing
    moved = '"""\n' + "\n".join(lines) + '"""'
    return moved if dedented(moved) == value else text.replace("\r\n", "\n")
