"""What many checks ask of one flow, found once: its statements with their places, its calls, its marks, what it reads.

The checks go through a project flow by flow, so that the facts of the last flow are all that is kept.
"""

from __future__ import annotations

from wfc import ir, types, walk
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.gates import Gates
    from wfc.ir import AnyExpr, AnyStmt, Call, Flow, Task
    from wfc.taint import Taints

    Named = tuple[tuple[str, Call], ...]
    Given = str | tuple[str, int]
    """What a value is given as: the name of its argument or field, (function, number of its argument), or ""."""


class Placed(Record):
    """A statement, its section (`body`, `on failure`, `finally`) and the blocks around it.

    around: (statement, number of its block), outermost first.
    """

    stmt: AnyStmt
    section: str
    around: tuple[tuple[AnyStmt, int], ...]

    def within(self, kind: type[ir.Stmt]) -> bool:
        """Does it stand, at any depth, inside a statement of this kind?"""
        return any(isinstance(stmt, kind) for stmt, _ in self.around)

    def loops(self) -> tuple[ir.For, ...]:
        """The loops around it, outermost first."""
        return tuple(stmt for stmt, _ in self.around if isinstance(stmt, ir.For))


class Facts:
    """The facts of one flow, each found when it is first asked for.

    places: every statement with its place, in the order of the text. tasks: the tasks among them. named: id of each
    task → `calls_of` it; the flow, which is held here, keeps the tasks alive and so their ids their own.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.places = tuple(places(flow))
        self.tasks = tuple((place.stmt, place) for place in self.places if isinstance(place.stmt, ir.Task))
        self.named = {id(task): calls_of(task) for task, _ in self.tasks}
        self._marks: Taints | None = None
        self._gates: dict[str, Gates] | None = None
        self._read: frozenset[tuple[str, str]] | None = None
        self._holes = False
        self._texts: list[tuple[ir.Literal, Given]] = []

    @property
    def marks(self) -> Taints:
        """Where the values of the flow come from."""
        if self._marks is None:
            from wfc.taint import Taints

            self._marks = Taints(self.flow)
        return self._marks

    def gates(self, task: Task) -> Gates:
        """What was checked on the way to a task; nothing for one on a circle, which is an error by itself."""
        if self._gates is None:
            from wfc.checks.gates import gates_of

            self._gates = gates_of(self.flow, self.marks)
        return self._gates.get(task.path, frozenset())

    def is_approved(self, task: Task) -> bool:
        """Has a person been asked on the way to a task?"""
        from wfc.checks.gates import PERSON

        return PERSON in self.gates(task)

    def is_word(self, leaf: AnyExpr, task: Task) -> bool:
        """Was a value (one of `common.leaves`) compared with constants on the way to the task that it goes into?"""
        from wfc.checks.gates import is_word

        return is_word(leaf, self.gates(task))

    @property
    def read(self) -> frozenset[tuple[str, str]]:
        """(kind, name) of every reference in an expression of the flow."""
        if self._read is None:
            self.look()
        assert self._read is not None
        return self._read

    @property
    def holes(self) -> bool:
        """Did the resolver leave a hole in the flow, which may hide that something is used?"""
        if self._read is None:
            self.look()
        return self._holes

    @property
    def texts(self) -> list[tuple[ir.Literal, Given]]:
        """Every constant text of the flow and what it is given as; an argument is also in what its call does."""
        if self._read is None:
            self.look()
        return self._texts

    def look(self) -> None:
        """Go through all expressions once, for `read`, `holes` and `texts`."""
        read: set[tuple[str, str]] = set()
        calls = [call for task, _ in self.tasks for call in walk.calls(task)]
        self._texts = []
        gather([(value, name) for call in calls for name, value in call.args], set(), self._texts)
        holes = gather([(value, "") for value in walk.flow_expressions(self.flow)], read, self._texts)
        self._read, self._holes = frozenset(read), holes or any(map(is_hole, calls))


def gather(
    stack: list[tuple[AnyExpr, Given]], read: set[tuple[str, str]], texts: list[tuple[ir.Literal, Given]]
) -> bool:
    """Go through expressions and all inside them. read: gets (kind, name) of each reference, texts: each constant text.

    True when there is a hole in one of them.
    """
    holes = False
    while stack:
        part, given = stack.pop()
        if isinstance(part, ir.Literal):
            if isinstance(part.value, str):
                texts.append((part, given))
            elif part.value is None and part.type == types.UNKNOWN:
                holes = True
        elif isinstance(part, ir.Ref):
            read.add((part.kind, part.name))
        elif isinstance(part, ir.RecordExpr):
            stack += [(value, key) for key, value in part.entries]
        elif isinstance(part, ir.Apply):
            stack += [(value, (part.function, at)) for at, value in enumerate(part.args)]
        else:
            stack += [(value, "") for value in walk.children(part)]
    return holes


_last: list[Facts] = []


def facts(flow: Flow) -> Facts:
    """The facts of a flow; those of the last one are kept."""
    known = _last[0] if _last else None
    if known is None or known.flow is not flow:
        known = Facts(flow)
        _last[:] = [known]
    return known


def forget() -> None:
    """Keep nothing: for measuring."""
    _last.clear()


def places(flow: Flow) -> Iterator[Placed]:
    """Every statement of a flow with its place, in the order of the text."""
    for section, block in (("body", flow.body), ("on failure", flow.on_failure), ("finally", flow.finally_)):
        stack: list[tuple[Iterator[AnyStmt], tuple[tuple[AnyStmt, int], ...]]] = [(iter(block), ())]
        while stack:
            statements, around = stack[-1]
            stmt = next(statements, None)
            if stmt is None:
                stack.pop()
                continue
            yield Placed(stmt, section, around)
            inner = walk.blocks(stmt)
            if inner:
                stack += [(iter(body), (*around, (stmt, number))) for number, body in reversed(list(enumerate(inner)))]


def named_calls(task: Task) -> Named:
    """`calls_of`, known for the tasks of the last flow."""
    known = _last[0].named.get(id(task)) if _last else None
    return calls_of(task) if known is None else known


def calls_of(task: Task) -> Named:
    """The calls of a task that could be resolved, and what to call them: `` `pay` ``, ``the undo of `pay` ``."""
    title = f"`{task.label}`" if task.label else "a task without a name"
    named = [(title, task.call)]
    if task.fallback and task.fallback.call:
        named.append((f"the fallback of {title}", task.fallback.call))
    if task.undo:
        named.append((f"the undo of {title}", task.undo))
    return tuple((title, call) for title, call in named if not is_hole(call))


def is_hole(call: Call) -> bool:
    """Is it what the resolver leaves where a call could not be understood?"""
    match call.op:
        case ir.Shell(script=text) | ir.Python(body=text) | ir.Sql(sql=text):
            return not text.strip()
        case _:
            return False
