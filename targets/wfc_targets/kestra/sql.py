"""sql.query, sql.execute → a Python task with the driver of the URL; parameters are bound, never pasted."""

from __future__ import annotations

from wfc.embedded.sql_parts import PARTS
from wfc.python_text import python_literal
from wfc_targets.kestra import compute
from wfc_targets.kestra.shapes import shape
from wfc_targets.kestra.unit import script_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match

    from wfc import ir
    from wfc_targets.kestra import model
    from wfc_targets.kestra.job import Job

PSYCOPG = "psycopg[binary]==3.3.9"


def sql_task(job: Job, op: ir.Sql) -> model.Script:
    """One transaction; rows checked against the type.

    A server takes parameters for one statement only, so those of several are put in by the driver (ClientCursor).
    """
    operands = compute.Operands(job.unit.places, job.site.around)
    url = operands.value(op.url, "url")
    params = "{" + ", ".join(f"{python_literal(name)}: {operands.value(expr, name)}" for name, expr in op.params) + "}"
    statement = f"db.execute({_text(bound(op.sql))}, {params})"
    imports: tuple[str, ...] = ("import psycopg",)
    kernel: tuple[str, ...] = ("outputs",)
    if op.mode == "query":
        lines = [
            f"with psycopg.connect({url}, row_factory=dict_row) as db:",
            f"    rows = {statement}.fetchall()",
            f"outputs(value=typed(plain(rows), {shape(job.call.type)}))",
        ]
        imports, kernel = (*imports, "from psycopg.rows import dict_row"), ("outputs", "plain", "typed")
    elif is_several(op.sql):
        lines = [
            f"with psycopg.connect({url}, cursor_factory=psycopg.ClientCursor) as db:",
            f"    done = {statement}",
            "    while done.nextset():",
            "        pass",
            "outputs(rows=done.rowcount)",
        ]
    else:
        lines = [f"with psycopg.connect({url}) as db:", f"    rows = {statement}.rowcount", "outputs(rows=rows)"]
    packages = (f'"{PSYCOPG}"',) if job.unit.options.get("image") is None else ()
    return script_task(
        job.unit, job.task, "\n".join(lines), operands, imports=imports, kernel=kernel, packages=packages
    )


def bound(sql: str) -> str:
    """`:name` as psycopg writes it, `%(name)s`; a `%` of the text doubled."""

    def one(found: Match[str]) -> str:
        if found["name"]:
            return f"%({found['name']})s"
        return found[0].replace("%", "%%")

    return PARTS.sub(one, sql.strip())


def is_several(sql: str) -> bool:
    """Does a text hold more than one statement?"""
    return ";" in PARTS.sub("", sql).strip().rstrip(";")


def _text(sql: str) -> str:
    if "\n" not in sql or '"""' in sql or "\\" in sql or sql.endswith('"'):
        return python_literal(sql)
    return f'"""\n{sql}\n"""'
