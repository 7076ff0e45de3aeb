"""What a call is given, evaluated before its first attempt: one dictionary for each kernel operation."""

from __future__ import annotations

from wfc import ir
from wfc.python_text import ExpressionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, Call, Json, Named
    from wfc.run_state import Place, State


def arguments(state: State, call: Call, task: str, place: Place) -> dict[str, Json]:
    """The values that a call is given, by name. Raises ExpressionError where one cannot be had.

    A shell's env, a python's args, the params of sql and the inputs of a flow under their own names; http has
    `url`, `query`, `headers` and `body`, sleep `duration`, a model `prompt` and `data`. Null values are left out.
    """
    op = call.op
    match op:
        case ir.Shell():
            return _named(state, op.env, place)
        case ir.Python():
            return {name: state.value(value, place) for name, value in op.args}
        case ir.Sql():
            return {name: state.value(value, place) for name, value in op.params}
        case ir.RunFlow():
            return _named(state, op.inputs, place)
        case ir.Sleep():
            return {"duration": state.value(op.duration, place)}
        case ir.Llm():
            return {"prompt": state.value(op.prompt, place), "data": _optional(state, op.data, place)}
        case ir.Http():
            return _request(state, op, call, task, place)


def _request(state: State, op: ir.Http, call: Call, task: str, place: Place) -> dict[str, Json]:
    """The parts of an HTTP request; a header must be printable ASCII and not empty, else the call is not made."""
    headers = _named(state, op.headers, place)
    if call.idempotent:
        headers["Idempotency-Key"] = _key(state, call.idempotent, task, place)
    for name, value in headers.items():
        if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
            raise ExpressionError(f"the header {name} is not printable ASCII")
    url = state.value(op.url, place)
    if not str(url).startswith(("http://", "https://")) and not str(url).startswith("secret "):
        raise ExpressionError(f"the URL {url} is not of http or https")
    query = _named(state, op.query, place)
    return {"url": url, "query": query, "headers": headers, "body": _optional(state, op.body, place)}


def _key(state: State, idempotent: ir.Idempotent, task: str, place: Place) -> Json:
    """The idempotency key: as written, else run, task and items, the same in every attempt and restart."""
    if idempotent.key is not None:
        return state.value(idempotent.key, place)
    return "-".join([str(state.world.run.get("id")), task, *(str(index) for index in place.indexes)])


def _named(state: State, values: Named, place: Place) -> dict[str, Json]:
    found = {name: state.value(value, place) for name, value in values}
    return {name: value for name, value in found.items() if value is not None}


def _optional(state: State, expr: AnyExpr | None, place: Place) -> Json:
    return None if expr is None else state.value(expr, place)
