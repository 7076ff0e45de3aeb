"""What every operation is lowered from: a call, its place, and the computation in front of it."""

from __future__ import annotations

from wfc import ir, types
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, AnyStmt, Call
    from wfc_targets.kestra.unit import Calc, Site, Unit


class Job(Record):
    """A call on its way to a task. task: its engine id; calc: takes what Pebble can't compute."""

    unit: Unit
    stmt: AnyStmt
    call: Call
    task: str
    site: Site
    calc: Calc


def idempotency_key(job: Job) -> AnyExpr | None:
    """The key of a call: the author's, or `{run.id}-{task}` and the numbers of the items around it."""
    idempotent = job.call.idempotent
    if idempotent is None:
        return None
    if idempotent.key is not None:
        return idempotent.key
    span = idempotent.span
    parts: list[AnyExpr] = [
        ir.Ref(types.STRING, span, "run", "id"),
        ir.Literal(types.STRING, span, f"-{job.stmt.label}"),
    ]
    for loop in job.site.around:
        parts += [ir.Literal(types.STRING, span, "-"), ir.Ref(types.INT, span, "index", loop)]
    return ir.Text(types.STRING, span, tuple(parts))


def seconds(milliseconds: int) -> str:
    """A Python number of seconds: 1500 is 1.5, 2000 is 2."""
    return repr(milliseconds / 1000) if milliseconds % 1000 else str(milliseconds // 1000)


def attempts(job: Job) -> list[str]:
    """The arguments that carry a retry and a timeout into a call of kernel.py."""
    retry, timeout = job.call.retry, job.call.timeout
    pauses = [f"pauses=[{', '.join(seconds(pause) for pause in retry.pauses())}]"] if retry else []
    return pauses + ([f"timeout={seconds(timeout)}"] if timeout is not None else [])


DEFAULT_TIMEOUT = 120_000


def backstop(job: Job) -> int:
    """How long a task that makes its attempts itself may take at most, in milliseconds: it should end before."""
    pauses = job.call.retry.pauses() if job.call.retry else ()
    one = job.call.timeout if job.call.timeout is not None else DEFAULT_TIMEOUT
    # Retry-After may ask for up to 300 s in place of a pause
    return (len(pauses) + 1) * one + sum(max(pause, 300_000) for pause in pauses) + 60_000
