"""What an emitted DAG consists of: functions, tasks, mapped groups, and the DAG around them. No decisions."""

from __future__ import annotations

from wfc.record import Record
from wfc.source import NOWHERE
from wfc_targets.common.python_source import Call, Code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wfc.ir import Json
    from wfc.source import Span
    from wfc_targets.airflow.names import Context, Fixed
    from wfc_targets.common.python_source import Node

    Arguments = list[tuple[str | None, Node]]

ALL_SUCCESS, NONE_FAILED, ALL_DONE = "all_success", "none_failed", "all_done"


def asks(function: str, *ids: str) -> Call:
    """A condition about tasks, by a function of the helper module: `wfc.failed("a", "b")`."""
    return Call(f"wfc.{function}", tuple((None, name) for name in ids))


def anywhere(check: Code | Call) -> Code | Call:
    """The condition about all items of its tasks, for one that stands in a mapped group without them."""
    assert isinstance(check, Call)
    return Call(check.function, (*check.arguments, ("anywhere", Code("True"))))


def first_failure(drafts: Sequence[Draft], here: bool = False) -> Call:
    """A call for what failed first among tasks, and how the source calls them where that differs from their ids.

    here: of the same item of the mapped group only.
    """
    arguments: list[tuple[str | None, Node]] = [(None, Code("context"))]
    arguments += [(None, draft.id) for draft in drafts]
    sources = {draft.id: draft.path.rpartition("/")[2] for draft in drafts}
    renamed: dict[str, Node] = {name: source for name, source in sources.items() if source and source != name}
    arguments += [("names", renamed)] if renamed else []
    arguments += [("here", Code("True"))] if here else []
    return Call("wfc.first_failure", tuple(arguments))


class Line(Record):
    """A statement: `text`, then `value` written out; depth: levels inside of the function's body."""

    text: str
    value: Node = Code("")
    depth: int = 0


class Function(Record):
    """def name(parameters): lines. verbatim: a body by the author instead."""

    name: str
    parameters: str
    lines: tuple[Line, ...]
    verbatim: str = ""


class Draft:
    """One Airflow task while its DAG is put together; edges, rule and checks are added as neighbours come to be.

    operator: the class of an operator task, or the decorator (`task.branch`) of a function task, whose body is
    `function`. arguments: of the operator, or of the decorated function. decorators: further ones, outside first.
    options: what any task takes (retries, pool …). functions: definitions in front of it. checks: conditions for
    `pre_execute`. contexts: the conditions around it, outside first. handled: its failure does not fail the block
    around it. expand: the source text of a list of argument sets for a mapped task. record: its function may return
    a mapping. fixed: the unrolled loops around it. looped: the conditions around the innermost loop. notes: for the
    manifest.
    """

    __slots__ = (
        "arguments",
        "checks",
        "contexts",
        "decorators",
        "expand",
        "fixed",
        "function",
        "functions",
        "group",
        "handled",
        "id",
        "looped",
        "notes",
        "operator",
        "options",
        "path",
        "record",
        "role",
        "rule",
        "section",
        "span",
        "teardown",
        "upstream",
    )

    def __init__(
        self,
        id: str,  # noqa: A002
        role: str,
        path: str,
        span: Span = NOWHERE,
        operator: str = "task",
        function: Function | None = None,
    ) -> None:
        self.id, self.role, self.path, self.span = id, role, path, span
        self.operator, self.function = operator, function
        self.arguments: list[tuple[str | None, Node]] = []
        self.decorators: list[Call] = []
        self.options: list[tuple[str | None, Node]] = []
        self.functions: list[Function] = []
        self.upstream: list[str] = []
        self.checks: list[Code | Call] = []
        self.contexts: tuple[Context, ...] = ()
        self.rule = ALL_SUCCESS
        self.group: Group | None = None
        self.section = "body"
        self.handled = False
        self.teardown = False
        self.record = False
        self.fixed: tuple[Fixed, ...] = ()
        self.looped: tuple[Context, ...] = ()
        self.notes: list[tuple[str, Json]] = []
        self.expand = ""

    @property
    def marks(self) -> tuple[str, ...]:
        """The decorators of a function task, outside first: `setup` takes no options, a `task` below it does."""
        bare = self.operator == "setup" and (self.rule != ALL_SUCCESS or self.options or self.checks)
        return ("setup", "task") if bare else (self.operator,)

    @property
    def is_empty(self) -> bool:
        """Is it never sent to a worker (and so can't fail or have a guard)?"""
        return self.operator == "EmptyOperator"


class Group(Record):
    """A mapped task group: one instance of its tasks for each item.

    variable: the parameter of the group's function. source: the source text of the list for `expand`. items: that
    of the list inside a function of the context. feeds: the task that gives the list, "" for a literal.
    """

    id: str
    variable: str
    source: str
    items: str
    feeds: str
    path: str


class Dag(Record):
    """One DAG file. imports: (module, names); modules: for `import module`. arguments: of DAG( … )."""

    name: str
    header: tuple[str, ...]
    modules: tuple[str, ...]
    imports: tuple[tuple[str, tuple[str, ...]], ...]
    constants: tuple[tuple[str, Node], ...]
    arguments: tuple[tuple[str | None, Node], ...]
    tasks: tuple[Draft, ...]
    uses_dag: bool
