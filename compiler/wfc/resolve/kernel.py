"""Bound arguments of a kernel action → its operation (`ir.Shell`, `ir.Http` …)."""

from __future__ import annotations

from wfc import ir, types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc.resolve.calls import Calls
    from wfc.source import Span

KERNEL = frozenset(
    [
        *("shell", "python", "sleep", "flow.run", "sql.query", "sql.execute"),
        *("http.get", "http.post", "http.put", "http.patch", "http.delete"),
        *("llm.classify", "llm.extract", "llm.summarize", "llm.generate"),
    ]
)

LLM_CONFIG = {"url": "llm_url", "model": "llm_model", "key": "llm_key"}
"""The config values and the secret that llm.* read when the call does not say otherwise."""


def build(name: str, given: dict[str, AnyExpr], span: Span, calls: Calls) -> ir.Op:
    """The operation of the kernel action `name`. Reports WF202 for an argument that is not of the form it must be."""
    match name:
        case "shell":
            return ir.Shell(script(given, calls), named(given, "env", calls), constant_text(given.get("image")))
        case "python":
            packages = tuple(text_items(given.get("packages")))
            image = constant_text(given.get("image"))
            return ir.Python(script(given, calls), named(given, "args", calls, nulls=True), packages, image)
        case "sleep":
            return ir.Sleep(given["duration"])
        case "flow.run":
            return run_flow(given, calls)
        case "sql.query" | "sql.execute":
            params = named(given, "params", calls, nulls=True)
            return ir.Sql(name.removeprefix("sql."), given["url"], script(given, calls, "sql"), params)
        case _ if name.startswith("http."):
            return http(name.removeprefix("http.").upper(), given, span, calls)
        case _:
            return llm(given, span)


def script(given: dict[str, AnyExpr], calls: Calls, key: str = "script") -> str:
    """The constant text of a script. Reports WF202 when values are spliced into it."""
    value = given[key]
    if isinstance(value, ir.Literal) and isinstance(value.value, str):
        return value.value
    parts = value.parts if isinstance(value, ir.Text) else (value,)
    if any(part.type != types.UNKNOWN and not isinstance(part, ir.Literal) for part in parts):
        way = {"script": "`env: { … }` (shell) or `args: { … }` (python)", "sql": "`params: { … }` and `:name`"}[key]
        calls.report.error(
            "WF202",
            "this text is code: values may not be put into it",
            value.span,
            why="A value in code is an injection as soon as somebody else chooses it (CWE-94, CWE-89).",
            help=f"hand values over by {way}",
        )
    return ""


def named(given: dict[str, AnyExpr], key: str, calls: Calls, nulls: bool = False) -> ir.Named:
    """The entries of a record literal; those that are null only with `nulls`. Reports WF202 for anything else."""
    value = given.get(key)
    if value is None or value.type == types.UNKNOWN:
        return ()
    if isinstance(value, ir.RecordExpr):
        return tuple((name, item) for name, item in value.entries if nulls or not is_null(item))
    calls.report.error("WF202", f"`{key}` wants its names written out: `{key}: {{ NAME: value }}`", value.span)
    return ()


def is_null(value: AnyExpr | None) -> bool:
    """Is it absent, or the literal null?"""
    return value is None or (isinstance(value, ir.Literal) and value.value is None and value.type != types.UNKNOWN)


def constant_text(value: AnyExpr | None) -> str | None:
    """The text of a constant, None for null or anything else."""
    return value.value if isinstance(value, ir.Literal) and isinstance(value.value, str) else None


def text_items(value: AnyExpr | None) -> list[str]:
    """The texts of a constant list."""
    if not isinstance(value, ir.ListExpr):
        return []
    return [item.value for item in value.items if isinstance(item, ir.Literal) and isinstance(item.value, str)]


def run_flow(given: dict[str, AnyExpr], calls: Calls) -> ir.RunFlow:
    """Check the inputs against those of the callee: WF102, WF202, WF201, WF203."""
    name = constant_text(given["name"]) or ""
    inputs = named(given, "inputs", calls)
    callee = calls.flows.get(name)
    if callee is None:
        calls.report.unknown("flow", name, given["name"].span, calls.flows)
        return ir.RunFlow(name, inputs)
    wanted = {item: kind for item, kind, _ in callee.inputs}
    for item, value in inputs:
        if item not in wanted:
            calls.report.unknown(f"input of `{name}`", item, value.span, wanted)
        else:
            calls.expressions.demand(value, wanted[item], f"the input `{item}` of `{name}`")
    for item, kind, has_default in callee.inputs:
        if not has_default and item not in dict(inputs) and not isinstance(kind, types.OptionalType):
            calls.report.error(
                "WF202", f"`{name}` needs the input `{item}`", given["name"].span, help=f"add `{item}: …` (`{kind}`)"
            )
    return ir.RunFlow(name, inputs)


def http(method: str, given: dict[str, AnyExpr], span: Span, calls: Calls) -> ir.Http:
    """One request; at most one of json, form and body."""
    bodies = [key for key in ("json", "form", "body") if not is_null(given.get(key))]
    if isinstance(form := given.get("form"), ir.RecordExpr) and not form.entries:
        bodies.remove("form")
    if len(bodies) > 1:
        calls.report.error("WF202", f"a request has one body; this has `{'` and `'.join(bodies)}`", span)
    kind = {"body": "text"}.get(bodies[0], bodies[0]) if bodies else "none"
    body = given[bodies[0]] if bodies else None
    if body is not None and body.type == types.FILE:
        kind = "file"
    auth = given.get("auth")
    bearer: AnyExpr | None = None
    basic: tuple[AnyExpr, AnyExpr] | None = None
    # Where arguments of bearer and basic are missing, that is reported where they are called.
    match auth:
        case ir.Apply(function="bearer", args=(token,)):
            bearer = token
        case ir.Apply(function="basic", args=(user, password)):
            basic = user, password
        case _:
            pass
    query, headers = named(given, "query", calls), named(given, "headers", calls)
    return ir.Http(method, given["url"], query, headers, kind, body, bearer, basic)


def llm(given: dict[str, AnyExpr], span: Span) -> ir.Llm:
    """The model, address and key come from the call, else from the config values and the secret of LLM_CONFIG."""

    def or_config(key: str) -> AnyExpr:
        value = given.get(key)
        if value is not None and not is_null(value):
            return value
        if key == "key":
            return ir.Ref(types.SECRET, span, "secret", LLM_CONFIG[key])
        return ir.Ref(types.STRING, span, "config", LLM_CONFIG[key])

    data = given.get("data")
    return ir.Llm(
        given["prompt"], None if is_null(data) else data, or_config("model"), or_config("url"), or_config("key")
    )
