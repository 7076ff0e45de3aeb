"""First pass over the statements of a flow: every task gets a name, a path and a type, every block a label."""

from __future__ import annotations

from wfc import types
from wfc.diagnostic import Label
from wfc.resolve.scope import RESERVED_SUFFIXES, Frame, Names, Symbol
from wfc.syntax import Node, Token
from wfc.syntax import walk as walk_syntax

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.resolve.calls import Calls
    from wfc.resolve.report import Report
    from wfc.resolve.type_syntax import TypeReader
    from wfc.syntax import Document
    from wfc.types import Type

TYPE_NODES = ("named_type", "record_type", "enum_type", "optional", "base")
BLOCK_WORDS = {"parallel": "parallel", "if_": "if", "match_": "match", "try_": "try"}


class Declarations:
    """The names of one flow. frames, prefixes: of each block node; labels: of each statement without a name.

    Reports WF103 (a name that is taken) and WF953 (one that ends like the compiler's own).
    """

    def __init__(self, document: Document, report: Report, calls: Calls, reader: TypeReader, names: Names) -> None:
        self.document = document
        self.report = report
        self.calls = calls
        self.reader = reader
        self.names = names
        self.frames: dict[int, tuple[Frame, ...]] = {}
        self.prefixes: dict[int, str] = {}
        self.labels: dict[int, str] = {}
        self.spelled: dict[str, Symbol] = {}
        self.taken: set[str] = set()
        self.count = 0

    def reserve(self, node: Node) -> None:
        """Take note of every name of a task in a flow, so that labels of blocks keep clear of them."""
        kids = [part for part in walk_syntax(node) if isinstance(part, Node) and part.kind in ("task", "approve")]
        self.taken |= {name.text.lower() for kid in kids if (name := kid.token("NAME"))}

    def label(self, node: Node, wish: str) -> str:
        """A label that no other statement of the flow has; by number when the wish is taken."""
        name, number = wish, 2
        while name.lower() in self.taken:
            name, number = f"{wish}_{number}", number + 1
        self.taken.add(name.lower())
        self.labels[id(node)] = name
        return name

    def frame(self, kind: str, name: str = "") -> Frame:
        """A new frame around names: kind (`for`, `if`, `try` …) and the name of what makes it."""
        self.count += 1
        return Frame(kind, self.count, name)

    def declare(self, block: Node, frames: tuple[Frame, ...], prefix: str) -> None:
        """Declare the tasks of a block and of all blocks in it."""
        self.frames[id(block)] = frames
        self.prefixes[id(block)] = prefix
        for node in block.nodes():
            match node.kind:
                case "task" | "approve":
                    self.declare_task(node, frames, prefix)
                case "parallel" | "if_" | "match_" | "try_" | "for_" | "workspace":
                    self.declare_block(node, frames, prefix)
                case "require":
                    name = next((part for part in walk_syntax(node) if part.kind == "reference"), None)
                    inside = name.kids[0] if isinstance(name, Node) else None
                    self.label(node, f"require_{inside.text}" if isinstance(inside, Token) else "require")
                case "stop" | "fail":
                    self.label(node, node.kind)
                case _:
                    continue

    def declare_block(self, node: Node, frames: tuple[Frame, ...], prefix: str) -> None:
        """Declare what stands in the blocks of a compound statement, each in a frame of its own."""
        name = node.token("NAME")
        if node.kind == "for_" and name:
            label = self.label(node, f"for_{name.text}")
            inner = (*frames, self.frame("for", label))
            part = label.removeprefix("for_")
            for block in node.nodes("block"):
                self.declare(block, inner, f"{prefix}{part}/")
        elif node.kind == "workspace" and name:
            self.check_name(name)
            label = self.label(node, name.text)
            for block in node.nodes("block"):
                self.declare(block, (*frames, self.frame("workspace", label)), f"{prefix}{label}/")
        else:
            first = next((part for part in walk_syntax(node) if part.kind in ("task", "approve")), None)
            base = first.token("NAME") if isinstance(first, Node) else None
            word = BLOCK_WORDS[node.kind]
            self.label(node, f"{word}_{base.text}" if base else word)
            kind = {"parallel": "parallel", "try_": "try"}.get(node.kind, "branch")
            arms = [arm.nodes("block")[0] for arm in node.nodes("case") if arm.nodes("block")]
            for block in (*arms, *node.nodes("block")):
                self.declare(block, (*frames, self.frame(kind)), prefix)

    def declare_task(self, node: Node, frames: tuple[Frame, ...], prefix: str) -> None:
        """Declare a task or an approval under its name. Reports WF103 for one that is taken."""
        name = node.token("NAME")
        assert name is not None
        written = self.written_type(node)
        if node.kind == "task":
            kind = self.task_type(node, written)
        else:
            kind = written or types.NOTHING
        self.check_name(name)
        guarded = node.node("when") is not None
        symbol = Symbol("task", name.text, kind, self.document.span(name), frames, prefix + name.text, guarded=guarded)
        self.define(symbol, self.names)

    def task_type(self, node: Node, written: Type | None) -> Type:
        """The type of a task's result, its fallback included, before any argument is looked at."""
        kind = self.calls.declared_type(node.nodes("call")[0], written)
        fallback = node.node("fallback")
        inside = fallback.nodes() if fallback else []
        if not inside:
            return kind
        if inside[0].kind == "call":
            other = self.calls.declared_type(inside[0], written)
            return types.common(kind, other) or kind
        value = inside[0]
        if value.kind == "literal" and value.kids[0].kind == "NULL":
            return types.optional(kind)
        return kind

    def written_type(self, node: Node) -> Type | None:
        """The type behind `->`. Reports WF201 for a secret in it: results lie open in every engine's records."""
        found = node.nodes(*TYPE_NODES)
        if not found:
            return None
        kind = self.reader.read(found[0])
        if types.contains(kind, types.SECRET):
            self.report.error(
                "WF201",
                "a result can't be a secret",
                self.document.span(found[0]),
                why="Engines keep results in their records and show them; secrets come from their own stores only.",
                help="let the task put it into the engine's secret store, and read it with `secret NAME`",
            )
        return kind

    def check_name(self, name: Token) -> None:
        """WF953 for names that end like the compiler's own."""
        suffix = next((end for end in RESERVED_SUFFIXES if name.text.lower().endswith(end)), None)
        if suffix:
            self.report.error(
                "WF953",
                f"a name may not end in `{suffix}`",
                self.document.span(name),
                why="The compiler gives such names to the tasks that it adds, so that they can be told from yours.",
                help=f"call it `{name.text[: -len(suffix)] or 'task'}` or put another word behind",
            )

    def define(self, symbol: Symbol, names: Names) -> None:
        """Add a name. Reports WF103 when it is taken, or differs from one of the flow only in case."""
        before = self.spelled.get(symbol.name.lower()) or names.get(symbol.name)
        if before is None and symbol.name not in ("run", "failure"):
            names.own[symbol.name] = symbol
            if names is self.names:
                self.spelled[symbol.name.lower()] = symbol
            return
        self.report.error(
            "WF103",
            f"the name `{symbol.name}` is taken",
            symbol.span,
            *((Label(before.span, "it is named here first"),) if before else ()),
            why="Names are unique in a flow, whatever their case: every engine keeps tasks apart by them.",
            help="give it another name",
        )
