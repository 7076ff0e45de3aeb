"""Plain values and a few marks → YAML text that readers of YAML 1.1 and of YAML 1.2 understand alike.

A text is left plain only where no rule of either version reads anything else into it (YAML 1.1 §2.4 and the types of
yaml.org/type; YAML 1.2.2 §10.3). No line is ever folded, no anchor, tag or `|+` block is ever written.
"""

from __future__ import annotations

import re

from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Block(Record):
    """A text as a literal block (`|` or `|-`) even when it has one line; quoted where no block can hold it."""

    text: str


class Plain(Record):
    """A scalar or key written exactly as given: the caller vouches for it (`on` of a GitHub workflow)."""

    text: str


class Commented(Record):
    """A value with a comment: behind a scalar of one line, else on lines of its own above the key or the dash."""

    value: Node
    comment: str


class Flow(Record):
    """A list or mapping of scalars on one line: `[a, b]`, `{a: 1}`."""

    value: Node


class Spaced(Record):
    """A list or mapping with an empty line between its entries."""

    value: Node


if TYPE_CHECKING:
    Scalar = None | bool | int | float | str
    Marked = Block | Plain | Commented | Flow | Spaced
    Node = (
        Scalar
        | Marked
        | Sequence["Node"]
        | Mapping[str, "Node"]
        | Mapping[Plain, "Node"]
        | Mapping[str | Plain, "Node"]
    )

WORDS = frozenset(("y", "yes", "n", "no", "on", "off", "true", "false", "null", "~", "=", "<<"))
NUMBER_OR_TIME = re.compile(r"[-+]?(\.?[0-9][-+0-9a-fA-F_.:xobTtZz \t]*|\.(inf|nan))", re.IGNORECASE)
PLAIN = re.compile(r"(?:[^\s!\"#%&'*,:>?@\[\]`{|}\-]|-(?=[A-Za-z])|--(?=[A-Za-z])|:(?=[A-Za-z]))[^\r\n\t]*")
UNSAFE_INSIDE = re.compile(r":(?=\s|$)|\s#|\s$")
FLOW_INDICATORS = re.compile(r"[,\[\]{}]|:")
UNPRINTABLE = re.compile("[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
INDENT = "  "


def emit(node: Node, comments: Sequence[str] = ()) -> str:
    """YAML text of `node`, ending in one line break; `comments` are the lines of a header (without `#`)."""
    head = [f"# {line}".rstrip() for line in comments]
    return "\n".join([*head, *_lines(node)]) + "\n"


def quoted(text: str) -> str:
    """A text in quotes: double where nothing needs an escape, else single, else double with escapes (as in JSON)."""
    if UNPRINTABLE.search(text) or "\n" in text or "\t" in text:
        return '"' + "".join(_escaped(char) for char in text) + '"'
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def scalar(value: Scalar, *, in_flow: bool = False) -> str:
    """A scalar on one line; in_flow: it stands inside `[ ]` or `{ }`, where more characters need quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    return value if _is_plain(value, in_flow) else quoted(value)


def _escaped(char: str) -> str:
    if char in ESCAPES:
        return ESCAPES[char]
    if not UNPRINTABLE.match(char):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _number(value: float) -> str:
    text = repr(value)
    if text in ("inf", "-inf", "nan"):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    mantissa, e, exponent = text.partition("e")
    # YAML 1.1 wants a point in the mantissa and a sign in the exponent
    return text if not e else f"{mantissa if '.' in mantissa else mantissa + '.0'}e{exponent}"


def _is_plain(text: str, in_flow: bool) -> bool:
    return (
        PLAIN.fullmatch(text) is not None
        and text.lower() not in WORDS
        and not NUMBER_OR_TIME.fullmatch(text)
        and not UNSAFE_INSIDE.search(text)
        and not UNPRINTABLE.search(text)
        and not (in_flow and FLOW_INDICATORS.search(text))
    )


def _fits_block(text: str) -> bool:
    body = text.removesuffix("\n")
    # an end of blank lines would need `|+`, which an empty line behind the block would change
    return bool(body.strip()) and not UNPRINTABLE.search(text) and bool(body.rsplit("\n", 1)[-1].strip(" \t"))


def _block(text: str) -> Iterator[str]:
    indicator = "2" if text.lstrip("\n")[0] in " \t" else ""
    yield "|" + indicator + ("" if text.endswith("\n") else "-")
    for line in text.removesuffix("\n").split("\n"):
        yield INDENT + line if line else ""


def _inline(node: Node, in_flow: bool = False) -> str | None:
    """The text of a node that stands on the line of its key or dash, or None."""
    match node:
        case Plain(text):
            return text
        case Block(text):
            return None if _fits_block(text) else quoted(text)
        case Flow(value):
            return _flow(value)
        case Commented(value, _) | Spaced(value):
            return _inline(value, in_flow)
        case str():
            return None if "\n" in node and not in_flow and _fits_block(node) else scalar(node, in_flow=in_flow)
        case None | bool() | int() | float():
            return scalar(node, in_flow=in_flow)
        case _:
            return None if node else _flow(node)


def _flow(node: Node) -> str:
    if isinstance(node, (list, tuple)):
        return "[" + ", ".join(_flow(item) for item in node) + "]"
    if isinstance(node, dict):
        return "{" + ", ".join(f"{_key(key, in_flow=True)}: {_flow(value)}" for key, value in node.items()) + "}"
    text = _inline(node, in_flow=True)
    return text if text is not None else quoted(str(node.text if isinstance(node, Block) else node))


def _key(key: str | Plain, in_flow: bool = False) -> str:
    return key.text if isinstance(key, Plain) else scalar(key, in_flow=in_flow)


def _lines(node: Node) -> Iterator[str]:
    """The lines of a node at the left margin; of a mapping or list, one entry after the other."""
    text = _inline(node)
    if text is not None:
        yield text
        return
    match node:
        case str() | Block():
            yield from _block(node if isinstance(node, str) else node.text)
        case Commented(value, _):
            yield from _lines(value)
        case Spaced(value):
            yield from _entries(value, spaced=True)
        case _:
            yield from _entries(node, spaced=False)


def _entries(node: Node, spaced: bool) -> Iterator[str]:
    if isinstance(node, dict):
        entries = [(f"{_key(key)}:", value) for key, value in node.items()]
    else:
        assert isinstance(node, (list, tuple)), node
        entries = [("-", value) for value in node]
    for number, (head, value) in enumerate(entries):
        if spaced and number:
            yield ""
        yield from _entry(head, value)


def _entry(head: str, value: Node) -> Iterator[str]:
    comment = value.comment if isinstance(value, Commented) else ""
    text = _inline(value)
    if comment and (text is None or "\n" in comment):
        yield from (f"# {line}".rstrip() for line in comment.split("\n"))
        comment = ""
    if text is not None:
        yield f"{head} {text}" + (f"  # {comment}" if comment else "")
        return
    first, *rest = _lines(value)
    if head == "-" or first.startswith("|"):
        # a block and the first entry of an item stand on the line of the dash
        yield f"{head} {first}"
        yield from (INDENT + line if line and head == "-" and not first.startswith("|") else line for line in rest)
        return
    yield head
    yield from (INDENT + line if line else "" for line in (first, *rest))
