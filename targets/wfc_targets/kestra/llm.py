"""llm.* → one chat completion whose answer is checked against the type, by kernel.py; a misfit is a failed attempt."""

from __future__ import annotations

from wfc.record import replace
from wfc.types import RecordType
from wfc_targets.kestra import compute, pebble
from wfc_targets.kestra.job import attempts, backstop
from wfc_targets.kestra.shapes import schema, shape
from wfc_targets.kestra.unit import script_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc import ir
    from wfc_targets.kestra import model
    from wfc_targets.kestra.job import Job


def llm_task(job: Job, op: ir.Llm) -> model.Script:
    """The question, its schema and its attempts."""
    operands = compute.Operands(job.unit.places, job.site.around)
    wanted = (("url", op.base_url), ("key", op.key), ("model", op.model), ("prompt", op.prompt))
    arguments = [operands.value(expr, name) for name, expr in wanted]
    arguments.append("None" if op.data is None else operands.value(op.data, "data"))
    kind = job.call.type
    arguments += ["schema", shape(kind), *attempts(job)]
    lines = [f"schema = {schema(kind)!r}", "answer = ask(\n    " + ",\n    ".join(arguments) + ",\n)"]
    lines.append("outputs(**answer)" if isinstance(kind, RecordType) else "outputs(value=answer)")
    task = script_task(job.unit, job.task, "\n".join(lines), operands, imports=(), kernel=("ask", "outputs"))
    return replace(task, timeout=pebble.duration(backstop(job)))
