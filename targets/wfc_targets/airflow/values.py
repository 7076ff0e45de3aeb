"""Expressions → arguments in DAG text (`a.output["n"]`, `dag.param("day")`), or else functions of the context.

A value is passed directly where Airflow itself hands it on unchanged: inputs, certain results, items, Jinja over plain
texts. All else is Python text in a function that runs just before the work (docs/semantics.md).
"""

from __future__ import annotations

from wfc import ir
from wfc.python_text import python_name, python_text
from wfc.types import DATE, FLOAT, INT, JSON, NULL, STRING, EnumType, OptionalType, RecordType
from wfc_targets.airflow.model import Function, Line, first_failure
from wfc_targets.common.python_source import Call, Code, string, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wfc.ir import AnyExpr, Json
    from wfc_targets.airflow.names import Names, Scope, Site
    from wfc_targets.common.python_source import Node

SHORT = 60
"""Computed texts longer than this get a line of their own (columns)."""
OPEN = ("env", "query", "headers", "form", "params_")
"""Arguments that may hold null: what takes them leaves it out (a text), or binds it (SQL)."""
METHODS = frozenset(dir(dict)) | {"dump", "validate", "filter_params", "get_param"}
MARKS = ("{{", "{%", "{#")


class Values:
    """Writes the values of one place. `undo`: the number of the item is a variable `index` of the function."""

    def __init__(self, names: Names, scope: Scope, undo: bool = False) -> None:
        self.names, self.scope, self.undo = names, scope, undo

    # --- direct ---

    def direct(self, expr: AnyExpr) -> Node | None:
        """The argument that gives this value, or None where it must be computed. Never None for a literal null."""
        if self.undo and not isinstance(expr, ir.Literal):
            return None
        match expr:
            case ir.Literal(_, _, value):
                return self.literal(value)
            case ir.Ref():
                return self.direct_ref(expr)
            case ir.Field(_, _, ir.Ref() as ref, name):
                return self.direct_field(ref, name, expr)
            case ir.Text(_, _, parts):
                return self.template(parts)
            case ir.ListExpr(_, _, items):
                found = [self.direct(item) for item in items]
                return None if any(item is None for item in found) else found
            case ir.RecordExpr(_, _, entries):
                return self.direct_record(entries)
            case _:
                return None

    def direct_record(self, entries: Sequence[tuple[str, AnyExpr]]) -> Node | None:
        """A record whose values can all be said in a template field; None when one cannot."""
        found: dict[str, Node] = {}
        for name, value in entries:
            node = self.direct(value)
            if node is None:
                return None
            found[name] = node
        return found

    def literal(self, value: Json) -> Node:
        """A constant; text that Jinja would read goes in `literal( )`."""
        if value is None:
            return Code("None")
        if isinstance(value, str) and any(mark in value for mark in MARKS):
            return Call(self.names.use("airflow.sdk", "literal"), ((None, value),))
        return value

    def direct_ref(self, ref: ir.Ref) -> Node | None:
        """A reference that Airflow resolves by itself; None for one that a function has to read."""
        if isinstance(ref.type, OptionalType) or (ref.kind == "task" and ref.type == FLOAT):
            return None
        match ref.kind:
            case "input" if self.plain_input(ref.name):
                self.names.uses_dag = True
                return Code(f"dag.param({string(ref.name)})")
            case "task" | "secret" | "config" | "run":
                site = self.certain(ref)
                if site is not None:
                    return Code(self.variable(site))
                template = self.jinja(ref)
                return None if template is None else template
            case "item":
                return self.direct_item(ref)
            case _:
                return None

    def direct_item(self, ref: ir.Ref) -> Node | None:
        """The item of a loop: its value in an unrolled one, the variable of a mapped group."""
        for fixed in self.scope.fixed:
            if fixed.loop == ref.name:
                return self.direct(fixed.item)
        group = self.scope.group
        return Code(group.variable) if group and group.path == ref.name else None

    def direct_field(self, ref: ir.Ref, name: str, expr: ir.Field) -> Node | None:
        """A required field of a certain result: an XCom of its own.

        Not of a float: SQLite keeps an XCom that is a number alone as a number, and 3.0 would come back as 3.
        """
        site = self.certain(ref)
        if site is None or not isinstance(ref.type, RecordType):
            return None
        if isinstance(expr.type, OptionalType) or expr.type == FLOAT:
            return None
        draft = site.draft
        wanted = ("multiple_outputs", Code("True"))
        if not draft.operator.startswith("wfc.Shell") and wanted not in draft.options:
            draft.options.append(wanted)
        return Code(f"{self.variable(site)}[{string(name)}]")

    def certain(self, ref: ir.Ref) -> Site | None:
        """The site of a task that has succeeded where this is read, with its result in one XCom of the same item."""
        if ref.kind != "task" or ref.collect or isinstance(ref.type, OptionalType):
            return None
        site = self.site(ref.name)
        reachable = site.group is None or site.group == self.scope.group
        return site if reachable and len(site.ids) == 1 and not site.child and not site.field else None

    def variable(self, site: Site) -> str:
        """The Python variable that holds a task's result in the DAG file."""
        draft = site.draft
        return draft.id if draft.function else f"{draft.id}.output"

    def site(self, path: str, suffix: str | None = None) -> Site:
        """The engine tasks of a source task, inside the unrolled loops around the reader."""
        if suffix is not None:
            return self.names.sites[path, suffix]
        suffix = ""
        for label in self.names.loops.get(path, ()):
            suffix += next((fixed.suffix for fixed in self.scope.fixed if fixed.loop == label), "")
        return self.names.sites[path, suffix]

    # --- templates ---

    def template(self, parts: Sequence[AnyExpr]) -> Node | None:
        """A text with plain references as one Jinja template."""
        found = ""
        for part in parts:
            if isinstance(part, ir.Literal) and isinstance(part.value, str):
                if any(mark in part.value for mark in MARKS) or part.value.endswith("{"):
                    return None
                found += part.value
                continue
            text = self.jinja(part) if isinstance(part, ir.Ref) else None
            if text is None:
                return None
            found += text
        return found

    def jinja(self, ref: ir.Ref) -> str | None:
        """`{{ params.day }}`, for what Airflow keeps under a name; None for other values or types."""
        if ref.kind == "secret":
            # not `conn.X.password`: a URL may be kept as a connection with a host
            return templated(f"secret('{self.names.connection(ref.name)}')")
        textual = ref.type in (STRING, INT, FLOAT, DATE) or isinstance(ref.type, EnumType)
        if ref.kind == "input" and textual and self.plain_input(ref.name):
            return templated(f"params['{ref.name}']" if ref.name in METHODS else f"params.{ref.name}")
        if ref.kind == "run" and ref.name == "id":
            return templated("run_id")
        if ref.kind == "config" and ref.type == STRING and self.names.configs[ref.name].default is None:
            return templated(f"var.value.{ref.name}")
        return None

    def plain_input(self, name: str) -> bool:
        """Is the input's default (if any) a constant, so that `params` always has its value?"""
        default = self.names.inputs[name].default
        return default is None or constant(default) is not NOT_CONSTANT

    # --- computed ---

    def function(self, name: str, entries: Sequence[tuple[str, AnyExpr]]) -> Function:
        """A function of the context, of this name if it is free, that returns a record of these values."""
        name = self.names.fresh(name)
        writer = FunctionWriter(self)
        found: dict[str, Node] = {key: writer.node(value, key in OPEN) for key, value in entries}
        return Function(name, "context", (*writer.lines, Line("return ", found)))


class FunctionWriter:
    """The lines of one function: operands first, each under a name of its own, then what is done with them."""

    def __init__(self, values: Values) -> None:
        self.values, self.names, self.scope = values, values.names, values.scope
        self.lines: list[Line] = []
        self.variables: dict[tuple[str, str, int], str] = {}
        self.known: dict[ir.Ref, str] = {}

    def code(self, expr: AnyExpr, name: str = "value") -> Code:
        """The value as source text; long ones get a line and a name."""
        computation = python_text(expr, self.operand)
        for helper in computation.helpers:
            target = self.names.modules if helper in ("datetime", "json", "math", "zoneinfo") else self.names.helpers
            target.add(helper)
        if len(computation.code) <= SHORT:
            return Code(computation.code)
        variable = self.free(name)
        self.assign(variable, computation.code)
        return Code(variable)

    def node(self, expr: AnyExpr, outer: bool = False) -> Node:
        """The value, a record field by field where no field of it may be missing, or (outer) where that is no harm."""
        if isinstance(expr, ir.RecordExpr) and (outer or not any(optional(value) for _, value in expr.entries)):
            return {name: self.node(value) for name, value in expr.entries}
        return self.code(expr)

    def operand(self, ref: ir.Ref) -> str:
        """The local name of a reference; its assignment is written where it is met first."""
        key = (ref.kind, ref.name, ref.collect)
        if key in self.variables:
            return self.variables[key]
        if ref in self.known:
            return self.known[ref]
        name = self.free(self.wish(ref))
        self.variables[key] = name
        self.read(ref, name)
        return name

    def wish(self, ref: ir.Ref) -> str:
        """The name that a variable for a reference would like to have."""
        match ref.kind:
            case "item":
                return self.names.variables.get(ref.name, "item")
            case "index":
                return self.names.variables.get(ref.name, "item") + "_index"
            case "run" | "failure":
                return f"{ref.kind}_{ref.name}"
            case _:
                return ref.name.rpartition("/")[2]

    def free(self, name: str) -> str:
        """The name, made different from those that are taken."""
        name = python_name(name)
        while name in self.variables.values() or name in ("context", "index", "wfc"):
            name += "_"
        self.variables.setdefault(("", name, 0), name)
        return name

    def assign(self, name: str, code: str) -> None:
        """Add a line that sets a variable."""
        self.lines.append(Line(f"{name} = {code}"))

    def read(self, ref: ir.Ref, name: str) -> None:
        """Lines that put the value of a reference into a variable."""
        match ref.kind:
            case "input":
                self.assign(name, f'context["params"][{string(ref.name)}]')
                if not self.values.plain_input(ref.name):
                    default = self.names.inputs[ref.name].default
                    assert default is not None
                    self.otherwise(name, default)
            case "config":
                self.read_config(ref, name)
            case "task" if ref.type == FLOAT:
                self.assign(name, f"float({self.source(ref)})")
            case _:
                self.assign(name, self.source(ref))

    def read_config(self, ref: ir.Ref, name: str) -> None:
        """Add the line that reads a config, `Variable.get`, with its default."""
        config = self.names.configs[ref.name]
        options = "" if ref.type == STRING else ", deserialize_json=True"
        default = None if config.default is None else constant(config.default)
        if config.default is not None:
            options += ", default=" + ("None" if isinstance(default, _NotConstant) else write(default))
        self.assign(name, f"wfc.config({string(ref.name)}{options})")
        if config.default is not None and isinstance(default, _NotConstant):
            self.otherwise(name, config.default)

    def otherwise(self, name: str, default: AnyExpr) -> None:
        """A default that is itself computed."""
        code = self.code(default).text
        self.lines += [Line(f"if {name} is None:"), Line(f"{name} = {code}", depth=1)]

    def source(self, ref: ir.Ref) -> str:
        """The Python text that reads a reference inside a task's function."""
        match ref.kind:
            case "secret":
                return f"wfc.secret({string(self.names.connection(ref.name))})"
            case "event":
                return self.event(ref.name)
            case "run":
                return self.run(ref.name)
            case "failure":
                return self.failure(ref.name)
            case "item" | "index":
                return self.item(ref)
            case _:
                return self.task(ref)

    def failure(self, name: str) -> str:
        """What has failed: in the `try` of the innermost `recover`, else in the flow, as its gate knows."""
        if name == "message":
            self.names.notes_failures = True
        recovery = self.scope.recovery
        if recovery is None:
            return f'wfc.result(context, "failure")[{string(name)}]'
        drafts = [self.names.drafts[task] for task in recovery.recovers or ()]
        here = recovery.group is not None and recovery.group == self.scope.group
        return f"{write(first_failure(drafts, here))}[{string(name)}]"

    def event(self, alias: str) -> str:
        """The payload of a trigger: for a call of the REST API what the caller gave as `conf`."""
        kind = next(trigger.kind for trigger in self.names.flow.triggers if trigger.alias == alias)
        match kind:
            case "schedule":
                return '{"date": ' + self.run("date") + "}"
            case "flow":
                return '{"run": wfc.triggering_run(context), "state": "succeeded"}'
            case "file":
                return "wfc.arrived_file(context)"
            case _:
                return 'context["dag_run"].conf or {}'

    def run(self, name: str) -> str:
        """The Python text of `run.NAME`."""
        match name:
            case "id":
                return 'context["run_id"]'
            case "date":
                zone = self.names.zone()
                return "wfc.run_date(context)" if zone == "UTC" else f"wfc.run_date(context, {string(zone)})"
            case "attempt":
                return 'context["ti"].try_number'
            case _:
                return "wfc.run_url(context)"

    def item(self, ref: ir.Ref) -> str:
        """The Python text of the item, or its number, of a loop around."""
        for fixed in self.scope.fixed:
            if fixed.loop == ref.name:
                return str(fixed.index) if ref.kind == "index" else self.fixed_item(fixed.item)
        group = self.names.groups[ref.name]
        return self.index() if ref.kind == "index" else f"{group.items}[{self.index()}]"

    def fixed_item(self, item: AnyExpr) -> str:
        """The item of an unrolled loop, a constant or an expression."""
        value = constant(item)
        return self.code(item).text if isinstance(value, _NotConstant) else write(value)

    def index(self) -> str:
        """The Python text of the number of the mapped instance."""
        return "index" if self.values.undo else 'context["ti"].map_index'

    def task(self, ref: ir.Ref) -> str:
        """A result, or as many lists of results as the reader stands outside of loops."""
        loops = self.names.loops.get(ref.name, ())
        shared = loops[: len(loops) - ref.collect]
        suffix, index = "", ""
        for label in shared:
            if label in self.names.groups:
                index = self.index()
            suffix += next((fixed.suffix for fixed in self.scope.fixed if fixed.loop == label), "")
        return self.collected(ref.name, loops[len(shared) :], suffix, index)

    def collected(self, path: str, loops: Sequence[str], suffix: str, index: str) -> str:
        """The Python text of a task's results over loops, nested lists in the order of the items."""
        if not loops:
            return self.pulled(self.names.sites[path, suffix], index)
        label, inner = loops[0], loops[1:]
        if label in self.names.unrolled:
            parts = [self.collected(path, inner, suffix + fixed.suffix, index) for fixed in self.names.unrolled[label]]
            return "[" + ", ".join(parts) + "]"
        count = f"len({self.names.groups[label].items})"
        site = self.names.sites.get((path, suffix))
        if site and not inner and not site.child and not site.field:
            return f"wfc.results(context, {count}, {', '.join(string(one) for one in site.ids)})"
        return f"[{self.collected(path, inner, suffix, 'number')} for number in range({count})]"

    def pulled(self, site: Site, index: str) -> str:
        """The Python text of the result of one task instance."""
        position = f", index={index}" if site.group else ""
        if site.child:
            return f"wfc.outputs_of(context, {string(site.ids[0])}, {string(site.child)}{position})"
        ids = ", ".join(string(one) for one in site.ids)
        return f"wfc.result(context, {ids}{position})" + (f"[{string(site.field)}]" if site.field else "")


def templated(path: str) -> str:
    """A Jinja template of one name."""
    return "{{ " + path + " }}"


def optional(expr: AnyExpr) -> bool:
    """May the value be null?"""
    return isinstance(expr.type, OptionalType) or expr.type in (NULL, JSON)


class _NotConstant:
    """The mark of an expression that is no constant."""


NOT_CONSTANT = _NotConstant()


def constant(expr: AnyExpr) -> Json | _NotConstant:
    """The value of an expression without references, else NOT_CONSTANT."""
    from wfc.python_text import ExpressionError, evaluate
    from wfc.walk import references

    if any(ref.kind != "var" for ref in references(expr)):
        return NOT_CONSTANT
    try:
        return evaluate(expr, lambda _: None)
    except ExpressionError:
        return NOT_CONSTANT
