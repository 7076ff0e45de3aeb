"""Writes one expression as Python, with as few parentheses as Python's precedence allows."""

from __future__ import annotations

import re

from wfc import ir
from wfc.python_prelude import HELPERS, IMPORTS
from wfc.types import (
    DATE,
    DATETIME,
    DURATION,
    FLOAT,
    INT,
    JSON,
    NULL,
    EnumType,
    ListType,
    MapType,
    OptionalType,
    RecordType,
    required,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wfc.ir import AnyExpr
    from wfc.types import Type

_BUILTINS = "abs all any dict float format int isinstance iter len list max min next reversed round sorted str sum"
_KEYWORDS = (
    "False None True and as assert async await break class continue def del elif else except finally for from "
    "global if import in is lambda nonlocal not or pass raise return try while with yield"
)
RESERVED = frozenset((*HELPERS, *IMPORTS, *_BUILTINS.split(), *_KEYWORDS.split()))
"""Names that an operand must not have, because the text may use them for something else."""

LOOSE, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, ATOM = range(9)
"""How tightly a text binds: a conditional least, names and calls most (Python's operator precedence)."""

_LEVELS = {"or": OR, "and": AND, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "//": PRODUCT, "%": PRODUCT}


def python_literal(value: str) -> str:
    """A Python literal of a text, with the quotes that a formatter would choose."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + "".join(f"\\{c}" if c == quote else c if c in "'\"" else repr(c)[1:-1] for c in value) + quote


class Writer:
    """One expression's text; `helpers` collects the helpers and modules that it names."""

    def __init__(self, operand: Callable[[ir.Ref], str], operands: Iterable[str]) -> None:
        self.operand = operand
        self.taken = {word for text in operands for word in re.findall(r"\w+", text)} | RESERVED
        self.helpers: set[str] = set()

    def text(self, expr: AnyExpr, level: int) -> str:
        """The text of an expression, in parentheses when it binds less tightly than `level`."""
        return fitted(self.write(expr), level)

    def call(self, helper: str, *arguments: str) -> str:
        """The call of a helper."""
        self.helpers.add(helper)
        return f"{helper}({', '.join(arguments)})"

    def variable(self, name: str) -> str:
        """The Python name of a comprehension's variable."""
        while name in self.taken:
            name += "_"
        return name

    def write(self, expr: AnyExpr) -> tuple[str, int]:
        """The text of an expression and how tightly it binds."""
        match expr:
            case ir.Literal():
                return literal(expr.value)
            case ir.Ref():
                return (self.variable(expr.name) if expr.kind == "var" else self.operand(expr)), ATOM
            case ir.Field():
                return self.field(expr)
            case ir.Index():
                return f"{self.text(expr.of, ATOM)}[{self.text(expr.index, LOOSE)}]", ATOM
            case ir.Slice():
                ends = [self.text(end, OR) if end is not None else "" for end in (expr.start, expr.stop)]
                return f"{self.text(expr.of, ATOM)}[{':'.join(ends)}]", ATOM
            case ir.ListExpr():
                return f"[{', '.join(self.text(item, LOOSE) for item in expr.items)}]", ATOM
            case ir.RecordExpr():
                return self.record(expr), ATOM
            case ir.Text():
                return self.joined(expr)
            case ir.Unary():
                level = NOT if expr.op == "not" else SIGN
                return f"{'not ' if expr.op == 'not' else '-'}{self.text(expr.operand, level)}", level
            case ir.Binary():
                return self.binary(expr)
            case ir.Conditional():
                then, test = self.text(expr.then, OR), self.text(expr.test, OR)
                return f"{then} if {test} else {self.text(expr.other, LOOSE)}", LOOSE
            case ir.Apply():
                return self.apply(expr)
            case ir.Comprehension():
                return self.comprehension(expr)

    # --- values and their parts ---

    def field(self, expr: ir.Field) -> tuple[str, int]:
        """of.name: missing is null. A date's parts are cut out of its text."""
        of, name = expr.of, python_literal(expr.name)
        if of.type == DATE:
            part = {"year": "[:4]", "month": "[5:7]", "day": "[8:]"}[expr.name]
            return f"int({self.text(of, ATOM)}{part})", ATOM
        if isinstance(of.type, RecordType):
            kind = of.type.field(expr.name)
            if kind is not None and not _nullable(kind):
                return f"{self.text(of, ATOM)}[{name}]", ATOM
            return f"{self.text(of, ATOM)}.get({name})", ATOM
        if isinstance(of.type, MapType):
            return f"{self.text(of, ATOM)}.get({name})", ATOM
        return f"({self.text(of, AND)} or {{}}).get({name})", ATOM

    def record(self, expr: ir.RecordExpr) -> str:
        """{…}: a null field is left out, unless it is written as `null`."""
        pairs = [(f"{python_literal(name)}: {self.text(value, LOOSE)}", value) for name, value in expr.entries]
        if not any(may_hold_null(value.type) for _, value in expr.entries):
            return "{" + ", ".join(pair for pair, _ in pairs) + "}"
        if not any(has_written_null(value) for _, value in expr.entries):
            return self.call("bare", "{" + ", ".join(pair for pair, _ in pairs) + "}")
        shown = [
            f"**{self.call('bare', f'{{{pair}}}')}"
            if may_hold_null(value.type) and not has_written_null(value)
            else pair
            for pair, value in pairs
        ]
        return "{" + ", ".join(shown) + "}"

    def joined(self, expr: ir.Text) -> tuple[str, int]:
        """The parts of a text, joined by `+`; parts that are not text go through `text`."""
        if not expr.parts:
            return '""', ATOM
        if len(expr.parts) == 1:
            return self.part(expr.parts[0], LOOSE)
        return " + ".join(self.part(part, PRODUCT)[0] for part in expr.parts), SUM

    def part(self, expr: AnyExpr, level: int) -> tuple[str, int]:
        """One part of a text."""
        match expr.type:
            case _ if expr.type == FLOAT:
                return self.call("text", f"float({self.text(expr, LOOSE)})"), ATOM
            case _ if expr.type.__class__ is EnumType or str(expr.type) in ("string", "secret", "date"):
                code, own = self.write(expr)
                return (f"({code})", ATOM) if own < level else (code, own)
            case _:
                return self.call("text", self.text(expr, LOOSE)), ATOM

    def comparable(self, expr: AnyExpr, level: int) -> str:
        """The text of a value as `==` and `in` want it: instants, and records without null fields."""
        if expr.type == DATETIME:
            return self.call("moment", self.text(expr, LOOSE))
        if expr.type == OptionalType(DATETIME):
            code, each = self.text(expr, OR), self.variable("each")
            if is_short(expr):
                return f"({code} and {self.call('moment', code)})"
            return f"(lambda {each}: {each} and {self.call('moment', each)})({code})"
        if isinstance(expr.type, ListType) and required(expr.type.item) == DATETIME:
            each = self.variable("each")
            return f"[{self.call('moment', each)} for {each} in {self.text(expr, OR)}]"
        if may_hold_null(required(expr.type)) and expr.type != NULL:
            return self.call("bare", self.text(expr, LOOSE))
        return self.text(expr, level)

    # --- operators ---

    def binary(self, expr: ir.Binary) -> tuple[str, int]:
        """left op right"""
        left, right, op = expr.left, expr.right, expr.op
        if op in ("or", "and"):
            return f"{self.text(left, _LEVELS[op])} {op} {self.text(right, _LEVELS[op] + 1)}", _LEVELS[op]
        if op == "??":
            return self.coalesce(left, right)
        if op in ("==", "!="):
            for one, other in ((left, right), (right, left)):
                if isinstance(other, ir.Literal) and other.value is None:
                    return f"{self.text(one, SUM)} is {'not ' * (op == '!=')}None", COMPARE
        if op in ("==", "!=", "in", "not in"):
            return f"{self.comparable(left, SUM)} {op} {self.comparable(right, SUM)}", COMPARE
        if op in ("<", "<=", ">", ">="):
            sides = [
                self.call("moment", self.text(side, LOOSE)) if side.type == DATETIME else self.text(side, SUM)
                for side in (left, right)
            ]
            return f"{sides[0]} {op} {sides[1]}", COMPARE
        return self.arithmetic(expr)

    def coalesce(self, left: AnyExpr, right: AnyExpr) -> tuple[str, int]:
        """left ?? right: the right side counts only where the left is null."""
        written = self.write(left)
        if is_short(left):
            code = fitted(written, COMPARE)
            return f"{self.text(right, OR)} if {code} is None else {code}", LOOSE
        return self.call("coalesce", written[0], f"lambda: {self.text(right, LOOSE)}"), ATOM

    def arithmetic(self, expr: ir.Binary) -> tuple[str, int]:
        """+ - * / // % on numbers, durations and lists, and the moves of dates and instants."""
        left, right, op = expr.left, expr.right, expr.op
        if left.type in (DATE, DATETIME):
            return self.elapsed(left, right) if left.type == right.type else self.moved(expr)
        level = _LEVELS[op]
        code = f"{self.text(left, level)} {op} {self.text(right, level + 1)}"
        if expr.type not in (INT, FLOAT, DURATION) or (op == "/" and left.type == right.type == INT):
            return code, level
        if op == "%" or (op == "//" and expr.type != FLOAT):
            return code, level
        return self.call("checked", code), ATOM

    def moved(self, expr: ir.Binary) -> tuple[str, int]:
        """A date or an instant, moved by a duration."""
        if expr.left.type == DATE:
            by = f"-{self.text(expr.right, SIGN)}" if expr.op == "-" else self.text(expr.right, LOOSE)
            return self.call("move", self.text(expr.left, LOOSE), by), ATOM
        self.helpers.add("datetime")
        by = f"datetime.timedelta(milliseconds={self.text(expr.right, LOOSE)})"
        return f"({self.instant(expr.left)} {expr.op} {by}).isoformat()", ATOM

    def instant(self, expr: AnyExpr) -> str:
        """The instant of a datetime."""
        return self.call("moment", self.text(expr, LOOSE))

    def elapsed(self, left: AnyExpr, right: AnyExpr) -> tuple[str, int]:
        """left - right of two dates or two instants, in milliseconds."""
        self.helpers.add("datetime")
        if left.type == DATETIME:
            difference = f"{self.instant(left)} - {self.instant(right)}"
        else:
            days = [f"datetime.date.fromisoformat({self.text(side, LOOSE)})" for side in (left, right)]
            difference = f"{days[0]} - {days[1]}"
        return f"({difference}) // datetime.timedelta(milliseconds=1)", PRODUCT

    # --- functions ---

    def apply(self, expr: ir.Apply) -> tuple[str, int]:
        """function(args)"""
        # each argument is written once: twice at each level is 2^98 times in a chain of functions
        args = [self.write(arg) for arg in expr.args]
        texts = [code for code, _ in args]
        tight = fitted(args[0], ATOM) if args else ""
        match expr.function:
            case "lower" | "upper":
                return f"{tight}.{expr.function}()", ATOM
            case "trim":
                return f'{tight}.strip(" \\t\\r\\n")', ATOM
            case "split":
                return f"{tight}.split({texts[1]})", ATOM
            case "join":
                return f"{fitted(args[1], ATOM)}.join({texts[0]})", ATOM
            case "replace":
                return f"{fitted(args[2], ATOM)}.join({tight}.split({texts[1]}))", ATOM
            case "contains":
                return f"{fitted(self.pattern(expr.args[1], args[1]), SUM)} in {fitted(args[0], SUM)}", COMPARE
            case "starts_with" | "ends_with":
                return f"{tight}.{expr.function.replace('_', '')}({self.pattern(expr.args[1], args[1])[0]})", ATOM
            case "first":
                return f"next(iter({texts[0]}), None)", ATOM
            case "last":
                return f"next(reversed({texts[0]}), None)", ATOM
            case "json":
                return self.json(expr.args[0], texts[0]), ATOM
            case "parse_json":
                return self.call("parse_json", texts[0]), ATOM
            case "fixed":
                return f"format({texts[0]}, {digits(expr.args[1], texts[1])})", ATOM
            case "seconds" | "minutes":
                return f"{fitted(args[0], PRODUCT)} // {1000 if expr.function == 'seconds' else 60_000}", PRODUCT
            case "weekday" | "date" | "text":
                return self.calendar(expr.function, texts), ATOM
            case _:
                return self.numeric(expr, texts), ATOM

    def numeric(self, expr: ir.Apply, texts: list[str]) -> str:
        """len, abs, any, all, min, max, round and sum."""
        kind = expr.args[0].type
        match expr.function:
            case "sum":
                return self.total(texts[0], expr.type)
            case "round" if len(texts) == 1:
                return self.call("checked", f"round({texts[0]})")
            case "min" | "max":
                one = isinstance(kind, ListType)
                key = "key=moment" if DATETIME in (kind, getattr(kind, "item", None)) else ""
                if key:
                    self.helpers.add("moment")
                more = [key] * bool(key) + ["default=None"] * one
                return f"{expr.function}({', '.join([*texts, *more])})"
            case _:
                return f"{expr.function}({', '.join(texts)})"

    def total(self, items: str, kind: Type) -> str:
        """The sum of a list; floats by math.fsum, since `sum` rounds differently from Python 3.12 on."""
        if kind == FLOAT:
            self.helpers.add("math")
            return self.call("checked", f"math.fsum({items})")
        return self.call("checked", f"sum({items})")

    def pattern(self, expr: AnyExpr, written: tuple[str, int]) -> tuple[str, int]:
        """A text to look for: checked to be non-empty where that isn't known."""
        if isinstance(expr, ir.Literal) and expr.value:
            return written
        return self.call("part", written[0]), ATOM

    def json(self, expr: AnyExpr, code: str) -> str:
        """JSON text; a record written here has already left its null fields out."""
        bare = may_hold_null(required(expr.type)) and not isinstance(expr, ir.RecordExpr)
        return self.call("json_text", self.call("bare", code) if bare else code)

    def calendar(self, function: str, texts: list[str]) -> str:
        """weekday, date and text."""
        if function == "weekday":
            self.helpers.add("datetime")
            return f"datetime.date.fromisoformat({texts[0]}).isoweekday()"
        self.helpers.add("zoneinfo")
        local = f"{self.call('moment', texts[0])}.astimezone(zoneinfo.ZoneInfo({texts[1]}))"
        return f"{local}.date().isoformat()" if function == "date" else f"{local}.isoformat()"

    def comprehension(self, expr: ir.Comprehension) -> tuple[str, int]:
        """[body for x in items if test] and function(body for x in items if test)."""
        name = self.variable(expr.variable)
        items, test = self.text(expr.items, OR), "" if expr.test is None else f" if {self.text(expr.test, OR)}"
        match expr.function:
            case "":
                return f"[{self.text(expr.body, LOOSE)} for {name} in {items}{test}]", ATOM
            case "any" | "all":
                return f"{expr.function}({self.text(expr.body, LOOSE)} for {name} in {items}{test})", ATOM
            case "sum":
                return self.total(f"{self.text(expr.body, LOOSE)} for {name} in {items}{test}", expr.type), ATOM
            case _:
                return self.by_key(expr, name, f"[{name} for {name} in {items}{test}]" if test else items), ATOM

    def by_key(self, expr: ir.Comprehension, name: str, items: str) -> str:
        """sort_by, min_by and max_by."""
        key = self.instant(expr.body) if expr.body.type == DATETIME else self.text(expr.body, LOOSE)
        python = {"sort_by": "sorted", "min_by": "min", "max_by": "max"}[expr.function]
        default = "" if expr.function == "sort_by" else ", default=None"
        return f"{python}({items}, key=lambda {name}: {key}{default})"


def fitted(written: tuple[str, int], level: int) -> str:
    """A text, in parentheses when it binds less tightly than `level`."""
    code, own = written
    return f"({code})" if own < level else code


def is_short(expr: AnyExpr) -> bool:
    """Is it a reference or a field of one, so that its text may stand twice?"""
    return isinstance(expr, ir.Ref) or (isinstance(expr, ir.Field) and isinstance(expr.of, ir.Ref))


def digits(expr: AnyExpr, code: str) -> str:
    """The format of `fixed`."""
    return f'".{expr.value}f"' if isinstance(expr, ir.Literal) else f'f".{{{code}}}f"'


def literal(value: bool | int | float | str | None) -> tuple[str, int]:
    """The text of a constant and how tightly it binds."""
    if isinstance(value, str):
        return python_literal(value), ATOM
    return repr(value), SIGN if isinstance(value, int | float) and value < 0 else ATOM


def has_written_null(expr: AnyExpr) -> bool:
    """Does the text of the flow write a `null` as, or inside, this part of a record?"""
    match expr:
        case ir.Literal():
            return expr.value is None
        case ir.RecordExpr():
            return any(has_written_null(value) for _, value in expr.entries)
        case ir.ListExpr():
            return any(has_written_null(item) for item in expr.items)
        case _:
            return False


def may_hold_null(kind: Type) -> bool:
    """May a value of this type be null, or hold a record with a null field?"""
    match kind:
        case ListType(item):
            holds = isinstance(required(item), ListType | MapType | RecordType) or required(item) == JSON
            return holds and may_hold_null(item)
        case MapType(value):
            return may_hold_null(value)
        case RecordType(fields):
            return any(may_hold_null(field) for _, field in fields)
        case _:
            return _nullable(kind)


def _nullable(kind: Type) -> bool:
    return isinstance(kind, OptionalType) or kind in (NULL, JSON)
