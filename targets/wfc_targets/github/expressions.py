"""Expressions → GitHub's own expressions, where those were shown to mean the same; everything else gives None.

The list of forms is short on purpose: GitHub compares texts without regard to case, has no arithmetic, and cuts
numbers at 15 digits. What is None here is computed in Python (`computed`).
"""

from __future__ import annotations

from wfc import ir
from wfc.python_text import fold
from wfc.types import BOOL, EnumType, OptionalType, RecordType, required
from wfc_targets.github import shapes
from wfc_targets.github.rewrite import bound, path_of
from wfc_targets.github.values import find
from wfc_targets.github.wires import (
    JSON,
    RAW,
    TYPED,
    Wire,
    as_json,
    as_text,
    field,
    grouped,
    insert,
    literal,
    number,
    numeric,
    plain,
    truth,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc_targets.github.draft import Draft, Scope

ORDER = ("<", "<=", ">", ">=")
OPPOSITE = {"==": "!=", "!=": "=="}


def wire_of(draft: Draft, expr: AnyExpr, scope: Scope) -> Wire | None:
    """The wire of a reference or a path of fields; None for everything else, and for values that are null."""
    path = path_of(expr)
    if path is None or path[0].kind == "var":
        return None
    found = find(draft, path[0], path[1], scope)
    if found is None:
        return None
    wire, rest = found
    for name in rest:
        wire = field(wire, name)
    return wire


def text(draft: Draft, expr: AnyExpr, scope: Scope) -> str | None:
    """The YAML text that gives the text of a value (lists and records: their JSON), or None when it is computed."""
    expr = bound(expr, scope.loops)
    parts = _parts(draft, expr, scope)
    if parts is None:
        return None
    return "".join(insert(value) if dynamic else plain(value) for dynamic, value in parts)


def _parts(draft: Draft, expr: AnyExpr, scope: Scope) -> list[tuple[bool, str]] | None:
    """Constant texts (False) and expressions (True) that make up a text."""
    match expr:
        case ir.Literal():
            return [(False, constant(expr))]
        case ir.Text():
            found = [_parts(draft, part, scope) for part in expr.parts]
            return None if None in found else [part for parts in found if parts for part in parts]
        case ir.Binary(op="??"):
            default = _defaulted(draft, expr, scope)
            return None if default is None else [(True, default)]
        case _:
            pass
    wire = wire_of(draft, expr, scope)
    if wire is None:
        return None
    value = as_text(wire) if shapes.scalar(wire.type) else as_json(wire)
    exact = not isinstance(wire.type, OptionalType) and not (wire.form == JSON and _may_hold_null(wire))
    return [(True, value)] if value is not None and (exact or expr.type == wire.type) else None


def _may_hold_null(wire: Wire) -> bool:
    """Can a null field stand in the JSON? The text of a value leaves null fields out, a wire may have them."""
    return not shapes.scalar(wire.type)


def constant(expr: ir.Literal) -> str:
    """The text of a literal."""
    if isinstance(expr.value, str):
        return expr.value
    if expr.value is None:
        return ""
    return str(expr.value).lower() if isinstance(expr.value, bool) else repr(expr.value)


def _defaulted(draft: Draft, expr: ir.Binary, scope: Scope) -> str | None:
    """`x ?? "literal"`: the literal stands behind `&&` and is never empty, so that the choice is sound."""
    wire = wire_of(draft, expr.left, scope)
    if wire is None or not isinstance(expr.right, ir.Literal) or expr.right.value in (None, ""):
        return None
    default = literal(constant(expr.right))
    if wire.form == TYPED or not shapes.scalar(wire.type):
        return None
    if wire.absent:
        return f"{grouped(wire.absent)} && {default} || {wire.bare}"
    if wire.form == RAW:
        return f"{wire.text} || {default}"
    inner = f"fromJSON({wire.text})" if shapes.textual(wire.type) else wire.text
    asked = grouped(wire.text)
    return f"({asked} == '' || {asked} == 'null') && {default} || {inner}"


NEVER = "!always()"
"""False. actionlint takes `if: false` for a slip, zizmor a constant inside an expression for obfuscation."""
CONSTANT = {"true": NEVER, NEVER: "true"}
"""Conditions that are known, with their opposites."""


def condition(draft: Draft, expr: AnyExpr, scope: Scope) -> str | None:
    """The expression that is true when a bool is, or None when it is computed."""
    expr = fold(bound(expr, scope.loops))
    match expr:
        case ir.Literal(value=bool() as value):
            return "true" if value else NEVER
        case ir.Unary(op="not"):
            inner = condition(draft, expr.operand, scope)
            return None if inner is None else negated(inner)
        case ir.Binary(op="and" | "or" as op):
            left, right = condition(draft, expr.left, scope), condition(draft, expr.right, scope)
            if left is None or right is None:
                return None
            sign, other, decides = ("&&", "||", NEVER) if op == "and" else ("||", "&&", "true")
            if decides in (left, right):
                return decides
            if left in CONSTANT or right in CONSTANT:
                return right if left in CONSTANT else left
            return f" {sign} ".join(f"({side})" if other in side else side for side in (left, right))
        case ir.Binary(op="==" | "!=" | "<" | "<=" | ">" | ">="):
            return _comparison(draft, expr, scope)
        case _:
            pass
    wire = wire_of(draft, expr, scope) if expr.type == BOOL else None
    return None if wire is None or isinstance(wire.type, OptionalType) else truth(wire)


def negated(test: str) -> str:
    """The opposite of a condition."""
    if test in CONSTANT:
        return CONSTANT[test]
    if "&&" in test or "||" in test:
        return f"!({test})"
    for operator, opposite in OPPOSITE.items():
        left, found, right = test.partition(f" {operator} ")
        if found and operator not in right:
            return f"{left} {opposite} {right}"
    return test[1:] if test.startswith("!") else f"!{test}" if " " not in test else f"!({test})"


def _comparison(draft: Draft, expr: ir.Binary, scope: Scope) -> str | None:
    left, right, op = expr.left, expr.right, expr.op
    empty = _emptiness(draft, expr, scope)
    if empty is not None:
        return empty
    if numeric(left.type) and numeric(right.type):
        sides = [_number(draft, side, scope) for side in (left, right)]
        return None if None in sides else f"{sides[0]} {op} {sides[1]}"
    if op in ORDER or not (_enumerated(left, right) or _enumerated(right, left)):
        return None
    texts = [_member(draft, side, scope) for side in (left, right)]
    return None if None in texts else f"{texts[0]} {op} {texts[1]}"


def _number(draft: Draft, expr: AnyExpr, scope: Scope) -> str | None:
    if isinstance(expr, ir.Literal):
        return repr(expr.value)
    wire = wire_of(draft, expr, scope)
    return None if wire is None or isinstance(wire.type, OptionalType) else number(wire)


def _enumerated(side: AnyExpr, other: AnyExpr) -> bool:
    """Is one side an enum, and the other the same or one of its members (which differ in more than case)?"""
    if not isinstance(side.type, EnumType):
        return isinstance(other, ir.Literal) and other.value == "" and required(side.type) == side.type
    if isinstance(other, ir.Literal):
        return other.value in side.type.members
    return other.type == side.type


def _member(draft: Draft, expr: AnyExpr, scope: Scope) -> str | None:
    if isinstance(expr, ir.Literal):
        return literal(constant(expr))
    wire = wire_of(draft, expr, scope)
    value = None if wire is None or isinstance(wire.type, OptionalType) else as_text(wire)
    return None if value is None else grouped(value)


def _emptiness(draft: Draft, expr: ir.Binary, scope: Scope) -> str | None:
    """`len(xs) == 0` and its like: a list without items is always written `[]`."""
    match expr:
        case ir.Binary("==" | "!=" | ">" as op, ir.Apply("len", (items,)), ir.Literal(value=0)):
            wire = wire_of(draft, items, scope)
            if wire is None or wire.form != JSON or isinstance(wire.type, OptionalType | RecordType):
                return None
            return f"{grouped(wire.text)} {'==' if op == '==' else '!='} '[]'"
        case _:
            return None
