"""Cron expressions of five fields: `Cron.read("30 2 * * 1-5")` → the minutes, hours, days and months that it names."""

from __future__ import annotations

from itertools import pairwise

from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of the week", 0, 7, WEEKDAYS),
)
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of each month, the longest that it can have."""


class Cron(Record):
    """The sets of a cron expression (POSIX crontab, with names and `/` steps); Sunday is 0.

    any_day, any_weekday: the field begins with `*`; when neither does, either of the two suffices.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def never(self) -> bool:
        """Is there no such date, as the 30th of February?"""
        return self.any_weekday and all(min(self.days) > LONGEST[month - 1] for month in self.months)

    def falls_on(self, date: datetime.date) -> bool:
        """Is it a day with a start?"""
        if date.month not in self.months:
            return False
        on_day, on_weekday = date.day in self.days, date.isoweekday() % 7 in self.weekdays
        return (on_day and on_weekday) if self.any_day or self.any_weekday else (on_day or on_weekday)

    def shortest_gap(self) -> int:
        """The least number of minutes from one start to the next, by the wall clock."""
        times = sorted(hour * 60 + minute for hour in self.hours for minute in self.minutes)
        gaps = [later - earlier for earlier, later in pairwise(times)]
        overnight = times[0] + 1440 - times[-1]
        if gaps and min(gaps) <= overnight:
            return min(gaps)  # whatever the days are
        return min([*gaps, overnight + 1440 * (self.fewest_days() - 1)])

    def fewest_days(self) -> int:
        """The least number of days from one day with a start to the next; CYCLE when there is none."""
        if len(self.months) == 12 and len(self.days) == 31:
            # every date is named, so the weekdays decide; where neither field begins with `*`, either is enough
            return ring(self.weekdays, 7) if self.any_day or self.any_weekday else 1
        # without a weekday dates come again every four years; two cycles have every two neighbours
        days = self.ordinals(8 if len(self.weekdays) == 7 else 56)
        least = CYCLE
        for earlier, later in pairwise(days):
            least = min(least, later - earlier)
            if least == 1:
                break
        return least

    def ordinals(self, years: int) -> Iterator[int]:
        """The days with a start, as `date.toordinal` counts them, in so many years from 2000 on."""
        import datetime

        free = not (self.any_day or self.any_weekday)
        months, days = sorted(self.months), range(1, 32) if free else sorted(self.days)
        for year in range(2000, 2000 + years):
            for month in months:
                before = datetime.date(year, month, 1).toordinal() - 1
                last = LONGEST[month - 1] - (month == 2 and year % 4 > 0)
                for day in days:
                    # the ordinal 7 is a Sunday
                    on_weekday = (before + day) % 7 in self.weekdays
                    if day <= last and (on_weekday or (free and day in self.days)):
                        yield before + day


CYCLE = 28 * 365 + 7
"""Days after which dates fall on the same weekdays again, while every fourth year is a leap year (1901 to 2099)."""


def ring(numbers: frozenset[int], around: int) -> int:
    """The least distance between neighbours on a circle of `around`, at least 1."""
    row = sorted(numbers)
    return max(1, min(later - earlier for earlier, later in zip(row, [*row[1:], row[0] + around], strict=True)))


def read(text: str) -> Cron | str:
    """The sets of an expression, or what is wrong with it, as a clause: "it has 6 fields, not 5"."""
    parts = text.split()
    if len(parts) != 5:
        return f"it has {len(parts)} field{'' if len(parts) == 1 else 's'}, not 5"
    sets: list[frozenset[int]] = []
    for part, (name, low, high, words) in zip(parts, FIELDS, strict=True):
        values: set[int] = set()
        for piece in part.split(","):
            found = read_piece(piece, low, high, words)
            if found is None:
                return f"`{piece}` is no {name} ({low} to {high})"
            values |= set(found)
        sets.append(frozenset(values))
    weekdays = frozenset(day % 7 for day in sets[4])
    minutes, hours, days, months, _ = sets
    return Cron(minutes, hours, days, months, weekdays, parts[2].startswith("*"), parts[4].startswith("*"))


def read_piece(piece: str, low: int, high: int, words: tuple[str, ...]) -> range | None:
    """`*`, `3`, `1-5`, `*/15`, `mon-fri/2` → the numbers, or None."""
    body, slash, step = piece.partition("/")
    if slash and (not step.isdecimal() or not 0 < int(step) <= high):
        return None
    first, dash, last = (str(low), "-", str(high)) if body == "*" else body.partition("-")
    start = number(first, low, words)
    stop = number(last, low, words) if dash else (high if slash else start)
    if start is None or stop is None or not low <= start <= stop <= high:
        return None
    return range(start, stop + 1, int(step) if slash else 1)


def number(text: str, low: int, words: tuple[str, ...]) -> int | None:
    """A number, or the number of a name."""
    if text.isdecimal() and text.isascii() and len(text) < 3:
        return int(text)
    return words.index(text.lower()) + low if text.lower() in words else None
