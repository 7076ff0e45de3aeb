"""What the reference interpreter knows of one run: values, instances, their order; and the value of expressions."""

from __future__ import annotations

from wfc import ir, walk
from wfc.python_text import ExpressionError, evaluate
from wfc.record import Record, replace
from wfc.trace import APPROVE, NOT_RUN, SKIPPED, SUCCEEDED, TASK, Instance, Trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from wfc.ir import AnyExpr, AnyStmt, Block, Flow, Json, Project
    from wfc.trace import Key
    from wfc.world import World


class Place(Record):
    """Where a statement stands at run time: the number and the value of the item of each loop around it, by label."""

    items: tuple[tuple[str, int, Json], ...] = ()

    @property
    def indexes(self) -> tuple[int, ...]:
        """The numbers of the items, outside first."""
        return tuple(index for _, index, _ in self.items)

    def inside(self, label: str, index: int, value: Json) -> Place:
        """The place inside an item of a loop that stands here."""
        return Place((*self.items, (label, index, value)))


class State:
    """One run under way.

    values: results as readers see them. counts: items of each loop that has begun. edges: (a, b): a ends before b
    starts. relaxed: (paths, indexes) of blocks where `fail_fast` leaves open what became of whom. loose: instances
    whose number of attempts depends on the clock. deadline: virtual time (ms) at which the flow's budget is spent.
    """

    def __init__(self, project: Project, flow: Flow, world: World, inputs: Mapping[str, Json]) -> None:
        self.project = project
        self.flow = flow
        self.world = world
        self.values: dict[tuple[str, tuple[int, ...]], Json] = {}
        self.counts: dict[tuple[str, tuple[int, ...]], int] = {}
        self.instances: dict[Key, Instance] = {}
        self.edges: set[tuple[Key, Key]] = set()
        self.relaxed: list[tuple[frozenset[str], tuple[int, ...]]] = []
        self.loose: set[Key] = set()
        self.events: list[tuple[int, int, Key, bool]] = []
        self.deadline: int | None = None
        self.failure: tuple[str, str] | None = None
        self.outputs: dict[str, Json] | None = None
        self.loops = dict(_loops((*flow.body, *flow.on_failure, *flow.finally_), ()))
        self.inputs: dict[str, Json] = dict(inputs)

    def take_inputs(self) -> tuple[str, str]:
        """Give each input that was not given its default; the name of one that cannot have it, and why."""
        for item in self.flow.inputs:
            if item.name not in self.inputs:
                try:
                    self.inputs[item.name] = None if item.default is None else self.value(item.default, Place())
                except ExpressionError as error:
                    return item.name, str(error)
        return "", ""

    # --- instances ---

    def begin(self, key: Key, time: int, after: frozenset[Key]) -> None:
        """An instance starts, after others have ended."""
        self.edges |= {(before, key) for before in after}
        self.events.append((time, len(self.events), key, True))

    def finish(self, instance: Instance, time: int) -> frozenset[Key]:
        """An instance that has begun ends; what comes next starts after it."""
        self.instances[instance.key] = instance
        self.events.append((time, len(self.events), instance.key, False))
        return frozenset((instance.key,))

    def skip(self, block: Block, place: Place) -> None:
        """Nothing of a block runs, for its branch is not taken. Tasks in loops have no instances then."""
        depth = len(place.items)
        for stmt in walk.statements(block):
            if isinstance(stmt, ir.Task | ir.Approve) and len(self.loops[stmt.path]) == depth:
                role = TASK if isinstance(stmt, ir.Task) else APPROVE
                instance = Instance(stmt.path, place.indexes, role, SKIPPED)
                self.instances[instance.key] = instance

    def trace(self, state: str) -> Trace:
        """The run as it can be seen, starts and ends numbered from 1; tasks outside of loops that did not run, too."""
        for stmt in walk.all_statements(self.flow):
            if isinstance(stmt, ir.Task | ir.Approve) and not self.loops[stmt.path]:
                role = TASK if isinstance(stmt, ir.Task) else APPROVE
                self.instances.setdefault((stmt.path, (), role), Instance(stmt.path, (), role, NOT_RUN))
        starts: dict[Key, int] = {}
        ends: dict[Key, int] = {}
        for number, (_, _, key, starting) in enumerate(sorted(self.events), 1):
            (starts if starting else ends)[key] = number
        shown = [replace(one, start=starts.get(key), end=ends.get(key)) for key, one in self.instances.items()]
        shown.sort(key=lambda i: (i.start is None, i.start or 0, i.key))
        failed = self.failure[0] if self.failure else ""
        return Trace(self.flow.name, state, tuple(shown), self.outputs if state == SUCCEEDED else None, failed)

    # --- values ---

    def value(self, expr: AnyExpr, place: Place) -> Json:
        """The value of an expression at a place. Raises ExpressionError where it has none."""
        return evaluate(expr, lambda ref: self.read(ref, place))

    def read(self, ref: ir.Ref, place: Place) -> Json:
        """The value of a reference at a place; what has not run is null."""
        match ref.kind:
            case "input":
                return self.inputs.get(ref.name)
            case "secret":
                return self.world.secrets.get(ref.name, f"secret {ref.name}")
            case "config":
                return self.config(ref.name, place)
            case "event":
                return self.world.events.get(ref.name)
            case "run":
                return self.world.run.get(ref.name)
            case "failure":
                task, message = self.failure or ("", "")
                return task if ref.name == "task" else message
            case "item" | "index":
                found = next((item for item in place.items if item[0] == ref.name), None)
                if found is None:
                    raise ExpressionError(f"there is no item of {ref.name} here")
                return found[1] if ref.kind == "index" else found[2]
            case _:
                loops = self.loops[ref.name]
                return self.result(ref.name, loops, place.indexes[: len(loops) - ref.collect])

    def config(self, name: str, place: Place) -> Json:
        """A value of the environment, or its default."""
        default = next((config.default for config in self.flow.configs if config.name == name), None)
        if name in self.world.configs or default is None:
            return self.world.configs.get(name)
        return self.value(default, place)

    def result(self, path: str, loops: tuple[str, ...], indexes: tuple[int, ...]) -> Json:
        """The result of a task: seen from outside of its loops a list, in order of items; null for a loop not begun."""
        if len(indexes) >= len(loops):
            return self.values.get((path, indexes))
        count = self.counts.get((loops[len(indexes)], indexes))
        return None if count is None else [self.result(path, loops, (*indexes, n)) for n in range(count)]


def _loops(block: Block, around: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """The labels of the loops around each statement, by its path."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for stmt in block:
        found.append((stmt.path, around))
        for inner in walk.blocks(stmt):
            found += _loops(inner, (*around, stmt.label) if isinstance(stmt, ir.For) else around)
    return found


def width(stmt: AnyStmt) -> int:
    """How many tasks of a statement may run at once."""
    if isinstance(stmt, ir.For) and stmt.maximum is not None:
        return stmt.maximum
    if isinstance(stmt, ir.Parallel):
        return sum(width(part) for part in stmt.body)
    return max((_widest(block) for block in walk.blocks(stmt)), default=1)


def _widest(block: Block) -> int:
    return max((width(stmt) for stmt in block), default=1)
