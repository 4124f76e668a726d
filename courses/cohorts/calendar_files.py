"""Live sessions as calendar files (RFC 5545), for one session or for all of a learner's.

Nobody is named in them. Each event carries its cohort's time zone with the days on which the clocks
change, so that a program that does not know the zone still shows the right hour.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

CONTENT_TYPE = "text/calendar; charset=utf-8"
# How often a program should ask again for a calendar it subscribes to.
ASK_AGAIN = timedelta(hours=6)
# Clocks are looked at once a day; no zone changes them twice in one.
A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What a calendar says of one session. `sequence` is its version; times have a zone."""

    uid: UUID
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    title: str
    place: str
    about: str
    url: str
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Site:
    """Who gives the calendar: the name and host of the site, and the sender of its e-mails."""

    name: str
    host: str
    sender: str


def write(meetings: Iterable[Meeting], *, site: Site, name: str) -> bytes:
    """The file. The same meetings give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{site.name}//{site.host}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    found = list(meetings)
    for zone in sorted({meeting.zone for meeting in found}):
        years = [m.starts_at.year for m in found if m.zone == zone]
        calendar.add_component(time_zone(zone, min(years) - 1, max(years) + 1))
    for meeting in found:
        calendar.add_component(_event(meeting, site))
    written: bytes = calendar.to_ical()
    return written


def _event(meeting: Meeting, site: Site) -> Event:
    event, zone = Event(), ZoneInfo(meeting.zone)
    event.add("uid", f"{meeting.uid}@{site.host}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at.astimezone(UTC))
    event.add("last-modified", meeting.changed_at.astimezone(UTC))
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    event.add("summary", meeting.title)
    event.add("status", "CANCELLED" if meeting.is_cancelled else "CONFIRMED")
    for field, value in (("location", meeting.place), ("description", meeting.about), ("url", meeting.url)):
        if value:
            event.add(field, value)
    organiser = vCalAddress(f"mailto:{parseaddr(site.sender)[1]}")
    organiser.params["CN"] = site.name
    event.add("organizer", organiser)
    return event


@lru_cache(maxsize=64)
def time_zone(name: str, first_year: int, last_year: int) -> Timezone:
    """A zone with every change of its clocks in these years.

    Each change is told in the time that was on the clocks until then, as RFC 5545, 3.6.5 asks.
    """
    zone, written = ZoneInfo(name), Timezone()
    written.add("tzid", name)
    begins = datetime(first_year, 1, 1, tzinfo=UTC)
    written.add_component(_observance(zone, begins, begins))
    for change in _changes(zone, begins, datetime(last_year + 1, 1, 1, tzinfo=UTC)):
        written.add_component(_observance(zone, change - A_SECOND, change))
    return written


def _observance(zone: ZoneInfo, before: datetime, after: datetime) -> TimezoneStandard | TimezoneDaylight:
    old, new = before.astimezone(zone), after.astimezone(zone)
    part = TimezoneDaylight() if new.dst() else TimezoneStandard()
    old_offset, new_offset = old.utcoffset() or timedelta(), new.utcoffset() or timedelta()
    part.add("dtstart", (after + old_offset).replace(tzinfo=None))
    part.add("tzoffsetfrom", old_offset)
    part.add("tzoffsetto", new_offset)
    part.add("tzname", new.tzname() or str(zone))
    return part


def _changes(zone: ZoneInfo, begins: datetime, ends: datetime) -> Iterable[datetime]:
    """The first second after each change of the clocks, in UTC."""
    day = begins
    while day < ends:
        following = day + A_DAY
        if day.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            yield _narrowed(zone, day, following)
        day = following


def _narrowed(zone: ZoneInfo, old: datetime, new: datetime) -> datetime:
    """The second of a change that lies between these two."""
    while new - old > A_SECOND:
        middle = (old + (new - old) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old.astimezone(zone).utcoffset():
            old = middle
        else:
            new = middle
    return new
