"""Expressions mean what docs/semantics.md says, and their one Python text is fit to be emitted."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from interpreter.expression_rows import FAILS, ROWS, Row
from wfc import ir
from wfc.functions import FUNCTIONS, generator_type, result_type
from wfc.parse import parse_part
from wfc.python_prelude import HELPERS, PRELUDE, prelude
from wfc.python_text import ExpressionError, evaluate, fold, python_literal, python_name, python_text
from wfc.resolve.expressions import Expressions
from wfc.resolve.report import Report
from wfc.resolve.scope import Names, Scope, Symbol
from wfc.source import NOWHERE
from wfc.syntax import Document
from wfc.types import BOOL, DATE, DATETIME, INT, STRING, ListType, OptionalType

if TYPE_CHECKING:
    from wfc.types import Type

NAMED = pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])


def expression(text: str, kinds: dict[str, Type]) -> ir.AnyExpr:
    """A typed expression over inputs of the given types."""
    report = Report()
    tree, problem = parse_part(text, "expr", 0)
    assert problem is None, problem
    names = Names()
    names.own.update({name: Symbol("input", name, kind, NOWHERE) for name, kind in kinds.items()})
    document = Document("", text, tree, [], [], False)
    found = Expressions(document, report).resolve(tree, Scope(names))
    assert not report.found, report.found
    return found


def of_row(row: Row) -> tuple[ir.AnyExpr, Callable[[ir.Ref], Any]]:
    """The expression of a row, and the values of its operands."""
    _, text, operands, _ = row
    expr = expression(text, {name: kind for name, (kind, _) in operands.items()})
    return expr, lambda ref: operands[ref.name][1]


@NAMED
def test_value(row: Row) -> None:
    expr, values = of_row(row)
    wanted = row[3]
    if wanted is FAILS:
        with pytest.raises(ExpressionError):
            evaluate(expr, values)
        return
    value = evaluate(expr, values)
    assert (value, type(value)) == (wanted, type(wanted))


@NAMED
def test_text_with_its_own_helpers_only(row: Row) -> None:
    """The emitted text needs nothing but the helpers that it names: the file that an engine runs."""
    expr, values = of_row(row)
    computation = python_text(expr, lambda ref: f'args["{ref.name}"]')
    namespace: dict[str, Any] = {}
    exec(prelude(computation.helpers), namespace)
    namespace["args"] = {ref.name: values(ref) for _, ref in computation.operands}
    if row[3] is FAILS:
        with pytest.raises((ArithmeticError, LookupError, TypeError, ValueError)):
            eval(computation.code, namespace)
        return
    assert eval(computation.code, namespace) == row[3]


def code(source: str, /, **kinds: Type) -> str:
    """The Python text of an expression whose operands keep their names."""
    return python_text(expression(source, kinds), lambda ref: python_name(ref.name)).code


def test_texts_that_people_will_read() -> None:
    assert code("n / 2 > 3.4", n=INT) == "n / 2 > 3.4"
    assert code("(a + b) * c", a=INT, b=INT, c=INT) == "checked(checked(a + b) * c)"
    assert code('"orders of {day}"', day=DATE) == '"orders of " + day'
    assert code('"{n} left"', n=INT) == 'text(n) + " left"'
    assert code('a ?? "none"', a=OptionalType(STRING)) == '"none" if a is None else a'
    assert code("not (a or b) and c", a=BOOL, b=BOOL, c=BOOL) == "not (a or b) and c"


def test_names_that_python_or_the_helpers_use_are_changed() -> None:
    assert code("max(len, text)", len=INT, text=INT) == "max(len_, text_)"
    assert code("[text for text in xs]", xs=ListType(STRING)) == "[text_ for text_ in xs]"


def test_a_variable_never_hides_an_operand() -> None:
    expr = expression("[x + y for x in xs]", {"y": INT, "xs": ListType(INT)})
    computation = python_text(expr, lambda ref: {"y": "x", "xs": "xs"}[ref.name])
    assert eval(computation.code, {"x": 10, "xs": [1, 2], "checked": lambda number: number}) == [11, 12]


def test_fold() -> None:
    folded = fold(expression('"v{1 + 2}"', {}))
    assert isinstance(folded, ir.Literal)
    assert folded.value == "v3"
    assert isinstance(fold(expression("1 / 0", {})), ir.Binary)
    assert isinstance(fold(expression("n + 1", {"n": INT})), ir.Binary)


@pytest.mark.parametrize("value", ["", "a", "it's", 'say "no"', "'\"", "\\n", "\n\t\0", "é😀\u2028\x7f", "{x}"])
def test_literals_read_back(value: str) -> None:
    assert ast.literal_eval(python_literal(value)) == value


def test_prelude_is_formatted_short_and_of_the_standard_library() -> None:
    whole = prelude(HELPERS)
    run = [sys.executable, "-m", "ruff", "format", "--diff", "--line-length", "120", "-"]
    assert subprocess.run(run, input=whole, text=True, capture_output=True, check=False).returncode == 0
    assert len([line for line in PRELUDE.splitlines() if line]) <= 45
    imports = [node for node in ast.walk(ast.parse(whole)) if isinstance(node, ast.Import)]
    assert {alias.name for node in imports for alias in node.names} <= sys.stdlib_module_names


def test_every_helper_is_used() -> None:
    used = {name for row in ROWS for name in python_text(of_row(row)[0], lambda ref: ref.name).helpers}
    assert set(HELPERS) <= used


@pytest.mark.parametrize("name", FUNCTIONS)
def test_examples_of_the_table_are_true(name: str) -> None:
    function = FUNCTIONS[name]
    values = {"sent": "2026-03-28T23:30:00Z", "day": "2026-03-01"}
    value = evaluate(expression(function.example, {"sent": DATETIME, "day": DATE}), lambda ref: values[ref.name])
    is_date = function.value.count("-") == 2 and not function.value.startswith('"')
    assert value == (function.value if is_date else evaluate(expression(function.value, {}), lambda _: None))


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("len", (INT,), "argument 1 of `len` is `int`"),
        ("lower", (STRING, STRING), "`lower` takes 1 argument, not 2"),
        ("split", (STRING, INT), "argument 2 of `split` is `int`, `string` is wanted"),
        ("round", (INT, INT, INT), "`round` takes 1 to 2 arguments, not 3"),
        ("max", (INT, STRING), "`max` takes values of one ordered type, not `int`, `string`"),
        ("lowr", (STRING,), "there is no function `lowr`"),
        ("max_by", (INT,), "`max_by` takes `key for x in list`"),
    ],
)
def test_messages(name: str, arguments: tuple[Type, ...], wanted: str) -> None:
    found = result_type(name, arguments)
    assert isinstance(found, str)
    assert found.startswith(wanted)


def test_types_of_generators() -> None:
    assert generator_type("max_by", INT, STRING) == OptionalType(STRING)
    assert generator_type("sort_by", STRING, INT) == ListType(INT)
    assert generator_type("sum", INT, STRING) == INT
    assert isinstance(generator_type("len", INT, STRING), str)
    assert isinstance(generator_type("max_by", OptionalType(INT), STRING), str)
    assert result_type("first", (ListType(INT),)) == OptionalType(INT)
