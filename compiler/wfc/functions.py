"""The functions of the language: what they take, what they give, and the messages when that doesn't fit."""

from __future__ import annotations

from wfc.record import Record
from wfc.types import (
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    FLOAT,
    INT,
    JSON,
    STRING,
    UNKNOWN,
    EnumType,
    ListType,
    MapType,
    Primitive,
    assignable,
    common,
    is_json,
    optional,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.types import Type


class Function(Record):
    """A function as people see it. example and value: texts of an expression and of what it gives."""

    name: str
    signature: str
    doc: str
    example: str
    value: str


_TABLE = """
len(x: string | list | map) -> int ~ Characters, or items. ~ len("hé😀") = 3
lower(s: string) -> string ~ In small letters. ~ lower("ÀB") = "àb"
upper(s: string) -> string ~ In capitals. ~ upper("é") = "É"
trim(s: string) -> string ~ Without space, tab, CR and LF at both ends. ~ trim(" x ") = "x"
split(s: string, by: string) -> list<string> ~ The parts between, empty ones too. ~ split("a,,b", ",") = ["a", "", "b"]
join(xs: list<string>, by: string) -> string ~ The texts with `by` between them. ~ join(["a", "b"], ", ") = "a, b"
replace(s: string, old: string, new: string) -> string ~ Every `old` replaced. ~ replace("a.b", ".", "-") = "a-b"
contains(s: string, part: string) -> bool ~ Is the part in it, in the same case? ~ contains("Hello", "ell") = true
starts_with(s: string, part: string) -> bool ~ Does it begin so, in the same case? ~ starts_with("Hello", "he") = false
ends_with(s: string, part: string) -> bool ~ Does it end so, in the same case? ~ ends_with("Hello", "lo") = true
min(a: T, b: T, …) -> T ~ The least, of equals the first; min(xs: list<T>) gives T?. ~ min(7, 2) = 2
max(a: T, b: T, …) -> T ~ The greatest, of equals the first; max(xs: list<T>) gives T?. ~ max(7, 2) = 7
sum(xs: list<int | float | duration>) -> T ~ The sum, 0 of none; floats are rounded once. ~ sum([1, 2, 3]) = 6
round(x: float, digits: int) -> float ~ To the nearest value; round(x) gives an int. ~ round(2.675, 2) = 2.67
abs(x: int | float | duration) -> T ~ Without its sign. ~ abs(-7) = 7
first(xs: list<T>) -> T? ~ The first item, null of none. ~ first([1, 2]) = 1
last(xs: list<T>) -> T? ~ The last item, null of none. ~ last([1, 2]) = 2
any(test: bool for x in xs) -> bool ~ Does one of them hold? ~ any(n > 1 for n in [1, 2]) = true
all(test: bool for x in xs) -> bool ~ Does each of them hold? ~ all(n > 1 for n in [1, 2]) = false
max_by(key for x in xs) -> T? ~ The first item with the greatest key. ~ max_by(n % 3 for n in [1, 5, 2]) = 5
min_by(key for x in xs) -> T? ~ The first item with the least key. ~ min_by(n % 3 for n in [1, 3, 6]) = 3
sort_by(key for x in xs) -> list<T> ~ By key, equals in the order they had. ~ sort_by(-n for n in [1, 2]) = [2, 1]
json(x: any) -> string ~ Compact JSON, without null fields. ~ json([1, 2.5]) = "[1,2.5]"
parse_json(s: string) -> json ~ The value of a JSON text; other text fails. ~ parse_json("7") = 7
fixed(x: float, digits: int) -> string ~ With so many digits after the point. ~ fixed(1234.5, 2) = "1234.50"
weekday(d: date) -> int ~ Monday is 1, Sunday 7 (ISO 8601). ~ weekday(day) = 7
date(t: datetime, zone: string) -> date ~ The day in a time zone. ~ date(sent, "Europe/Berlin") = 2026-03-29
text(t: datetime, zone: string) -> string ~ ISO 8601 in a time zone. ~ text(sent, "UTC") = "2026-03-28T23:30:00+00:00"
seconds(d: duration) -> int ~ Whole seconds, rounded down. ~ seconds(1m30s) = 90
minutes(d: duration) -> int ~ Whole minutes, rounded down. ~ minutes(90s) = 1
"""


def _read(row: str) -> Function:
    signature, doc, example = row.split(" ~ ")
    shown, _, value = example.rpartition(" = ")
    return Function(signature.partition("(")[0], signature, doc, shown, value)


FUNCTIONS: dict[str, Function] = {
    function.name: function for function in (_read(row) for row in _TABLE.strip().splitlines())
}
"""Every function of the language by name, in the order in which the documentation lists them."""

GENERATORS = ("any", "all", "sum", "min_by", "max_by", "sort_by")
"""The functions that take `body for x in xs if test`."""

_FIXED: dict[str, tuple[tuple[Type, ...], Type]] = {
    "lower": ((STRING,), STRING),
    "upper": ((STRING,), STRING),
    "trim": ((STRING,), STRING),
    "split": ((STRING, STRING), ListType(STRING)),
    "join": ((ListType(STRING), STRING), STRING),
    "replace": ((STRING, STRING, STRING), STRING),
    "contains": ((STRING, STRING), BOOL),
    "starts_with": ((STRING, STRING), BOOL),
    "ends_with": ((STRING, STRING), BOOL),
    "any": ((ListType(BOOL),), BOOL),
    "all": ((ListType(BOOL),), BOOL),
    "parse_json": ((STRING,), JSON),
    "fixed": ((FLOAT, INT), STRING),
    "weekday": ((DATE,), INT),
    "date": ((DATETIME, STRING), DATE),
    "text": ((DATETIME, STRING), STRING),
    "seconds": ((DURATION,), INT),
    "minutes": ((DURATION,), INT),
}
_COUNTS = {
    "len": (1, 1),
    "sum": (1, 1),
    "abs": (1, 1),
    "first": (1, 1),
    "last": (1, 1),
    "json": (1, 1),
    "round": (1, 2),
}


def result_type(name: str, arguments: tuple[Type, ...]) -> Type | str:
    """The type of `name(arguments)`, or what is wrong with the call, as a sentence without a full stop.

    A name that is not a function gives a message too. An argument of type `unknown` fits everywhere.
    """
    function = FUNCTIONS.get(name)
    if function is None:
        return f"there is no function `{name}`"
    if name in ("min_by", "max_by", "sort_by"):
        return f"`{name}` takes `key for x in list`: {function.signature}"
    if name in _FIXED:
        parameters, result = _FIXED[name]
        return _counted(function, arguments, len(parameters), len(parameters)) or (
            _misfit(function, arguments, parameters) or result
        )
    least, most = _COUNTS.get(name, (1, len(arguments)))
    return _counted(function, arguments, least, most) or _by_rule(function, arguments)


def generator_type(name: str, body: Type, item: Type) -> Type | str:
    """The type of `name(body for x in xs)` over items of type `item`, or a message as `result_type` gives it."""
    if name not in GENERATORS:
        return f"`{name}` takes no `… for x in …`; only {', '.join(GENERATORS)} do"
    if name in ("any", "all", "sum"):
        return result_type(name, (ListType(body),))
    if not is_ordered(body):
        return f"`{name}` orders by numbers, texts, dates, datetimes or durations, this key is `{body}`"
    return ListType(item) if name == "sort_by" else optional(item)


def is_ordered(kind: Type) -> bool:
    """May values of this type stand beside `<`? Numbers, texts, dates, datetimes and durations; no nulls."""
    return kind in (INT, FLOAT, STRING, DATE, DATETIME, DURATION, UNKNOWN) or isinstance(kind, EnumType)


def _counted(function: Function, arguments: tuple[Type, ...], least: int, most: int) -> str:
    if least <= len(arguments) <= most:
        return ""
    wanted = str(least) if least == most else f"{least} to {most}"
    return (
        f"`{function.name}` takes {wanted} argument{'s' * (wanted != '1')}, not {len(arguments)}: {function.signature}"
    )


def _misfit(function: Function, arguments: tuple[Type, ...], parameters: tuple[Type, ...]) -> str:
    for number, (given, wanted) in enumerate(zip(arguments, parameters, strict=True), 1):
        if not assignable(given, wanted):
            return f"argument {number} of `{function.name}` is `{given}`, `{wanted}` is wanted: {function.signature}"
    return ""


def _by_rule(function: Function, arguments: tuple[Type, ...]) -> Type | str:
    """The functions whose result depends on what they are given."""
    given = arguments[0]
    wrong = f"argument 1 of `{function.name}` is `{given}`: {function.signature}"
    if given == UNKNOWN:
        return {"len": INT, "json": STRING}.get(function.name, UNKNOWN)
    match function.name, given:
        case "len", Primitive("string") | EnumType() | ListType() | MapType():
            return INT
        case "json", _ if is_json(given):
            return STRING
        case "first" | "last", ListType(item):
            return optional(item)
        case "abs", Primitive("int" | "float" | "duration"):
            return given
        case "sum", ListType(Primitive("int" | "float" | "duration" | "unknown") as item):
            return item
        case "round", Primitive("int" | "float"):
            return _rounded(function, arguments)
        case "min" | "max", _:
            return _extreme(function, arguments)
        case _:
            return wrong


def _rounded(function: Function, arguments: tuple[Type, ...]) -> Type | str:
    return _misfit(function, arguments, (FLOAT, INT)[: len(arguments)]) or (INT if len(arguments) == 1 else FLOAT)


def _extreme(function: Function, arguments: tuple[Type, ...]) -> Type | str:
    """min and max: of one list (null of none), or of two and more values of one kind."""
    first = arguments[0]
    if len(arguments) == 1 and isinstance(first, ListType) and is_ordered(first.item):
        return optional(first.item)
    together: Type | None = first
    for kind in arguments[1:]:
        together = common(together, kind) if together is not None else None
    if len(arguments) < 2 or together is None or not all(is_ordered(kind) for kind in arguments):
        shown = ", ".join(f"`{kind}`" for kind in arguments)
        return f"`{function.name}` takes values of one ordered type, not {shown}: {function.signature}"
    return together
