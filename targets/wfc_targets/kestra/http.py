"""http.* → a Python task over kernel.py, which makes the attempts itself.

Kestra's own `http.Request` sends a POST again after 429 and 503 without being told to (its client's default retry
strategy cannot be turned off; seen on 1.3.31 and 2.0.0) and can't tell a final status from one worth a retry.
"""

from __future__ import annotations

from wfc import ir, types
from wfc.python_text import python_literal
from wfc.record import replace
from wfc.types import RecordType
from wfc_targets.kestra import compute, pebble
from wfc_targets.kestra.job import attempts, backstop, idempotency_key
from wfc_targets.kestra.shapes import shape
from wfc_targets.kestra.unit import script_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc.types import Type
    from wfc_targets.kestra import model
    from wfc_targets.kestra.job import Job

CONTENT_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "text": "text/plain; charset=utf-8",
    "file": "application/octet-stream",
}


def http_task(job: Job, op: ir.Http) -> model.Script:
    """One request with its attempts, then the parts of the answer that somebody reads."""
    operands = compute.Operands(job.unit.places, job.site.around)
    files: dict[str, str] = {}
    arguments = [python_literal(op.method), operands.value(op.url, "url"), "accept"]
    if op.query:
        arguments.append("query=" + entries(op.query, operands))
    if head := headers(job, op, operands):
        arguments.append("headers=" + head)
    if op.body is not None:
        arguments.append("body=" + body(job, op, operands, files))
    accept = _accept(job)
    arguments += attempts(job)
    call = f"call({', '.join(arguments)})"
    if len(call) > 110:
        call = "call(\n    " + ",\n    ".join(arguments) + ",\n)"
    names = tuple(name for name in ("outputs", "parsed", "save", "typed") if f"{name}(" in accept)
    task = script_task(
        job.unit,
        job.task,
        f"{accept}\n\n\n{call}",
        operands,
        imports=_imports(call),
        kernel=("call", *names),
        files=files,
        output_files=(".out/*",) if "save(" in accept else (),
    )
    return replace(task, timeout=pebble.duration(backstop(job)))


def _imports(call: str) -> tuple[str, ...]:
    wanted = {"import json": "json.", "import urllib.parse": "urllib.", "import base64": "base64."}
    return tuple(line for line, mark in wanted.items() if mark in call)


def entries(named: tuple[tuple[str, AnyExpr], ...], operands: compute.Operands) -> str:
    """{"name": text, …}: numbers and bools as the language writes them."""
    parts = [f"{python_literal(name)}: {operands.value(text_of(value), name)}" for name, value in named]
    return "{" + ", ".join(parts) + "}"


def text_of(value: AnyExpr) -> AnyExpr:
    """The value as a text."""
    if types.required(value.type) in (types.STRING, types.SECRET, types.DATE) or isinstance(value.type, types.EnumType):
        return value
    return ir.Text(types.STRING, value.span, (value,))


def headers(job: Job, op: ir.Http, operands: compute.Operands) -> str:
    """The dictionary of headers, "" for none: the author's, then those that follow from body, auth and key."""
    given = {name.lower() for name, _ in op.headers}
    parts = [f"{python_literal(name)}: {operands.value(text_of(value), name)}" for name, value in op.headers]
    if op.body is not None and "content-type" not in given:
        parts.append(f'"Content-Type": "{CONTENT_TYPES[op.body_kind]}"')
    if op.bearer is not None:
        parts.append(f'"Authorization": "Bearer " + {operands.value(op.bearer, "token")}')
    if op.basic is not None:
        user, password = (operands.value(part, name) for part, name in zip(op.basic, ("user", "password"), strict=True))
        parts.append(f'"Authorization": "Basic " + base64.b64encode(({user} + ":" + {password}).encode()).decode()')
    key = idempotency_key(job)
    if key is not None:
        parts.append(f'"Idempotency-Key": {operands.code(key)}')
    return "{" + ", ".join(parts) + "}" if parts else ""


def body(job: Job, op: ir.Http, operands: compute.Operands, files: dict[str, str]) -> str:
    """The Python text of the body's bytes."""
    assert op.body is not None
    match op.body_kind:
        case "json":
            return f"json.dumps({operands.value(op.body, 'body')}).encode()"
        case "form":
            assert isinstance(op.body, ir.RecordExpr)
            return f"urllib.parse.urlencode({entries(op.body.entries, operands)}).encode()"
        case "file":
            files[".files/body"] = pebble.output(job.calc.take(op.body, "body"))
            return 'open(".files/body", "rb").read()'
        case _:
            return f"{operands.value(op.body, 'body')}.encode()"


def _accept(job: Job) -> str:
    """The function that takes the answer: outputs what is read of it."""
    return "def accept(status, headers, body):\n    " + "\n    ".join(_handover(job) or ["pass"])


def _handover(job: Job) -> list[str]:
    kind, select = job.call.type, job.call.select
    reads = job.unit.reads(job.stmt.path)
    if not select:
        fields = kind.fields if isinstance(kind, RecordType) else ()
        parts = [_part(name, of) for name, of in fields if reads is None or name in reads]
        return [line for line in parts if "save(" in line] + _outputs([part for part in parts if "save(" not in part])
    if select[0] == "body" and len(select) == 1 and kind == types.FILE:
        return ['save("value", body)']
    value = _selected(select, kind)
    if reads == set() and select[0] != "body":
        return []
    if isinstance(kind, RecordType):
        return [f"outputs(**{value})"]
    return [f"outputs(value={value})"]


def _outputs(parts: list[str]) -> list[str]:
    return [f"outputs({', '.join(parts)})"] if parts else []


def _part(name: str, kind: Type) -> str:
    match name:
        case "body" if kind == types.FILE:
            return 'save("body", body)'
        case "body":
            return f"body={_body(kind)}"
        case _:
            return f"{name}={name}"


def _body(kind: Type) -> str:
    return "body.decode()" if kind in (types.STRING, types.SECRET) else f"parsed(body, {shape(kind)})"


def _selected(select: tuple[str, ...], kind: Type) -> str:
    """The Python text of the part of the answer that the call gives."""
    if select[0] != "body":
        return select[0] + "".join(f".get({python_literal(name)})" for name in select[1:])
    whole = kind
    for name in reversed(select[1:]):
        whole = RecordType(((name, whole),))
    text = _body(whole) if len(select) == 1 else f"parsed(body, {shape(whole)})"
    return text + "".join(f"[{python_literal(name)}]" for name in select[1:])
