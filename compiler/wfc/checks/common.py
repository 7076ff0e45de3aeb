"""What several checks ask of a call, a key or a place."""

from __future__ import annotations

from wfc import ir, types, walk
from wfc.diagnostic import Label
from wfc.record import Record
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyExpr, AnyStmt, Block, Call, Flow, Idempotent, Task


NETWORK_TOOLS = frozenset(["kubectl", "boto3"])
"""Programs and packages by which actions of the catalog talk to a server."""


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


def placed(flow: Flow) -> Iterator[Placed]:
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
            inner: list[Block] = list(walk.blocks(stmt))
            stack += [(iter(body), (*around, (stmt, number))) for number, body in reversed(list(enumerate(inner)))]


def placed_tasks(flow: Flow) -> Iterator[tuple[Task, Placed]]:
    """Every task of a flow with its place."""
    for place in placed(flow):
        if isinstance(place.stmt, ir.Task):
            yield place.stmt, place


def named_calls(task: Task) -> Iterator[tuple[str, Call]]:
    """The calls of a task that could be resolved, and what to call them: `` `pay` ``, ``the undo of `pay` ``."""
    named = [(f"`{task.label}`", task.call)]
    if task.fallback and task.fallback.call:
        named.append((f"the fallback of `{task.label}`", task.fallback.call))
    if task.undo:
        named.append((f"the undo of `{task.label}`", task.undo))
    yield from ((title, call) for title, call in named if not is_hole(call))


def is_hole(call: Call) -> bool:
    """Is it what the resolver leaves where a call could not be understood?"""
    return isinstance(call.op, ir.Shell) and not call.op.script.strip()


def has_holes(flow: Flow) -> bool:
    """Did the resolver leave a hole in the flow, which may hide that something is used?"""
    calls = [call for task in walk.tasks(flow) for call in walk.calls(task)]
    parts = (part for expression in walk.flow_expressions(flow) for part in walk.subexpressions(expression))
    return any(map(is_hole, calls)) or any(
        isinstance(part, ir.Literal) and part.type == types.UNKNOWN for part in parts
    )


def is_repeatable(call: Call) -> bool:
    """May it run again after an attempt that may have worked? By the catalog, or by the author's claim or key."""
    return call.effect.repeat == "safe" or call.idempotent is not None


def keeps_no_key(call: Call) -> bool:
    """Is it given an idempotency key, though the catalog knows that the service does not look at keys?

    Of a kernel action (`http.post`) only the author knows the service.
    """
    kernel = "." not in call.action or call.action.startswith(("http.", "sql.", "llm.", "flow."))
    key = call.idempotent.key if call.idempotent is not None else None
    return key is not None and not kernel and call.effect.source == "catalog" and call.effect.repeat == "unsafe"


def keys(flow: Flow) -> Iterator[tuple[str, Call, Idempotent, AnyExpr, Placed]]:
    """(title, call, clause, key, place) of every idempotency key that a service may look at."""
    for task, place in placed_tasks(flow):
        for title, call in named_calls(task):
            clause = call.idempotent
            if clause is not None and clause.key is not None and not keeps_no_key(call):
                yield title, call, clause, clause.key, place


def is_remote(call: Call) -> bool:
    """Does it depend on a network that fails now and then: a request, a database, a model, a cluster?"""
    packages = call.op.packages if isinstance(call.op, ir.Python) and call.action != "python" else ()
    tools = {*call.needs, *(package.partition("==")[0] for package in packages)}
    return isinstance(call.op, ir.Http | ir.Sql | ir.Llm) or bool(tools & NETWORK_TOOLS)


def work(call: Call) -> str:
    """What a call does, in a few words of the author's."""
    if call.action.startswith("http.") and isinstance(call.op, ir.Http):
        return f"`{call.op.method} {shown(call.op.url)}`"
    match call.op:
        case ir.Shell() if call.action == "shell":
            return "the script"
        case ir.Python() if call.action == "python":
            return "the Python code"
        case ir.Sql():
            return "the SQL statement"
        case ir.RunFlow(flow):
            return f"the flow `{flow}`"
        case _:
            return f"`{call.action}`"


def shown(url: AnyExpr) -> str:
    """A URL as far as it is constant, without its query."""
    parts = url.parts if isinstance(url, ir.Text) else (url,)
    text = "".join(
        part.value if isinstance(part, ir.Literal) and isinstance(part.value, str) else "…" for part in parts
    )
    return text.partition("?")[0]


def near(inner: Span, outer: Span) -> Span:
    """`inner` where it lies inside `outer`, else `outer`: values of a `let` or a catalog body stand elsewhere."""
    inside = inner.source == outer.source and outer.start <= inner.start and inner.end <= outer.end
    return inner if inside else outer


def after(span: Span) -> Span:
    """The empty place behind a span, where a clause can be put."""
    return Span(span.end, span.end, span.source)


def is_tame(expr: AnyExpr) -> bool:
    """Can its value hold no code: a number, a date, a member of an enum, a constant, or a text of such parts?"""
    kind = types.required(expr.type)
    if isinstance(kind, types.EnumType) or kind in (types.INT, types.FLOAT, types.BOOL, types.DATE, types.DATETIME):
        return True
    if isinstance(expr, ir.Text):
        return all(is_tame(part) for part in expr.parts)
    return isinstance(expr, ir.Literal)


def holds_secret(expr: AnyExpr) -> bool:
    """Is a secret, or something of the type secret, part of the value?"""
    return any(types.required(part.type) == types.SECRET for part in walk.subexpressions(expr) if not is_empty(part))


def is_empty(expr: AnyExpr) -> bool:
    """Is it a constant, such as the empty default of a secret parameter?"""
    return isinstance(expr, ir.Literal)


def leaves(expr: AnyExpr) -> list[AnyExpr]:
    """The outermost parts of a value that carry something of the run: references, and what is read of them."""
    if isinstance(expr, ir.Ref | ir.Field | ir.Index):
        return [expr]
    return [leaf for part in walk.children(expr) for leaf in leaves(part)]


MOST_STEPS = 5
"""Labels of a way that is shown; of a longer one the first two and the last two steps."""


def way(steps: tuple[tuple[Span, str], ...]) -> tuple[Label, ...]:
    """The steps of `Taints.path` as labels, numbered: they are shown in the order of the text, not of the way."""
    if len(steps) < 2:
        return tuple(Label(span, text) for span, text in steps)
    numbered = [Label(span, f"({number}) {text}") for number, (span, text) in enumerate(steps, 1)]
    if len(numbered) <= MOST_STEPS:
        return tuple(numbered)
    left_out = len(numbered) - 4
    return (*numbered[:2], Label(steps[2][0], f"(3) … {left_out} steps"), *numbered[-2:])
