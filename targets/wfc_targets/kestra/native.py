"""The expressions that Pebble computes as the language means them, as text; for all others None.

The forms are those that gave Python's value over pools of operands on 1.3.31 and 2.0.0 (docs/semantics.md). Every
compound text is in parentheses, because precedence differs from Python's and between the two versions.
"""

from __future__ import annotations

from wfc import ir, types
from wfc.types import EnumType, ListType
from wfc_targets.kestra import pebble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc.types import Type
    from wfc_targets.kestra.places import Around, Places

COMPARED = (types.INT, types.FLOAT, types.STRING, types.BOOL, types.DATE, types.NULL)
NUMBERS = (types.INT, types.FLOAT)
DAY = 86_400_000


def native(expr: AnyExpr, places: Places, around: Around) -> str | None:
    """The Pebble text of an expression read inside the loops `around`, or None where only Python gives its value."""

    def of(part: AnyExpr) -> str | None:
        return native(part, places, around)

    match expr:
        case ir.Literal():
            return literal(expr)
        case ir.Ref() | ir.Field() | ir.Index():
            return places.path(expr, around)
        case ir.Text():
            parts = [of(part) if textable(part.type) else None for part in expr.parts]
            return _all(parts, " ~ ") if len(parts) != 1 else parts[0]
        case ir.Unary():
            inner = of(expr.operand)
            return f"(not {inner})" if expr.op == "not" and inner is not None else None
        case ir.Binary():
            left, right = of(expr.left), of(expr.right)
            return None if left is None or right is None else binary(expr, left, right)
        case ir.Conditional():
            parts = [of(expr.test), of(expr.then), of(expr.other)]
            return None if None in parts else f"({parts[0]} ? {parts[1]} : {parts[2]})"
        case ir.Apply():
            parts = [of(arg) for arg in expr.args]
            return None if None in parts else apply(expr, [part or "" for part in parts])
        case ir.ListExpr():
            items = [of(item) for item in expr.items]
            return None if None in items else "[" + ", ".join(item or "" for item in items) + "]"
        case ir.RecordExpr():
            return record(expr, [of(value) for _, value in expr.entries])
        case ir.Comprehension():
            of_what, program = of(expr.items), comprehension(expr)
            return None if of_what is None or program is None else f"({of_what} | jq('{program}') | first)"
        case ir.Slice():
            return None


def literal(expr: ir.Literal) -> str | None:
    """A constant; None for a text with a backslash and for a float whose text Java would change."""
    match expr.value:
        case None:
            return "null"
        case bool():
            return "true" if expr.value else "false"
        case str():
            return pebble.string(expr.value)
        case int():
            return str(expr.value) if expr.value >= 0 else f"({expr.value})"
        case float():
            return repr(expr.value) if 0.001 <= expr.value < 1e7 else None


def record(expr: ir.RecordExpr, values: list[str | None]) -> str | None:
    """{'a': x}; None when it has a written null, which the engine would drop."""
    names = [pebble.string(name) for name, _ in expr.entries]
    if None in values or None in names or "null" in values:
        return None
    return "{" + ", ".join(f"{name}: {value}" for name, value in zip(names, values, strict=True)) + "}"


def binary(expr: ir.Binary, left: str, right: str) -> str | None:
    """left op right, of operands that are native."""
    kinds = (types.required(expr.left.type), types.required(expr.right.type))
    match expr.op:
        case "and" | "or":
            return f"({left} {expr.op} {right})"
        case "??":
            return f"({_without_null(left)} ?? {right})"
        case "==" | "!=" if all(kind in COMPARED or isinstance(kind, EnumType) for kind in kinds):
            return f"({left} {expr.op} {right})"
        case "<" | "<=" | ">" | ">=" if all(kind in NUMBERS for kind in (expr.left.type, expr.right.type)):
            return f"({left} {expr.op} {right})"
        case "in" | "not in" if _holds_simple_items(expr.right.type):
            text = f"({right} contains {left})"
            return text if expr.op == "in" else f"(not {text})"
        case "+" if expr.type == types.STRING:
            return f"({left} ~ {right})"
        case "+" | "-" | "*" if expr.type == types.INT:
            # Pebble's own arithmetic overflows at 32 bits
            return f"([{left}, {right}] | jq('.[0] {expr.op} .[1]') | first)"
        case "+" | "-" if expr.type == types.DATE and isinstance(expr.right, ir.Literal):
            return moved(left, expr.op, expr.right.value)
        case _:
            return None


def _without_null(text: str) -> str:
    """x of (x ?? null)"""
    return text[1:].removesuffix(" ?? null)") if text.startswith("(") and text.endswith(" ?? null)") else text


def moved(day: str, op: str, by: object) -> str | None:
    """A date so many whole days later or earlier."""
    if not isinstance(by, int) or by % DAY:
        return None
    return f"({day} | dateAdd({'-' if op == '-' else ''}{by // DAY}, 'DAYS') | date('yyyy-MM-dd'))"


def apply(expr: ir.Apply, args: list[str]) -> str | None:
    """function(args), of arguments that are native."""
    kind = expr.args[0].type if expr.args else types.NULL
    match expr.function:
        case "len" if isinstance(kind, ListType):
            return f"({args[0]} | length)"
        case "first" if isinstance(kind, ListType):
            return f"(({args[0]} | first) ?? null)"
        case "contains" if _is_pattern(expr.args[1]):
            return f"({args[0]} contains {args[1]})"
        case "starts_with" if _is_pattern(expr.args[1]):
            return f"({args[0]} | startsWith({args[1]}))"
        case "ends_with" if _is_pattern(expr.args[1]):
            return f"({args[0]} | endsWith({args[1]}))"
        case "join":
            return f"({args[0]} | join({args[1]}))"
        case _:
            return None


def comprehension(expr: ir.Comprehension) -> str | None:
    """The jq program of [x.path for x in xs if test], of any(…) and all(…); None for any other body or test."""
    body = jq(expr.body, expr.variable)
    test = None if expr.test is None else jq(expr.test, expr.variable)
    if body is None or (expr.test is not None and test is None):
        return None
    chosen = f"map(select({test}))" if test else "."
    match expr.function:
        case "":
            return f"{chosen} | map({body})" if test else f"map({body})"
        case "any" | "all":
            return f"{chosen} | {expr.function}(.[]; {body})" if test else f"{expr.function}(.[]; {body})"
        case _:
            return None


def jq(expr: AnyExpr, variable: str) -> str | None:
    """A path of the variable, a comparison of one with a simple constant, or `and`, `or`, `not` of these."""
    match expr:
        case ir.Ref() if expr.kind == "var" and expr.name == variable:
            return "."
        case ir.Field():
            inner = jq(expr.of, variable)
            simple = pebble.NAME.fullmatch(expr.name) is not None and expr.of.type != types.DATE
            return (
                None if inner is None or not simple else f"{inner.rstrip('.') if inner == '.' else inner}.{expr.name}"
            )
        case ir.Literal(value=bool() | int() as value):
            return str(value).lower()
        case ir.Literal(value=str() as value) if (
            value.isascii() and value.isprintable() and not set(value) & set("\"'\\")
        ):
            return f'"{value}"'
        case ir.Unary(op="not"):
            inner = jq(expr.operand, variable)
            return None if inner is None else f"({inner} | not)"
        case ir.Binary(op="and" | "or" | "==" | "!=" | "<" | "<=" | ">" | ">=") if _jq_compares(expr):
            left, right = jq(expr.left, variable), jq(expr.right, variable)
            return None if left is None or right is None else f"({left} {expr.op} {right})"
        case _:
            return None


def _jq_compares(expr: ir.Binary) -> bool:
    kinds = (expr.left.type, expr.right.type)
    if expr.op in ("and", "or"):
        return True
    if expr.op in ("==", "!="):
        return all(kind in COMPARED or isinstance(kind, EnumType) for kind in kinds)
    return all(kind in NUMBERS for kind in kinds)


def textable(kind: Type) -> bool:
    """Is the engine's text of such a value the language's? Not for floats."""
    return isinstance(kind, EnumType) or kind in (types.STRING, types.SECRET, types.INT, types.BOOL, types.DATE)


def _holds_simple_items(kind: Type) -> bool:
    return isinstance(kind, ListType) and (isinstance(kind.item, EnumType) or kind.item in (types.STRING, types.INT))


def _is_pattern(expr: AnyExpr) -> bool:
    """A constant that isn't empty: an empty one must fail."""
    return isinstance(expr, ir.Literal) and bool(expr.value)


def _all(parts: list[str | None], between: str) -> str | None:
    if None in parts:
        return None
    return "(" + between.join(part or "" for part in parts) + ")" if parts else "''"


def template(expr: AnyExpr, places: Places, around: Around) -> str | None:
    """A text property of the engine that renders once to the value, such as `orders of {{ inputs.day }}`, or None."""
    if isinstance(expr, ir.Literal) and isinstance(expr.value, str):
        return pebble.raw(expr.value)
    parts = expr.parts if isinstance(expr, ir.Text) else (expr,)
    written: list[str] = []
    for part in parts:
        if isinstance(part, ir.Literal) and isinstance(part.value, str):
            written.append(pebble.raw(part.value, before_expression=True))
            continue
        text = native(part, places, around) if textable(part.type) else None
        if text is None:
            return None
        written.append(pebble.output(text))
    return "".join(written)


def condition(expr: AnyExpr, places: Places, around: Around) -> str | None:
    """A template that renders to true or false, or None."""
    text = native(expr, places, around)
    return None if text is None else pebble.output(text)
