"""Cron expressions: what they name, whether they ever come, how close two starts are (counted by hand)."""

from __future__ import annotations

import datetime
from itertools import pairwise

import pytest

from wfc.checks.cron import CYCLE, Cron, read


def times(text: str) -> Cron:
    """The sets of an expression that is one."""
    found = read(text)
    assert isinstance(found, Cron), found
    return found


def test_fields() -> None:
    found = times("5,10-12 */6 1 jan-mar/2 MON,7")
    assert found.minutes == {5, 10, 11, 12}
    assert found.hours == {0, 6, 12, 18}
    assert found.days == {1}
    assert found.months == {1, 3}
    assert found.weekdays == {1, 0}
    assert (found.any_day, found.any_weekday) == (False, False)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it has 0 fields, not 5"),
        ("0 0 * * * *", "it has 6 fields, not 5"),
        ("@daily", "it has 1 field, not 5"),
        ("60 * * * *", "`60` is no minute (0 to 59)"),
        ("* 24 * * *", "`24` is no hour (0 to 23)"),
        ("* * 0 * *", "`0` is no day of the month (1 to 31)"),
        ("* * * 13 *", "`13` is no month (1 to 12)"),
        ("* * * * 8", "`8` is no day of the week (0 to 7)"),
        ("*/0 * * * *", "`*/0` is no minute (0 to 59)"),
        ("5-1 * * * *", "`5-1` is no minute (0 to 59)"),
        ("1- * * * *", "`1-` is no minute (0 to 59)"),
        ("1,,2 * * * *", "`` is no minute (0 to 59)"),
        ("* * * * monday", "`monday` is no day of the week (0 to 7)"),
        ("١ * * * *", "`١` is no minute (0 to 59)"),
        ("-1 * * * *", "`-1` is no minute (0 to 59)"),
    ],
)
def test_faults(text: str, fault: str) -> None:
    assert read(text) == fault


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("0 0 30 2 *", True),
        ("0 0 29 2 *", False),
        ("0 0 31 4,6,9,11 *", True),
        ("0 0 31 4,5 *", False),
        ("0 0 30,28 2 *", False),
        ("0 0 30 2 1", False),
        ("0 0 * * *", False),
    ],
)
def test_never(text: str, never: bool) -> None:
    assert times(text).never() is never


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("*/15 * * * *", 15),
        ("*/25 * * * *", 10),
        ("0 * * * *", 60),
        ("0,50 * * * *", 10),
        ("0 2 * * *", 1440),
        ("0 2,23 * * *", 180),
        ("0 2 * * 1-5", 1440),
        ("0 2 * * 1,4", 3 * 1440),
        ("0 2 * * 0", 7 * 1440),
        ("0 2 1 * *", 28 * 1440),
        ("0 2 1,15 * *", 14 * 1440),
        ("59 23 1 * 1", 1440),
        ("0 2 31 * *", 31 * 1440),  # July and August, December and January
        ("0 2 31 1,3 *", 59 * 1440),  # of a year of 365 days
        ("0 2 29,30 1-3 *", 1440),
        ("0 2 28 2,3 *", 28 * 1440),
        ("0 6 1 1 *", 365 * 1440),
        ("0 6 29 2 *", 1461 * 1440),
        ("0 6 * 6 *", 1440),
        ("0 2,23 1 1 *", 21 * 60),
        ("0 0 */31 * 1", 28 * 1440),  # the first, when it is a Monday: February and March of 2027
        ("0 0 13 * 5", 1440),  # the 13th or a Friday
        ("0 0 1-31 * 1", 1440),  # every date is named
        ("0 0 30 2 *", CYCLE * 1440),  # never
    ],
)
def test_shortest_gap(text: str, minutes: int) -> None:
    assert times(text).shortest_gap() == minutes


@pytest.mark.parametrize(
    "text", ["0 2 31 * *", "5 4 * * 1,4", "0 0 29 2 *", "0 0 */10 * 5", "0 0 13 2-4 5", "0 6 1 1 *"]
)
def test_the_gap_is_that_of_the_dates_one_after_the_other(text: str) -> None:
    """Every day of two cycles of the calendar, one by one."""
    start = datetime.date(2000, 1, 1)
    days = [day for day in range(2 * CYCLE) if times(text).falls_on(start + datetime.timedelta(days=day))]
    assert times(text).fewest_days() == min(later - earlier for earlier, later in pairwise(days))


@pytest.mark.parametrize(
    ("text", "date", "expected"),
    [
        ("0 0 13 * 5", "2026-02-13", True),  # a Friday
        ("0 0 13 * 5", "2026-02-12", False),
        ("0 0 13 * 5", "2026-03-20", True),  # neither field begins with `*`: a Friday is enough
        ("0 0 */13 * 5", "2026-03-20", False),  # with `*` both have to be so: the 1st, 14th or 27th, and a Friday
        ("0 0 */13 * 5", "2026-03-27", True),
        ("0 0 * * 0", "2026-03-29", True),  # a Sunday
        ("0 0 * * 7", "2026-03-29", True),
        ("0 0 * 2 *", "2026-03-29", False),
    ],
)
def test_falls_on(text: str, date: str, expected: bool) -> None:
    assert times(text).falls_on(datetime.date.fromisoformat(date)) is expected
