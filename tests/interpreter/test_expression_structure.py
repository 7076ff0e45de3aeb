"""Random expressions: their Python text keeps their structure. Judged by an evaluator that walks the tree."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from typing import Any

import pytest

from wfc import ir
from wfc.python_text import ExpressionError, evaluate, python_text
from wfc.source import NOWHERE
from wfc.types import BOOL, INT, STRING, ListType, OptionalType

NAMES: dict[str, tuple[Any, Any]] = {
    "i": (INT, 7),
    "j": (INT, -2),
    "z": (INT, 0),
    "t": (BOOL, True),
    "f": (BOOL, False),
    "s": (STRING, "a'\""),
}
MISSING: tuple[Any, Any] = (OptionalType(INT), None)
PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod,
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class Undefined(Exception):
    """The expression has no value."""


def name(key: str) -> ir.Ref:
    """A reference."""
    return ir.Ref(NAMES[key][0], NOWHERE, "input", key)


class Builder:
    """Builds random expressions that are at most so deep."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def binary(self, kind: Any, depth: int, part: Callable[[int], Any], *ops: str) -> ir.Binary:
        """left op right"""
        return ir.Binary(kind, NOWHERE, self.chance.choice(ops), part(depth - 1), part(depth - 1))

    def number(self, depth: int) -> Any:
        """An int."""
        match self.chance.randrange(9) if depth else self.chance.randrange(2):
            case 0:
                return name(self.chance.choice("ijz"))
            case 1:
                return ir.Literal(INT, NOWHERE, self.chance.randint(-9, 9))
            case 2:
                return ir.Unary(INT, NOWHERE, "-", self.number(depth - 1))
            case 3:
                parts = self.truth(depth - 1), self.number(depth - 1), self.number(depth - 1)
                return ir.Conditional(INT, NOWHERE, *parts)
            case 4:
                missing = ir.Ref(MISSING[0], NOWHERE, "input", "none")
                return ir.Binary(INT, NOWHERE, "??", missing, self.number(depth - 1))
            case 5:
                return ir.Index(INT, NOWHERE, self.items(depth - 1), self.number(depth - 1))
            case 6:
                return ir.Apply(INT, NOWHERE, "len", (self.items(depth - 1),))
            case _:
                return self.binary(INT, depth, self.number, "+", "-", "*", "//", "%")

    def truth(self, depth: int) -> Any:
        """A bool."""
        match self.chance.randrange(5) if depth else 0:
            case 0:
                return name(self.chance.choice("tf"))
            case 1:
                return ir.Unary(BOOL, NOWHERE, "not", self.truth(depth - 1))
            case 2:
                return self.binary(BOOL, depth, self.truth, "and", "or", "==")
            case 3:
                op = self.chance.choice(("in", "not in"))
                return ir.Binary(BOOL, NOWHERE, op, self.number(depth - 1), self.items(depth - 1))
            case _:
                return self.binary(BOOL, depth, self.number, "==", "!=", "<", "<=", ">", ">=")

    def items(self, depth: int) -> Any:
        """A list of ints."""
        kind, depth = ListType(INT), max(depth, 1)
        match self.chance.randrange(3):
            case 0:
                test = ir.Literal(BOOL, NOWHERE, True)
                return ir.Comprehension(
                    kind, NOWHERE, "", self.number(depth - 1), "x", self.plain_list(depth - 1), test
                )
            case 1:
                return ir.Slice(kind, NOWHERE, self.plain_list(depth - 1), None, self.number(depth - 1))
            case _:
                return self.plain_list(depth)

    def plain_list(self, depth: int) -> ir.ListExpr:
        """A list, written out."""
        count = self.chance.randint(1, 3)
        return ir.ListExpr(ListType(INT), NOWHERE, tuple(self.number(max(depth - 1, 0)) for _ in range(count)))


def value(expr: Any) -> Any:
    """The value of an expression, by its structure."""
    match expr:
        case ir.Literal():
            return expr.value
        case ir.Ref():
            return NAMES.get(expr.name, MISSING)[1]
        case ir.Unary():
            return not value(expr.operand) if expr.op == "not" else -value(expr.operand)
        case ir.Conditional():
            return value(expr.then) if value(expr.test) else value(expr.other)
        case ir.ListExpr():
            return [value(item) for item in expr.items]
        case ir.Index():
            return value(expr.of)[value(expr.index)]
        case ir.Slice():
            return value(expr.of)[: value(expr.stop)]
        case ir.Apply():
            return len(value(expr.args[0]))
        case ir.Comprehension():
            return [value(expr.body) for _ in value(expr.items)]
        case ir.Binary():
            return of_binary(expr)
    raise AssertionError(expr)


def of_binary(expr: ir.Binary) -> Any:
    """The same of two operands; what is not needed is not evaluated."""
    left = value(expr.left)
    match expr.op:
        case "and":
            return left and value(expr.right)
        case "or":
            return left or value(expr.right)
        case "??":
            return value(expr.right) if left is None else left
        case "in":
            return left in value(expr.right)
        case "not in":
            return left not in value(expr.right)
    result = PLAIN[expr.op](left, value(expr.right))
    if not isinstance(result, bool) and abs(result) > 2**53 - 1:
        raise Undefined
    return result


@pytest.mark.parametrize("kind", ["number", "truth", "items"])
def test_the_text_means_what_the_tree_means(kind: str) -> None:
    defined = 0
    for seed in range(500):
        expr = getattr(Builder(seed), kind)(4)
        try:
            wanted = value(expr)
        except (Undefined, ZeroDivisionError, IndexError):
            wanted = Undefined
        try:
            found: Any = evaluate(expr, lambda ref: NAMES.get(ref.name, MISSING)[1])
        except ExpressionError:
            found = Undefined
        assert (found, type(found)) == (wanted, type(wanted)), (seed, python_text(expr, lambda ref: ref.name).code)
        defined += wanted is not Undefined
    assert defined > 200
