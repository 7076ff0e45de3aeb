"""Expressions as Python text: `n / 2 > 3.4` becomes `n / 2 > 3.4`, `day - 1d` becomes `move(day, -86_400_000)`.

There is one text of an expression: emitted files run it, the interpreter runs it, constant folding runs it.
Its operands are JSON values: a date and a datetime are ISO 8601 texts, a duration is an int of milliseconds, null
and missing are None. It fails by raising (division by zero, an index out of range, an int beyond 2**53 - 1).
"""

from __future__ import annotations

from wfc import ir
from wfc.python_prelude import HELPERS, IMPORTS, prelude
from wfc.python_writer import LOOSE, RESERVED, Writer, python_literal
from wfc.record import Record
from wfc.walk import references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from wfc.ir import AnyExpr, Json

__all__ = (
    "RESERVED",
    "Computation",
    "ExpressionError",
    "evaluate",
    "fold",
    "prelude",
    "python_literal",
    "python_name",
    "python_text",
)


class ExpressionError(Exception):
    """An expression has no value here; the message says why, for people."""


class Computation(Record):
    """code: one Python expression. helpers: names for `prelude`. operands: the text of each reference, and it."""

    code: str
    helpers: tuple[str, ...]
    operands: tuple[tuple[str, ir.Ref], ...]


def python_name(name: str) -> str:
    """The name, with `_` behind it when the text of a computation may use it for something else."""
    return name + "_" if name in RESERVED else name


def python_text(expr: AnyExpr, operand: Callable[[ir.Ref], str]) -> Computation:
    """The Python text of an expression.

    operand(ref) gives the text under which the value of a reference stands: a name (see `python_name`) or a path
    such as `args["day"]`. Operands are listed once each, in the order of the text.
    """
    operands: dict[str, ir.Ref] = {}
    for ref in references(expr):
        if ref.kind != "var":
            operands.setdefault(operand(ref), ref)
    writer = Writer(operand, operands)
    code = writer.text(expr, LOOSE)
    return Computation(code, tuple(sorted(writer.helpers)), tuple(operands.items()))


def evaluate(expr: AnyExpr, values: Callable[[ir.Ref], Json]) -> Json:
    """The value of an expression, given those of its references. Raises ExpressionError where it has none."""
    names: dict[ir.Ref, str] = {}
    computation = python_text(expr, lambda ref: names.setdefault(ref, f"value_{len(names)}"))
    namespace = _namespace() | {name: values(ref) for ref, name in names.items()}
    try:
        result: Json = eval(computation.code, namespace)
    except Exception as error:
        raise ExpressionError(_message(error)) from error
    return result


def fold(expr: AnyExpr) -> AnyExpr:
    """The literal that a constant expression of a simple type stands for; any other expression as it is."""
    if isinstance(expr, ir.Literal) or any(True for _ in references(expr)):
        return expr
    try:
        value = evaluate(expr, _no_value)
    except ExpressionError:
        return expr
    if isinstance(value, list | dict):
        return expr
    return ir.Literal(expr.type, expr.span, value)


def _no_value(ref: ir.Ref) -> Json:
    raise AssertionError(ref)


_PREPARED: dict[str, Any] = {}


def _namespace() -> dict[str, Any]:
    """Helpers and modules, prepared once."""
    if not _PREPARED:
        exec(prelude((*HELPERS, *IMPORTS)), _PREPARED)
    return dict(_PREPARED)


def _message(error: Exception) -> str:
    match error:
        case ZeroDivisionError():
            return "division by zero"
        case IndexError():
            return "the index is out of range"
        case KeyError():
            return f"there is no key {error}"
        case _:
            return str(error) or type(error).__name__
