"""Dumped flows (JSON) → text of the language, which then takes the way of all texts: parse, resolve, check.

Only what a person would write is read; derived parts (paths, needs, effects of the catalog, places) may be left out.
"""

from __future__ import annotations

from wfc.errors import LONG_NUMBER, UserError
from wfc.text import brief, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Json

    Table = dict[str, Json]


def text_of(path: str, source: str) -> str:
    """The flows of a JSON text as .wf text. Raises UserError with the place of what is wrong."""
    import json

    try:
        data = json.loads(source)
    except json.JSONDecodeError as error:
        raise UserError(f"{path}: this is not JSON: {error}") from None
    except ValueError:
        raise UserError(f"{path}: {LONG_NUMBER}", "dump it again with this wfc") from None
    except RecursionError:
        raise UserError(f"{path} is nested too deep for a dumped flow", "dump it again with this wfc") from None
    reader = Undumper(path)
    root = reader.table(data, "$")
    if root.get("schema") != 1:
        schema = brief(root.get("schema"))
        raise UserError(f"{path}: `schema` is {schema}, this wfc reads 1", "dump it again with this wfc")
    flows = reader.items(root.get("flows"), "$.flows")
    text = "\n".join(
        reader.flow(reader.table(flow, f"$.flows[{at}]"), f"$.flows[{at}]") for at, flow in enumerate(flows)
    )
    return laid_out(path, text)


def laid_out(path: str, text: str) -> str:
    """The canonical layout; raises UserError when an expression or name in the JSON was none."""
    from wfc.format import format_document
    from wfc.parse import parse

    document, problems = parse(path, text)
    if problems:
        first = problems[0]
        line = text[: first.span.start].count("\n")
        raise UserError(f"{path}: {first.message}", f"in `{text.splitlines()[line].strip()}`")
    return format_document(document)


class Undumper:
    """Writes parts of flows. Every method takes the JSON value and its place, for messages."""

    def __init__(self, path: str) -> None:
        self.path = path

    # --- shapes ---

    def wrong(self, place: str, wanted: str) -> UserError:
        """The error for a value at a place (`flows[0].body[1]`) that is not of the kind that is wanted."""
        return UserError(f"{self.path}: {place} is no {wanted}", "see schemas/wfc_schemas/flow.schema.json")

    def table(self, value: Json, place: str) -> Table:
        """The value as a JSON object. Raises UserError for another one."""
        if not isinstance(value, dict):
            raise self.wrong(place, "table")
        return value

    def items(self, value: Json, place: str) -> list[Json]:
        """The value as a JSON array, an empty one for null. Raises UserError for another one."""
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(place, "list")
        return value

    def string(self, data: Table, key: str, place: str) -> str:
        """The text at a key. Raises UserError where there is none."""
        value = data.get(key)
        if not isinstance(value, str):
            raise self.wrong(f"{place}.{key}", "text")
        return value

    def tables(self, data: Table, key: str, place: str) -> list[tuple[Table, str]]:
        """The objects of the array at a key, each with its place. Raises UserError for other items."""
        items = self.items(data.get(key), f"{place}.{key}")
        return [(self.table(item, f"{place}.{key}[{at}]"), f"{place}.{key}[{at}]") for at, item in enumerate(items)]

    # --- flows ---

    def flow(self, data: Table, place: str) -> str:
        """The text of a flow."""
        lines = [f"flow {self.string(data, 'name', place)} {{"]
        doc = data.get("doc")
        if isinstance(doc, str) and doc:
            closing = " " if doc.endswith('"') else ""
            lines.append(f'"""{doc}{closing}"""')
        lines += [self.trigger(item, at) for item, at in self.tables(data, "triggers", place)]
        for key, word in (("inputs", "input"), ("configs", "config")):
            for item, at in self.tables(data, key, place):
                default = f" = {self.string(item, 'default', at)}" if "default" in item else ""
                lines.append(f"{word} {self.string(item, 'name', at)}: {self.string(item, 'type', at)}{default}")
        secrets = [str(item) for item in self.items(data.get("secrets"), f"{place}.secrets")]
        lines += [f"secret {', '.join(secrets)}"] if secrets else []
        lines += self.limits(data, place)
        lines += self.block(data, "body", place)
        for item, at in self.tables(data, "outputs", place):
            name, kind = self.string(item, "name", at), self.string(item, "type", at)
            lines.append(f"output {name}: {kind} = {self.string(item, 'value', at)}")
        for key, word in (("on_failure", "on failure"), ("finally", "finally")):
            if data.get(key):
                lines += [f"{word} {{", *self.block(data, key, place), "}"]
        for item, at in self.tables(data, "tests", place):
            lines += self.test(item, at)
        return "\n".join([*lines, "}", ""])

    def trigger(self, data: Table, place: str) -> str:
        """The line of a trigger."""
        args = self.table(data.get("args", {}), f"{place}.args")
        inside = ", ".join(f"{name}: {literal(value)}" for name, value in args.items() if value is not None)
        alias = f" as {data['as']}" if data.get("as") else ""
        where = f" where {self.string(data, 'where', place)}" if "where" in data else ""
        return f"on {self.string(data, 'kind', place)}({inside}){alias}{where}"

    def limits(self, data: Table, place: str) -> list[str]:
        """The lines of allowances, concurrency, budget and target options."""
        lines = []
        allows = [self.allow(item, at) for item, at in self.tables(data, "allow", place)]
        if allows:
            lines.append(f"defaults {{ {' '.join(allows)} }}")
        if data.get("concurrency"):
            item = self.table(data["concurrency"], f"{place}.concurrency")
            by = f" by {item['by']}" if "by" in item else ""
            lines.append(f"concurrency {item.get('limit')} {item.get('mode', 'queue')}{by}")
        if data.get("budget"):
            item = self.table(data["budget"], f"{place}.budget")
            parts = [f"{key} {item[key]}" for key in ("time", "attempts") if key in item]
            if "cost" in item:
                parts.append(f"cost {item['cost']} {item.get('currency', 'usd')}")
            lines.append(f"budget {{ {' '.join(parts)} }}")
        for target, values in self.table(data.get("options", {}), f"{place}.options").items():
            options = self.table(values, f"{place}.options.{target}")
            lines.append(
                f"target {target} {{ {', '.join(f'{key}: {literal(value)}' for key, value in options.items())} }}"
            )
        return lines

    def allow(self, data: Table, place: str) -> str:
        """The clause of an allowance."""
        return f"allow {self.string(data, 'code', place)} {quoted(self.string(data, 'reason', place))}"

    def test(self, data: Table, place: str) -> list[str]:
        """The lines of a test block."""
        lines = [f"test {quoted(self.string(data, 'title', place))} {{"]
        for word in ("given", "expect"):
            for item, at in self.tables(data, word, place):
                role = "" if item.get("role", "task") == "task" else f"{item['role']} "
                indexes = "".join(f"[{index}]" for index in self.items(item.get("indexes"), f"{at}.indexes"))
                value = item.get("value")
                bare = item.get("verb") == "before" and isinstance(value, str)
                shown = "" if value is None else f" {value if bare else literal(value)}"
                times = f" times {item['times']}" if item.get("times") else ""
                lines.append(f"{word} {role}{self.string(item, 'name', at)}{indexes} {item.get('verb')}{shown}{times}")
        return [*lines, "}"]

    # --- statements ---

    def block(self, data: Table, key: str, place: str) -> list[str]:
        """The lines of the statements at a key."""
        return [line for item, at in self.tables(data, key, place) for line in self.statement(item, at)]

    def braces(self, head: str, data: Table, key: str, place: str) -> list[str]:
        """A head, the statements at a key, and the closing brace."""
        return [f"{head} {{", *self.block(data, key, place), "}"]

    def statement(self, data: Table, place: str) -> list[str]:
        """The lines of a statement. Raises UserError for an unknown kind."""
        kind = self.string(data, "kind", place)
        match kind:
            case "task":
                return [self.task(data, place)]
            case "parallel":
                return self.braces("parallel fail_fast" if data.get("fail_fast") else "parallel", data, "body", place)
            case "for":
                limit = f" max {data['max']}" if data.get("max") else ""
                head = f"for {self.string(data, 'variable', place)} in {self.string(data, 'items', place)}{limit}"
                return self.braces(head, data, "body", place)
            case "if":
                return self.branches(data, place)
            case "match":
                return self.match(data, place)
            case "try":
                return [*self.braces("try", data, "body", place), *self.braces("recover", data, "recover", place)]
            case "workspace":
                return self.braces(f"workspace {self.string(data, 'label', place)}", data, "body", place)
            case "approve":
                return [self.approve(data, place)]
            case "require":
                allows = " ".join(self.allow(item, at) for item, at in self.tables(data, "allow", place))
                message = self.string(data, "message", place)
                return [f"require {self.string(data, 'condition', place)} else {message} {allows}".rstrip()]
            case "stop" | "fail":
                return [f"{kind} {self.string(data, 'message', place)}"]
            case "let":
                return [f"let {self.string(data, 'label', place)} = {self.string(data, 'value', place)}"]
            case _:
                raise self.wrong(f"{place}.kind", "kind of statement")

    def branches(self, data: Table, place: str) -> list[str]:
        """The lines of an `if` with its `else if` and `else`."""
        lines: list[str] = []
        for arm, at in self.tables(data, "arms", place):
            word = "else if" if lines else "if"
            lines += self.braces(f"{word} {self.string(arm, 'if', at)}", arm, "then", at)
        return lines + (self.braces("else", data, "else", place) if data.get("else") else [])

    def match(self, data: Table, place: str) -> list[str]:
        """The lines of a `match`."""
        lines = [f"match {self.string(data, 'subject', place)} {{"]
        for arm, at in self.tables(data, "arms", place):
            members = ", ".join(quoted(str(item)) for item in self.items(arm.get("members"), f"{at}.members"))
            lines += self.braces(members, arm, "then", at)
        if data.get("else") is not None:
            lines += self.braces("else", self.table(data["else"], f"{place}.else"), "then", f"{place}.else")
        return [*lines, "}"]

    def task(self, data: Table, place: str) -> str:
        """The text of a task."""
        call = self.table(data.get("call"), f"{place}.call")
        parts = [f"task {self.string(data, 'label', place)} = {self.call(call, f'{place}.call')}"]
        if call.get("result"):
            parts.append(f"-> {call['result']}")
        parts += self.policies(call, f"{place}.call")
        parts += self.own_clauses(data, place)
        return " ".join(parts)

    def call(self, data: Table, place: str) -> str:
        """The text of a call: action and arguments, which are texts of expressions."""
        args = self.table(data.get("args", {}), f"{place}.args")
        inside = ", ".join(f"{name}: {value}" for name, value in args.items())
        return f"{self.string(data, 'action', place)}({inside})"

    def policies(self, data: Table, place: str) -> list[str]:
        """The clauses of a call: retry, timeout, idempotent, effect."""
        parts = []
        if data.get("retry"):
            retry = self.table(data["retry"], f"{place}.retry")
            if retry.get("kind") == "fixed":
                parts.append(f"retry fixed(attempts: {retry.get('attempts')}, every: {retry.get('first')})")
            else:
                limit = f", max: {retry['max']}" if "max" in retry else ""
                parts.append(
                    f"retry exponential(attempts: {retry.get('attempts')}, first: {retry.get('first')}{limit})"
                )
        if data.get("no_retry") is not None:
            parts.append(f"no retry {quoted(str(data['no_retry']))}" if data["no_retry"] else "no retry")
        if data.get("timeout"):
            parts.append(f"timeout {data['timeout']}")
        if data.get("idempotent") is not None:
            by = self.table(data["idempotent"], f"{place}.idempotent").get("by")
            parts.append(f"idempotent by {by}" if by else "idempotent")
        effect = self.table(data.get("effect", {}), f"{place}.effect")
        if effect.get("source") == "task":
            way = "" if effect.get("reversible", True) else ", irreversible"
            parts.append(f"effect {effect.get('repeat')}{way}")
        return parts

    def own_clauses(self, data: Table, place: str) -> list[str]:
        """The clauses that only a task has: when, after, until, holds, fallback, undo, allow."""
        parts = [f"{key} {self.string(data, key, place)}" for key in ("when",) if key in data]
        after = [str(name) for name in self.items(data.get("after"), f"{place}.after")]
        parts += [f"after {', '.join(after)}"] if after else []
        if data.get("until"):
            item = self.table(data["until"], f"{place}.until")
            within = f" within {item['within']}" if "within" in item else ""
            parts.append(f"until {item.get('condition')} every {item.get('every')}{within}")
        if data.get("holds"):
            item = self.table(data["holds"], f"{place}.holds")
            parts.append(f"holds {item.get('condition')} every {item.get('every')} for {item.get('for')}")
        if data.get("fallback"):
            item = self.table(data["fallback"], f"{place}.fallback")
            value = self.inner(item, place) if "call" in item else f"value {item.get('value')}"
            parts.append(f"fallback {value}")
        if data.get("undo"):
            also = "also on timeout " if data.get("undo_on_timeout") else ""
            parts.append(f"undo {also}{self.inner({'call': data['undo']}, place)}")
        return parts + [self.allow(item, at) for item, at in self.tables(data, "allow", place)]

    def inner(self, data: Table, place: str) -> str:
        """The call of a fallback or undo, its clauses in braces."""
        call = self.table(data.get("call"), f"{place}.call")
        clauses = " ".join(self.policies(call, place))
        return f"{self.call(call, place)}{f' {{ {clauses} }}' if clauses else ''}"

    def approve(self, data: Table, place: str) -> str:
        """The text of an approval."""
        parts = [f"approve {self.string(data, 'label', place)} = {self.string(data, 'question', place)}"]
        parts += [f"by {quoted(str(data['by']))}"] if data.get("by") else []
        parts += [f"-> {data['fields']}"] if data.get("fields") else []
        parts += [f"timeout {data['timeout']}"] if data.get("timeout") else []
        parts += [f"fallback value {data['fallback']}"] if data.get("fallback") else []
        parts += [f"when {data['when']}"] if data.get("when") else []
        after = [str(name) for name in self.items(data.get("after"), f"{place}.after")]
        parts += [f"after {', '.join(after)}"] if after else []
        return " ".join([*parts, *(self.allow(item, at) for item, at in self.tables(data, "allow", place))])


def literal(value: Json) -> str:
    """A JSON value as a literal of the language."""
    match value:
        case str():
            return quoted(value)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(literal(item) for item in value)}]"
        case dict():
            return "{ " + ", ".join(f"{quoted(key)}: {literal(item)}" for key, item in value.items()) + " }"
        case _:
            return str(value)
