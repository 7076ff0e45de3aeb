"""Walks over the resolved flow: statements, expressions, references. Functions only, all iterative or shallow."""

from __future__ import annotations

from wfc import ir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyExpr, AnyStmt, Block, Call, Flow


def begin(flow: Flow) -> int:
    """Where the text of a flow begins in its file: at the word `flow`, for the flow's span is its name."""
    return flow.span.start - flow.source.find(flow.name, len("flow"))


def blocks(stmt: AnyStmt) -> tuple[Block, ...]:
    """The bodies inside a statement, in the order of the text."""
    match stmt:
        case ir.Task():  # most statements are tasks
            return ()
        case ir.Parallel() | ir.For() | ir.Workspace():
            return (stmt.body,)
        case ir.Try():
            return (stmt.body, stmt.recover)
        case ir.If():
            return (*(body for _, body in stmt.arms), stmt.other)
        case ir.Match():
            return (*(body for _, body in stmt.arms), stmt.other or ())
        case ir.Approve() | ir.Require() | ir.Stop() | ir.Fail() | ir.Let():
            return ()


def statements(block: Block) -> Iterator[AnyStmt]:
    """Every statement of a block and of all blocks inside it, in the order of the text."""
    stack = list(reversed(block))
    while stack:
        stmt = stack.pop()
        yield stmt
        if not isinstance(stmt, ir.Task):
            for body in reversed(blocks(stmt)):
                stack += reversed(body)


def all_statements(flow: Flow) -> Iterator[AnyStmt]:
    """Every statement of the flow: body, then `on failure`, then `finally`."""
    for block in (flow.body, flow.on_failure, flow.finally_):
        yield from statements(block)


def tasks_in(block: Block) -> Iterator[ir.Task]:
    """Every task of a block, at any depth, in the order of the text."""
    return (stmt for stmt in statements(block) if isinstance(stmt, ir.Task))


def tasks(flow: Flow) -> Iterator[ir.Task]:
    """Every task of the flow, in the order of the text."""
    return (stmt for stmt in all_statements(flow) if isinstance(stmt, ir.Task))


def calls(task: ir.Task) -> Iterator[Call]:
    """The call of a task, then those of its fallback and undo."""
    yield task.call
    if task.fallback and task.fallback.call:
        yield task.fallback.call
    if task.undo:
        yield task.undo


def flows_run(flow: Flow) -> Iterator[str]:
    """The names of the flows that a flow runs itself, in the order of the text; one that runs twice is there twice."""
    for task in tasks(flow):
        yield from (call.op.flow for call in calls(task) if isinstance(call.op, ir.RunFlow))


def op_expressions(op: ir.Op) -> Iterator[AnyExpr]:
    """The expressions that a kernel operation reads, in the order of its fields."""
    match op:
        case ir.Shell():
            yield from (value for _, value in op.env)
        case ir.Python():
            yield from (value for _, value in op.args)
        case ir.Http():
            yield op.url
            yield from (value for _, value in (*op.query, *op.headers))
            yield from (value for value in (op.body, op.bearer, *(op.basic or ())) if value is not None)
        case ir.Sql():
            yield op.url
            yield from (value for _, value in op.params)
        case ir.Sleep():
            yield op.duration
        case ir.RunFlow():
            yield from (value for _, value in op.inputs)
        case ir.Llm():
            yield op.prompt
            if op.data is not None:
                yield op.data
            yield from (op.model, op.base_url, op.key)


def call_expressions(call: Call) -> Iterator[AnyExpr]:
    """The expressions that a call reads: those of its operation, and its idempotency key."""
    yield from op_expressions(call.op)
    if call.idempotent and call.idempotent.key is not None:
        yield call.idempotent.key


def own_expressions(stmt: AnyStmt) -> Iterator[AnyExpr]:
    """The expressions of a statement itself, not of the blocks inside it."""
    match stmt:
        case ir.Task():
            for call in calls(stmt):
                yield from call_expressions(call)
            if stmt.when is not None:
                yield stmt.when
            if stmt.fallback and stmt.fallback.value is not None:
                yield stmt.fallback.value
            if stmt.until:
                yield stmt.until.condition
            if stmt.holds:
                yield stmt.holds.condition
        case ir.For():
            yield stmt.items
        case ir.If():
            yield from (test for test, _ in stmt.arms)
        case ir.Match():
            yield stmt.subject
        case ir.Approve():
            yield stmt.question
            yield from (value for value in (stmt.fallback, stmt.when) if value is not None)
        case ir.Require():
            yield from (stmt.condition, stmt.message)
        case ir.Stop() | ir.Fail():
            yield stmt.message
        case ir.Let():
            yield stmt.value
        case ir.Parallel() | ir.Try() | ir.Workspace():
            return


def flow_expressions(flow: Flow) -> Iterator[AnyExpr]:
    """Every expression of a flow: statements, outputs, defaults of inputs and configs, trigger filters."""
    for stmt in all_statements(flow):
        yield from own_expressions(stmt)
    yield from (output.value for output in flow.outputs)
    yield from (item.default for item in flow.inputs if item.default is not None)
    yield from (item.default for item in flow.configs if item.default is not None)
    yield from (trigger.where for trigger in flow.triggers if trigger.where is not None)
    if flow.concurrency and flow.concurrency.by is not None:
        yield flow.concurrency.by


LEAVES = (ir.Literal, ir.Ref)
"""Expressions without parts; most are one of them."""


def children(expr: AnyExpr) -> tuple[AnyExpr, ...]:
    """The expressions directly inside an expression, left to right."""
    match expr:
        case ir.Text():
            return expr.parts
        case ir.Literal() | ir.Ref():
            return ()
        case ir.Field():
            return (expr.of,)
        case ir.Index():
            return (expr.of, expr.index)
        case ir.Slice():
            return tuple(part for part in (expr.of, expr.start, expr.stop) if part is not None)
        case ir.ListExpr():
            return expr.items
        case ir.RecordExpr():
            return tuple(value for _, value in expr.entries)
        case ir.Unary():
            return (expr.operand,)
        case ir.Binary():
            return (expr.left, expr.right)
        case ir.Conditional():
            return (expr.test, expr.then, expr.other)
        case ir.Apply():
            return expr.args
        case ir.Comprehension():
            return tuple(part for part in (expr.items, expr.body, expr.test) if part is not None)


def subexpressions(expr: AnyExpr) -> Iterator[AnyExpr]:
    """An expression and everything inside it, outside first, left to right."""
    stack = [expr]
    while stack:
        current = stack.pop()
        yield current
        if not isinstance(current, LEAVES):
            stack += reversed(children(current))


def references(expr: AnyExpr) -> Iterator[ir.Ref]:
    """Every reference inside an expression, in the order of the text."""
    return (part for part in subexpressions(expr) if isinstance(part, ir.Ref))
