"""Random typed flows with the scripts of their calls and their inputs: `flows()` is a strategy of hypothesis."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from random_flows.expressions import TEXTS, TYPES, Expressions, Value
from random_flows.scripts import LIMIT, Script

INPUTS = """\
  input scratch: string
  input flag: bool
  input num: int
  input word: string
  input day: date
  input mode: "a" | "b" | "c"
  input items: list<int>
"""
SCOPE = [
    Value("flag", "bool"),
    Value("num", "int"),
    Value("word", "string"),
    Value("day", "date"),
    Value("items", "list<int>"),
]


@dataclass
class Drawn:
    """A flow. text: of the file. scripts: of all its calls. inputs: of the flow `f`, but for `scratch`."""

    text: str
    scripts: list[Script]
    inputs: dict[str, Any]


@dataclass
class Place:
    """Where statements stand. scope: what they can read. loops: the expressions of the items around, outside first.

    exact: does an item have its own files (its texts differ)? depth: of blocks. parallel, workspace: inside of one.
    """

    scope: list[Value]
    loops: list[str] = field(default_factory=list)
    exact: bool = True
    depth: int = 0
    parallel: bool = False
    protected: bool = False

    def inner(self, **changes: Any) -> Place:
        """A block in it, with a scope of its own."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Place(**{**fields, "scope": list(self.scope), "depth": self.depth + 1, **changes})


class Writer:
    """Writes one project; every task has a name of its own (t1, t2 …)."""

    def __init__(self, draw: Any) -> None:
        self.make = Expressions(draw)
        self.number, self.choice, self.draw = self.make.number, self.make.choice, draw
        self.scripts: list[Script] = []
        self.tasks = self.blocks = 0
        self.children: list[str] = []
        self.slow = False

    # --- calls ---

    def fails(self, place: Place) -> tuple[int | None, tuple[str, int | None] | None]:
        """How often a call fails, and for which item otherwise."""
        options = [0, 0, 0, 0, 0, 1, 2, None] if place.exact else [0, 0, 0, 0, None]
        fails = self.draw(st.sampled_from(options))
        odd = None
        if place.loops and place.exact and self.number(0, 3) == 0:
            odd = (self.choice("1", "2", "3"), self.draw(st.sampled_from(options)))
        return fails, odd

    def call(
        self,
        role: str,
        name: str,
        place: Place,
        kind: str,
        scope: list[Value],
        python: bool,
        slow: bool,
        maybe: str = "",
    ) -> str:
        """One call; kind: the type that it gives, "" for none. maybe: what it is given as it is, be it null."""
        fails, odd = self.fails(place)
        value = maybe or self.make.expression(kind or self.choice(*TYPES), scope)
        gives = "" if not kind else "echo" if kind == "string" else "line"
        gives = {"echo": "maybe_echo", "line": "maybe"}.get(gives, gives) if maybe else gives
        script = Script(role, name, fails, odd, slow, gives, python, value, tuple(place.loops))
        self.scripts.append(script)
        return script.text()

    def task(self, place: Place, plain: bool = False) -> str:
        """One task with random policies. plain: without guard, fallback and undo."""
        self.tasks += 1
        name = f"t{self.tasks}"
        kind = self.choice("", "", *TYPES)
        python = self.number(0, 5) == 0
        slow = not self.slow and self.number(0, 24) == 0 and not python
        self.slow = self.slow or slow
        missing = [value.text for value in place.scope if value.optional and value.type == kind]
        maybe = self.choice(*missing) if missing and self.number(0, 1) == 0 else ""
        call = self.call("task", name, place, kind, place.scope, python, slow, maybe)
        mark = "?" if maybe else ""
        result = f" -> {kind}{mark}" if python and kind else f" -> {{ v: {kind}{mark} }}" if kind else ""
        text = f'task {name} = {call}{result} effect safe "a test"'
        if place.exact and self.number(0, 2) == 0:
            text += f" retry fixed(attempts: {self.number(2, 3)}, every: {self.choice('10ms', '1s')})"
        text += f" timeout {LIMIT}s" if slow else ""
        optional = False
        if not plain:
            if not place.parallel or not kind:
                optional = self.number(0, 5) == 0
                text += f" when {self.make.expression('bool', place.scope)}" if optional else ""
            if self.number(0, 6) == 0:
                text += f" fallback {self.call('fallback', name, place, kind, place.scope, python, False)}"
            elif self.number(0, 3) == 0:
                own = [Value(name if python else f"{name}.v", kind, bool(maybe))] * 4 if kind else []
                text += f" undo {self.call('undo', name, place, '', place.scope + own, python, False)}"
        if kind:
            place.scope.append(Value(name if python else f"{name}.v", kind, optional or bool(maybe)))
        return text

    def poll(self, place: Place) -> str:
        """A task that is called until it has been called often enough."""
        self.tasks += 1
        name = f"t{self.tasks}"
        script = Script("task", name, 0, None, False, "count", False, "", tuple(place.loops))
        self.scripts.append(script)
        place.scope.append(Value(f"{name}.v", "int"))
        until = f"until {name}.v >= {self.number(1, 3)} every 1s within 5m"
        return f'task {name} = {script.text()} -> {{ v: int }} effect safe "a test" {until}'

    def subflow(self, place: Place) -> str:
        """A call of a flow of its own."""
        child = f"child{len(self.children) + 1}"
        self.children.append("")
        inside = Place([Value("x", "int"), Value("s", "string"), Value("day", "date")], depth=2)
        body = self.block(inside, 2)
        kind = self.choice("int", "string")
        given = self.make.expression(kind, inside.scope)
        self.children[int(child[5:]) - 1] = (
            f"flow {child} {{\n  input scratch: string\n  input x: int\n  input s: string\n  input day: date\n"
            f"  output r: {kind} = {given}\n{indent(body)}\n}}\n"
        )
        self.tasks += 1
        name = f"t{self.tasks}"
        values = f"x: {self.make.expression('int', place.scope)}, s: {self.make.expression('string', place.scope)}"
        place.scope.append(Value(f"{name}.r", kind))
        return f"task {name} = flow.run({child}, inputs: {{ scratch: scratch, day: day, {values} }})"

    # --- statements ---

    def block(self, place: Place, most: int = 3) -> str:
        """One to three statements."""
        return "\n".join(self.statement(place) for _ in range(self.number(1, most)))

    def statement(self, place: Place) -> str:
        """A statement, simpler the deeper it stands."""
        kind = self.number(0, 17) if place.depth < 2 else self.number(0, 7)
        match kind:
            case 8:
                return self.parallel(place)
            case 9 | 10:
                return self.loop(place)
            case 11:
                return self.attempt(place)
            case 12:
                return self.branch(place)
            case 13:
                return self.match(place)
            case 14 if place.depth == 0:
                return self.workspace(place)
            case 15 if place.exact:
                return self.poll(place)
            case 16 if place.depth == 0:
                return self.subflow(place)
            case 17 if place.depth == 0:
                return self.ending(place)
            case _:
                return self.task(place)

    def ending(self, place: Place) -> str:
        """What may end the flow early."""
        condition = self.make.expression("bool", place.scope)
        match self.number(0, 2):
            case 0:
                return f'if {condition} {{ stop "enough" }}'
            case 1:
                return f'if {condition} {{ fail "it is wrong: {{num}}" }}'
            case _:
                return f'require {condition} else "not so: {{num}}"'

    def parallel(self, place: Place) -> str:
        """Branches; a task among them may wait for one written before it, or read its result."""
        inside = place.inner(parallel=True)
        parts: list[str] = []
        names: list[str] = []
        for _ in range(self.number(2, 4)):
            if self.number(0, 2):
                text = self.task(inside)
                if names and self.number(0, 1):
                    text += f" after {self.choice(*names)}"
                names.append(f"t{self.tasks}")
                parts.append(text)
            else:
                parts.append(self.statement(inside))
        place.scope[:] = inside.scope
        return f"parallel {{\n{indent(parts)}\n}}"

    def loop(self, place: Place) -> str:
        """A loop; over numbers written in it, or over a list that is known when the flow runs."""
        self.blocks += 1
        variable = f"i{self.blocks}"
        items = "[1, 2, 3]"
        exact = place.exact
        if self.number(0, 1) and place.depth < 2:
            items, exact = self.make.expression("list<int>", place.scope), False
        most = f" max {self.number(1, 3)}" if self.number(0, 1) else ""
        own = [*place.scope, Value(variable, "int")]
        inside = place.inner(scope=own, loops=[*place.loops, variable], exact=exact, parallel=False)
        before = len(own)
        body = self.block(inside)
        for value in inside.scope[before:]:
            if value.type == "int" and not value.optional and value.text.count(".") <= 1 and value.text[0] == "t":
                task, dot, rest = value.text.partition(".")
                one = self.make.variable()
                place.scope.append(Value(f"[({one}{dot}{rest} ?? 0) for {one} in {task}]", "list<int>"))
        return f"for {variable} in {items}{most} {{\n{indent(body)}\n}}"

    def attempt(self, place: Place) -> str:
        """A try with its recovery."""
        inside = place.inner(parallel=False, protected=True)
        body = self.block(inside)
        self.leave(inside, place)
        mend = place.inner(parallel=False)
        mend.scope += failure_of(body)
        recover = self.block(mend, 2)
        return f"try {{\n{indent(body)}\n}} recover {{\n{indent(recover)}\n}}"

    def branch(self, place: Place) -> str:
        """An if, with or without its other arm."""
        condition = self.make.expression("bool", place.scope)
        arms = []
        for _ in range(self.number(1, 2)):
            inside = place.inner(parallel=False)
            arms.append(f"{{\n{indent(self.block(inside))}\n}}")
            self.leave(inside, place)
        return f"if {condition} {' else '.join(arms)}"

    def match(self, place: Place) -> str:
        """A match over the input `mode`."""
        if "mode" not in [value.text for value in place.scope] and place.scope[0].text != "flag":
            return self.task(place)
        arms = []
        for head in ('"a", "b"', '"c"') if self.number(0, 1) else ('"a"', "else"):
            inside = place.inner(parallel=False)
            arms.append(f"{head} {{\n{indent(self.block(inside, 2))}\n}}")
            self.leave(inside, place)
        return f"match mode {{\n{indent(arms)}\n}}"

    def workspace(self, place: Place) -> str:
        """Tasks that share a directory."""
        self.blocks += 1
        inside = place.inner()
        body = [self.task(inside, plain=True) for _ in range(self.number(1, 3))]
        place.scope[:] = inside.scope
        return f"workspace w{self.blocks} {{\n{indent(body)}\n}}"

    def leave(self, inside: Place, place: Place) -> None:
        """What a block has made, read from behind it: optional."""
        for value in inside.scope[len(place.scope) :]:
            if value.text[0] == "t" and value not in place.scope:
                place.scope.append(Value(value.text, value.type, True))

    def project(self) -> Drawn:
        """The flow `f` with handlers and outputs, the flows that it runs, and its inputs."""
        place = Place(list(SCOPE))
        body = self.block(place, 4)
        outputs = []
        for number in range(self.number(0, 2)):
            kind = self.choice("int", "string", "list<int>")
            outputs.append(f"output o{number}: {kind} = {self.make.expression(kind, place.scope)}")
        after = [
            Value(one.text, one.type, one.optional or one.text[0] == "t") for one in place.scope if one.text[0] != "["
        ]
        failed = Place([*after, *failure_of(body)], depth=1)
        handlers = ""
        if self.number(0, 2):
            handlers += f"\non failure {{\n{indent(self.block(failed, 2))}\n}}"
        if self.number(0, 2):
            handlers += f"\nfinally {{\n{indent(self.block(Place(list(after), depth=1), 2))}\n}}"
        parts = "\n".join([*outputs, body]) + handlers
        text = f"flow f {{\n{INPUTS}{indent(parts)}\n}}\n"
        inputs = {
            "flag": bool(self.number(0, 1)),
            "num": self.draw(st.sampled_from([0, 1, 2, 7, -3])),
            "word": self.choice(*TEXTS),
            "day": self.choice("2026-03-01", "2024-02-29"),
            "mode": self.choice("a", "b", "c"),
            "items": self.draw(st.sampled_from([[1, 2, 3], [], [2, 2], [5]])),
        }
        return Drawn("\n".join([text, *self.children]), self.scripts, inputs)


def failure_of(body: str) -> list[Value]:
    """What a handler of the body can read of the failure: in a sequence it is known which task was the first."""
    return [] if "parallel {" in body or "for i" in body else [Value("failure.task", "string")]


def indent(text: str | list[str]) -> str:
    """Lines two spaces further in, but for the inside of a raw text, which is dedented anyway."""
    whole = text if isinstance(text, str) else "\n".join(text)
    return "\n".join(f"  {line}" if line else line for line in whole.split("\n"))


@st.composite
def flows(draw: Any) -> Drawn:
    """Random flows."""
    return Writer(draw).project()
