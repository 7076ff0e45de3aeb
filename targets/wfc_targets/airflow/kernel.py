"""Kernel operations with their policies → Airflow tasks: `wfc.Shell`, `wfc.Http`, `@task` functions, sensors."""

from __future__ import annotations

from wfc import ir
from wfc.types import FILE, JSON, NOTHING, MapType, OptionalType, RecordType
from wfc_targets.airflow.kinds import schema, type_value
from wfc_targets.airflow.model import Draft, Function, Line
from wfc_targets.airflow.report import unsupported
from wfc_targets.airflow.values import Values, constant
from wfc_targets.common.python_source import Call, Code, Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wfc.ir import AnyExpr
    from wfc.types import Type
    from wfc_targets.airflow.names import Names, Scope
    from wfc_targets.common.python_source import Node

    Entries = Sequence[tuple[str, AnyExpr]]

CONTEXT_KEYS = frozenset(
    "conn conf dag dag_run data_interval_end data_interval_start ds ds_nodash exception expanded_ti_count "
    "inlet_events inlets logical_date macros map_index_template outlet_events outlets params "
    "prev_data_interval_end_success prev_data_interval_start_success prev_end_date_success prev_start_date_success "
    "reason run_id start_date task task_instance task_instance_key_str task_reschedule_count templates_dict "
    "test_mode ti triggering_asset_events try_number ts ts_nodash ts_nodash_with_tz value var".split()
)
"""Names that a `@task` function can't take as arguments, because Airflow fills them in (airflow.sdk Context)."""


class Kernel:
    """Makes the task of one call. undo: of an undo that is mapped, whose item another task has chosen."""

    def __init__(self, names: Names, scope: Scope, undo: bool = False) -> None:
        self.names, self.scope, self.undo = names, scope, undo
        self.values = Values(names, scope, undo)

    def draft(self, id: str, role: str, stmt: ir.Task, call: ir.Call) -> Draft:  # noqa: A002
        """The task of a call, without edges."""
        draft = Draft(id, role, stmt.path, stmt.span)
        match call.op:
            case ir.Shell():
                self.shell(draft, call, call.op, stmt)
            case ir.Python():
                self.python(draft, call, call.op)
            case ir.Http():
                self.http(draft, call, call.op, stmt)
            case ir.Sql():
                self.sql(draft, call, call.op)
            case ir.Sleep():
                self.sleep(draft, call.op)
            case ir.RunFlow():
                self.run_flow(draft, call.op)
            case ir.Llm():
                self.llm(draft, call, call.op)
        self.policies(draft, call)
        return draft

    # --- operations ---

    def shell(self, draft: Draft, call: ir.Call, op: ir.Shell, stmt: ir.Task) -> None:
        """A `wfc.Shell`. WF951 for an image."""
        draft.operator = "wfc.Shell"
        if op.image:
            unsupported(
                self.names,
                call.span,
                "an image for one task",
                "Airflow runs a task where its worker runs.",
                "let the worker run in that image, or leave `image` out",
            )
        draft.arguments.append(("script", lines(op.script)))
        entries = list(op.env)
        if call.idempotent:
            entries.append(("WFC_IDEMPOTENCY_KEY", self.key(call, stmt)))
        self.arguments(draft, (), {"env": entries})
        if self.scope.directory:
            draft.arguments.append(("cwd", Code(self.scope.directory)))
        if isinstance(call.type, RecordType) and call.type.fields:
            kinds: dict[str, Node] = {name: type_value(kind) for name, kind in call.type.fields}
            draft.arguments.append(("outputs", kinds))

    def python(self, draft: Draft, call: ir.Call, op: ir.Python) -> None:
        """A `@task` function, in a virtual environment where packages are asked for. WF951 for an image."""
        names = ", ".join(name for name, _ in op.args)
        draft.function = Function(draft.id, names, (), op.body)
        draft.record = may_be_record(call.type) or "{" in op.body
        if op.packages:
            return self.with_packages(draft, call, op)
        if op.image:
            unsupported(
                self.names,
                call.span,
                "an image for one task",
                "Airflow runs a task where its worker runs.",
                "let the worker run in that image, or leave `image` out",
            )
        if call.type != NOTHING:
            draft.decorators.append(Call("wfc.returns", ((None, type_value(call.type)),)))
        self.function_arguments(draft, op.args)
        return None

    def with_packages(self, draft: Draft, call: ir.Call, op: ir.Python) -> None:
        """A virtual environment of its own, which no context reaches: values are computed when fields are rendered."""
        draft.operator = "task.virtualenv"
        draft.options.append(("requirements", list(op.packages)))
        files = holds_file(call.type)
        check = Call("wfc.keep_result" if files else "wfc.result_is", ((None, type_value(call.type)),))
        draft.options += [("do_xcom_push", False), ("post_execute", check)] if files else [("post_execute", check)]
        direct = self.direct_all(op.args)
        if direct is not None and not any(value.type == FILE for _, value in op.args):
            draft.arguments += direct
            return
        function = self.values.function(f"{draft.id}_values", op.args)
        draft.functions.append(function)
        draft.checks.append(Code(f"wfc.computable({function.name})"))
        for name, _ in op.args:
            late = Call("wfc.Late", ((None, Code(function.name)), (None, name)))
            draft.arguments.append((name, late))

    def function_arguments(self, draft: Draft, args: Entries, force: bool = False) -> None:
        """Arguments of a @task function: direct, or by `wfc.given` where one of them is computed."""
        direct = None if force else self.direct_all(args)
        if direct is None or any(name in CONTEXT_KEYS or value.type == FILE for name, value in args):
            function = self.values.function(f"{draft.id}_values", args)
            draft.functions.append(function)
            draft.decorators.insert(0, Call("wfc.given", ((None, Code(function.name)),)))
        else:
            draft.arguments += direct

    def http(self, draft: Draft, call: ir.Call, op: ir.Http, stmt: ir.Task) -> None:
        """A `wfc.Http`."""
        draft.operator = "wfc.Http"
        if op.method != "GET":
            draft.arguments.append(("method", op.method))
        single: list[tuple[str, AnyExpr]] = [("url", op.url)]
        groups: dict[str, Entries] = {}
        if op.query:
            groups["query"] = op.query
        if op.headers:
            groups["headers"] = op.headers
        if op.body is not None:
            if op.body_kind == "form" and isinstance(op.body, ir.RecordExpr):
                groups["form"] = op.body.entries
            else:
                single.append(({"json": "json"}.get(op.body_kind, "data"), op.body))
        if op.bearer is not None:
            single.append(("bearer", op.bearer))
        if op.basic is not None:
            single.append(("basic", ir.ListExpr(op.basic[0].type, op.basic[0].span, op.basic)))
        if call.idempotent:
            single.append(("key", self.key(call, stmt)))
        self.arguments(draft, single, groups)
        self.http_result(draft, call, stmt.path)

    def http_result(self, draft: Draft, call: ir.Call, path: str) -> None:
        """What is kept of the answer; a body of no declared type is read only if somebody asks for it."""
        kind = body_type(call)
        if kind == JSON and not self.names.reads_body(path):
            kind = None
        if kind is not None:
            draft.arguments.append(("body", Code('"file"') if kind == "file" else type_value(kind)))  # type: ignore[arg-type]
        if call.select:
            draft.arguments.append(("select", tuple(call.select)))
        if call.timeout:
            draft.arguments.append(("request_timeout", seconds(call.timeout)))
        if call.retry:
            draft.arguments.append(("pauses", tuple(seconds(pause) for pause in call.retry.pauses())))

    def sql(self, draft: Draft, call: ir.Call, op: ir.Sql) -> None:
        """A `wfc.Sql`."""
        draft.operator = "wfc.Sql"
        single: list[tuple[str, AnyExpr]] = []
        if isinstance(op.url, ir.Ref) and op.url.kind == "secret":
            draft.arguments.append(("connection", self.names.connection(op.url.name)))
        else:
            single.append(("connection", op.url))
        draft.arguments.append(("sql", lines(op.sql)))
        self.arguments(draft, single, {"params_": op.params} if op.params else {})
        if op.mode == "query":
            draft.arguments.append(("rows", type_value(call.type)))

    def sleep(self, draft: Draft, op: ir.Sleep) -> None:
        """A `WaitSensor` for a constant time, else a function that waits."""
        value = constant(op.duration)
        if isinstance(value, int) and not self.undo:
            draft.operator = self.names.use("airflow.providers.standard.sensors.time_delta", "WaitSensor")
            draft.arguments.append(("time_to_wait", Code(self.names.seconds(value))))
            return
        self.names.modules.add("time")
        draft.function = Function(draft.id, "pause", (Line("time.sleep(pause / 1000)"),))
        self.function_arguments(draft, (("pause", op.duration),))

    def run_flow(self, draft: Draft, op: ir.RunFlow) -> None:
        """A `wfc.RunFlow`, which starts a DAG and waits for it."""
        draft.operator = "wfc.RunFlow"
        draft.arguments.append(("trigger_dag_id", op.flow))
        draft.arguments.append(("poke_interval", 5))
        if op.inputs:
            self.arguments(draft, (), {"conf": op.inputs})

    def llm(self, draft: Draft, call: ir.Call, op: ir.Llm) -> None:
        """A `wfc.Chat`."""
        draft.operator = "wfc.Chat"
        single = [("url", op.base_url), ("bearer", op.key), ("model", op.model), ("prompt", op.prompt)]
        if op.data is not None:
            single.append(("given", op.data))
        self.arguments(draft, single, {})
        draft.arguments.append(("schema", schema(call.type, strict=True)))
        draft.arguments.append(("body", type_value(call.type)))
        if call.timeout:
            draft.arguments.append(("request_timeout", seconds(call.timeout)))
        if call.retry:
            draft.arguments.append(("pauses", tuple(seconds(pause) for pause in call.retry.pauses())))

    # --- arguments ---

    def arguments(self, draft: Draft, single: Entries, groups: dict[str, Entries]) -> None:
        """Arguments of an operator: all direct, or all by one function where one of them is computed."""
        direct = self.direct_all(single)
        inside = {key: self.direct_all(entries) for key, entries in groups.items()}
        if direct is not None and all(found is not None for found in inside.values()) and not self.undo:
            draft.arguments += direct
            draft.arguments += [(key, dict(found or ())) for key, found in inside.items() if found]
            return
        entries = list(single)
        for key, named in groups.items():
            if named:
                span = named[0][1].span
                entries.append((key, ir.RecordExpr(RecordType(()), span, tuple(named))))
        function = self.values.function(f"{draft.id}_values", entries)
        draft.functions.append(function)
        draft.arguments.append(("values", Code(function.name)))

    def direct_all(self, entries: Entries) -> list[tuple[str, Node]] | None:
        """All values as nodes of template fields; None when one cannot be said there."""
        found: list[tuple[str, Node]] = []
        for name, value in entries:
            node = self.values.direct(value)
            if node is None:
                return None
            found.append((name, node))
        return found

    def key(self, call: ir.Call, stmt: ir.Task) -> AnyExpr:
        """The idempotency key: the author's, else `{run.id}-{task}` and the number of the item."""
        assert call.idempotent
        if call.idempotent.key is not None:
            return call.idempotent.key
        from wfc.types import INT, STRING

        span = call.idempotent.span
        parts: list[AnyExpr] = [ir.Ref(STRING, span, "run", "id"), ir.Literal(STRING, span, f"-{stmt.label}")]
        for loop in self.names.loops.get(stmt.path, ()):
            parts += [ir.Literal(STRING, span, "-"), ir.Ref(INT, span, "index", loop)]
        return ir.Text(STRING, span, tuple(parts))

    # --- policies ---

    def policies(self, draft: Draft, call: ir.Call) -> None:
        """retries, retry_delay, execution_timeout. Http and Chat retry by their own policy, which knows the status."""
        if call.timeout and draft.operator != "WaitSensor":
            draft.options.append(("execution_timeout", Code(self.names.seconds(call.timeout))))
        if call.retry is None or draft.operator in ("wfc.Http", "wfc.Chat"):
            return
        retry = call.retry
        draft.options.append(("retries", retry.attempts - 1))
        draft.options.append(("retry_delay", Code(self.names.seconds(retry.first))))
        if retry.kind == "exponential":
            draft.options.append(("retry_exponential_backoff", True))
            if retry.maximum:
                draft.options.append(("max_retry_delay", Code(self.names.seconds(retry.maximum))))


def holds_file(kind: Type) -> bool:
    """Is it a file, or a record with one?"""
    of = kind.of if isinstance(kind, OptionalType) else kind
    return of == FILE or (isinstance(of, RecordType) and any(holds_file(inner) for _, inner in of.fields))


def may_be_record(kind: Type) -> bool:
    """May a value of this type be a mapping?"""
    of = kind.of if isinstance(kind, OptionalType) else kind
    return isinstance(of, RecordType | MapType) or of == JSON


def seconds(milliseconds: int) -> int | float:
    """Seconds, without a point where they are whole."""
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


def body_type(call: ir.Call) -> object | None:
    """What the body of an answer must be: "file", a type, or None where no one reads it."""
    kind: object = call.type
    if call.select[:1] == ("body",):
        for name in reversed(call.select[1:]):
            kind = RecordType(((name, kind),))  # type: ignore[arg-type]
    elif not call.select and isinstance(call.type, RecordType):
        kind = call.type.field("body")
    else:
        return None
    if kind in (None, NOTHING):
        return None
    return "file" if kind in (FILE, OptionalType(FILE)) else kind


def lines(text: str) -> Script | str:
    """Code of another language; the helper takes empty lines at both ends off again."""
    text = text.strip("\n")
    return Script(text) if "\n" in text else text
