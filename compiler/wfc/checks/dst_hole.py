"""dst-hole: on the day the clock is changed the flow starts never, or twice

## What it finds
A schedule at fixed hours whose time of day is left out when the clock goes forward in its zone, or comes twice when it
goes back.

## Why
In Berlin 02:30 does not exist on the last Sunday of March and exists twice on the last Sunday of October. What a
scheduler makes of it differs: Vixie's cron runs such jobs once (cron(8), on changes of local time by less than three
hours), others leave a day out or run it twice, and a flow may move from one to the other.

## Bad
```wf
flow nightly {
  on schedule("30 2 * * *", timezone: "Europe/Berlin")
  defaults { timeout 1m }
  concurrency 1 queue
  task work = shell("./work")
}
```

## Good
```wf
flow nightly {
  on schedule("30 3 * * *", timezone: "Europe/Berlin")
  defaults { timeout 1m }
  concurrency 1 queue
  task work = shell("./work")
}
```
```wf
flow nightly {
  on schedule("30 2 * * *", timezone: "UTC")
  defaults { timeout 1m }
  concurrency 1 queue
  task work = shell("./work")
}
```
"""

from __future__ import annotations

from wfc.check import Check
from wfc.checks import zones
from wfc.checks.schedules import schedules
from wfc.diagnostic import WARNING
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from wfc.checks.cron import Cron
    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow

YEAR = 2026
"""The year whose changes of the clock are looked at: the same finding whenever the check runs."""
NIGHT = range(4)
"""Hours in which clocks are changed anywhere (IANA time zone database, 2026); other schedules need no look."""


class Change(Record):
    """A change of the clock. day: of the month. start, end: minutes of the day that are left out, or come twice."""

    month: int
    day: int
    start: int
    end: int
    forward: bool


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each schedule."""
    for schedule in schedules(flow):
        hours, zone = schedule.times.hours, schedule.zone
        if zone == "UTC" or len(hours) == 24 or not hours & set(NIGHT) or not zones.has(zone):
            continue
        hits = [change for change in changes(zone) if touched(schedule.times, change)]
        if hits:
            told = " and ".join(described(change) for change in hits)
            yield CHECK.found(
                f'"{schedule.expression}" in {zone} {told}',
                schedule.trigger.span,
                why="What becomes of the start on such a day differs from scheduler to scheduler.",
                help='choose a time between 04:00 and 23:59, or `timezone: "UTC"`',
            )


def touched(schedule: Cron, change: Change) -> bool:
    """Does a start lie in the minutes of the change, on a day that it may fall on in some year?

    Clocks are changed on a certain Sunday (or Friday) of a month, so the weekday stays, and the day moves by up to six.
    """
    import datetime

    weekday = datetime.date(YEAR, change.month, change.day).isoweekday() % 7
    on_weekday = weekday in schedule.weekdays
    on_day = any(abs(day - change.day) < 7 for day in schedule.days)
    if schedule.any_day or schedule.any_weekday:
        possible = on_weekday and on_day
    else:
        possible = on_weekday or on_day
    times = (hour * 60 + minute for hour in schedule.hours for minute in schedule.minutes)
    return change.month in schedule.months and possible and any(change.start <= time < change.end for time in times)


def described(change: Change) -> str:
    """`has no start on 2026-03-29, when 02:00 to 03:00 is left out`."""
    span = f"{change.start // 60:02}:{change.start % 60:02} to {change.end // 60:02}:{change.end % 60:02}"
    date = f"{YEAR}-{change.month:02}-{change.day:02}"
    if change.forward:
        return f"has no start on {date}, when {span} is left out"
    return f"has two on {date}, when {span} comes twice"


def offset(moment: datetime.datetime) -> int:
    """How many minutes the clock is ahead of UTC."""
    ahead = moment.utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds()) // 60


def changes(zone: str) -> Iterator[Change]:
    """The changes of a zone's clock in the year, found by looking at every quarter of an hour of a day that has one."""
    import datetime
    from zoneinfo import ZoneInfo

    info, day = ZoneInfo(zone), datetime.datetime(YEAR, 1, 1, tzinfo=datetime.UTC)
    quarter = datetime.timedelta(minutes=15)
    for number in range(365):
        start = day + datetime.timedelta(days=number)
        if start.astimezone(info).utcoffset() == (start + datetime.timedelta(days=1)).astimezone(info).utcoffset():
            continue
        before = start.astimezone(info)
        for _ in range(96):
            after = (before.astimezone(datetime.UTC) + quarter).astimezone(info)
            minutes = offset(after) - offset(before)
            if minutes:
                wall = after.hour * 60 + after.minute
                first = wall - minutes if minutes > 0 else wall
                yield Change(after.month, after.day, max(first, 0), first + abs(minutes), minutes > 0)
            before = after


CHECK = Check("WF804", "dst-hole", WARNING, __name__, find)
