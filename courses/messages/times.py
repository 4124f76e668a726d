"""Dates and times in messages: always with the place whose time it is."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.cohorts import telling_times

DEFAULT = "Europe/London"


def moment(at: datetime, person: Any) -> str:
    """Such as "26 November 2026, 10:00 (London time)", in the reader's own time zone."""
    zone = zone_of(person)
    words = {"moment": date_format(at.astimezone(zone), "DATETIME_FORMAT"), "city": city(zone.key)}
    return _("%(moment)s (%(city)s time)") % words


def until(at: datetime, person: Any, there: str) -> str:
    """Such as "the end of Monday 7 December 2026 (London time)"; `there` is the time zone of the cohort."""
    zone, away = zone_of(person), ZoneInfo(there)
    sentence = telling_times.until(at, own=zone, there=away)
    if at.astimezone(zone).utcoffset() != at.astimezone(away).utcoffset():
        return sentence
    return _("%(moment)s (%(city)s time)") % {"moment": sentence, "city": city(zone.key)}


def day(at: datetime, person: Any) -> str:
    """Such as "26 November 2026", in the reader's own time zone."""
    return date_format(at.astimezone(zone_of(person)), "DATE_FORMAT")


def zone_of(person: Any) -> ZoneInfo:
    """The reader's time zone; that of the site for somebody without an account."""
    return ZoneInfo(person.time_zone if person is not None else DEFAULT)


def city(time_zone: str) -> str:
    """Such as "London"."""
    return time_zone.rpartition("/")[2].replace("_", " ")
