"""Names of one flow and what a reader may see of them: `T`, `T?` or `list<T>`, by where reader and task stand."""

from __future__ import annotations

from wfc import ir, types
from wfc.record import Record
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.types import Type

RESERVED_SUFFIXES = (
    "_gate", "_item", "_branch", "_once", "_undo", "_until", "_body", "_calc", "_fallback", "_handler",
)  # fmt: skip


class Frame(Record):
    """One block around a statement.

    kind: section | branch | try | for | workspace | parallel. id: unique to the block and arm. name: of a
    section (`body`, `on failure`, `finally`), or the label of a loop. order: the position inside the block.
    """

    kind: str
    id: int
    name: str = ""


class Symbol(Record):
    """A declared name.

    kind: input secret config event task let item. path: of a task; label of a loop for an item. frames: the
    blocks around it. type: of the value where it is declared. guarded: it has a `when`. value: of a let, with its size
    (depth and parts, wfc.resolve.extent).
    """

    kind: str
    name: str
    type: Type
    span: Span
    frames: tuple[Frame, ...] = ()
    path: str = ""
    guarded: bool = False
    value: ir.AnyExpr | None = None
    size: tuple[int, int] = (0, 0)


def seen_from(symbol: Symbol, frames: tuple[Frame, ...]) -> tuple[Type, int]:
    """The type under which a reader inside `frames` sees a task, and how many loops are collected into lists.

    Frames that both share cost nothing. Each further branch, try or section makes it optional, each loop a list;
    another section (a handler reads the body) and a `try` also make the items optional, for they may not have run.
    """
    shared = 0
    for mine, theirs in zip(frames, symbol.frames, strict=False):
        if mine.id != theirs.id:
            break
        shared += 1
    rest = symbol.frames[shared:]
    kind = symbol.type
    if symbol.guarded or any(frame.kind in ("section", "try") for frame in rest):
        kind = types.optional(kind)
    loops = 0
    for frame in reversed(rest):
        if frame.kind == "for":
            kind = types.ListType(kind)
            loops += 1
        elif frame.kind in ("branch", "try", "section"):
            kind = types.optional(kind)
    return kind, loops


class Names:
    """Names of one block over those of the block around it: items and lets are local, tasks stand in the outermost."""

    __slots__ = ("around", "own")

    def __init__(self, around: Names | None = None) -> None:
        self.own: dict[str, Symbol] = {}
        self.around = around

    def get(self, name: str) -> Symbol | None:
        """The innermost symbol of that name, or None."""
        names: Names | None = self
        while names is not None:
            if name in names.own:
                return names.own[name]
            names = names.around
        return None

    def known(self) -> list[str]:
        """All names that can be read here."""
        return [*self.own, *(self.around.known() if self.around else ())]


class Scope(Record):
    """What a reader sees: the names of the flow and of the blocks around it.

    own: the name of the task whose `until`, `holds` or `undo` reads its own result (type `own_type`).
    failure: may `failure.task` be read? variables: of the comprehensions around the reader.
    substituted: inside the body of an action: its parameters and their arguments, and no other names.
    """

    names: Names
    frames: tuple[Frame, ...] = ()
    own: str = ""
    own_type: Type | None = None
    failure: bool = False
    variables: tuple[tuple[str, Type], ...] = ()
    substituted: dict[str, ir.AnyExpr] | None = None
