"""What stands where in the DAG being made: ids, loops, the tasks of the source, and what the file must import."""

from __future__ import annotations

import builtins
import re

from wfc import ir, walk
from wfc.python_text import RESERVED as COMPUTED_NAMES
from wfc.record import Record, replace
from wfc_targets.airflow.model import Draft, Group

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wfc.diagnostic import Diagnostic
    from wfc_targets.common.python_source import Call, Code

RESERVED = (
    COMPUTED_NAMES
    | frozenset(
        "DAG EmptyOperator WaitSensor ApprovalOperator Param TaskGroup Asset literal task task_group timedelta dag wfc "
        "context index datetime setup teardown MultipleCronTriggerTimetable CronTriggerTimetable os shutil time "
        "failure outputs".split()
    )
    | frozenset(name for name in vars(builtins) if name.islower())
)
"""Names that no variable of an emitted file may take, because it, or a Python body in it, uses them for something else.
`failure` and `outputs` are tasks that others read by these names: the gate, and what a caller of the flow gets."""
NUMBERED = re.compile(r"(.+)_\d+")


class Context:
    """A condition around statements: a branch that skips them, or a check that each of them makes.

    branch: the id of the branch task, "" for a check. check: a condition. recovers: the tasks whose
    failure is the condition, None for other conditions; group: the mapped group around their `try`. members: the
    ids inside. taken: what the branch returns to take this arm.
    """

    __slots__ = ("branch", "check", "group", "members", "recovers", "taken")

    def __init__(
        self,
        branch: str = "",
        check: Code | Call | None = None,
        recovers: Sequence[str] | None = None,
        group: Group | None = None,
    ) -> None:
        self.branch, self.check, self.recovers, self.group = branch, check, recovers, group
        self.members: set[str] = set()
        self.taken: tuple[str, ...] = ()


class Fixed(Record):
    """An unrolled loop: the item that its variable stands for, its number, and what it adds to ids."""

    loop: str
    item: ir.AnyExpr
    index: int
    suffix: str


class Scope(Record):
    """Where a statement stands.

    before: ids that must not have failed. skippable: may one of them be skipped? waits: a handler begins here, which
    waits for `before` to end in whatever way. contexts: outside first. group:
    the mapped group around it. fixed: unrolled loops around it. section: as in the manifest. directory: the id of
    the task that makes the directory of the workspace around it. looped: the contexts around the innermost loop.
    """

    before: tuple[str, ...] = ()
    skippable: bool = False
    contexts: tuple[Context, ...] = ()
    group: Group | None = None
    fixed: tuple[Fixed, ...] = ()
    waits: bool = False
    section: str = "body"
    directory: str = ""
    looped: tuple[Context, ...] = ()

    def after(self, tail: Tail) -> Scope:
        """The scope of what follows a statement that ends so."""
        return replace(self, before=tail.nodes, skippable=tail.skippable, waits=tail.waits)

    @property
    def tail(self) -> Tail:
        """What follows a statement that does nothing depends on."""
        return Tail(self.before, self.skippable, self.waits)

    @property
    def solid(self) -> tuple[str, ...]:
        """What must not have failed for this to count as done."""
        return () if self.waits else self.before

    def inside(self, context: Context) -> Scope:
        """The scope within one more condition."""
        return replace(self, contexts=(*self.contexts, context))

    @property
    def recovery(self) -> Context | None:
        """The innermost `recover` around it."""
        return next((context for context in reversed(self.contexts) if context.recovers is not None), None)

    @property
    def suffix(self) -> str:
        """What unrolled loops add to an id here."""
        return "".join(fixed.suffix for fixed in self.fixed)


class Tail(Record):
    """The tasks whose success (or skipping, if skippable) lets the next statement start."""

    nodes: tuple[str, ...]
    skippable: bool
    waits: bool = False


class Site(Record):
    """The engine tasks of one source task or approval: ids, of which the first with a result has it."""

    ids: tuple[str, ...]
    group: Group | None
    draft: Draft
    child: str = ""
    field: str = ""


class Names:
    """Everything known so far about one flow; `fresh` hands out ids."""

    def __init__(self, project: ir.Project, flow: ir.Flow) -> None:
        self.project, self.flow = project, flow
        self.drafts: dict[str, Draft] = {}
        self.sites: dict[tuple[str, str], Site] = {}
        self.loops: dict[str, tuple[str, ...]] = {}
        self.groups: dict[str, Group] = {}
        self.unrolled: dict[str, tuple[Fixed, ...]] = {}
        self.variables: dict[str, str] = {}
        self.inputs = {item.name: item for item in flow.inputs}
        self.configs = {item.name: item for item in flow.configs}
        self.helpers: set[str] = set()
        self.modules: set[str] = set()
        self.imports: dict[str, set[str]] = {}
        self.uses_dag = False
        self.notes_failures = False
        self.pools: dict[str, int] = {}
        self.most_tasks: int | None = None
        self.diagnostics: list[Diagnostic] = []
        self._taken = set(RESERVED)
        self._mapped: set[str] = set()
        self._stems: set[str] = set()
        self._bodies: set[str] | None = None

    def fresh(self, name: str, mapped: bool = False) -> str:
        """The name, with `_` behind it as long as it is taken.

        Airflow answers a question for states with `ship_1` for item 1 of a mapped `ship` and for a task `ship_1`
        alike (TaskInstance routes of its execution API), so no flow has both. mapped: is it the id of such a task?
        """
        while name in self._taken or self.is_item(name) or (mapped and name in self._stems):
            name += "_"
        self._taken.add(name)
        if mapped:
            self._mapped.add(name)
        if found := NUMBERED.fullmatch(name):
            self._stems.add(found[1])
        return name

    def is_item(self, name: str) -> bool:
        """Does Airflow call an item of a mapped task so?"""
        found = NUMBERED.fullmatch(name)
        return found is not None and found[1] in self._mapped

    def use(self, module: str, name: str) -> str:
        """Note an import; the name back."""
        self.imports.setdefault(module, set()).add(name)
        return name

    def seconds(self, milliseconds: int) -> str:
        """Source text of a timedelta."""
        self.use("datetime", "timedelta")
        for unit, size in (("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000), ("seconds", 1000)):
            if milliseconds % size == 0:
                return f"timedelta({unit}={milliseconds // size})"
        return f"timedelta(milliseconds={milliseconds})"

    def reads_body(self, path: str) -> bool:
        """Does the flow read the body of this http task, and not only its status or headers?"""
        if self._bodies is None:
            self._bodies = bodies_read(self.flow)
        return path in self._bodies

    def zone(self) -> str:
        """The time zone in which the flow counts its days: of its first schedule, else UTC."""
        for trigger in self.flow.triggers:
            zone = dict(trigger.args).get("timezone")
            if trigger.kind == "schedule" and isinstance(zone, str):
                return zone
        return "UTC"

    def connection(self, secret: str) -> str:
        """The connection id whose password a secret is: as the project says, else its own name."""
        return next(
            (name for engine, what, name in self.project.secret_names if (engine, what) == ("airflow", secret)), secret
        )


def bodies_read(flow: ir.Flow) -> set[str]:
    """The paths of the tasks of which a flow reads more than the fields `status` and `headers`."""
    others: dict[str, int] = {}
    for expr in walk.flow_expressions(flow):
        for part in walk.subexpressions(expr):
            if isinstance(part, ir.Ref) and part.kind == "task":
                others[part.name] = others.get(part.name, 0) + 1
            if isinstance(part, ir.Field) and isinstance(part.of, ir.Ref) and part.of.kind == "task":
                others[part.of.name] = others.get(part.of.name, 0) - (part.name in ("status", "headers"))
    return {path for path, count in others.items() if count > 0}
