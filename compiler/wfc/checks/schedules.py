"""The schedules of a flow: `on schedule("30 2 * * 1-5", timezone: "Europe/Berlin")`, read."""

from __future__ import annotations

from wfc.checks import cron
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Flow, Trigger

MINUTE = 60_000
"""Milliseconds."""


class Schedule(Record):
    """A schedule trigger. expression: the cron expression as written; times: what it names. zone: "UTC" by default."""

    trigger: Trigger
    expression: str
    times: cron.Cron
    zone: str

    def gap(self) -> int:
        """The least number of milliseconds from one start to the next."""
        return self.times.shortest_gap() * MINUTE


def schedules(flow: Flow) -> tuple[Schedule, ...]:
    """The schedules of a flow, in the order of the text; expressions that can't be read are WF207's."""
    found = []
    for trigger in flow.triggers:
        args = dict(trigger.args) if trigger.kind == "schedule" else {}
        text = args.get("cron")
        times = cron.read(text) if isinstance(text, str) else ""
        if isinstance(text, str) and isinstance(times, cron.Cron):
            found.append(Schedule(trigger, text, times, str(args.get("timezone", "UTC"))))
    return tuple(found)
