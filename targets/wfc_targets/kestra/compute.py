"""Expressions that Pebble can't compute → Python beside the consumer, with its operands in one `args.json`."""

from __future__ import annotations

import re

from wfc import ir
from wfc.python_text import prelude, python_text
from wfc.record import replace
from wfc.types import OptionalType
from wfc_targets.kestra import pebble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc_targets.kestra.places import Around, Places

LOAD = 'args = json.load(open("args.json", encoding="utf-8"))'


class Operands:
    """The values that one Python script reads: each once, under a name, out of `args.json`."""

    def __init__(self, places: Places, around: Around) -> None:
        self.places = places
        self.around = around
        self.texts: dict[str, str] = {}
        self.helpers: set[str] = set()

    def add(self, text: str, wanted: str) -> str:
        """The name under which a Pebble text crosses; `wanted` where that is free."""
        for name, known in self.texts.items():
            if known == text:
                return name
        name, number = re.sub(r"\W", "_", wanted), 2
        while name in self.texts:
            name, number = f"{wanted}_{number}", number + 1
        self.texts[name] = text
        return name

    def code(self, expr: AnyExpr) -> str:
        """The Python text of an expression; constants stand in it, everything else is an operand."""
        computation = python_text(self._lifted(expr), self._operand)
        self.helpers.update(computation.helpers)
        return computation.code

    def value(self, expr: AnyExpr, wanted: str) -> str:
        """Like code, but what Pebble can compute crosses whole, under the name `wanted`."""
        if isinstance(expr, ir.Literal):
            return self.code(expr)
        path = self.places.path(expr, self.around)
        if path is None:
            return self.code(expr)
        return self._read(self.add(path, wanted), expr)

    def file(self) -> str:
        """The template of args.json."""
        entries = ", ".join(f"{pebble.string(name)}: {text}" for name, text in self.texts.items())
        return "{{ {" + entries + "} | toJson }}"

    def _lifted(self, expr: AnyExpr) -> AnyExpr:
        """The expression with every path in it replaced by one reference, so that no more crosses than is read."""
        path = self.places.path(expr, self.around) if isinstance(expr, ir.Ref | ir.Field | ir.Index) else None
        if path is not None:
            return ir.Ref(expr.type, expr.span, "operand", self.add(path, _name(expr)))
        match expr:
            case ir.Literal() | ir.Ref():
                return expr
            case ir.RecordExpr():
                return replace(expr, entries=tuple((name, self._lifted(value)) for name, value in expr.entries))
            case ir.Slice():
                return replace(
                    expr,
                    of=self._lifted(expr.of),
                    start=None if expr.start is None else self._lifted(expr.start),
                    stop=None if expr.stop is None else self._lifted(expr.stop),
                )
            case ir.Comprehension():
                test = None if expr.test is None else self._lifted(expr.test)
                return replace(expr, body=self._lifted(expr.body), items=self._lifted(expr.items), test=test)
            case _:
                return replace(expr, **{field: self._part(getattr(expr, field)) for field in PARTS[type(expr)]})

    def _part(self, part: AnyExpr | tuple[AnyExpr, ...]) -> AnyExpr | tuple[AnyExpr, ...]:
        return tuple(self._lifted(item) for item in part) if isinstance(part, tuple) else self._lifted(part)

    def _operand(self, ref: ir.Ref) -> str:
        return self._read(ref.name, ref)

    def _read(self, name: str, expr: AnyExpr) -> str:
        # the engine leaves null fields out of JSON
        return f'args.get("{name}")' if isinstance(expr.type, OptionalType) else f'args["{name}"]'


PARTS: dict[type, tuple[str, ...]] = {
    ir.Field: ("of",),
    ir.Index: ("of", "index"),
    ir.ListExpr: ("items",),
    ir.Text: ("parts",),
    ir.Unary: ("operand",),
    ir.Binary: ("left", "right"),
    ir.Conditional: ("test", "then", "other"),
    ir.Apply: ("args",),
}


def _name(expr: AnyExpr) -> str:
    """A name for an operand, after its path: `a.items` is `a_items`."""
    match expr:
        case ir.Ref():
            return expr.name.rpartition("/")[2] if expr.kind != "run" else f"run_{expr.name}"
        case ir.Field():
            return f"{_name(expr.of)}_{expr.name}"
        case ir.Index():
            return f"{_name(expr.of)}_item"
        case _:
            return "value"


def script(
    body: str, operands: Operands, imports: tuple[str, ...] = ("import json",), kernel: tuple[str, ...] = ()
) -> str:
    """A whole script: imports, helpers of computed expressions, the reading of args.json, the body.

    imports: lines. kernel: names that it takes from kernel.py. Escaped, so that Pebble renders it to itself.
    """
    helpers = prelude(tuple(sorted(operands.helpers)))
    helper_imports, functions = _split(helpers)
    lines = sorted({*imports, *helper_imports, *(("import json",) if operands.texts else ())}, key=_import_order)
    if kernel:
        lines.append(f"from kernel import {', '.join(sorted(kernel))}")
    parts = ["\n".join(lines), functions, LOAD if operands.texts else "", body]
    return pebble.raw("\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n")


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from "), line


def _split(helpers: str) -> tuple[list[str], str]:
    lines = helpers.splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    return imports, "\n".join(line for line in lines if not line.startswith(("import ", "from ")))
