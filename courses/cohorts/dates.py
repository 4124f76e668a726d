"""When something falls that is planned in words like "three days after session 2, at nine".

Plain Python. Days are counted as days of the cohort's own time zone and only then given a time of the
clock there: adding hours or seconds would be an hour out after the clocks change. A time that the clocks
jump over is told as the moment after the jump; one that comes twice is the first of the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

SATURDAY = 5
# More days off in a row than any place has.
MOST_DAYS_OFF = 30


class What(StrEnum):
    """What happens on a planned date."""

    RELEASE = "release"
    DEADLINE = "deadline"
    REMINDER = "reminder"


class Anchor(StrEnum):
    """What a date is counted from. A fixed date is counted from nothing."""

    START = "start"
    END = "end"
    SESSION = "session"
    DATE = "date"


class DaysOff(StrEnum):
    """Which days a date steps over. Bank holidays come with the weekends."""

    NONE = ""
    WEEKENDS = "weekends"
    ENGLAND_AND_WALES = "GB-ENG"
    SCOTLAND = "GB-SCT"
    NORTHERN_IRELAND = "GB-NIR"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one date is worked out. `offset_days` may be negative: so many days before.

    `activity_id` is the live session that is meant when the anchor is one; `on` is the fixed date.
    """

    anchor: Anchor
    offset_days: int = 0
    at_time: time = time(9, 0)
    on: date | None = None
    activity_id: int | None = None
    days_off: DaysOff = DaysOff.NONE


@dataclass(frozen=True, slots=True)
class Anchors:
    """What the dates of one cohort hang on. `sessions` maps an activity's id to when its session begins."""

    zone: ZoneInfo
    starts_on: date
    ends_on: date | None
    sessions: Mapping[int, datetime] = field(default_factory=dict)

    def day_of(self, rule: Rule) -> date | None:
        """The day that a rule counts from; None while it is not fixed."""
        if rule.anchor is Anchor.START:
            return self.starts_on
        if rule.anchor is Anchor.END:
            return self.ends_on
        if rule.anchor is Anchor.DATE:
            return rule.on
        begins = self.sessions.get(rule.activity_id or 0)
        return begins.astimezone(self.zone).date() if begins else None


def falls_at(rule: Rule, anchors: Anchors) -> datetime | None:
    """The moment of a date, in UTC; None while what it hangs on has no date yet."""
    counted_from = anchors.day_of(rule)
    if counted_from is None:
        return None
    day = counted_from + timedelta(days=rule.offset_days)
    return moment(stepped_over(day, rule.days_off, back=rule.offset_days < 0), rule.at_time, anchors.zone)


def moment(day: date, at_time: time, zone: ZoneInfo) -> datetime:
    """A time of the clock in a zone, as a moment in UTC."""
    return datetime.combine(day, at_time.replace(fold=0), tzinfo=zone).astimezone(UTC)


def stepped_over(day: date, days_off: DaysOff, *, back: bool = False) -> date:
    """The day itself, or the nearest later day that is no day off; the nearest earlier one with `back`.

    What is planned before something must not slip behind it: that is what `back` is for.
    """
    step = timedelta(days=-1 if back else 1)
    for _count in range(MOST_DAYS_OFF):
        if not is_day_off(day, days_off):
            break
        day += step
    return day


def is_day_off(day: date, days_off: DaysOff) -> bool:
    """Whether a date that steps over these days off may not fall on this day."""
    if days_off is DaysOff.NONE:
        return False
    return day.weekday() >= SATURDAY or day in _bank_holidays(days_off, day.year)


@lru_cache(maxsize=64)
def _bank_holidays(days_off: DaysOff, year: int) -> frozenset[date]:
    """The bank holidays of a year, and those given for days that fall on a weekend."""
    if days_off is DaysOff.WEEKENDS:
        return frozenset()
    country, _hyphen, part = days_off.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part, years=year))


def shifted(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """So many days later at the same time of the clock, in UTC."""
    there = at.astimezone(zone)
    return moment(there.date() + timedelta(days=days), there.time(), zone)
