"""What several checks ask of a call, a key or a place."""

from __future__ import annotations

from wfc import ir, types, walk
from wfc.checks.facts import Placed as Placed
from wfc.checks.facts import facts as facts
from wfc.checks.facts import is_hole as is_hole
from wfc.checks.facts import named_calls as named_calls
from wfc.diagnostic import Label
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyExpr, AnyStmt, Call, Flow, Idempotent, Task


NETWORK_TOOLS = frozenset(["kubectl", "boto3"])
"""Programs and packages by which actions of the catalog talk to a server."""


def placed(flow: Flow) -> tuple[Placed, ...]:
    """Every statement of a flow with its place, in the order of the text."""
    return facts(flow).places


def placed_tasks(flow: Flow) -> tuple[tuple[Task, Placed], ...]:
    """Every task of a flow with its place."""
    return facts(flow).tasks


MESSAGES = ("slack.", "email.")
"""Actions that only tell people something: it can't be undone, but is often what asks or warns them."""


def is_message(call: Call) -> bool:
    """Does it only tell people something?"""
    return call.action.startswith(MESSAGES)


def is_repeatable(call: Call) -> bool:
    """May it run again after an attempt that may have worked? By the catalog, or by the author's claim or key."""
    return call.effect.repeat == "safe" or call.idempotent is not None


def keeps_no_key(call: Call) -> bool:
    """Is it said to be `idempotent`, though the catalog knows that the service does everything again, key or not?

    Of a kernel action (`http.post`) only the author knows the service.
    """
    return call.idempotent is not None and repeats_for_certain(call)


def repeats_for_certain(call: Call) -> bool:
    """Is it an action of the catalog of which the catalog knows that a second call does the work again?"""
    kernel = "." not in call.action or call.action.startswith(("http.", "sql.", "llm.", "flow."))
    return not kernel and call.effect.source == "catalog" and call.effect.repeat == "unsafe"


def keys(flow: Flow) -> Iterator[tuple[str, Call, Idempotent, AnyExpr, Placed]]:
    """(title, call, clause, key, place) of every idempotency key that a service may look at; a database never does."""
    for task, place in placed_tasks(flow):
        for title, call in named_calls(task):
            clause = call.idempotent
            looked_at = not keeps_no_key(call) and not isinstance(call.op, ir.Sql)
            if clause is not None and clause.key is not None and looked_at:
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


def as_written(flow: Flow, span: Span) -> str:
    """The text of a place in a flow, with its quotes; "" for a place elsewhere."""
    offset = walk.begin(flow)
    if span.source != flow.span.source or not offset <= span.start < offset + len(flow.source):
        return ""
    return flow.source[span.start - offset : span.end - offset]


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


def conditions(stmt: AnyStmt) -> Iterator[tuple[str, AnyExpr]]:
    """The conditions of a statement, each with what to call it."""
    match stmt:
        case ir.If():
            yield from (("this `if`", test) for test, _ in stmt.arms)
        case ir.Require():
            yield "this `require`", stmt.condition
        case ir.Task():
            yield from ((f"`when` of `{stmt.label}`", test) for test in (stmt.when,) if test is not None)
            clauses = (("until", stmt.until), ("holds", stmt.holds))
            yield from ((f"`{word}` of `{stmt.label}`", clause.condition) for word, clause in clauses if clause)
        case ir.Approve():
            yield from ((f"`when` of `{stmt.label}`", test) for test in (stmt.when,) if test is not None)
        case _:
            pass


def ordered_with(stmt: ir.Parallel) -> list[int]:
    """For each statement of a `parallel` those that end before it starts, or start when it has ended.

    As sets of bits, bit n for statement n, so that a block of thousands costs little. Statements on a circle, which is
    an error by itself, are in order with nothing.
    """
    behind: list[list[int]] = [[] for _ in stmt.body]
    waiting = [0] * len(stmt.body)
    for one, other in stmt.edges:
        behind[one].append(other)
        waiting[other] += 1
    before = [0] * len(stmt.body)
    line = [number for number, count in enumerate(waiting) if not count]
    for number in line:
        for other in behind[number]:
            before[other] |= before[number] | 1 << number
            waiting[other] -= 1
            if not waiting[other]:
                line.append(other)
    after = [0] * len(stmt.body)
    for number in reversed(line):
        for other in behind[number]:
            after[number] |= after[other] | 1 << other
    return [one | other for one, other in zip(before, after, strict=True)]


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
