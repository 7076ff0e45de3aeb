"""What a call reads and writes, as far as it can be named: the URL of a request, an object of a store."""

from __future__ import annotations

from wfc import ir, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyExpr, Call, Flow

REPLACING = ("PUT", "PATCH", "DELETE")
"""Methods whose URL is the thing itself; what POST makes gets a URL of its own (RFC 9110, section 9.3)."""
OBJECT_WRITES = {"s3.put": "key", "s3.copy": "to", "s3.delete": "key"}
OBJECT_READS = {"s3.get": "key", "s3.copy": "key"}


def writes(call: Call) -> str | None:
    """The name of the one thing that a call replaces or removes: `PUT https://…/x` → `https://…/x`; None if unknown."""
    if isinstance(call.op, ir.Http):
        return shape(call.op.url) if call.op.method in REPLACING else None
    return stored(call, OBJECT_WRITES)


def reads(call: Call) -> str | None:
    """The name of the one thing that a call fetches, None if unknown."""
    if isinstance(call.op, ir.Http):
        return shape(call.op.url) if call.op.method == "GET" else None
    return stored(call, OBJECT_READS)


def stored(call: Call, keys: dict[str, str]) -> str | None:
    """`s3://bucket/key` of a call that takes an object by one of these arguments."""
    args = dict(call.args)
    key = args.get(keys.get(call.action, ""))
    copied = args.get("to_bucket") if keys is OBJECT_WRITES else None
    bucket = copied or args.get("bucket")
    if key is None or bucket is None:
        return None
    name, folder = shape(key), shape(bucket)
    return None if name is None or folder is None else f"s3://{folder}/{name}"


def shape(expr: AnyExpr) -> str | None:
    """A value as text, names for what is known at run time: `https://a/{input.id}`; None for other expressions."""
    match expr:
        case ir.Literal(value=value):
            return str(value)
        case ir.Ref(kind=kind, name=name):
            return f"{{{kind}.{name}}}"
        case ir.Field(of=of, name=name):
            inner = shape(of)
            return None if inner is None else f"{inner}.{name}"
        case ir.Index(of=of, index=ir.Literal(value=key)):
            inner = shape(of)
            return None if inner is None else f"{inner}[{key}]"
        case ir.Text(parts=parts):
            shapes = [shape(part) for part in parts]
            return "".join(part for part in shapes if part is not None) if None not in shapes else None
        case _:
            return None


def is_fixed(name: str) -> bool:
    """Is it the same in every run and in other flows: of constants, and of configs, which a project shares?"""
    return "{" not in name.replace("{config.", "")


def tasks_of(flow: Flow) -> Iterator[tuple[ir.Task, Call]]:
    """The calls of the body of a flow, with their tasks; those of undos and handlers are not its daily work."""
    return ((task, task.call) for task in walk.tasks_in(flow.body))


def host_of(call: Call) -> str | None:
    """`hub.example.com` of a request to `https://hub.example.com/x`; None where it is not written down."""
    url = shape(call.op.url) if isinstance(call.op, ir.Http) else None
    scheme, found, rest = (url or "").partition("://")
    host = rest.partition("/")[0].partition("?")[0]
    return host if found and scheme and "{" not in host else None
