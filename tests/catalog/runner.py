"""Runs one action of the catalog on this machine, as its kernel operation says: for tests of the catalog only.

It knows nothing of targets: bash runs shell, Python runs python, urllib sends http. What the language says of null
holds: a null field is left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from wfc import ir
from wfc.pipeline import load_texts
from wfc.python_text import evaluate
from wfc.text import quoted
from wfc.types import NOTHING, ListType, MapType, Primitive, RecordType
from wfc.values import misfit
from wfc.walk import tasks

if TYPE_CHECKING:
    from wfc.types import Type


class Raw(str):
    """Text that is an expression of the language already, such as `90s`."""


class Given(NamedTuple):
    """A value that has no constant in the language (a `file`, a `date`): handed over as an input of the type `kind`."""

    kind: str
    value: Any


def File(path: Path | str) -> Given:
    """The file under a path."""
    return Given("file", str(path))


class Failed(Exception):
    """The task failed; the message says why."""


def resolved(action: str, arguments: dict[str, object]) -> tuple[ir.Call, dict[str, Any]]:
    """The call of an action with these arguments, as constants but for what is Given, and those as inputs."""
    inputs = {f"input_{at}": value for at, value in enumerate(_inputs(arguments))}
    names = {id(value): name for name, value in inputs.items()}
    written = ", ".join(f"{name}: {_literal(value, names)}" for name, value in arguments.items())
    head = "".join(f"input {name}: {value.kind}\n" for name, value in inputs.items())
    loaded = load_texts([("test.wf", f"flow test {{\n{head}task it = {action}({written})\n}}\n")])
    assert not loaded.diagnostics, loaded.diagnostics
    (task,) = tasks(loaded.project.flows[0])
    return task.call, {name: given.value for name, given in inputs.items()}


def run(
    action: str,
    arguments: dict[str, object],
    folder: Path,
    environment: dict[str, str] | None = None,
    python: str | None = None,
) -> object:
    """Run an action in a folder and give its result, which fits its declared type. Raises Failed.

    environment: variables besides those of this process. python: the interpreter for bodies that want packages.
    """
    call, inputs = resolved(action, arguments)
    runner = _Runner(inputs, folder, {**os.environ, **(environment or {})}, python)
    match call.op:
        case ir.Shell():
            value: object = runner.shell(call.op, call.type)
        case ir.Python():
            value = runner.python(call.op)
        case ir.Http():
            value = runner.http(call.op, reads_body=call.type != NOTHING)
        case _:
            raise AssertionError(call.op)
    for name in call.select:
        value = value.get(name) if isinstance(value, dict) else None
    if call.type == NOTHING:
        return None
    problem = misfit(value, call.type)  # type: ignore[arg-type]
    if problem:
        raise Failed(problem)
    return value


class _Runner:
    def __init__(self, inputs: dict[str, Any], folder: Path, environment: dict[str, str], python: str | None) -> None:
        self.inputs = inputs
        self.folder = folder
        self.environment = environment
        self.interpreter = python

    def value(self, expr: ir.AnyExpr) -> object:
        return _without_nulls(evaluate(expr, lambda ref: self.inputs[ref.name]))

    def values(self, named: ir.Named) -> dict[str, object]:
        return {name: self.value(expr) for name, expr in named}

    def shell(self, op: ir.Shell, kind: Type) -> object:
        output = self.folder / ".wfc_output"
        output.write_text("")
        values = {name: _text(value) for name, value in self.values(op.env).items() if value is not None}
        environment = {**self.environment, **values, "WFC_OUTPUT": str(output)}
        self.call(["bash", "-euo", "pipefail", "-c", op.script], environment)
        found = _outputs(output.read_text())
        fields = kind.fields if isinstance(kind, RecordType) else ()
        return {name: _typed(found[name], field) for name, field in fields if name in found}

    def python(self, op: ir.Python) -> object:
        arguments = self.values(op.args)
        body = "\n".join("    " + line for line in op.body.splitlines())
        script = f"def body({', '.join(arguments)}):\n{body}\n"
        script += (
            "import json, sys\nresult = body(**json.loads(sys.argv[1]))\njson.dump(result, open(sys.argv[2], 'w'))\n"
        )
        result = self.folder / ".wfc_result"
        if op.packages and self.interpreter is None:
            raise AssertionError(f"{op.packages} are needed")
        interpreter = (self.interpreter if op.packages else None) or sys.executable
        self.call([interpreter, "-c", script, json.dumps(arguments), str(result)], self.environment)
        return _without_nulls(json.loads(result.read_text()))

    def call(self, command: list[str], environment: dict[str, str]) -> None:
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=150)
        if done.returncode:
            raise Failed(f"exit code {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")

    def http(self, op: ir.Http, reads_body: bool) -> object:
        url = str(self.value(op.url))
        query = {name: _text(value) for name, value in self.values(op.query).items() if value is not None}
        url += f"?{urlencode(query)}" if query else ""
        headers = {name: _text(value) for name, value in self.values(op.headers).items()}
        body = None if op.body is None else self.value(op.body)
        data: bytes | None = None
        if op.body_kind == "json":
            data = json.dumps(body).encode()
            headers.setdefault("content-type", "application/json")
        elif op.body_kind == "form":
            assert isinstance(body, dict)
            data = urlencode({name: _text(value) for name, value in body.items()}).encode()
        if op.bearer is not None:
            headers["authorization"] = f"Bearer {self.value(op.bearer)}"
        if op.basic is not None:
            user, password = (str(self.value(part)) for part in op.basic)
            headers["authorization"] = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
        request = urllib.request.Request(url, data, headers, method=op.method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read().decode()
                return {"status": answer.status, "body": _without_nulls(json.loads(text)) if reads_body else None}
        except urllib.error.HTTPError as error:
            raise Failed(f"status {error.code}") from None


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _outputs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, value = line.partition("=")
        if "<<" in name:
            name, _, end = line.partition("<<")
            value = "\n".join(iter(lambda: next(lines), end))
        found[name] = value
    return found


def _typed(text: str, kind: Type) -> object:
    if isinstance(kind, ListType | MapType | RecordType):
        return json.loads(text)
    return json.loads(text) if isinstance(kind, Primitive) and kind.name in ("int", "float", "bool", "json") else text


def _inputs(value: object) -> list[Given]:
    if isinstance(value, Given):
        return [value]
    if isinstance(value, dict):
        return [found for item in value.values() for found in _inputs(item)]
    return [found for item in value for found in _inputs(item)] if isinstance(value, list) else []


def _literal(value: object, names: dict[int, str]) -> str:
    match value:
        case Raw():
            return value
        case Given():
            return names[id(value)]
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case list():
            return "[" + ", ".join(_literal(item, names) for item in value) + "]"
        case dict():
            inside = ", ".join(f"{quoted(name)}: {_literal(item, names)}" for name, item in value.items())
            return "{" + inside + "}"
        case _:
            return json.dumps(value)
