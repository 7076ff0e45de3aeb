"""Where a value comes from: marks that travel with it through expressions and tasks.

`untrusted`: chosen by somebody outside (payload of a trigger, answer of a request, file). `ai`: free text of a model.
`ai-decided`: a value that a model chose, but of a type that leaves it no room (number, bool, date, enum). A value of
such a type can't carry code, so `untrusted` ends there, and `ai` becomes `ai-decided`. A task gives on what it is
fed: shell and Python results carry the marks of `env` and `args`. What a person fills in at an `approve` has none.
Branches are not followed: a value chosen by `if` carries its own marks, not those of the condition.
`Taints.path` says which way a mark, or a secret, came.
"""

from __future__ import annotations

from wfc import ir, types, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyExpr, Flow, Task
    from wfc.source import Span

    Node = tuple[str, str]
    """Kind and name of a reference."""
    Step = tuple[Span, str]
    """A place that a value passes, and what happens there."""

UNTRUSTED, AI, AI_DECIDED, SECRET = "untrusted", "ai", "ai-decided", "secret"
SENT, CHOSEN, FOREIGN, PRIVATE = "sent", "chosen", "foreign", "private"
"""Of `Taints.path` only. sent: a text of a trigger's payload, by no other server, database or model on the way; chosen:
the same for values of all types. foreign: a text that was sent, or that a server gave to a request without a secret.
private: rows of a database, and what a request or script with a secret brought."""
NARROWED = (UNTRUSTED, AI, SENT, FOREIGN)
"""The marks that a value without room for a text does not bear."""
NONE: frozenset[str] = frozenset()
HASHES = ("sha", "before", "after", "head_sha", "checkout_sha")
"""Fields of events that hold the hash of a commit (docs.github.com and docs.gitlab.com, "Webhook events")."""
CLEAN_TRIGGERS = ("schedule", "manual", "flow")
"""Triggers whose payload the engine makes; all others hand on what somebody sent."""


class Taints:
    """The marks of the values of one flow.

    Those of tasks are found by going through the flow until nothing changes: in a sequence once, and never by
    recursion, so that a chain of tasks may be as long as it likes. Marks only ever grow: tasks that bear one name by
    mistake would else take turns for ever.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        statements = list(walk.all_statements(flow))
        self.defaults = {item.name: item.default for item in flow.inputs if item.default is not None}
        self.outside = {item.alias for item in flow.triggers if item.kind not in CLEAN_TRIGGERS}
        self.forges = {item.alias for item in flow.triggers if item.kind.startswith(("github.", "gitlab."))}
        self.lets = [stmt for stmt in statements if isinstance(stmt, ir.Let)]
        self.loops = {stmt.label: stmt for stmt in statements if isinstance(stmt, ir.For)}
        tasks = [stmt for stmt in statements if isinstance(stmt, ir.Task)]
        self.persons = {stmt.path for stmt in statements if isinstance(stmt, ir.Approve)}
        self.by_path = {task.path: task for task in tasks}
        self.tasks: dict[str, frozenset[str]] = {task.path: NONE for task in tasks}
        # what names stand for: found once, for a default may name the one before it twice, and so on
        self.known: dict[tuple[str, str], frozenset[str]] = {}
        # whom this pass has not come to yet, and whether one of them was read: only then the next pass may find more
        self.later: set[str] = set()
        self.ahead = changed = True
        while self.ahead and changed:
            self.later, self.ahead, changed = set(self.tasks), False, False
            for task in tasks:
                marks = self.tasks[task.path] | self.of_task(task)
                self.later.discard(task.path)
                if marks != self.tasks[task.path]:
                    changed, self.tasks[task.path] = True, marks
                    self.known.clear()

    def of(self, expr: AnyExpr) -> frozenset[str]:
        """The marks of a value."""
        if isinstance(expr, ir.Literal):
            return NONE
        if isinstance(expr, ir.Ref):
            return settled(self.of_ref(expr), expr)
        if self.is_hash(expr):
            return NONE
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
                self.ahead |= ref.name in self.later
                return self.tasks.get(ref.name, NONE)
            case "item" if ref.name in self.loops:
                return self.of_name(ref, self.loops[ref.name].items)
            case "input" if ref.name in self.defaults:
                return self.of_name(ref, self.defaults[ref.name])
            case _:
                return NONE

    def of_name(self, ref: ir.Ref, value: AnyExpr) -> frozenset[str]:
        """The marks of the value that a name stands for, kept until those of a task change."""
        name = (ref.kind, ref.name)
        if name not in self.known:
            self.known[name] = self.of(value)
        return self.known[name]

    def is_hash(self, expr: AnyExpr) -> bool:
        """Is it the hash of a commit in an event of GitHub or GitLab, which holds hexadecimal digits only?"""
        if not (isinstance(expr, ir.Field) and expr.name in HASHES):
            return False
        root: AnyExpr = expr
        while isinstance(root, ir.Field):
            root = root.of
        return isinstance(root, ir.Ref) and root.kind == "event" and root.name in self.forges

    def asks_person(self, expr: AnyExpr) -> bool:
        """Does a value depend on the answer of an `approve`?"""
        persons = self.persons
        return bool(persons) and any(ref.kind == "task" and ref.name in persons for ref in walk.references(expr))

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

    # --- the way ---

    def path(self, expr: AnyExpr, mark: str) -> tuple[Step, ...]:
        """The shortest way of a mark into a value, from its source on; () for a value that does not bear it.

        mark: UNTRUSTED, AI, AI_DECIDED (then also by what a model wrote freely), SECRET, SENT, CHOSEN, FOREIGN or
        PRIVATE. Of ways of one length the first in the order of the text. Each statement is looked at once.
        """
        came: dict[Node, tuple[Node | None, tuple[Step, ...]]] = {}
        for node, lets in self.carriers(expr, mark):
            came.setdefault(node, (None, lets))
        queue = list(came)
        for node in queue:
            source = self.source(node, mark)
            if source is not None:
                steps, at = [source, *came[node][1]], came[node][0]
                while at is not None:
                    steps += [*self.passed(at), *came[at][1]]
                    at = came[at][0]
                return tuple(steps)
            # what a task makes of a secret is none, but for a result of that type, which is a source
            for fed in self.feeds(node) if self.hands_on(node, mark) else ():
                for before, lets in self.carriers(fed, mark):
                    if before not in came:
                        came[before] = (node, lets)
                        queue.append(before)
        return ()

    def carriers(self, expr: AnyExpr, mark: str) -> Iterator[tuple[Node, tuple[Step, ...]]]:
        """The references in a value that can bring a mark into it, and the `let` statements that they stand in."""
        stack: list[tuple[AnyExpr, tuple[Step, ...], ir.Let | None]] = [(expr, (), self.let_of(expr.span))]
        while stack:
            part, lets, around = stack.pop()
            let = self.let_of(part.span)
            if let is not None and let is not around:
                lets = ((part.span, f"`let {let.label}` holds it"), *lets)
            if mark in NARROWED and (is_narrow(part) or self.is_hash(part)):
                continue
            if isinstance(part, ir.Ref) and (mark != SECRET or part.kind in (SECRET, "item", "task")):
                yield (part.kind, part.name), lets
            stack += [(child, lets, let) for child in reversed(walk.children(part))]

    def let_of(self, span: Span) -> ir.Let | None:
        """The `let` whose value a place belongs to."""
        low, high = 0, len(self.lets)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.lets[middle].span.start <= span.start else (low, middle)
        let = self.lets[low - 1] if low else None
        inside = let is not None and let.span.source == span.source and span.end <= let.span.end
        return let if inside else None

    def hands_on(self, node: Node, mark: str) -> bool:
        """Does something hand on what a mark is about? What a server or a database gives was not sent by a trigger."""
        task = self.by_path.get(node[1]) if node[0] == "task" else None
        if task is None or mark in (UNTRUSTED, AI, AI_DECIDED):
            return True
        scripts = isinstance(task.call.op, ir.Shell | ir.Python)
        return mark != SECRET and (scripts or (mark in (FOREIGN, PRIVATE) and isinstance(task.call.op, ir.Llm)))

    def source(self, node: Node, mark: str) -> Step | None:
        """What brings a mark into the flow, if this does."""
        kind, name = node
        if kind == "event" and mark in (UNTRUSTED, SENT, CHOSEN, FOREIGN) and name in self.outside:
            return next(item.span for item in self.flow.triggers if item.alias == name), "somebody outside sends this"
        if kind == SECRET and mark == SECRET:
            spans = [item.span for item in self.flow.secrets if item.name == name]
            return (spans[0], f"the secret `{name}`") if spans else None
        task = self.by_path.get(name) if kind == "task" else None
        if task is None:
            return None
        if mark == SECRET:
            return (task.name_span, f"`{task.label}` gives a secret") if gives_secret(task.type) else None
        for call in (task.call, task.fallback and task.fallback.call):
            if call and mark in (UNTRUSTED, FOREIGN) and isinstance(call.op, ir.Http):
                if mark == FOREIGN and has_secret(call.op):
                    continue
                return task.name_span, f"`{task.label}` is what a server answers"
            if call and mark in (AI, AI_DECIDED) and isinstance(call.op, ir.Llm):
                return task.name_span, f"`{task.label}` is what a model says"
            if call and mark == PRIVATE and is_private(call.op):
                return task.name_span, f"`{task.label}` reads what not everybody may"
        return None

    def feeds(self, node: Node) -> Iterator[AnyExpr]:
        """The values that something is made of: a task of what it is given, an item of its list."""
        kind, name = node
        if kind == "input" and name in self.defaults:
            yield self.defaults[name]
        elif kind == "item" and name in self.loops:
            yield self.loops[name].items
        elif kind == "task" and name in self.by_path:
            task = self.by_path[name]
            for call in (task.call, task.fallback and task.fallback.call):
                if call and not isinstance(call.op, ir.Sql):
                    yield from walk.op_expressions(call.op)
            if task.fallback and task.fallback.value is not None:
                yield task.fallback.value

    def passed(self, node: Node) -> Iterator[Step]:
        """The place of something that hands a value on."""
        kind, name = node
        if kind == "input":
            yield next(item.span for item in self.flow.inputs if item.name == name), f"the default of `{name}` holds it"
        elif kind == "item":
            loop = self.loops[name]
            if loop.span.source == loop.items.span.source and loop.span.start <= loop.items.span.start < loop.span.end:
                yield loop.items.span, f"`{loop.variable}` is one of these"
        elif kind == "task":
            yield self.by_path[name].name_span, f"`{self.by_path[name].label}` hands it on"


NARROW = frozenset({"int", "float", "bool", "date", "datetime", "duration"})
"""The types whose values cannot hold a text of somebody else."""


def settled(marks: frozenset[str], expr: AnyExpr) -> frozenset[str]:
    """The marks that a value of the expression's type can still carry."""
    if not marks or not is_narrow(expr):
        return marks
    return frozenset([AI_DECIDED]) if marks & {AI, AI_DECIDED} else NONE


def is_narrow(expr: AnyExpr) -> bool:
    """Is the value of a type that leaves no room for a text?"""
    kind = types.required(expr.type)
    return isinstance(kind, types.EnumType) or (isinstance(kind, types.Primitive) and kind.name in NARROW)


def is_private(op: ir.Op) -> bool:
    """Does an operation read what not everybody may: a database, or anything with a secret at hand?"""
    return isinstance(op, ir.Sql) or (isinstance(op, ir.Http | ir.Shell | ir.Python) and has_secret(op))


def has_secret(op: ir.Op) -> bool:
    """Is an operation given a secret? A constant, such as an empty default, is none."""
    parts = (part for expr in walk.op_expressions(op) for part in walk.subexpressions(expr))
    return any(types.required(part.type) == types.SECRET and not isinstance(part, ir.Literal) for part in parts)


def gives_secret(kind: types.Type) -> bool:
    """Is a result secret, or something in it?"""
    waiting = [kind]
    for one in waiting:
        match types.required(one):
            case types.RecordType(fields):
                waiting += [field for _, field in fields]
            case types.ListType(item):
                waiting.append(item)
            case types.SECRET:
                return True
            case _:
                continue
    return False


def taints(expr: AnyExpr, flow: Flow) -> frozenset[str]:
    """The marks of one value: of `untrusted`, `ai` and `ai-decided`. For many values of a flow make one `Taints`."""
    return Taints(flow).of(expr)
