"""Rules of the operators: what `left op right` gives, what may be compared, how texts join."""

from __future__ import annotations

from wfc import ir, types
from wfc.source import Span
from wfc.syntax import Node, Token
from wfc.types import BOOL, DATE, DATETIME, DURATION, FLOAT, INT, NULL, SECRET, STRING, UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc.types import Type

ORDERED = (INT, FLOAT, STRING, DATE, DATETIME, DURATION)


def joined(parts: list[AnyExpr], span: Span) -> AnyExpr:
    """The text of its parts: neighbouring constants become one, a text of constants only a constant."""
    merged: list[AnyExpr] = []
    for part in parts:
        if isinstance(part, ir.Literal) and (part.type == INT or (isinstance(part.value, str) and part.type != DATE)):
            part = ir.Literal(STRING, part.span, str(part.value))
            if merged and isinstance(merged[-1], ir.Literal) and merged[-1].type == STRING:
                part = ir.Literal(STRING, merged[-1].span, f"{merged[-1].value}{part.value}")
                merged.pop()
        merged.append(part)
    if not merged:
        return ir.Literal(STRING, span, "")
    if len(merged) == 1 and isinstance(merged[0], ir.Literal) and merged[0].type == STRING:
        return ir.Literal(STRING, span, merged[0].value)
    kind = SECRET if any(part.type == SECRET for part in merged) else STRING
    return ir.Text(kind, span, tuple(merged))


def tokens_of(node: Node | Token) -> list[Token]:
    """A token, or the tokens directly inside a node."""
    return [node] if isinstance(node, Token) else [kid for kid in node.kids if isinstance(kid, Token)]


def written_texts(value: AnyExpr) -> tuple[AnyExpr, ...]:
    """The constant texts that a value is one of, as `if bad then "failure" else "success"`; () for all else."""
    match value:
        case ir.Literal() if value.type == STRING:
            return (value,)
        case ir.Conditional():
            then, other = written_texts(value.then), written_texts(value.other)
            return then + other if then and other else ()
        case _:
            return ()


def is_null(value: AnyExpr) -> bool:
    """Is it the literal null, and not a hole?"""
    return isinstance(value, ir.Literal) and value.value is None and value.type != UNKNOWN


def wanted_empty(wanted: Type) -> object:
    """null may be given for an optional; nothing else is special."""
    return None if isinstance(wanted, types.OptionalType) else object()


def binary_type(op: str, left: AnyExpr, right: AnyExpr) -> Type | None:
    """The type of `left op right`, or None where the operator does not go with the operands."""
    a, b = left.type, right.type
    if UNKNOWN in (a, b):
        return BOOL if op in ("==", "!=", "<", "<=", ">", ">=", "in", "not in") else UNKNOWN
    if op in ("==", "!="):
        return BOOL if comparable(a, b) else None
    if op in ("in", "not in"):
        return BOOL if isinstance(b, types.ListType) and comparable(a, b.item) else None
    if op in ("<", "<=", ">", ">="):
        wide = types.common(a, b)
        return BOOL if wide in ORDERED else None
    return arithmetic_type(op, a, b)


def comparable(a: Type, b: Type) -> bool:
    """May `==` stand between the two: one type, int and float, or a null test of what may be missing?"""
    if NULL in (a, b):
        return isinstance(a, types.OptionalType) or isinstance(b, types.OptionalType) or types.JSON in (a, b)
    if SECRET in (a, b):
        return False
    if types.JSON in (a, b):
        return types.is_json(a) and types.is_json(b)
    return types.common(types.required(a), types.required(b)) is not None


def arithmetic_type(op: str, a: Type, b: Type) -> Type | None:
    """The type of + - * / // % on numbers, texts, dates and durations."""
    numbers = (INT, FLOAT)
    if a in numbers and b in numbers:
        return FLOAT if op == "/" or FLOAT in (a, b) else INT
    if op == "+" and types.assignable(a, STRING) and types.assignable(b, STRING):
        return STRING
    match op, a, b:
        case "+" | "-", types.Primitive("date" | "datetime" | "duration"), types.Primitive("duration"):
            return a
        case "-", types.Primitive("date" | "datetime"), _ if a == b:
            return DURATION
        case "*", types.Primitive("duration"), types.Primitive("int"):
            return DURATION
        case "*", types.Primitive("int"), types.Primitive("duration"):
            return DURATION
        case "+", types.ListType(), types.ListType():
            return types.common(a, b)
        case _:
            return None
