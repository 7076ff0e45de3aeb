"""Conformance case 36: expressions, their operands as they arrive at run time (JSON), and the value they have.

Wanted values are worked out by hand from docs/semantics.md (Python's meaning over JSON values), never copied from
a run. ROWS: (id, expression, {operand: (type, value)}, wanted or FAILS).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfc import types
from wfc.types import BOOL, DATE, DATETIME, DURATION, FLOAT, INT, JSON, STRING, ListType, RecordType

if TYPE_CHECKING:
    from wfc.types import Type

FAILS = object()
P53 = 9007199254740991
ITEM = RecordType((("id", STRING), ("n", INT), ("ok", BOOL)))
L = [{"id": "x", "n": 3, "ok": True}, {"id": "y", "n": 9, "ok": False}, {"id": "z", "n": 3, "ok": True}]
TEXTS, INTS, ITEMS = ListType(STRING), ListType(INT), ListType(ITEM)
COMPACT = '{"a":1.0,"b":100000000000000,"c":0.1}'
HOSTILE = "{{ 7*7 }} ${{ x }} \"'é😀 <&>\n"

Row = tuple[str, str, "dict[str, tuple[Type, Any]]", Any]


def maybe(kind: Type) -> Type:
    """T?"""
    return types.OptionalType(kind)


def ints(**values: int) -> dict[str, tuple[Type, Any]]:
    """Operands of type int."""
    return {name: (INT, value) for name, value in values.items()}


def texts(**values: str) -> dict[str, tuple[Type, Any]]:
    """Operands of type string."""
    return {name: (STRING, value) for name, value in values.items()}


def floats(**values: float) -> dict[str, tuple[Type, Any]]:
    """Operands of type float."""
    return {name: (FLOAT, value) for name, value in values.items()}


def dates(**values: str) -> dict[str, tuple[Type, Any]]:
    """Operands of type date."""
    return {name: (DATE, value) for name, value in values.items()}


def times(**values: str) -> dict[str, tuple[Type, Any]]:
    """Operands of type datetime."""
    return {name: (DATETIME, value) for name, value in values.items()}


def durations(**values: int) -> dict[str, tuple[Type, Any]]:
    """Operands of type duration, in milliseconds."""
    return {name: (DURATION, value) for name, value in values.items()}


ARITHMETIC: list[Row] = [
    ("add", "a + b", ints(a=7, b=5), 12),
    ("sub", "a - b", ints(a=2, b=5), -3),
    ("sub-left", "a - b - c", ints(a=10, b=5, c=3), 2),
    ("sub-right", "a - (b - c)", ints(a=10, b=5, c=3), 8),
    ("mul", "a * b", ints(a=-7, b=5), -35),
    ("neg", "-a", ints(a=7), -7),
    ("neg-mul", "-a * -b", ints(a=7, b=2), 14),
    ("add32", "a + b", ints(a=2000000000, b=2000000000), 4000000000),
    ("mul32", "a * b", ints(a=3000000, b=3000000), 9000000000000),
    ("big", "a - 1", ints(a=P53), 9007199254740990),
    ("over", "a + 2", ints(a=P53), FAILS),
    ("under", "-a - 1", ints(a=P53), FAILS),
    ("over-float", "a * 10.0", floats(a=1e308), FAILS),
    ("div", "a / b", ints(a=7, b=2), 3.5),
    ("div-exact", "a / b", ints(a=6, b=2), 3.0),
    ("div-periodic", "a / b", floats(a=1.0, b=3.0), 0.3333333333333333),
    ("floor", "a // b", ints(a=-7, b=2), -4),
    ("mod", "a % b", ints(a=7, b=3), 1),
    ("mod-neg", "a % b", ints(a=-7, b=3), 2),
    ("mod-negative-divisor", "a % b", ints(a=7, b=-3), -2),
    ("div0", "a / b", ints(a=1, b=0), FAILS),
    ("mod0", "a % b", ints(a=1, b=0), FAILS),
    ("floor0", "a // b", ints(a=1, b=0), FAILS),
    ("float-add", "a + b", floats(a=0.1, b=0.2), 0.30000000000000004),
    ("float-mul", "a * b", {"a": (FLOAT, 1.1), "b": (INT, 3)}, 3.3000000000000003),
    ("round", "round(a, 2)", floats(a=2.675), 2.67),
    ("round-even", "round(a)", floats(a=2.5), 2),
    ("abs", "abs(a)", ints(a=-7), 7),
    ("max", "max(a, b)", ints(a=7, b=12), 12),
    ("min-list", "min(xs) ?? 0", {"xs": (INTS, [])}, 0),
    ("sum", "sum(xs)", {"xs": (INTS, [1, 2, 3])}, 6),
    ("sum-none", "sum(xs)", {"xs": (INTS, [])}, 0),
    ("sum-over", "sum(xs)", {"xs": (INTS, [P53, 1])}, FAILS),
    ("sum-float", "sum(xs)", {"xs": (ListType(FLOAT), [0.1] * 10)}, 1.0),
]

COMPARISON: list[Row] = [
    ("less", "a < b", ints(a=2, b=10), True),
    ("at-least", "a >= 0.8", floats(a=0.8), True),
    ("equal", "a == b", ints(a=7, b=7), True),
    ("not-equal", "a != 7", ints(a=8), True),
    ("int-float", "a == b", {"a": (INT, 1), "b": (FLOAT, 1.0)}, True),
    ("int-less-float", "a < b", {"a": (INT, 2), "b": (FLOAT, 2.5)}, True),
    ("big-equal", "a == b", ints(a=P53, b=P53 - 1), False),
    ("text-case", "a == b", texts(a="abc", b="ABC"), False),
    ("text-number", "a == b", texts(a="1.0", b="1"), False),
    ("text-empty", "a == b", texts(a="", b="0"), False),
    ("text-order", "a < b", texts(a="2", b="10"), False),
    ("text-order-case", "a < b", texts(a="a", b="B"), False),
    ("text-order-unicode", "a < b", texts(a="\ufffd", b="\U0001f600"), True),
    ("null-test", "a == null", {"a": (maybe(STRING), None)}, True),
    ("null-test-not", "a != null", {"a": (maybe(STRING), "")}, True),
    ("in", 'a in ["x", "y"]', texts(a="X"), False),
    ("in-ints", "a in xs", {"a": (INT, 7), "xs": (INTS, [1, 7])}, True),
    ("not-in", "a not in xs", {"a": (INT, 7), "xs": (INTS, [1, 7])}, False),
    ("and", "a and b", {"a": (BOOL, True), "b": (BOOL, False)}, False),
    ("or", "a or b", {"a": (BOOL, False), "b": (BOOL, True)}, True),
    ("not", "not a", {"a": (BOOL, False)}, True),
    ("precedence", "a or b and not c", dict.fromkeys("abc", (BOOL, True)), True),
    ("precedence-kept", "(a or b) and c", {"a": (BOOL, True), "b": (BOOL, True), "c": (BOOL, False)}, False),
    ("not-equal-not", "not a == b", ints(a=1, b=2), True),
    ("short-and", "n != 0 and 10 / n > 1", ints(n=0), False),
    ("short-or", "n == 0 or 10 / n > 1", ints(n=0), True),
    ("conditional", 'if c then "" else "no"', {"c": (BOOL, True)}, ""),
    ("conditional-lazy", "if n == 0 then 0.0 else 1 / n", ints(n=0), 0.0),
    ("lists-equal", "xs == ys", {"xs": (INTS, [1, 2]), "ys": (INTS, [1, 2])}, True),
    ("lists-int-float", "xs == ys", {"xs": (INTS, [1]), "ys": (ListType(FLOAT), [1.0])}, True),
    ("records-equal", "a == b", {"a": (ITEM, L[0]), "b": (ITEM, dict(reversed(L[0].items())))}, True),
    ("null-is-missing", "a == b", {"a": (JSON, {"x": None, "y": 1}), "b": (JSON, {"y": 1})}, True),
]

ABSENCE: list[Row] = [
    ("null", 'a ?? "d"', {"a": (maybe(STRING), None)}, "d"),
    ("empty", 'a ?? "d"', {"a": (maybe(STRING), "")}, ""),
    ("false", "a ?? true", {"a": (maybe(BOOL), False)}, False),
    ("zero", "a ?? 5", {"a": (maybe(INT), 0)}, 0),
    ("value", 'a ?? "d"', {"a": (maybe(STRING), "v")}, "v"),
    ("chain", 'a ?? b ?? "d"', {"a": (maybe(STRING), None), "b": (maybe(STRING), None)}, "d"),
    ("lazy", "a ?? b[9]", {"a": (maybe(INT), 1), "b": (INTS, [])}, 1),
    ("missing", 'r.x ?? "d"', {"r": (JSON, {"y": 1})}, "d"),
    ("null-field", 'r.x ?? "d"', {"r": (JSON, {"x": None})}, "d"),
    ("optional-field", 'r.x ?? "d"', {"r": (RecordType((("x", maybe(STRING)),)), {})}, "d"),
    ("deep", 'r.x.y ?? "d"', {"r": (JSON, {"z": 1})}, "d"),
    ("record-of-null", "{ a: x, b: 1 }", {"x": (maybe(INT), None)}, {"b": 1}),
    ("written-null", "{ a: x, b: null }", {"x": (maybe(INT), None)}, {"b": None}),
    ("key-case", 'r.A ?? "d"', {"r": (JSON, {"a": "v"})}, "d"),
]

TEXT: list[Row] = [
    ("int-text", '"n={a}"', ints(a=7), "n=7"),
    ("negative-text", '"{a}"', ints(a=-7), "-7"),
    ("large-text", '"{a}"', ints(a=P53), "9007199254740991"),
    ("float-text", '"{a}"', floats(a=1.0), "1.0"),
    ("float-text-of-int", '"{a}"', floats(a=1), "1.0"),
    ("float-small", '"{a}"', floats(a=1e-7), "1e-07"),
    ("float-17", '"{a}"', floats(a=0.1 + 0.2), "0.30000000000000004"),
    ("float-large", '"{a}"', floats(a=12345678.9), "12345678.9"),
    ("float-1e16", '"{a}"', floats(a=1e16), "1e+16"),
    ("fixed", "fixed(a, 2)", floats(a=1234.5), "1234.50"),
    ("bool-text", '"{a}"', {"a": (BOOL, True)}, "true"),
    ("null-text", '"{a}"', {"a": (INT, None)}, FAILS),
    ("hostile", '"{a}"', texts(a=HOSTILE), HOSTILE),
    ("hostile-literal", '"\'{a}\\"{{b}}"', texts(a="x"), "'x\"{b}"),
    ("conditional-part", '"<{if c then "a" else "b"}>"', {"c": (BOOL, False)}, "<b>"),
    ("date-text", '"of {d}"', dates(d="2026-03-01"), "of 2026-03-01"),
    ("concatenation", "a + b", texts(a="1", b="2"), "12"),
    ("len", "len(a)", texts(a="hé😀"), 3),
    ("lower", "lower(a)", texts(a="ÀB😀"), "àb😀"),
    ("upper", "upper(a)", texts(a="straße é"), "STRASSE É"),
    ("trim", "trim(a)", texts(a=" \tx y\r\n "), "x y"),
    ("trim-nbsp", "trim(a)", texts(a="\u00a0x "), "\u00a0x"),
    ("split", 'split(a, ".")', texts(a="a.b..c."), ["a", "b", "", "c", ""]),
    ("split-empty", "split(a, b)", texts(a="ab", b=""), FAILS),
    ("join", 'join(xs, ", ")', {"xs": (TEXTS, ["a", "b"])}, "a, b"),
    ("join-none", 'join(xs, ",")', {"xs": (TEXTS, [])}, ""),
    ("replace", 'replace(a, ".", "$1")', texts(a="a.b.c"), "a$1b$1c"),
    ("replace-empty", 'replace(a, b, "x")', texts(a="ab", b=""), FAILS),
    ("contains-case", 'contains(a, "hell")', texts(a="Hello"), False),
    ("contains", "contains(a, b)", texts(a="Hello", b="ell"), True),
    ("contains-empty", "contains(a, b)", texts(a="Hello", b=""), FAILS),
    ("starts", 'starts_with(a, "he")', texts(a="Hello"), False),
    ("ends", 'ends_with(a, "lo")', texts(a="Hello"), True),
    ("json", "json(xs)", {"xs": (JSON, [1, "é\"<&'", None, True, 2.5])}, '[1,"é\\"<&\'",null,true,2.5]'),
    (
        "json-order",
        "json(r)",
        {"r": (JSON, {"b": [1.5, None], "a": "é\u2028</x>"})},
        '{"b":[1.5,null],"a":"é\u2028</x>"}',
    ),
    ("json-null-field", "json(r)", {"r": (JSON, {"a": None, "b": [{"c": None}]})}, '{"b":[{}]}'),
    ("parse", "parse_json(s).a", texts(s='{"a": {"b": 7}}'), {"b": 7}),
    ("parse-prose", "parse_json(s)", texts(s="seven"), FAILS),
    ("parse-nan", "parse_json(s)", texts(s="NaN"), FAILS),
    ("parse-large", "parse_json(s)", texts(s="9007199254740993"), FAILS),
    ("round-trip", "json(parse_json(s))", texts(s=COMPACT), COMPACT),
]

LISTS: list[Row] = [
    ("index", "xs[1]", {"xs": (TEXTS, ["a", "b", "c"])}, "b"),
    ("index-variable", "xs[i]", {"xs": (TEXTS, ["a", "b", "c"]), "i": (INT, 2)}, "c"),
    ("index-negative", "xs[-1]", {"xs": (TEXTS, ["a", "b", "c"])}, "c"),
    ("index-beyond", "xs[9]", {"xs": (TEXTS, ["a", "b"])}, FAILS),
    ("first", 'first(xs) ?? "d"', {"xs": (TEXTS, [])}, "d"),
    ("last", 'last(xs) ?? "d"', {"xs": (TEXTS, ["a", "b"])}, "b"),
    ("slice", "xs[1:3]", {"xs": (TEXTS, ["a", "b", "c", "d"])}, ["b", "c"]),
    ("slice-beyond", "xs[1:9]", {"xs": (TEXTS, ["a", "b"])}, ["b"]),
    ("slice-open", "xs[:-1]", {"xs": (TEXTS, ["a", "b"])}, ["a"]),
    ("length", "len(xs) == 0", {"xs": (TEXTS, [])}, True),
    ("concatenated", "xs + ys", {"xs": (INTS, [1]), "ys": (INTS, [2])}, [1, 2]),
    ("field", "r.a.b", {"r": (RecordType((("a", RecordType((("b", STRING),))),)), {"a": {"b": "v"}})}, "v"),
    ("field-dash", 'r["x-y"]', {"r": (JSON, {"x-y": "v"})}, "v"),
    ("field-method", "r.items", {"r": (JSON, {"items": "v", "keys": 1})}, "v"),
    ("key-missing", 'r["x"]', {"r": (JSON, {"y": 1})}, FAILS),
    ("map", "[x.id for x in L]", {"L": (ITEMS, L)}, ["x", "y", "z"]),
    ("filter", "[x.id for x in L if x.ok]", {"L": (ITEMS, L)}, ["x", "z"]),
    ("computed", "[x.n * 2 for x in L]", {"L": (ITEMS, L)}, [6, 18, 6]),
    ("any", "any(x.n > 5 for x in L)", {"L": (ITEMS, L)}, True),
    ("all", "all(x.n > 5 for x in L if not x.ok)", {"L": (ITEMS, L)}, True),
    ("sum-of", "sum(x.n for x in L)", {"L": (ITEMS, L)}, 15),
    ("max-by-first", "[max_by(x.n for x in L)]", {"L": (ITEMS, [L[0], L[2]])}, [L[0]]),
    ("min-by-none", "min_by(x.n for x in L if x.n > 9) == null", {"L": (ITEMS, L)}, True),
    ("sort-stable", "[y.id for y in sort_by(x.n for x in L)]", {"L": (ITEMS, L)}, ["x", "z", "y"]),
    ("sort-code-points", "sort_by(x for x in xs)", {"xs": (TEXTS, ["b", "C", "a"])}, ["C", "a", "b"]),
    ("variable-like-operand", "[x + a for x in xs]", {"a": (INT, 1), "xs": (INTS, [1, 2])}, [2, 3]),
]

TIME: list[Row] = [
    ("date-back", "d - 1d", dates(d="2026-03-01"), "2026-02-28"),
    ("date-leap", "d - 1d", dates(d="2028-03-01"), "2028-02-29"),
    ("date-on", "d + 2 * 1d", dates(d="2026-12-31"), "2027-01-02"),
    ("date-part-day", "d + e", {"d": (DATE, "2026-03-01"), "e": (DURATION, 3600000)}, FAILS),
    ("date-less", "a < b", dates(a="2026-03-01", b="2026-10-01"), True),
    ("date-equal", "a == b", dates(a="2026-03-01", b="2026-03-01"), True),
    ("year", "d.year", dates(d="2026-03-01"), 2026),
    ("month-day", "d.month * 100 + d.day", dates(d="2026-03-01"), 301),
    ("weekday", "weekday(d)", dates(d="2026-03-01"), 7),
    ("days-between", "seconds(a - b) // 86400", dates(a="2026-03-01", b="2026-02-01"), 28),
    ("zone-winter", 'text(t, "Europe/Berlin")', times(t="2026-03-29T00:30:00Z"), "2026-03-29T01:30:00+01:00"),
    ("zone-summer", 'text(t, "Europe/Berlin")', times(t="2026-03-29T01:30:00Z"), "2026-03-29T03:30:00+02:00"),
    ("day-is-24h", 'text(t + 1d, "Europe/Berlin")', times(t="2026-03-28T12:00:00+01:00"), "2026-03-29T13:00:00+02:00"),
    ("date-in-zone", 'date(t, "Europe/Berlin")', times(t="2026-03-28T23:30:00Z"), "2026-03-29"),
    ("instants", "a == b", times(a="2026-03-28T23:30:00Z", b="2026-03-29T00:30:00+01:00"), True),
    ("instants-less", "a < b", times(a="2026-03-28T23:30:00Z", b="2026-03-29T00:30:00+02:00"), False),
    ("instants-apart", "seconds(a - b)", times(a="2026-03-28T23:30:00Z", b="2026-03-29T00:29:30+01:00"), 30),
    ("no-offset", 'date(t, "UTC")', times(t="2026-03-28T23:30:00"), FAILS),
    ("no-zone", 'date(t, "Mars/Olympus")', times(t="2026-03-28T23:30:00Z"), FAILS),
    ("durations", "a + b", durations(a=5400000, b=1800000), 7200000),
    ("duration-times", "2 * a > b", durations(a=30000, b=45000), True),
    ("seconds", "seconds(a)", durations(a=90999), 90),
]

ROWS = [*ARITHMETIC, *COMPARISON, *ABSENCE, *TEXT, *LISTS, *TIME]
