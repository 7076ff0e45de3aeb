"""Where a value comes from: marks that travel with it through expressions and tasks.

`untrusted`: chosen by somebody outside (payload of a trigger, answer of a request, file). `ai`: free text of a model.
`ai-decided`: a value that a model chose, but of a type that leaves it no room (number, bool, date, enum). A value of
such a type can't carry code, so `untrusted` ends there, and `ai` becomes `ai-decided`. A task gives on what it is
fed: shell and Python results carry the marks of `env` and `args`. What a person fills in at an `approve` has none.
Branches are not followed: a value chosen by `if` carries its own marks, not those of the condition.
"""

from __future__ import annotations

from wfc import ir, types, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, Flow, Task

UNTRUSTED, AI, AI_DECIDED = "untrusted", "ai", "ai-decided"
NONE: frozenset[str] = frozenset()
CLEAN_TRIGGERS = ("schedule", "manual", "flow")
"""Triggers whose payload the engine makes; all others hand on what somebody sent."""


class Taints:
    """The marks of the values of one flow.

    Those of tasks are found by going through the flow until nothing changes: in a sequence once and once more to see
    it, and never by recursion, so that a chain of tasks may be as long as it likes. Marks only ever grow: tasks that
    bear one name by mistake would else take turns for ever.
    """

    def __init__(self, flow: Flow) -> None:
        statements = list(walk.all_statements(flow))
        self.items = {stmt.label: stmt.items for stmt in statements if isinstance(stmt, ir.For)}
        self.defaults = {item.name: item.default for item in flow.inputs if item.default is not None}
        self.outside = {item.alias for item in flow.triggers if item.kind not in CLEAN_TRIGGERS}
        tasks = [stmt for stmt in statements if isinstance(stmt, ir.Task)]
        self.tasks: dict[str, frozenset[str]] = {task.path: NONE for task in tasks}
        changed = True
        while changed:
            changed = False
            for task in tasks:
                marks = self.tasks[task.path] | self.of_task(task)
                changed |= marks != self.tasks[task.path]
                self.tasks[task.path] = marks

    def of(self, expr: AnyExpr) -> frozenset[str]:
        """The marks of a value."""
        if isinstance(expr, ir.Ref):
            return settled(self.of_ref(expr), expr)
        marks = NONE
        for part in walk.children(expr):
            marks |= self.of(part)
        return settled(marks, expr)

    def of_ref(self, ref: ir.Ref) -> frozenset[str]:
        """The marks of what a name stands for: an event, a task, the item of a loop, an input by its default."""
        match ref.kind:
            case "event":
                return frozenset([UNTRUSTED]) if ref.name in self.outside else NONE
            case "task":
                return self.tasks.get(ref.name, NONE)
            case "item" if ref.name in self.items:
                return self.of(self.items[ref.name])
            case "input" if ref.name in self.defaults:
                return self.of(self.defaults[ref.name])
            case _:
                return NONE

    def of_task(self, task: Task) -> frozenset[str]:
        """The marks of a task's result, by what is known of the tasks that it reads."""
        marks = self.of_op(task.call.op)
        if task.fallback and task.fallback.call:
            marks |= self.of_op(task.fallback.call.op)
        if task.fallback and task.fallback.value is not None:
            marks |= self.of(task.fallback.value)
        return marks

    def of_op(self, op: ir.Op) -> frozenset[str]:
        """What an operation adds to the marks that it is fed. Rows of a database are the author's own."""
        marks = NONE
        for expr in walk.op_expressions(op):
            marks |= self.of(expr)
        match op:
            case ir.Http():
                return marks | {UNTRUSTED}
            case ir.Llm():
                return marks | {AI}
            case ir.Sql():
                return NONE
            case _:
                return marks


NARROW = frozenset({"int", "float", "bool", "date", "datetime", "duration"})
"""The types whose values cannot hold a text of somebody else."""


def settled(marks: frozenset[str], expr: AnyExpr) -> frozenset[str]:
    """The marks that a value of the expression's type can still carry."""
    if not marks:
        return marks
    kind = types.required(expr.type)
    narrow = isinstance(kind, types.EnumType) or (isinstance(kind, types.Primitive) and kind.name in NARROW)
    if not narrow:
        return marks
    return frozenset([AI_DECIDED]) if marks & {AI, AI_DECIDED} else NONE


def taints(expr: AnyExpr, flow: Flow) -> frozenset[str]:
    """The marks of one value: of `untrusted`, `ai` and `ai-decided`. For many values of a flow make one `Taints`."""
    return Taints(flow).of(expr)
