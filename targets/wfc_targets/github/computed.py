"""Values that GitHub cannot compute exactly → one Python step in front of the task, its results as outputs."""

from __future__ import annotations

from wfc import ir
from wfc.python_text import prelude, python_name, python_text
from wfc.types import STRING, OptionalType, Primitive, RecordType, required
from wfc_targets.github import shapes
from wfc_targets.github.rewrite import bound, path_of, rewritten, typed
from wfc_targets.github.values import find
from wfc_targets.github.wires import JSON, TYPED, Wire, as_json, insert, loaded, variable_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc_targets.github.draft import Draft, Scope

WRITE = 'with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as outputs:\n'
WIRE = "wire"
"""The kind of the references that stand for one environment variable of a computation."""


OWN_NAMES = frozenset(
    "enumerate file found given glob items leg legs open os outputs own path print re sys value".split()
)
"""Names that the programs around an expression use themselves."""


class Program:
    """Python text being written: what it reads from the environment and the helpers it needs."""

    def __init__(self, draft: Draft, scope: Scope) -> None:
        self.draft = draft
        self.scope = scope
        self.env: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.loads: dict[str, str] = {}
        self.helpers: set[str] = {"json"}

    def code(self, expr: AnyExpr) -> str:
        """The Python text of an expression whose references are variables of this program."""
        computation = python_text(self._single(bound(expr, self.scope.loops)), lambda ref: ref.name)
        self.helpers |= set(computation.helpers)
        return computation.code

    def _single(self, expr: AnyExpr) -> AnyExpr:
        """The expression with each path that travels by itself as one reference to its variable."""

        def change(part: AnyExpr) -> AnyExpr | None:
            path = path_of(part)
            if path is None or path[0].kind in ("var", WIRE):
                return None
            ref, names = path
            return self._read(ref, names, part)

        return rewritten(expr, change)

    def _read(self, ref: ir.Ref, names: tuple[str, ...], part: AnyExpr) -> AnyExpr:
        found = find(self.draft, ref, names, self.scope)
        if found is None:
            return ir.Literal(Primitive("null"), part.span, None)
        wire, rest = found
        result: AnyExpr = ir.Ref(wire.type, part.span, WIRE, self._variable(ref, names, wire, rest))
        for number, name in enumerate(rest, 1):
            result = ir.Field(typed(wire.type, rest[:number]), part.span, result, name)
        return result

    def _variable(self, ref: ir.Ref, names: tuple[str, ...], wire: Wire, rest: tuple[str, ...]) -> str:
        if wire.text in self.names:
            return self.names[wire.text]
        stem = ref.name.rpartition("/")[2]
        read = names[: len(names) - len(rest)]
        variable = variable_name("_".join((stem, *read)), self.env)
        text = wire.text
        if wire.form == TYPED:
            wire = Wire(as_json(wire) or f"toJSON({wire.text})", JSON, wire.type)
            text = wire.text
        self.env[variable] = insert(text)
        name = variable.lower()
        name = f"{name}_" if name in OWN_NAMES else python_name(name)
        self.names[wire.text] = name
        self.loads[name] = loaded(wire, variable)
        return name

    def head(self, between: str = "", modules: tuple[str, ...] = ()) -> str:
        """Imports, helpers, `between` and the reading of the variables."""
        named = {"json", "os", *modules} | {helper for helper in self.helpers if helper in MODULES}
        functions = prelude(tuple(sorted(self.helpers)))
        functions = functions[functions.find("def ") :] if "def " in functions else ""
        used = {module for module in MODULES if f"{module}." in functions} | named
        text = "".join(f"import {module}\n" for module in sorted(used))
        text += f"\n\n{functions}\n\n" if functions else "\n"
        return text + between + "".join(f"{name} = {load}\n" for name, load in self.loads.items())


MODULES = ("datetime", "json", "math", "zoneinfo")


def program(draft: Draft, scope: Scope, values: list[tuple[str, AnyExpr]]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Python that computes values and writes each to the output of its name, as one line of JSON; its environment."""
    python = Program(draft, scope)
    lines = [f"    print({_line(name)} + json.dumps({python.code(expr)}), file=outputs)\n" for name, expr in values]
    return python.head() + WRITE + "".join(lines), tuple(python.env.items())


def _line(name: str) -> str:
    return f'"{name}="'


def output(step: str, name: str, expr: AnyExpr) -> str:
    """The YAML text that gives the text of a value that `program` computed."""
    text = f"steps.{step}.outputs.{name}"
    return insert(f"fromJSON({text})" if shapes.textual(expr.type) or expr.type == STRING else text)


def nullable(expr: AnyExpr) -> bool:
    """Can null stand in the value or in a field of it?"""
    kind = expr.type
    if isinstance(kind, OptionalType) or kind == Primitive("json"):
        return True
    if isinstance(kind, RecordType):
        return any(isinstance(field, OptionalType) for _, field in kind.fields)
    return not shapes.scalar(required(kind))
