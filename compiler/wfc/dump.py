"""Resolved flows → JSON (schemas/wfc_schemas/flow.schema.json), for tools, models and importers.

Expressions are texts of the language, durations too; what follows from the rest (types of results, paths, needs,
effects, places) is told but not needed when the JSON is read back (`wfc.undump`).
"""

from __future__ import annotations

from wfc import ir, types
from wfc.format import format_expression
from wfc.text import duration_text, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wfc.ir import AnyExpr, AnyStmt, Block, Json
    from wfc.source import Source, Span
    from wfc.types import Type

SCHEMA = 1


def dump_json(flows: Iterable[ir.Flow], sources: dict[str, Source]) -> str:
    """The flows as indented JSON with a final line end."""
    import json

    dumper = Dumper(sources)
    data = {"schema": SCHEMA, "flows": [dumper.flow(flow) for flow in flows]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


class Dumper:
    """Turns parts of flows into JSON values. sources: the texts that spans point into."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self.sources = sources

    def flow(self, flow: ir.Flow) -> Json:
        """One flow."""
        return without_empty(
            {
                "name": flow.name,
                "doc": flow.doc,
                "source_hash": flow.source_hash,
                "span": self.span(flow.span),
                "triggers": [self.trigger(item) for item in flow.triggers],
                "inputs": [self.declared(item.name, item.type, item.default, item.span) for item in flow.inputs],
                "configs": [self.declared(item.name, item.type, item.default, item.span) for item in flow.configs],
                "secrets": [item.name for item in flow.secrets],
                "outputs": [
                    {"name": item.name, "type": str(item.type), "value": self.text(item.value)} for item in flow.outputs
                ],
                "concurrency": self.concurrency(flow.concurrency),
                "budget": self.budget(flow.budget),
                "options": {item.target: dict(item.values) for item in flow.options},
                "allow": [self.allow(item) for item in flow.allows],
                "body": self.block(flow.body),
                "on_failure": self.block(flow.on_failure),
                "finally": self.block(flow.finally_),
                "tests": [self.test(item) for item in flow.tests],
            }
        )

    # --- parts of headers ---

    def declared(self, name: str, kind: Type, default: AnyExpr | None, span: Span) -> Json:
        """An input, config or output as `{name, type, default, span}`; default: its text, left out without one."""
        value = None if default is None else self.text(default)
        return without_empty({"name": name, "type": str(kind), "default": value, "span": self.span(span)})

    def trigger(self, item: ir.Trigger) -> Json:
        """A trigger as `{kind, args, as, where, span}`."""
        where = None if item.where is None else self.text(item.where)
        return without_empty(
            {"kind": item.kind, "args": dict(item.args), "as": item.alias, "where": where, "span": self.span(item.span)}
        )

    def concurrency(self, item: ir.Concurrency | None) -> Json:
        """The limit of runs as `{limit, mode, by}`; None without one."""
        if item is None:
            return None
        by = None if item.by is None else self.text(item.by)
        return without_empty({"limit": item.limit, "mode": item.mode, "by": by})

    def budget(self, item: ir.Budget | None) -> Json:
        """The budget as `{time, attempts, cost, currency}`, time as a duration literal; None without one."""
        if item is None:
            return None
        time = None if item.time is None else duration_text(item.time)
        return without_empty(
            {"time": time, "attempts": item.attempts, "cost": item.cost, "currency": item.currency or None}
        )

    def allow(self, item: ir.Allow) -> Json:
        """An allowance as `{code, reason}`."""
        return {"code": item.code, "reason": item.reason}

    def test(self, item: ir.Test) -> Json:
        """A test block as `{title, given, expect}`."""
        return {
            "title": item.title,
            "given": [without_empty(self.outcome(line) | {"times": line.times}, ("value",)) for line in item.given],
            "expect": [without_empty(self.outcome(line), ("value",)) for line in item.expect],
        }

    def outcome(self, line: ir.Given | ir.Expect) -> dict[str, Json]:
        """What `given` and `expect` share: `{role, name, indexes, verb, value}`."""
        return {
            "role": line.role,
            "name": line.name,
            "indexes": list(line.indexes),
            "verb": line.verb,
            "value": line.value,
        }

    # --- statements ---

    def block(self, block: Block) -> Json:
        """A block as the list of its statements."""
        return [self.statement(stmt) for stmt in block]

    def statement(self, stmt: AnyStmt) -> Json:
        """One statement: `kind` says which."""
        kind = type(stmt).__name__.lower()
        needs: Json = [*stmt.needs]
        head: dict[str, Json] = {
            "kind": kind,
            "label": stmt.label,
            "path": stmt.path,
            "span": self.span(stmt.span),
            "needs": needs,
        }
        return without_empty(head | self.inside(stmt), keep=("body", "then", "arms"))

    def inside(self, stmt: AnyStmt) -> dict[str, Json]:
        """What a statement has beyond kind, path, label and span, by its kind."""
        match stmt:
            case ir.Task():
                return self.task(stmt)
            case ir.Parallel():
                return {"fail_fast": stmt.fail_fast or None, "body": self.block(stmt.body)}
            case ir.For():
                return {
                    "variable": stmt.variable,
                    "items": self.text(stmt.items),
                    "max": stmt.maximum,
                    "body": self.block(stmt.body),
                }
            case ir.If():
                arms: Json = [{"if": self.text(test), "then": self.block(body)} for test, body in stmt.arms]
                return {"arms": arms, "else": self.block(stmt.other)}
            case ir.Match():
                arms = [{"members": list(members), "then": self.block(body)} for members, body in stmt.arms]
                other = None if stmt.other is None else {"then": self.block(stmt.other)}
                return {"subject": self.text(stmt.subject), "arms": arms, "else": other}
            case ir.Try():
                return {"body": self.block(stmt.body), "recover": self.block(stmt.recover)}
            case ir.Workspace():
                return {"body": self.block(stmt.body)}
            case ir.Approve():
                return self.approve(stmt)
            case ir.Require():
                allow: Json = [self.allow(item) for item in stmt.allows]
                return {"condition": self.text(stmt.condition), "message": self.text(stmt.message), "allow": allow}
            case ir.Stop() | ir.Fail():
                return {"message": self.text(stmt.message)}
            case ir.Let():
                return {"value": self.text(stmt.value)}

    def task(self, stmt: ir.Task) -> dict[str, Json]:
        """The fields of a task: its call, clauses, needs and type."""
        fallback: Json = None
        if stmt.fallback and stmt.fallback.call:
            fallback = {"call": self.call(stmt.fallback.call, typed=False)}
        elif stmt.fallback and stmt.fallback.value is not None:
            fallback = {"value": self.text(stmt.fallback.value)}
        until: Json = None
        if stmt.until:
            within = None if stmt.until.within is None else duration_text(stmt.until.within)
            until = without_empty(
                {
                    "condition": self.text(stmt.until.condition),
                    "every": duration_text(stmt.until.every),
                    "within": within,
                }
            )
        holds: Json = None
        if stmt.holds:
            holds = {
                "condition": self.text(stmt.holds.condition),
                "every": duration_text(stmt.holds.every),
                "for": duration_text(stmt.holds.duration),
            }
        return {
            "call": self.call(stmt.call, typed=True),
            "type": str(stmt.type),
            "when": None if stmt.when is None else self.text(stmt.when),
            "after": [path.split("/")[-1] for path in stmt.after],
            "fallback": fallback,
            "undo": self.call(stmt.undo, typed=False) if stmt.undo else None,
            "undo_on_timeout": stmt.undo_on_timeout or None,
            "until": until,
            "holds": holds,
            "allow": [self.allow(item) for item in stmt.allows],
        }

    def approve(self, stmt: ir.Approve) -> dict[str, Json]:
        """The fields of an approval."""
        return {
            "question": self.text(stmt.question),
            "by": stmt.by,
            "timeout": None if stmt.timeout is None else duration_text(stmt.timeout),
            "fields": None if stmt.fields == types.NOTHING else str(stmt.fields),
            "fallback": None if stmt.fallback is None else self.text(stmt.fallback),
            "when": None if stmt.when is None else self.text(stmt.when),
            "after": [path.split("/")[-1] for path in stmt.after],
            "allow": [self.allow(item) for item in stmt.allows],
        }

    def call(self, call: ir.Call, typed: bool) -> Json:
        """A call with its policies; `result` is the type behind `->`, where one is written."""
        idempotent: Json = None
        if call.idempotent:
            key = call.idempotent.key
            # the key of an undo or a fallback that names none is made by the resolver, and bears the clause's place
            written = key is not None and key.span != call.idempotent.span
            idempotent = {"by": self.text(key)} if key is not None and written else {}
        data: dict[str, Json] = {
            "action": call.action,
            "args": {name: self.text(value) for name, value in call.args},
            "result": str(call.written) if typed and call.written is not None else None,
            "effect": {
                "repeat": call.effect.repeat,
                "reversible": call.effect.reversible,
                "source": call.effect.source,
            },
            "retry": self.retry(call.retry) if call.retry else None,
            "no_retry": call.no_retry,
            "timeout": None if call.timeout is None else duration_text(call.timeout),
            "idempotent": idempotent,
        }
        return without_empty(data, keep=("args", "idempotent", "no_retry"))

    def retry(self, retry: ir.Retry) -> Json:
        """A retry policy as `{kind, attempts, first, max}`, times as duration literals."""
        maximum = None if retry.maximum is None else duration_text(retry.maximum)
        return without_empty(
            {
                "kind": retry.kind,
                "attempts": retry.attempts,
                "first": duration_text(retry.first),
                "max": maximum,
                "inherited": retry.inherited or None,
            }
        )

    # --- texts and places ---

    def text(self, value: AnyExpr) -> str:
        """An expression as the language writes it."""
        if (
            isinstance(value, ir.Literal)
            and isinstance(value.value, str)
            and value.type in (types.STRING, types.SECRET)
        ):
            return string_text(value.value)
        source = self.sources.get(value.span.source)
        assert source is not None, value
        return format_expression(source.text[value.span.start : value.span.end])

    def span(self, span: Span) -> Json:
        """Lines and columns from 1; the end is behind the last character."""
        source = self.sources[span.source]
        start, end = source.position(span.start), source.position(span.end)
        return {
            "source": span.source,
            "start": {"line": start.line, "column": start.column},
            "end": {"line": end.line, "column": end.column},
        }


def string_text(value: str) -> str:
    """A constant text: in triple quotes when it has lines and that says exactly the same, else quoted."""
    from wfc.text import dedented

    raw = f'"""\n{value}"""'
    return raw if "\n" in value and '"""' not in value and dedented(raw) == value else quoted(value)


def without_empty(data: dict[str, Json], keep: tuple[str, ...] = ()) -> dict[str, Json]:
    """The entries that say something: no null, no empty list or table, but for those in `keep` that are not null."""
    return {
        key: value for key, value in data.items() if value is not None and (key in keep or value not in ([], {}, ""))
    }
