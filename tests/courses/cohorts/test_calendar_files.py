"""Calendar files, read back by another program than the one that writes them (vobject)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import vobject

from courses.cohorts import calendar_files
from courses.cohorts.calendar_files import Meeting, Site

SITE = Site("Lived Learning", "learning.example.org", "Lived Learning <courses@example.org>")
MEETING = Meeting(
    uid=UUID(int=7),
    sequence=0,
    changed_at=datetime(2026, 1, 1, 12, tzinfo=UTC),
    starts_at=datetime(2026, 3, 3, 10, tzinfo=UTC),
    ends_at=datetime(2026, 3, 3, 12, tzinfo=UTC),
    zone="Europe/London",
    title="Meeting; one, with commas",
    place="Quaker House,\nUpper Room",
    about="",
    url="https://learning.example.org/learning/1/2/",
    is_cancelled=False,
)


def read(*meetings: Meeting) -> Any:
    content = calendar_files.write(meetings, site=SITE, name="Your meetings")
    assert b"\r\n" in content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    return vobject.readOne(content.decode())


def at(zone: str, local: str) -> Meeting:
    """A meeting of two hours that begins at this time of the clock."""
    begins = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return replace(MEETING, zone=zone, starts_at=begins, ends_at=begins + timedelta(hours=2))


# The weeks around both changes of the clocks, and the night itself.
CLOCKS = [
    ("Europe/London", "2026-03-22T10:00"),
    ("Europe/London", "2026-03-29T00:30"),
    ("Europe/London", "2026-03-29T02:30"),
    ("Europe/London", "2026-03-29T10:00"),
    ("Europe/London", "2026-10-24T22:30"),
    ("Europe/London", "2026-10-25T10:00"),
    ("America/New_York", "2026-03-07T10:00"),
    ("America/New_York", "2026-03-08T01:30"),
    ("America/New_York", "2026-03-08T03:10"),
    ("America/New_York", "2026-03-08T10:00"),
    ("America/New_York", "2026-10-31T10:00"),
    ("America/New_York", "2026-11-01T10:00"),
    ("Australia/Sydney", "2026-04-04T10:00"),
    ("Australia/Sydney", "2026-04-05T10:00"),
    ("Australia/Sydney", "2026-10-03T10:00"),
    ("Australia/Sydney", "2026-10-04T03:30"),
    ("Australia/Sydney", "2026-10-05T10:00"),
]


@pytest.mark.parametrize(("zone", "local"), CLOCKS)
def test_another_reader_finds_the_right_moment_on_both_sides_of_a_change(zone: str, local: str) -> None:
    meeting = at(zone, local)
    event = read(meeting).vevent
    assert event.dtstart.value.astimezone(UTC) == meeting.starts_at
    assert event.dtend.value.astimezone(UTC) == meeting.ends_at
    assert event.dtstart.value.strftime("%Y-%m-%dT%H:%M") == local


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Sydney", "Asia/Kolkata"])
def test_the_zone_in_the_file_changes_its_clocks_when_the_world_does(zone: str) -> None:
    """Every hour of two years, by the rules in the file alone, is the hour of the world's own table."""
    written = calendar_files.time_zone(zone, 2026, 2027)
    steps = sorted(
        (part["dtstart"].dt.replace(tzinfo=UTC) - part["tzoffsetfrom"].td, part["tzoffsetto"].td)
        for part in written.subcomponents
    )
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment < datetime(2027, 12, 31, tzinfo=UTC):
        offset = [to for begins, to in steps if begins <= moment][-1]
        assert offset == moment.astimezone(ZoneInfo(zone)).utcoffset(), moment
        moment += timedelta(hours=1)


def test_an_event_says_what_calendars_need() -> None:
    calendar = read(MEETING)
    event = calendar.vevent
    assert calendar.method.value == "PUBLISH"
    assert event.uid.value == f"{UUID(int=7)}@learning.example.org"
    assert event.sequence.value == "0"
    assert event.status.value == "CONFIRMED"
    assert event.dtstamp.value == MEETING.changed_at
    assert event.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Europe/London"]
    assert event.summary.value == "Meeting; one, with commas"
    assert event.location.value == "Quaker House,\nUpper Room"


def test_a_cancelled_meeting_keeps_its_uid_with_a_higher_sequence() -> None:
    event = read(replace(MEETING, is_cancelled=True, sequence=3)).vevent
    assert event.uid.value.startswith(str(UUID(int=7)))
    assert (event.status.value, event.sequence.value) == ("CANCELLED", "3")


def test_the_same_meetings_give_the_same_bytes() -> None:
    one, two = (calendar_files.write([MEETING], site=SITE, name="x") for _n in range(2))
    assert one == two


def test_words_cannot_add_a_line_of_their_own() -> None:
    event = read(replace(MEETING, title="One\r\nATTENDEE:mailto:eve@example.org", place="a\nb")).vevent
    assert "attendee" not in event.contents


def test_no_meeting_is_a_calendar_too() -> None:
    assert read().method.value == "PUBLISH"
