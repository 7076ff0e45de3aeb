"""Type syntax → Type: `list<{ id: int }>?` of a syntax tree becomes OptionalType(ListType(RecordType(…)))."""

from __future__ import annotations

from wfc import types
from wfc.resolve.extent import Extent
from wfc.resolve.literals import unescape
from wfc.syntax import Node, Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.resolve.report import Report
    from wfc.syntax import Document
    from wfc.types import Type

SIGNATURE_TYPES = {"any": types.ANY, "script": types.Primitive("script"), "name": types.Primitive("name")}


class TypeReader:
    """Reads types of one document. named: the `type NAME = …` definitions of the project, by name."""

    def __init__(self, document: Document, report: Report, named: dict[str, Type], catalog: bool = False) -> None:
        self.document = document
        self.report = report
        self.named = named
        self.extent = Extent()
        self.known = dict(types.PRIMITIVES) | (SIGNATURE_TYPES if catalog else {})

    def read(self, node: Node | Token) -> Type:
        """The type that a syntax node writes.

        Reports WF102 (unknown type), WF103 (doubled field), WF201, WF207 (too deep or too large).
        """
        assert isinstance(node, Node)
        problem = self.extent.enter()
        try:
            return self.refused(node, problem) if problem else self.by_kind(node)
        finally:
            self.extent.level -= 1

    def refused(self, node: Node, problem: str) -> Type:
        """Report WF207 for what makes a type too deep or too large; leave a hole."""
        if self.extent.tell():
            remedy = "write `json` for what no task looks into"
            self.report.error("WF207", f"here this type is {problem}", self.document.span(node), help=remedy)
        return types.UNKNOWN

    def by_kind(self, node: Node) -> Type:
        """The type of a node, by its kind."""
        match node.kind:
            case "optional":
                return types.optional(self.read(node.kids[0]))
            case "named_type":
                return self.named_type(node)
            case "record_type":
                return self.record(node)
            case "enum_type":
                return self.enum(node)
            case "base":
                return self.read(node.nodes()[0])
            case _:
                return types.UNKNOWN

    def named_type(self, node: Node) -> Type:
        """A type by its name, `list<T>` and `map<T>` among them. Reports WF102 and WF201 (wrong `<…>`)."""
        name = node.token("NAME")
        assert name is not None
        inner = node.nodes()
        if name.text in ("list", "map"):
            if not inner:
                self.report.error(
                    "WF201",
                    f"`{name.text}` needs the type of its items",
                    self.document.span(node),
                    help=f"write `{name.text}<string>`",
                )
                item: Type = types.UNKNOWN
            else:
                item = self.read(inner[0])
            return types.ListType(item) if name.text == "list" else types.MapType(item)
        if inner:
            self.report.error("WF201", f"`{name.text}` takes no type in `<>`", self.document.span(node))
        found = self.known.get(name.text) or self.named.get(name.text)
        if found is None:
            known = (*self.known, *self.named, "list", "map")
            self.report.unknown("type", name.text, self.document.span(name), known)
            return types.UNKNOWN
        problem = self.extent.put(*getattr(self.named, "sizes", {}).get(name.text, (0, 0)))
        return self.refused(node, problem) if problem else found

    def record(self, node: Node) -> Type:
        """A record type. Reports WF103 for a field that stands twice, whatever its case."""
        fields: dict[str, Type] = {}
        for field in node.nodes("type_field"):
            key = field.kids[0]
            assert isinstance(key, Token)
            name = key.text if key.kind == "NAME" else unescape(key, self.document, self.report)
            folded = {known.lower() for known in fields}
            if name.lower() in folded:
                self.report.error(
                    "WF103",
                    f"the record has two fields `{name}`",
                    self.document.span(key),
                    why="Fields of one record must differ in more than case: GitHub's expressions ignore it.",
                )
            fields[name] = self.read(field.kids[-1])
        return types.RecordType(tuple(fields.items()))

    def enum(self, node: Node) -> Type:
        """An enum type. Reports WF103 for a member that stands twice, whatever its case."""
        members: list[str] = []
        for token in node.tokens("STRING"):
            member = unescape(token, self.document, self.report)
            if member.lower() in (known.lower() for known in members):
                self.report.error(
                    "WF103",
                    f'the enum has "{member}" twice',
                    self.document.span(token),
                    why="Members must differ in more than case: GitHub's `==` ignores it.",
                )
                continue
            members.append(member)
        return types.EnumType(tuple(members))
