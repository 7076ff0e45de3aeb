"""dst-hole: on the day the clock is changed the flow starts never, or twice

## What it finds
A schedule at fixed hours whose time of day is left out when the clock goes forward in its zone, or comes twice when it
goes back. The dates that are named are the first from 2027 on that both the schedule and the rules of the zone have:
the same ones whenever the check is run. A schedule that no such date falls on in 28 years, after which the calendar
begins again, is left alone.

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

YEARS = range(2027, 2055)
"""The years whose changes of the clock are looked at, one cycle of the calendar: the same finding in every run."""
NIGHT = range(4)
"""Hours in which clocks are changed anywhere (IANA time zone database, 2026); other schedules need no look."""


class Change(Record):
    """A change of the clock. start, end: minutes of the day that are left out, or come twice."""

    date: datetime.date
    start: int
    end: int
    forward: bool


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each schedule."""
    for schedule in schedules(flow):
        hours, zone = schedule.times.hours, schedule.zone
        if zone == "UTC" or len(hours) == 24 or not hours & set(NIGHT) or not zones.has(zone):
            continue
        hits = first_hits(schedule.times, zone)
        if hits:
            told = " and ".join(described(change) for change in hits)
            yield CHECK.found(
                f'"{schedule.expression}" in {zone} {told}',
                schedule.trigger.span,
                why="What becomes of the start on such a day differs from scheduler to scheduler.",
                help='choose a time between 04:00 and 23:59, or `timezone: "UTC"`',
            )


def first_hits(schedule: Cron, zone: str) -> list[Change]:
    """The first change forward and the first one back in whose minutes a start lies, in order of time."""
    times = [hour * 60 + minute for hour in schedule.hours for minute in schedule.minutes]
    found: dict[bool, Change] = {}
    for year in YEARS:
        touched = [change for change in changes(zone, year) if any(change.start <= time < change.end for time in times)]
        if not touched:
            break  # a zone changes its clock at the same time of day every year, or never
        for change in touched:
            if schedule.falls_on(change.date):
                found.setdefault(change.forward, change)
        if len(found) == len({change.forward for change in touched}):
            break
    return sorted(found.values(), key=lambda change: change.date)


def described(change: Change) -> str:
    """`has no start on 2027-03-28, when 02:00 to 03:00 is left out`."""
    span = f"{change.start // 60:02}:{change.start % 60:02} to {change.end // 60:02}:{change.end % 60:02}"
    if change.forward:
        return f"has no start on {change.date}, when {span} is left out"
    return f"has two on {change.date}, when {span} comes twice"


def offset(moment: datetime.datetime) -> int:
    """How many minutes the clock is ahead of UTC."""
    ahead = moment.utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds()) // 60


def changes(zone: str, year: int) -> Iterator[Change]:
    """The changes of a zone's clock in a year, to the quarter of an hour; no zone has two in one week."""
    import datetime
    from zoneinfo import ZoneInfo

    info, week, quarter = ZoneInfo(zone), datetime.timedelta(weeks=1), datetime.timedelta(minutes=15)
    start = datetime.datetime(year, 1, 1, tzinfo=datetime.UTC)
    for number in range(53):
        early, late = start + number * week, start + (number + 1) * week
        minutes = offset(late.astimezone(info)) - offset(early.astimezone(info))
        if not minutes:
            continue
        before = offset(early.astimezone(info))
        while late - early > quarter:
            middle = early + (late - early) // quarter // 2 * quarter
            if offset(middle.astimezone(info)) == before:
                early = middle
            else:
                late = middle
        wall = late.astimezone(info)
        end = wall.hour * 60 + wall.minute
        first = end - minutes if minutes > 0 else end
        if wall.year == year:
            yield Change(wall.date(), max(first, 0), first + abs(minutes), minutes > 0)


CHECK = Check("WF804", "dst-hole", WARNING, __name__, find)
