"""Random typed expressions over the values that a place of a flow can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

TYPES = ("int", "string", "bool", "float", "date", "list<int>", "list<string>", "{ a: int, b: string? }")

TEXTS = (
    "",
    "abc",
    "a,b,,c",
    "  both ends  ",
    "$(touch pwned)",
    "'; touch pwned; '",
    '"quoted" `here`',
    "{{ 7*7 }}",
    "${{ github.token }}",
    "%s%d\\n",
    "line one\nline two",
    "é 😀 \u2028 end",
    "-rf --help",
    "@/etc/passwd",
    "null",
    "true",
    "007",
    "1e3",
)
"""Texts that go wrong wherever a value becomes code, is rendered twice, or is read as something else."""

DEFAULTS = {
    "int": "0",
    "string": '"none"',
    "bool": "false",
    "float": "0.5",
    "date": "day",
    "list<int>": "[0]",
    "list<string>": '["none"]',
    "{ a: int, b: string? }": "{ a: 0, b: null }",
}


@dataclass(frozen=True)
class Value:
    """Something that can be read. text: the expression. type: of it. optional: may be null."""

    text: str
    type: str
    optional: bool = False


def literal(text: str) -> str:
    """A text as a literal of the language: braces doubled, the rest as JSON writes it."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("{", "{{").replace("}", "}}")


class Expressions:
    """Draws expressions. draw: of hypothesis."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.variables = 0

    def number(self, least: int, most: int) -> int:
        """A number."""
        return int(self.draw(st.integers(least, most)))

    def choice(self, *options: str) -> str:
        """One of the texts."""
        return str(self.draw(st.sampled_from(options)))

    def variable(self) -> str:
        """A fresh variable of a comprehension."""
        self.variables += 1
        return f"x{self.variables}"

    def expression(self, kind: str, scope: list[Value], depth: int = 2) -> str:
        """An expression of a type."""
        found = [value for value in scope if value.type == kind]
        if found and self.number(0, 2):
            value = found[-1 - self.number(0, len(found) - 1)]
            return f"({value.text} ?? {DEFAULTS[kind]})" if value.optional else value.text
        if depth == 0:
            return self.constant(kind)
        made: str = getattr(
            self,
            {"{": "record", "list<int>": "numbers", "list<string>": "texts"}.get(
                kind if kind.startswith("list") else kind[:1] if kind.startswith("{") else kind, f"{kind}_"
            ),
        )(scope, depth - 1)
        return made

    def constant(self, kind: str) -> str:
        """A literal of a type."""
        if kind == "int":
            return str(self.number(0, 9))
        if kind == "string":
            return literal(self.choice(*TEXTS))
        if kind == "bool":
            return self.choice("true", "false")
        return DEFAULTS[kind]

    def int_(self, scope: list[Value], depth: int) -> str:
        """An int."""
        first, second = (self.expression("int", scope, depth) for _ in range(2))
        match self.number(0, 9):
            case 0 | 1:
                return f"({first} {self.choice('+', '-', '*')} {second})"
            case 2:
                return f"({first} {self.choice('//', '%')} {self.choice('3', '7', '-2')})"
            case 3:
                return f"{self.choice('max', 'min')}({first}, {second})"
            case 4:
                return f"sum({self.expression('list<int>', scope, depth)})"
            case 5:
                return f"len({self.expression(self.choice('list<int>', 'string', 'list<string>'), scope, depth)})"
            case 6:
                return f"(first({self.expression('list<int>', scope, depth)}) ?? 4)"
            case 7:
                return f"(if {self.expression('bool', scope, depth)} then {first} else {second})"
            case 8 if self.number(0, 3) == 0:
                return f"({first} // {second})"
            case _:
                return f"abs({first})"

    def string_(self, scope: list[Value], depth: int) -> str:
        """A string."""
        text = self.expression("string", scope, depth)
        match self.number(0, 6):
            case 0 | 1:
                kind = self.choice("int", "bool", "float", "string", "date")
                inner = self.expression(kind, scope, 0)
                return f'"<{{{inner}}}>"' if '"' not in inner else text
            case 2:
                return f"{self.choice('upper', 'lower', 'trim')}({text})"
            case 3:
                return f'join({self.expression("list<string>", scope, depth)}, ";")'
            case 4:
                return f"json({self.expression(self.choice(*TYPES), scope, depth)})"
            case 5:
                return f'replace({text}, "a", "$A")'
            case _:
                return f"({text} + {self.expression('string', scope, depth)})"

    def bool_(self, scope: list[Value], depth: int) -> str:
        """A bool."""
        match self.number(0, 4):
            case 0 | 1:
                sign = self.choice("<", "<=", "==", "!=")
                return f"{self.expression('int', scope, depth)} {sign} {self.expression('int', scope, depth)}"
            case 2:
                return f"{self.expression('string', scope, depth)} == {self.expression('string', scope, depth)}"
            case 3:
                return f"(not ({self.expression('bool', scope, depth)}))"
            case _:
                parts = [f"({self.expression('bool', scope, depth)})" for _ in range(2)]
                return f"({parts[0]} {self.choice('and', 'or')} {parts[1]})"

    def float_(self, scope: list[Value], depth: int) -> str:
        """A float."""
        number = self.expression("int", scope, depth)
        match self.number(0, 2):
            case 0:
                return f"({number} / {self.choice('2', '3', '8')})"
            case 1:
                return f"round({self.expression('float', scope, depth)}, 2)"
            case _:
                return f"({self.expression('float', scope, depth)} + 0.1)"

    def date_(self, scope: list[Value], depth: int) -> str:
        """A date."""
        return f"({self.expression('date', scope, depth)} {self.choice('+', '-')} {self.number(0, 40)}d)"

    def numbers(self, scope: list[Value], depth: int) -> str:
        """A list of numbers, often empty or with doubles."""
        numbers = self.expression("list<int>", scope, depth)
        name = self.variable()
        match self.number(0, 5):
            case 0:
                return f"[{', '.join(self.expression('int', scope, depth) for _ in range(self.number(1, 3)))}]"
            case 1:
                return f"[{name} * 2 for {name} in {numbers}]"
            case 2:
                return f"[{name} for {name} in {numbers} if {name} > {self.number(0, 5)}]"
            case 3:
                return f"sort_by(-{name} for {name} in {numbers})"
            case 4:
                return f"{numbers}[{self.choice('0:2', '1:', ':-1')}]"
            case _:
                return f"({numbers} + {self.expression('list<int>', scope, depth)})"

    def texts(self, scope: list[Value], depth: int) -> str:
        """A list of texts."""
        text = self.expression("string", scope, depth)
        if self.number(0, 1):
            return f'split({text}, ",")'
        return f"[{text}, {self.expression('string', scope, depth)}]"

    def record(self, scope: list[Value], depth: int) -> str:
        """A record with an optional field."""
        text = self.expression("string", scope, depth) if self.number(0, 1) else "null"
        return f"{{ a: {self.expression('int', scope, depth)}, b: {text} }}"
