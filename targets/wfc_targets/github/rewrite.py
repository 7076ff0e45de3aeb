"""Expression → expression: loop variables of unrolled iterations give way to their items."""

from __future__ import annotations

from wfc import ir
from wfc.record import replace
from wfc.types import INT, ListType, OptionalType, Primitive, RecordType, required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wfc.ir import AnyExpr
    from wfc.types import Type
    from wfc_targets.github.draft import Binding


def rewritten(expr: AnyExpr, change: Callable[[AnyExpr], AnyExpr | None]) -> AnyExpr:
    """A copy in which every part for which `change` gives an expression is replaced by it, outside first."""
    new = change(expr)
    if new is not None:
        return new

    def again(part: AnyExpr) -> AnyExpr:
        return rewritten(part, change)

    match expr:
        case ir.Literal() | ir.Ref():
            return expr
        case ir.Field():
            return replace(expr, of=again(expr.of))
        case ir.Index():
            return replace(expr, of=again(expr.of), index=again(expr.index))
        case ir.Slice():
            start, stop = expr.start and again(expr.start), expr.stop and again(expr.stop)
            return replace(expr, of=again(expr.of), start=start, stop=stop)
        case ir.ListExpr():
            return replace(expr, items=tuple(again(item) for item in expr.items))
        case ir.RecordExpr():
            return replace(expr, entries=tuple((name, again(value)) for name, value in expr.entries))
        case ir.Text():
            return replace(expr, parts=tuple(again(part) for part in expr.parts))
        case ir.Unary():
            return replace(expr, operand=again(expr.operand))
        case ir.Binary():
            return replace(expr, left=again(expr.left), right=again(expr.right))
        case ir.Conditional():
            return replace(expr, test=again(expr.test), then=again(expr.then), other=again(expr.other))
        case ir.Apply():
            return replace(expr, args=tuple(again(arg) for arg in expr.args))
        case ir.Comprehension():
            test = expr.test and again(expr.test)
            return replace(expr, body=again(expr.body), items=again(expr.items), test=test)


def bound(expr: AnyExpr, loops: tuple[Binding, ...]) -> AnyExpr:
    """The expression with the items and numbers of unrolled iterations in place of the loop variables."""
    unrolled = {binding.loop.label: binding for binding in loops if not binding.matrix}
    if not unrolled:
        return expr

    def change(part: AnyExpr) -> AnyExpr | None:
        if isinstance(part, ir.Field):
            of = rewritten(part.of, change)
            if isinstance(of, ir.RecordExpr):
                missing = ir.Literal(Primitive("null"), part.span, None)
                return dict(of.entries).get(part.name, missing)
            return replace(part, of=of)
        if not isinstance(part, ir.Ref) or part.name not in unrolled or part.kind not in ("item", "index"):
            return None
        binding = unrolled[part.name]
        return ir.Literal(INT, part.span, binding.index) if part.kind == "index" else binding.item

    return rewritten(expr, change)


def path_of(expr: AnyExpr) -> tuple[ir.Ref, tuple[str, ...]] | None:
    """A reference and the names of the fields read from it, or None when the expression is something else."""
    names: list[str] = []
    while isinstance(expr, ir.Field):
        names.append(expr.name)
        expr = expr.of
    return (expr, tuple(reversed(names))) if isinstance(expr, ir.Ref) else None


def typed(kind: Type, path: tuple[str, ...]) -> Type:
    """The type at the end of a path of fields."""
    for name in path:
        of = required(kind)
        if isinstance(of, RecordType):
            found: Type = of.field(name) or Primitive("null")
        else:
            found = getattr(of, "value", None) or Primitive("json")
            found = OptionalType(found) if not isinstance(found, OptionalType) else found
        kind = OptionalType(found) if isinstance(kind, OptionalType) and found == required(found) else found
    return kind


def listed(kind: Type, depth: int) -> Type:
    """list<list<…>> of a type, so many deep."""
    for _ in range(depth):
        kind = ListType(kind)
    return kind
