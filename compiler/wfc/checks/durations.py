"""Durations of a task that are nothing, and retries that try once."""

from __future__ import annotations

from wfc import ir
from wfc.checks.common import named_calls, near

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import Task
    from wfc.source import Span


LONGER = "write at least `1s`"
ONCE = 'write `attempts: 2` or more, or `no retry "why"`'


def nothings(task: Task) -> Iterator[tuple[Span, str, str]]:
    """(place, what it is, remedy) of what is zero in a task; `timeout` is judged where it is read."""
    if task.until is not None and not task.until.every:
        yield task.until.span, "a poll without a pause", LONGER
    if task.until is not None and task.until.within == 0:
        yield task.until.span, "a wait of no time", LONGER
    if task.holds is not None and not (task.holds.every and task.holds.duration):
        yield task.holds.span, "a watch of no time", LONGER
    for _, call in named_calls(task):
        if call.retry is not None and not call.retry.first and call.retry.attempts > 1:
            yield call.retry.span, "a retry without a pause", LONGER
        if call.retry is not None and call.retry.attempts == 1:
            yield call.retry.span, "a retry that never tries again: the first attempt counts", ONCE
        if isinstance(call.op, ir.Sleep) and isinstance(call.op.duration, ir.Literal) and call.op.duration.value == 0:
            yield near(call.op.duration.span, call.span), "a sleep of no time", LONGER
