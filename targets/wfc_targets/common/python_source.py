"""Plain values and a few marks → Python source text that `ruff format` leaves as it is.

A call, list or mapping stands on one line where it fits in WIDTH columns; else it has one item a line and a trailing
comma, which ruff's "magic trailing comma" keeps at any larger line length too
(https://docs.astral.sh/ruff/formatter/black/).
"""

from __future__ import annotations

from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

WIDTH = 88
INDENT = "    "


class Code(Record):
    """An expression as it is to be written, on one line."""

    text: str


class Call(Record):
    """function(arguments): a name of None is a positional argument. wide: one argument a line in any case."""

    function: str
    arguments: tuple[tuple[str | None, Node], ...]
    wide: bool = False


class Braces(Record):
    """{a: x, b: y}, or {a, b} where the values are None: for keys that are code, and for sets."""

    entries: tuple[tuple[Node, Node | None], ...]


class Script(Record):
    """A text of several lines whose reader takes off the common indentation (`textwrap.dedent`) and outer newlines."""

    text: str


if TYPE_CHECKING:
    Node = None | bool | int | float | str | Code | Call | Braces | Script | Sequence["Node"] | Mapping[str, "Node"]


def string(text: str) -> str:
    """A string literal on one line in the quotes that need fewer escapes, double ones where that is equal."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    if text.isprintable() and quote not in text and "\\" not in text:
        return quote + text + quote
    escapes = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", quote: "\\" + quote}
    return quote + "".join(escapes.get(char) or _shown(char) for char in text) + quote


def _shown(char: str) -> str:
    if char.isprintable() or char == " ":
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def write(node: Node, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """The source of `node`, whose further lines are indented by `indent` levels.

    before, after: how many columns are taken on its first and last line by what stands around it.
    """
    line = inline(node)
    if line is not None and len(INDENT) * indent + before + len(line) + after <= WIDTH:
        return line
    return _spread(node, indent, line)


def inline(node: Node) -> str | None:
    """The source of `node` on one line, or None where it has none."""
    match node:
        case Code(text):
            return text
        case Script():
            return None
        case None | bool() | int() | float():
            return repr(node)
        case str():
            return string(node)
        case Call(function, arguments, wide):
            inside = _joined((_prefix(name, "="), value) for name, value in arguments)
            return None if inside is None or (wide and arguments) else f"{function}({inside})"
        case list() | tuple():
            inside = _joined(("", item) for item in node)
            return None if inside is None else f"[{inside}]" if isinstance(node, list) else _tuple(inside, len(node))
        case Braces():
            inside = _joined(_braced(node))
            return None if inside is None else "{" + inside + "}"
        case dict():
            inside = _joined((string(key) + ": ", value) for key, value in node.items())
            return None if inside is None else "{" + inside + "}"
        case _:
            raise TypeError(f"no source for {type(node).__name__}")


def _braced(node: Braces) -> Iterator[tuple[str, Node]]:
    for key, value in node.entries:
        yield ("", key) if value is None else ((inline(key) or "") + ": ", value)


def _tuple(inside: str, count: int) -> str:
    return f"({inside},)" if count == 1 else f"({inside})"


def _prefix(name: str | None, sign: str) -> str:
    return f"{name}{sign}" if name else ""


def _joined(items: Iterable[tuple[str, Node]]) -> str | None:
    parts = []
    for prefix, item in items:
        text = inline(item)
        if text is None:
            return None
        parts.append(prefix + text)
    return ", ".join(parts)


def _spread(node: Node, indent: int, line: str | None) -> str:
    """One item a line; what can't be spread stays as it is."""
    match node:
        case Script(text):
            return script(text, indent)
        case Call(function, arguments) if arguments:
            return _items(f"{function}(", ((_prefix(name, "="), value) for name, value in arguments), ")", indent)
        case list() if node:
            return _items("[", (("", item) for item in node), "]", indent)
        case tuple() if node:
            return _items("(", (("", item) for item in node), ")", indent)
        case Braces():
            return _items("{", _braced(node), "}", indent)
        case dict() if node:
            return _items("{", ((string(key) + ": ", value) for key, value in node.items()), "}", indent)
        case _:
            assert line is not None
            return line


def _items(opening: str, items: Iterable[tuple[str, Node]], closing: str, indent: int) -> str:
    margin = INDENT * (indent + 1)
    lines = [margin + prefix + write(item, indent + 1, len(prefix), 1) + "," for prefix, item in items]
    return "\n".join([opening, *lines, INDENT * indent + closing])


def script(text: str, indent: int) -> str:
    """A triple-quoted literal, indented like the code around it; on one line where that would not come back equal."""
    from textwrap import dedent

    margin = INDENT * (indent + 1)
    body = "\n".join(margin + line if line else "" for line in text.split("\n"))
    raw = "r" if "\\" in text else ""
    plain = text.replace("\n", "").replace("\t", "").isprintable()
    if '"""' in text or not plain or dedent(f"\n{body}\n").strip("\n") != text:
        return string(text)
    return f'{raw}"""\n{body}\n{INDENT * indent}"""'


def assignment(name: str, node: Node, indent: int = 0) -> str:
    """`name = node`, or the bare expression where name is ""."""
    prefix = f"{name} = " if name else ""
    return INDENT * indent + prefix + write(node, indent, len(prefix))


def chain(parts: Sequence[str], sign: str, indent: int = 0) -> str:
    """`a >> b >> c` as statements: where it is too wide, each further line begins with the last part of the one before.

    Parentheses would do too, but a formatter with a larger line length would take them away.
    """
    from itertools import pairwise

    lines: list[str] = []
    line = INDENT * indent + parts[0]
    for before, part in pairwise(parts):
        if len(line) + len(sign) + 2 + len(part) > WIDTH and sign in line:
            lines.append(line)
            line = INDENT * indent + before
        line += f" {sign} {part}"
    return "\n".join([*lines, line])


def statement(text: str, indent: int = 0) -> str:
    """A simple statement of one line. One that is too wide for ruff to leave alone is kept by `# fmt: skip`."""
    line = INDENT * indent + text
    return line if "\n" in line or len(line) <= WIDTH else line + "  # fmt: skip"


def body(text: str, indent: int) -> str:
    """Statements by somebody else, indented, as no formatter may touch them."""
    from wfc_targets.common.python_body import indented_body

    margin = INDENT * indent
    return f"{margin}# fmt: off\n{indented_body(text, margin)}{margin}# fmt: on"
