"""Definitions of actions and triggers → signatures; only what a flow uses is ever parsed."""

from __future__ import annotations

from wfc import types
from wfc.parse import parse
from wfc.record import Record
from wfc.resolve.literals import unescape
from wfc.resolve.type_syntax import TypeReader
from wfc.source import Span
from wfc.syntax import Document, Node, Token
from wfc.text import dedented

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.catalog import Catalog
    from wfc.resolve.report import Report
    from wfc.types import Type

REPEATS = ("safe", "keyed", "unsafe", "unknown")


class Parameter(Record):
    """A parameter: its type, and the syntax of its default (None: it must be given)."""

    name: str
    type: Type
    default: Node | None


class Signature(Record):
    """An action or trigger. run: the call in its body, None for kernel actions. returns: path into its result.

    settings: `needs`, `synonyms` as lists of texts, `source`, `transient` as texts.
    """

    name: str
    kind: str
    params: tuple[Parameter, ...]
    result: Type
    doc: str
    repeat: str
    reversible: bool
    settings: dict[str, object]
    run: Node | None
    returns: tuple[str, ...]
    document: Document
    span: Span


class Signatures:
    """All signatures by name, read when first asked for."""

    def __init__(self, catalog: Catalog, report: Report, named: dict[str, Type]) -> None:
        self.catalog = catalog
        self.report = report
        self.named = named
        self.cache: dict[str, Signature | None] = {}

    def get(self, name: str) -> Signature | None:
        """The signature of an action or trigger, or None when the catalog has none of that name."""
        if name not in self.cache:
            found = self.catalog.definition(name)
            self.cache[name] = None if found is None else self.parse(name, *found)
        return self.cache[name]

    def parse(self, name: str, path: str, text: str, offset: int, kind: str) -> Signature:
        """The signature that stands at an offset of a catalog's text; what is wrong in it is reported elsewhere."""
        document, _ = parse(path, text)
        self.report.quiet += 1
        try:
            return read_signature(document.root.nodes()[0], document, self.report, self.named)
        finally:
            self.report.quiet -= 1

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of all actions (`kind` "action") or triggers ("trigger")."""
        return tuple(self.catalog.names(kind))


def dotted(node: Node) -> str:
    """The text of a dotted name."""
    return ".".join(token.text for token in node.tokens("NAME"))


def read_signature(node: Node, document: Document, report: Report, named: dict[str, Type]) -> Signature:
    """The signature that an `action` or `trigger_action` node writes. Reports unknown types and effects."""
    reader = TypeReader(document, report, named, catalog=True)
    holder = node.node("params")
    params = [parameter(item, reader) for item in (holder.nodes("param") if holder else ())]
    dots = node.nodes("dotted")
    kinds = node.nodes("named_type", "record_type", "enum_type", "optional", "base")
    repeat, reversible = "unknown", True
    settings: dict[str, object] = {}
    for item in node.nodes("effect", "setting"):
        if item.kind == "effect":
            repeat, reversible = read_effect(item, document, report)
        else:
            settings[item.kids[0].text if isinstance(item.kids[0], Token) else ""] = constant_texts(
                item.kids[1], document, report
            )
    doc = node.token("DOC")
    return Signature(
        dotted(dots[0]),
        "action" if node.kind == "action" else "trigger",
        tuple(params),
        reader.read(kinds[0]) if kinds else types.NOTHING,
        dedented(doc.text).strip() if doc else "",
        repeat,
        reversible,
        settings,
        node.node("call"),
        tuple(dotted(dots[1]).split(".")) if len(dots) > 1 else (),
        document,
        document.span(node),
    )


def parameter(node: Node, reader: TypeReader) -> Parameter:
    """One parameter of a signature."""
    name = node.kids[0]
    assert isinstance(name, Token)
    inside = node.nodes()
    return Parameter(name.text, reader.read(inside[0]), inside[1] if len(inside) > 1 else None)


def read_effect(node: Node, document: Document, report: Report) -> tuple[str, bool]:
    """(repeat, reversible) of an `effect` clause. Reports WF102 for a word that is no effect."""
    repeat, reversible = "unknown", True
    for token in node.tokens("NAME"):
        if token.text in REPEATS:
            repeat = token.text
        elif token.text in ("reversible", "irreversible"):
            reversible = token.text == "reversible"
        else:
            report.unknown("effect", token.text, document.span(token), (*REPEATS, "reversible", "irreversible"))
    return repeat, reversible


def constant_texts(node: Node | Token, document: Document, report: Report) -> object:
    """The value of a setting: a text, or a list of texts."""
    if not isinstance(node, Node):
        return ""
    if node.kind == "list":
        return [constant_texts(kid, document, report) for kid in node.nodes()]
    token = node.token("STRING", "DOC")
    if token is None:
        return ""
    return dedented(token.text) if token.kind == "DOC" else unescape(token, document, report)
