"""Expression syntax → typed expressions. Unknown names and wrong types become holes of type `unknown`: no cascades."""

from __future__ import annotations

from wfc import ir, types
from wfc.parse import parse_part
from wfc.resolve.extent import Extent
from wfc.resolve.literals import LARGEST_INT, pieces, unescape
from wfc.resolve.operators import binary_type, is_null, joined, tokens_of, wanted_empty, written_texts
from wfc.resolve.scope import Scope, seen_from
from wfc.source import Span
from wfc.syntax import Node, Token
from wfc.text import dedented, duration_value
from wfc.types import BOOL, DATE, DURATION, FLOAT, INT, NULL, STRING, UNKNOWN, assignable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc.resolve.report import Report
    from wfc.syntax import Document
    from wfc.types import Type

RUN = types.RecordType((("id", STRING), ("date", DATE), ("attempt", INT), ("url", STRING)))
FAILURE = types.RecordType((("task", STRING), ("message", STRING)))
WHY_LARGE = "The value of a `let` is put where its name stands, so values of values grow with each step."
LONGEST = 40
"""Characters of the author's text in a remedy: a longer one would hide what is to be done."""


class Expressions:
    """Resolves expressions of one document in a scope; what is wrong goes to the report.

    Reports WF102 (unknown name or field), WF201 (types that do not go together), WF203 (an optional value where
    one is demanded), WF207 (a number out of range, or what is too deep or too large with the values of its names in
    place), WF211 (a value that has no text). given: depth and parts of the arguments that stand for parameters.
    """

    def __init__(self, document: Document, report: Report, lost: frozenset[str] = frozenset()) -> None:
        self.document = document
        self.report = report
        self.lost = lost
        self.extent = Extent()
        self.given: dict[str, tuple[int, int]] = {}

    def resolve(self, node: Node | Token, scope: Scope) -> AnyExpr:
        """The typed expression of a syntax node."""
        if isinstance(node, Token):
            return self.hole(node)
        problem = self.extent.enter()
        try:
            if problem:
                return self.refused(node, problem)
            handler = getattr(self, f"on_{node.kind}", None)
            result: AnyExpr = handler(node, scope) if handler else self.hole(node)
            return result
        finally:
            self.extent.level -= 1

    def refused(self, node: Node, problem: str, what: str = "this is") -> AnyExpr:
        """Report WF207 for what makes an expression too deep or too large; leave a hole."""
        if self.extent.tell():
            remedy = "let a `python` task compute it, and read its result"
            self.report.error("WF207", f"{what} {problem}", self.document.span(node), why=WHY_LARGE, help=remedy)
        return self.hole(node)

    def hole(self, node: Node | Token) -> AnyExpr:
        """What stands where an error was."""
        return ir.Literal(UNKNOWN, self.document.span(node), None)

    def mismatch(self, node: Node, message: str, help: str = "", why: str = "") -> AnyExpr:  # noqa: A002
        """Report WF201 at a node and leave a hole."""
        self.report.error("WF201", message, self.document.span(node), help=help, why=why)
        return self.hole(node)

    def demand(self, value: AnyExpr, wanted: Type, what: str) -> AnyExpr:
        """`value`, or a report when it may not be given where `wanted` is: WF203 for a missing `??`, else WF201."""
        if assignable(value.type, wanted) or (isinstance(value, ir.Literal) and value.value == wanted_empty(wanted)):
            return value
        enum, texts = types.required(wanted), written_texts(value)
        if isinstance(enum, types.EnumType) and texts:
            for text in texts:
                self.check_member(enum, text)
            return value
        if assignable(types.required(value.type), wanted):
            self.report.error(
                "WF203",
                f"{what} wants {wanted}, but this may be missing (it is `{value.type}`)",
                value.span,
                why="It comes from a branch, a guard, a `try` or a handler, and may not have run.",
                help=f"say what to use instead: `({self.written(value)} ?? default)`",
            )
        else:
            from wfc.resolve.remedies import mismatch

            why, remedy = mismatch(value.type, wanted, self.written(value))
            message = f"{what} wants `{wanted}`, but this is `{value.type}`"
            self.report.error("WF201", message, value.span, why=why, help=remedy)
        return value

    # --- atoms ---

    def on_atom(self, node: Node, scope: Scope) -> AnyExpr:
        """What stands in parentheses."""
        return self.resolve(node.nodes()[0], scope)

    def on_literal(self, node: Node, scope: Scope) -> AnyExpr:
        """A number, bool, null or duration. Reports WF207 for an int beyond 2^53 - 1 and what is no number."""
        token = node.kids[0]
        assert isinstance(token, Token)
        span = self.document.span(node)
        match token.kind:
            case "TRUE" | "FALSE":
                return ir.Literal(BOOL, span, token.kind == "TRUE")
            case "NULL":
                return ir.Literal(NULL, span, None)
            case "INT":
                value = int(token.text) if len(token.text) < 20 else LARGEST_INT + 1
                if value > LARGEST_INT:
                    self.report.error(
                        "WF207",
                        f"the number {token.text[:30]} is beyond 2^53-1",
                        span,
                        why="Engines that read JSON numbers as doubles would lose its last digits (RFC 8259).",
                        help="keep it as a string",
                    )
                return ir.Literal(INT, span, value)
            case "NUMBER":
                return ir.Literal(FLOAT, span, float(token.text))
            case _:
                return ir.Literal(DURATION, span, duration_value(token.text))

    def on_raw_text(self, node: Node, scope: Scope) -> AnyExpr:
        """A triple-quoted text, dedented; it never interpolates."""
        token = node.kids[0]
        assert isinstance(token, Token)
        return ir.Literal(STRING, self.document.span(node), dedented(token.text))

    def on_text(self, node: Node, scope: Scope) -> AnyExpr:
        """A string; with holes an `ir.Text`, else a literal."""
        token = node.kids[0]
        assert isinstance(token, Token)
        parts: list[AnyExpr] = []
        for part in pieces(token, self.document, self.report):
            if isinstance(part, str):
                parts.append(ir.Literal(STRING, self.document.span(node), part))
            else:
                parts.append(self.on_hole(part, scope))
        return joined(parts, self.document.span(node))

    def on_hole(self, part: tuple[str, int], scope: Scope) -> AnyExpr:
        """The expression in one hole `{…}` of a string, (source, offset). Reports WF207 for one that is none."""
        source, offset = part
        span = Span(offset, offset + len(source), self.document.path)
        tree, problem = parse_part(source, "expr", offset)
        if problem is not None:
            self.report.error(
                "WF207",
                f"`{{{source}}}` holds no expression",
                span,
                help='write {{ and }} for braces; in """…""" they stand for themselves',
            )
            return ir.Literal(UNKNOWN, span, None)
        value = self.resolve(tree, scope)
        self.check_text(value)
        return value

    def check_text(self, value: AnyExpr) -> None:
        """Report WF203 or WF211 unless a value of this type has a text."""
        if value.type in (STRING, INT, DATE, UNKNOWN):
            return
        from wfc.resolve.remedies import without_text

        code, message, remedy = without_text(value.type, self.written(value))
        if code:
            self.report.error(code, message, value.span, help=remedy)

    def written(self, value: AnyExpr) -> str:
        """A value as the author wrote it, or … where that is long or stands in another text."""
        span = value.span
        text = self.document.text[span.start : span.end] if span.source == self.document.path else ""
        return text if 0 < len(text) <= LONGEST and "\n" not in text else "…"

    # --- names ---

    def on_reference(self, node: Node, scope: Scope) -> AnyExpr:
        """A name as a value; `run` and `failure` are none, their fields are."""
        value = self.named(node, scope)
        if isinstance(value, ir.Ref) and value.kind in ("run", "failure") and not value.name:
            self.report.error(
                "WF201", f"`{value.kind}` is no value by itself", value.span, help=f"name a field: {fields_of(value)}"
            )
            return self.hole(node)
        return value

    def named(self, node: Node, scope: Scope) -> AnyExpr:
        """The value that a name stands for: a variable, or what `symbol` finds."""
        token = node.kids[0]
        assert isinstance(token, Token)
        span = self.document.span(token)
        name = token.text
        for variable, kind in reversed(scope.variables):
            if variable == name:
                return ir.Ref(kind, span, "var", name)
        if scope.substituted is not None:
            if name in scope.substituted:
                problem = self.extent.put(*self.given.get(name, (1, 1)))
                return self.refused(node, problem) if problem else scope.substituted[name]
            if name != "run":
                self.report.unknown("parameter", name, span, scope.substituted)
                return self.hole(node)
        if name == "run":
            return ir.Ref(RUN, span, "run", "")
        if name == "failure" and scope.failure:
            return ir.Ref(FAILURE, span, "failure", "")
        return self.symbol(node, name, scope)

    def symbol(self, node: Node, name: str, scope: Scope) -> AnyExpr:
        """The value of a declared name. Reports WF102 for an unknown one."""
        span = self.document.span(node)
        symbol = scope.names.get(name)
        if symbol is None:
            if name not in self.lost:
                known = [*scope.names.known(), "run", *(variable for variable, _ in scope.variables)]
                self.report.unknown("value", name, span, known)
            return self.hole(node)
        match symbol.kind:
            case "task":
                if name == scope.own:
                    return ir.Ref(scope.own_type or symbol.type, span, "task", symbol.path)
                kind, loops = seen_from(symbol, scope.frames)
                return ir.Ref(kind, span, "task", symbol.path, loops)
            case "let":
                problem = self.extent.put(*symbol.size)
                if problem:
                    return self.refused(node, problem, f"with the value of `{name}` in its place this is")
                return symbol.value if symbol.value is not None else self.hole(node)
            case "item":
                return ir.Ref(symbol.type, span, "item", symbol.path)
            case _:
                return ir.Ref(symbol.type, span, symbol.kind, name)

    # --- parts of values ---

    def on_attribute(self, node: Node, scope: Scope) -> AnyExpr:
        """A field `x.f`, optional where x is. Reports WF201 for a field that the type lacks."""
        base = node.kids[0]
        lone = isinstance(base, Node) and base.kind == "reference"
        of = self.named(base, scope) if lone else self.resolve(base, scope)  # type: ignore[arg-type]
        name = node.kids[-1]
        assert isinstance(name, Token)
        span = self.document.span(node)
        if isinstance(of, ir.Ref) and of.kind in ("run", "failure") and not of.name:
            kind = of.type.field(name.text) if isinstance(of.type, types.RecordType) else None
            if kind is not None:
                return ir.Ref(kind, span, of.kind, name.text)
        field = self.field_type(of.type, name)
        return ir.Field(field, span, of, name.text)

    def field_type(self, of: Type, name: Token) -> Type:
        """The type of a field; of what may be missing, every field may be."""
        where = self.document.span(name)
        match of:
            case types.RecordType(fields):
                found = of.field(name.text)
                if found is None:
                    what = "field" if fields else "result: it gives nothing, so no"
                    self.report.unknown(what, name.text, where, [field for field, _ in fields])
                    return UNKNOWN
                return found
            case types.MapType(value):
                return types.optional(value)
            case types.Primitive("json"):
                return types.JSON
            case types.Primitive("date") if name.text in ("year", "month", "day"):
                return INT
            case types.Primitive("unknown"):
                return UNKNOWN
            case types.OptionalType(inner):
                return types.optional(self.field_type(inner, name))
            case types.ListType():
                self.report.error(
                    "WF201",
                    f"a list (`{of}`) has no field `{name.text}`",
                    where,
                    help=f"take one item, `x[0].{name.text}`, or all: `[item.{name.text} for item in …]`",
                )
                return UNKNOWN
            case _:
                self.report.error("WF201", f"a `{of}` has no field `{name.text}`", where)
                return UNKNOWN

    def on_index(self, node: Node, scope: Scope) -> AnyExpr:
        """An item `xs[i]` of a list, or a value `m["k"]` of a map or json. Reports other types."""
        of = self.resolve(node.kids[0], scope)
        index = self.resolve(node.kids[2], scope)
        span = self.document.span(node)
        match of.type:
            case types.ListType(item):
                return ir.Index(item, span, of, self.demand(index, INT, "the number of an item"))
            case types.MapType(value):
                return ir.Index(value, span, of, self.demand(index, STRING, "a key"))
            case types.RecordType() if isinstance(index, ir.Literal) and isinstance(index.value, str):
                kind = of.type.field(index.value)
                if kind is not None:
                    return ir.Field(kind, span, of, index.value)
                self.report.unknown("field", index.value, index.span, [name for name, _ in of.type.fields])
                return self.hole(node)
            case types.Primitive("json"):
                return ir.Index(types.JSON, span, of, index)
            case types.Primitive("unknown"):
                return self.hole(node)
            case _:
                return self.mismatch(node, f"a `{of.type}` has no items to take by `[ ]`")

    def on_slice(self, node: Node, scope: Scope) -> AnyExpr:
        """A slice `xs[a:b]` of a list or text. Reports other types."""
        of = self.resolve(node.kids[0], scope)
        colon = next(at for at, kid in enumerate(node.kids) if kid.kind == "COLON")
        ends: list[AnyExpr | None] = [None, None]
        for at, kid in enumerate(node.kids[2:-1], 2):
            if kid.kind != "COLON":
                ends[at > colon] = self.demand(self.resolve(kid, scope), INT, "an end of a slice")
        if not isinstance(of.type, types.ListType) and of.type != UNKNOWN:
            return self.mismatch(node, f"slices are of lists; this is `{of.type}`")
        return ir.Slice(of.type, self.document.span(node), of, ends[0], ends[1])

    # --- collections ---

    def on_list(self, node: Node, scope: Scope) -> AnyExpr:
        """A list, of the type that its items have in common. Reports WF201 where they have none."""
        items = tuple(self.resolve(kid, scope) for kid in node.nodes())
        kind: Type | None = items[0].type if items else UNKNOWN
        for item in items[1:]:
            kind = None if kind is None else types.common(kind, item.type)
        if kind is None:
            shown = ", ".join(dict.fromkeys(f"`{item.type}`" for item in items))
            return self.mismatch(node, f"the items of a list are of one type; these are {shown}")
        return ir.ListExpr(types.ListType(kind), self.document.span(node), items)

    def on_record(self, node: Node, scope: Scope) -> AnyExpr:
        """A record. Reports WF103 for a field that stands twice, whatever its case."""
        entries: dict[str, AnyExpr] = {}
        for entry in node.nodes("entry"):
            key = entry.kids[0]
            assert isinstance(key, Token)
            name = key.text if key.kind == "NAME" else unescape(key, self.document, self.report)
            if name.lower() in (known.lower() for known in entries):
                self.report.error(
                    "WF103",
                    f"the record has two fields `{name}`",
                    self.document.span(key),
                    why="Fields of one record must differ in more than case: GitHub's expressions ignore it.",
                )
            value = self.resolve(entry.kids[-1], scope)
            if scope.substituted is None or entry.kids[-1].kind != "reference" or not is_null(value):
                entries[name] = value  # a parameter that was not given is no null that somebody wrote
        kind = types.RecordType(tuple((name, value.type) for name, value in entries.items()))
        return ir.RecordExpr(kind, self.document.span(node), tuple(entries.items()))

    def on_comprehension(self, node: Node, scope: Scope) -> AnyExpr:
        """A comprehension `[e for x in xs if c]`."""
        body, generator = node.nodes()
        return self.generated(node, "", body, generator, scope)

    def generated(self, node: Node, function: str, body: Node, generator: Node, scope: Scope) -> AnyExpr:
        """[body for x in items if test], and function(body for x in items if test)."""
        from wfc.functions import generator_type
        from wfc.record import replace

        name = generator.token("NAME")
        assert name is not None
        parts = generator.nodes()
        items = self.resolve(parts[0], scope)
        if isinstance(items.type, types.OptionalType) or (
            not isinstance(items.type, types.ListType) and items.type not in (UNKNOWN, types.JSON)
        ):
            self.demand(items, types.ListType(UNKNOWN), "`for … in`")
            return self.hole(node)
        item = items.type.item if isinstance(items.type, types.ListType) else items.type
        inner = replace(scope, variables=(*scope.variables, (name.text, item)))
        value = self.resolve(body, inner)
        test = self.demand(self.resolve(parts[1], inner), BOOL, "`if`") if len(parts) > 1 else None
        if not function:
            kind: Type | str = types.ListType(value.type)
        else:
            kind = generator_type(function, value.type, item)
        if isinstance(kind, str):
            return self.mismatch(node, kind)
        return ir.Comprehension(kind, self.document.span(node), function, value, name.text, items, test)

    # --- operators ---

    def on_unary(self, node: Node, scope: Scope) -> AnyExpr:
        """`not` or a sign; the sign of a number becomes part of it. Reports operands of another type."""
        sign = node.kids[0].kind
        operand = self.resolve(node.kids[1], scope)
        span = self.document.span(node)
        if sign == "NOT":
            return ir.Unary(BOOL, span, "not", self.demand(operand, BOOL, "`not`"))
        if isinstance(operand, ir.Literal) and operand.type in (INT, FLOAT):
            assert isinstance(operand.value, int | float)
            return ir.Literal(operand.type, span, -operand.value)
        if operand.type not in (INT, FLOAT, DURATION, UNKNOWN):
            return self.mismatch(node, f"`-` wants a number; this is `{operand.type}`")
        return ir.Unary(operand.type, span, "-", operand)

    def on_binary(self, node: Node, scope: Scope) -> AnyExpr:
        """An operator between two values. Reports WF201 for types that it does not take."""
        op = " ".join(token.text for token in tokens_of(node.kids[1]))
        left, right = self.resolve(node.kids[0], scope), self.resolve(node.kids[2], scope)
        span = self.document.span(node)
        if op in ("and", "or"):
            left, right = self.demand(left, BOOL, f"`{op}`"), self.demand(right, BOOL, f"`{op}`")
            return ir.Binary(BOOL, span, op, left, right)
        kind = binary_type(op, left, right)
        if kind is None:
            for side in (left, right):
                if isinstance(side.type, types.OptionalType):
                    self.demand(side, side.type.of, f"`{op}`")
                    return self.hole(node)
            return self.mismatch(node, f"`{op}` does not go with `{left.type}` and `{right.type}`")
        if op in ("==", "!=") and isinstance(left.type, types.EnumType):
            self.check_member(left.type, right)
        return ir.Binary(kind, span, op, left, right)

    def check_member(self, enum: types.EnumType, value: AnyExpr) -> None:
        """WF201 when an enum is compared with a text that is no member."""
        if isinstance(value, ir.Literal) and isinstance(value.value, str) and value.value not in enum.members:
            from wfc.diagnostic import suggest

            near = suggest(value.value, enum.members)
            help_text = f'did you mean "{near}"?' if near else f"it is one of {enum}"
            self.report.error("WF201", f'this is never "{value.value}"', value.span, help=help_text)

    def on_coalesce(self, node: Node, scope: Scope) -> AnyExpr:
        """`a ?? b`, of the type that both have in common. Reports WF201 where there is none."""
        parts = [self.resolve(kid, scope) for kid in node.nodes()]
        result = parts[0]
        for part in parts[1:]:
            kind = types.common(types.required(result.type), part.type)
            if result.type == types.JSON:
                kind = part.type if types.is_json(part.type) and part.type != NULL else types.JSON
            if kind is None:
                return self.mismatch(
                    node, f"`??` wants two values of one type; these are `{result.type}` and `{part.type}`"
                )
            result = ir.Binary(kind, self.document.span(node), "??", result, part)
        return result

    def on_conditional(self, node: Node, scope: Scope) -> AnyExpr:
        """`if c then a else b`. Reports WF201 for arms without a common type."""
        test, then, other = (self.resolve(kid, scope) for kid in node.nodes())
        kind = types.common(then.type, other.type)
        if kind is None:
            return self.mismatch(node, f"`then` and `else` want one type; these are `{then.type}` and `{other.type}`")
        return ir.Conditional(kind, self.document.span(node), self.demand(test, BOOL, "`if`"), then, other)

    def on_apply(self, node: Node, scope: Scope) -> AnyExpr:
        """A call of a function. Reports unknown ones, and arguments that it does not take."""
        from wfc.functions import FUNCTIONS, result_type

        name = node.token("NAME")
        assert name is not None
        if name.text not in FUNCTIONS:
            self.report.unknown("function", name.text, self.document.span(name), FUNCTIONS, listing=False)
            return self.hole(node)
        inside = node.nodes()
        if inside and inside[-1].kind == "generator":
            return self.generated(node, name.text, inside[0], inside[1], scope)
        args = tuple(self.resolve(kid, scope) for kid in inside)
        if any(arg.type == UNKNOWN for arg in args):
            return self.hole(node)
        kind = result_type(name.text, tuple(arg.type for arg in args))
        if isinstance(kind, str):
            missing = next((arg for arg in args if isinstance(arg.type, types.OptionalType)), None)
            if missing is not None:
                self.demand(missing, types.required(missing.type), f"`{name.text}`")
                return self.hole(node)
            return self.mismatch(node, kind)
        return ir.Apply(kind, self.document.span(node), name.text, args)


def fields_of(ref: ir.Ref) -> str:
    """The fields of `run` or `failure`, for a remedy."""
    return (
        ", ".join(f"`{ref.kind}.{name}`" for name, _ in ref.type.fields)
        if isinstance(ref.type, types.RecordType)
        else ""
    )
