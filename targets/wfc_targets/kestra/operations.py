"""One kernel operation → one Kestra task. Values never become code: they cross by files, `env` or `args.json`."""

from __future__ import annotations

import re

from wfc import ir, types
from wfc.python_text import RESERVED
from wfc.record import replace
from wfc.types import EnumType, OptionalType, RecordType
from wfc_targets.common import yaml
from wfc_targets.common.python_body import indented_body
from wfc_targets.kestra import compute, model, pebble
from wfc_targets.kestra.http import http_task
from wfc_targets.kestra.job import idempotency_key
from wfc_targets.kestra.llm import llm_task
from wfc_targets.kestra.shapes import shape
from wfc_targets.kestra.sql import sql_task
from wfc_targets.kestra.unit import script_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr
    from wfc.types import Type
    from wfc_targets.common.yaml import Node
    from wfc_targets.kestra.job import Job
    from wfc_targets.kestra.unit import Calc

BASH = yaml.Flow(["/bin/bash", "-euo", "pipefail", "-c"])
TAME = (types.INT, types.BOOL, types.DATE, types.DURATION)
TAKEN = frozenset((*RESERVED, "args", "outputs", "save", "typed"))
SIMPLE = (types.STRING, types.SECRET, types.INT, types.FLOAT, types.BOOL, types.DATE, types.DATETIME, types.FILE)


def operation(job: Job) -> model.EngineTask:
    """The task of a call, without its policies, except that http and llm make their attempts themselves."""
    match job.call.op:
        case ir.Shell() as op:
            return shell_task(job, op)
        case ir.Python() as op:
            return python_task(job, op)
        case ir.Http() as op:
            return http_task(job, op)
        case ir.Sql() as op:
            return sql_task(job, op)
        case ir.Sleep() as op:
            return model.Sleep(id=job.task, duration=iso_duration(job.calc, op.duration))
        case ir.RunFlow() as op:
            return subflow_task(job, op)
        case ir.Llm() as op:
            return llm_task(job, op)


# --- shell ---


class Environment:
    """The environment of a script: tame values as `env`, texts as files, since the engine renders `env` twice."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.folder = f".env_{job.task}" if job.site.shared else ".env"
        self.env: dict[str, Node] = {}
        self.files: dict[str, Node] = {}
        self.prologue: list[str] = []

    def add(self, name: str, expr: AnyExpr) -> None:
        """One variable."""
        kind = types.required(expr.type)
        if isinstance(expr, ir.Literal) and isinstance(expr.value, str) and "{" not in expr.value:
            self.env[name] = expr.value
        elif kind == types.FILE:
            self._file(name, expr)
        elif (isinstance(kind, EnumType) or kind in TAME) and not isinstance(expr.type, OptionalType):
            self.env[name] = pebble.output(self.job.calc.take(expr, name))
        else:
            self._text(name, expr)

    def _file(self, name: str, expr: AnyExpr) -> None:
        self.files[f"{self.folder}/{name}"] = pebble.output(self.job.calc.take(expr, name))
        self.prologue.append(f'export {name}="$PWD/{self.folder}/{name}"')

    def _text(self, name: str, expr: AnyExpr) -> None:
        span, path = expr.span, f"{self.folder}/{name}"
        kind = types.required(expr.type)
        missing = isinstance(expr.type, OptionalType)
        text: AnyExpr = replace(expr, type=kind) if missing else expr
        if kind not in (types.STRING, types.SECRET, types.DATETIME):
            simple = isinstance(kind, EnumType) or kind in (types.INT, types.BOOL, types.DATE, types.FLOAT)
            part = (text,)
            text = ir.Text(types.STRING, span, part) if simple else ir.Apply(types.STRING, span, "json", part)
        # "=" in front: a value that begins with kestra:// would be taken for a file of the engine
        if missing:
            nothing = ir.Binary(types.BOOL, span, "==", expr, ir.Literal(types.NULL, span, None))
            marked = ir.Text(types.STRING, span, (ir.Literal(types.STRING, span, "="), text))
            text = ir.Conditional(types.STRING, span, nothing, ir.Literal(types.STRING, span, ""), marked)
            self.files[path] = pebble.output(self.job.calc.take(text, name))
            given = f'if [[ ${name} ]]; then export {name}="${{{name}#=}}"; else unset {name}; fi'
        else:
            self.files[path] = "=" + pebble.output(self.job.calc.take(text, name))
            given = f'export {name}="${{{name}#=}}"'
        self.prologue.append(f'IFS= read -rd "" {name} < {path} || :; {given}')


def shell_task(job: Job, op: ir.Shell) -> model.Commands:
    """A bash script between the lines that take its values in and those that hand its outputs on."""
    environment = Environment(job)
    for name, expr in op.env:
        environment.add(name, expr)
    key = idempotency_key(job)
    if key is not None:
        environment.add("WFC_IDEMPOTENCY_KEY", key)
    prologue, script, epilogue = list(environment.prologue), op.script.strip("\n") + "\n", []
    outputs = _declared_outputs(job.call.type)
    files: dict[str, Node] = dict(environment.files)
    if outputs:
        job.unit.scripts = True
        if any(":json=" in word for word in outputs):
            job.unit.kernel.add("typed")
            files["kernel.py"] = "{{ vars.kernel }}"
        files["outputs.sh"] = "{{ vars.outputs }}"
        own = f"_{job.task}" if job.site.shared else ""
        prologue.append(f'export WFC_OUTPUT="$PWD/.wfc_output{own}"')
        epilogue.append('. "${WFC_OUTPUT%/*}/outputs.sh" ' + pebble.raw(" ".join(outputs)))
        if re.search(r"\b(exit|exec|return|trap)\b", script):
            # the outputs are read after an early end as well
            script = f"(\n{script})\n"
    return model.Commands(
        id=job.task,
        container_image=job.unit.image(op.image, None),
        task_runner=job.unit.runner(),
        interpreter=BASH,
        env=environment.env or None,
        input_files=files or None,
        output_files=[".out/*"] if any(not _is_variable(kind) for _, kind in _fields(job.call.type)) else None,
        commands=[*prologue, _lines(pebble.raw(script)), *epilogue],
    )


def _lines(script: str) -> Node:
    """A script of one line as a plain text, else as a block."""
    single = script.rstrip("\n")
    return yaml.Block(script) if "\n" in single else single


def _fields(kind: Type) -> tuple[tuple[str, Type], ...]:
    inner = types.required(kind)
    return inner.fields if isinstance(inner, RecordType) else ()


def _is_variable(kind: Type) -> bool:
    inner = types.required(kind)
    return isinstance(inner, EnumType) or inner in (types.INT, types.FLOAT, types.BOOL, types.DATE, types.DURATION)


def _declared_outputs(kind: Type) -> list[str]:
    """The arguments of outputs.sh: `n:int`, `'kind:enum=bug|billing'`, `s:string?`."""
    words = []
    for name, of in _fields(kind):
        inner = types.required(of)
        if isinstance(inner, EnumType):
            text = "enum=" + "|".join(re.escape(member) for member in inner.members)
        elif inner in (types.STRING, types.SECRET, types.DATETIME):
            text = "string"
        elif inner == types.DURATION:
            text = "int"
        elif inner in (types.INT, types.FLOAT, types.BOOL, types.DATE, types.FILE):
            text = str(inner)
        else:
            text = f"json={shape(inner)}"
        word = f"{name}:{text}{'?' if isinstance(of, OptionalType) else ''}"
        words.append(word if re.fullmatch(r"[\w:=]+", word) else "'" + word.replace("'", "'\\''") + "'")
    return words


# --- python ---


def argument(job: Job, operands: compute.Operands, name: str, expr: AnyExpr, files: dict[str, str]) -> str:
    """The Python text of an argument; a file becomes an input file, its value the path of that."""
    if types.required(expr.type) != types.FILE:
        return operands.value(expr, name)
    files[f".files/{name}"] = pebble.output(job.calc.take(expr, name))
    return f'".files/{name}"'


def python_task(job: Job, op: ir.Python) -> model.Script:
    """The body as a function, called with its arguments; what it returns is checked and handed on."""
    operands = compute.Operands(job.unit.places, job.site.around)
    function = job.task + "_" if job.task in TAKEN else job.task
    files: dict[str, str] = {}
    arguments = ", ".join(f"{name}={argument(job, operands, name, expr, files)}" for name, expr in op.args)
    head = f"def {function}({', '.join(name for name, _ in op.args)}):"
    body = indented_body(op.body)
    kind = job.call.type
    call = f"{function}({arguments})"
    kernel: tuple[str, ...] = ("outputs", "typed")
    kept: tuple[str, ...] = ()
    if kind == types.NOTHING or (isinstance(kind, RecordType) and not kind.fields):
        end, kernel = call, ()
    elif kind == types.FILE:
        end, kernel, kept = f'save("value", {call})', ("save",), (".out/*",)
    elif isinstance(kind, RecordType):
        end = f"outputs(**typed({call}, {shape(kind)}))"
    else:
        end = f"outputs(value=typed({call}, {shape(kind)}))"
    return script_task(
        job.unit,
        job.task,
        f"{head}\n{body}\n\n{end}",
        operands,
        imports=(),
        kernel=kernel,
        files=files,
        output_files=kept,
        image=op.image,
        packages=op.packages,
    )


# --- the rest ---


def iso_duration(calc: Calc, expr: AnyExpr) -> str:
    """An ISO 8601 duration, rendered where it is not constant."""
    if isinstance(expr, ir.Literal) and isinstance(expr.value, int):
        return pebble.duration(expr.value)
    milliseconds = calc.take(expr, "duration")
    return f"PT{pebble.output(f'{milliseconds} * 1.0 / 1000')}S"


def subflow_task(job: Job, op: ir.RunFlow) -> model.Subflow:
    """Another flow of the project in the same namespace, waited for."""
    return model.Subflow(id=job.task, flow_id=op.flow, inputs=subflow_inputs(job.calc, op.inputs) or None)


def subflow_inputs(calc: Calc, named: ir.Named) -> dict[str, Node]:
    """The inputs of a sub-flow: constants as they are, all else as a template that is rendered once."""
    inputs: dict[str, Node] = {}
    for name, expr in named:
        kind = types.required(expr.type)
        if kind == types.DURATION:
            inputs[name] = iso_duration(calc, expr)
        elif isinstance(expr, ir.Literal):
            inputs[name] = pebble.raw(expr.value) if isinstance(expr.value, str) else expr.value
        else:
            text = calc.take(expr, name)
            structured = not isinstance(kind, EnumType) and kind not in SIMPLE
            inputs[name] = pebble.output(f"{text} | toJson" if structured else text)
    return inputs
