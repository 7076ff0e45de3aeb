"""The SQL of a flow: what each text does when it is run twice, and where its statements stand in the file."""

from __future__ import annotations

from wfc import ir
from wfc.checks.common import as_written, named_calls, near, placed_tasks
from wfc.checks.scripts import argument_span
from wfc.embedded.verdict import UNSAFE
from wfc.record import Record
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wfc.checks.common import Placed
    from wfc.embedded.verdict import Reason, Verdict
    from wfc.ir import Call, Flow, Task

AGAIN = {
    "schedule": "a run of the same day that is repeated, or a backfill,",
    "webhook": "a sender that gets no answer, and delivers again,",
    "alert": "a sender that gets no answer, and delivers again,",
    "file": "a file that is put there again",
    "flow": "a run of the other flow that is repeated",
}
"""Kind of trigger → what makes the same run come twice."""


class SqlCall(Record):
    """A call of `sql.query` or `sql.execute` that the author wrote, and what its text does when it is run twice."""

    task: Task
    place: Placed
    title: str
    call: Call
    text: str
    verdict: Verdict


def sql_calls(flow: Flow) -> Iterator[SqlCall]:
    """The calls of `sql.*` of a flow, in the order of the text; those without a text are left out."""
    for task, place in placed_tasks(flow):
        for title, call in named_calls(task):
            verdict = verdict_of(call)
            if verdict is not None and isinstance(call.op, ir.Sql):
                yield SqlCall(task, place, title, call, call.op.sql, verdict)


def verdict_of(call: Call) -> Verdict | None:
    """What the SQL of a call does when it is run twice; None for a call of something else."""
    if not isinstance(call.op, ir.Sql) or not call.action.startswith("sql.") or not call.op.sql.strip():
        return None
    from wfc.embedded.sql import classify

    return classify(call.op.sql, dialect(call))


def clocks(call: Call) -> list[tuple[int, int]]:
    """Where the SQL of a call lets the clock choose rows: offsets in it."""
    from wfc.embedded.sql_clock import clock_reads

    return clock_reads(call.op.sql, dialect(call)) if isinstance(call.op, ir.Sql) else []


def dialect(call: Call) -> str:
    """The language of the database that a call names, by the constant beginning of its URL; else PostgreSQL's."""
    return told_dialect(call) or "postgres"


def told_dialect(call: Call) -> str:
    """The language that the constant beginning of a call's URL tells, "" when it tells none."""
    from wfc.embedded.sql import dialect_of

    assert isinstance(call.op, ir.Sql)
    url = call.op.url
    first = url.parts[0] if isinstance(url, ir.Text) and url.parts else url
    text = first.value if isinstance(first, ir.Literal) else None
    return dialect_of(text if isinstance(text, str) else "")


UPSERTS = {"postgres": "ON CONFLICT …", "sqlite": "ON CONFLICT …", "duckdb": "ON CONFLICT …"}
UPSERTS["mysql"] = "ON DUPLICATE KEY UPDATE …"


def upsert(call: Call) -> str:
    """How the database of a call writes an upsert: a clause of INSERT, or the statement MERGE."""
    return UPSERTS.get(dialect(call), "MERGE")


def proved(call: Call, verdict: str) -> tuple[Reason, ...]:
    """The statements of a call that are this for certain, () for a call of something else."""
    found = verdict_of(call)
    return () if found is None else tuple(reason for reason in found.reasons if reason.verdict == verdict)


def is_answered(call: Call) -> bool:
    """Has the author said what a repetition does: `idempotent`, or an `effect` clause?"""
    return call.idempotent is not None or call.effect.source == "task"


def is_retried(call: Call) -> bool:
    """Is it attempted more than once?"""
    return call.retry is not None and call.retry.attempts > 1


def comes_twice(flow: Flow) -> tuple[str, Span] | None:
    """What makes the same run come twice, and the trigger; None where only a person starts the flow."""
    for trigger in flow.triggers:
        if trigger.kind != "manual":
            return AGAIN.get(trigger.kind, "an event that is delivered again"), trigger.span
    return None


def doubled(
    flow: Flow, kinds: tuple[str, ...], is_settled: Callable[[SqlCall, Reason], bool] | None = None
) -> Iterator[tuple[SqlCall, Reason, str, Span]]:
    """(call, statement, what makes the run come twice, the trigger) for the first unsafe statement of a kind in a text.

    Handlers are left out, for they tell of one run; so is what the author has answered for, and what is retried.
    is_settled: what of these the rest of the flow makes repeatable.
    """
    again = comes_twice(flow)
    if again is None:
        return
    for one in sql_calls(flow):
        if one.place.section != "body" or is_answered(one.call) or is_retried(one.call):
            continue
        unsafe = (item for item in one.verdict.reasons if item.kind in kinds and item.verdict == UNSAFE)
        found = next((item for item in unsafe if is_settled is None or not is_settled(one, item)), None)
        if found is not None:
            yield one, found, *again


def spot(flow: Flow, call: Call, start: int, end: int) -> Span:
    """The place of a part of the SQL of a call in the file; of the whole argument where it is not written verbatim.

    start, end: offsets in the SQL, in characters.
    """
    whole = near(argument_span(call, "sql"), call.span)
    exact = verbatim(flow, call, whole)
    if exact is None or start >= end:
        return whole
    return Span(exact(start), exact(end - 1) + 1, whole.source)


class Lines(Record):
    """The lines of a text: where each starts in the SQL, and where in the file."""

    starts: tuple[tuple[int, int], ...]

    def __call__(self, offset: int) -> int:
        """The offset in the file of an offset in the SQL."""
        start, place = max(pair for pair in self.starts if pair[0] <= offset)
        return place + offset - start


def verbatim(flow: Flow, call: Call, whole: Span) -> Lines | None:
    """Where the lines of the SQL stand in the file, None when they do not stand there as they are."""
    assert isinstance(call.op, ir.Sql)
    raw = as_written(flow, whole)
    mark = '"""' if raw.startswith('"""') else '"'
    if not (raw.startswith(mark) and raw.endswith(mark)):
        return None
    inner = raw[len(mark) : len(raw) - len(mark)].split("\n")
    skipped = int(mark == '"""' and len(inner) > 1 and not inner[0].strip())
    place = whole.start + len(mark) + sum(len(line) + 1 for line in inner[:skipped])
    starts, at = [], 0
    lines = call.op.sql.split("\n")
    if len(lines) != len(inner) - skipped:
        return None
    for line, written in zip(lines, inner[skipped:], strict=True):
        shown = written.removesuffix("\r")
        if line and not shown.endswith(line):
            return None
        starts.append((at, place + len(shown) - len(line)))
        at += len(line) + 1
        place += len(written) + 1
    return Lines(tuple(starts))
