"""When somebody is reminded: the rules alone, by the calendar of the cohort."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.messages.rules import Deadline, Due, Facts, Meeting, Rule, due

LONDON = ZoneInfo("Europe/London")
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def facts(**changes: object) -> Facts:
    """Somebody who joined today and has not begun."""
    base = Facts(enrolment_id=5, begins_at=AT, last_at=None, percent=0, can_go_on=True, zone=LONDON)
    return replace(base, **changes)  # type: ignore[arg-type]


def rules_of(found: list[Due]) -> list[Rule]:
    return [one.rule for one in found]


@pytest.mark.parametrize(
    ("days", "expected"), [(0, []), (6.99, []), (7, [Rule.NOT_BEGUN]), (36, [Rule.NOT_BEGUN]), (37, [])]
)
def test_who_has_not_begun_is_asked_after_a_week_and_not_for_ever(days: float, expected: list[Rule]) -> None:
    assert rules_of(due(facts(begins_at=AT - days * DAY), AT)) == expected


@pytest.mark.parametrize(
    ("days", "percent", "expected"),
    [
        (13.9, 50, []),
        (14, 50, [Rule.QUIET]),
        (43.9, 50, [Rule.QUIET]),
        (44, 50, []),
        (4.9, 80, []),
        (5, 80, [Rule.NEARLY_THERE]),
        (5, 79, []),
        (14, 80, [Rule.QUIET]),
    ],
)
def test_quiet_and_nearly_there(days: float, percent: int, expected: list[Rule]) -> None:
    assert rules_of(due(facts(last_at=AT - days * DAY, percent=percent), AT)) == expected


def test_who_waits_for_somebody_else_is_not_pressed() -> None:
    assert due(facts(last_at=AT - 20 * DAY, can_go_on=False), AT) == []


@pytest.mark.parametrize(
    ("offset", "is_done", "expected"),
    [
        (timedelta(days=3, seconds=1), False, []),
        (timedelta(days=3), False, [Rule.DEADLINE_NEAR]),
        (timedelta(seconds=1), False, [Rule.DEADLINE_NEAR]),
        (timedelta(0), False, [Rule.OVERDUE]),
        (timedelta(days=-6.9), False, [Rule.OVERDUE]),
        (timedelta(days=-7), False, []),
        (timedelta(days=1), True, []),
        (timedelta(days=-1), True, []),
    ],
)
def test_deadlines(offset: timedelta, is_done: bool, expected: list[Rule]) -> None:
    found = due(facts(deadlines=(Deadline(3, AT + offset, is_done=is_done),)), AT)
    assert rules_of(found) == expected
    assert all(one.target == 3 for one in found)


@pytest.mark.parametrize(
    ("starts_at", "is_due"),
    [
        (datetime(2026, 11, 24, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), False),
        (datetime(2026, 11, 25, 0, 0, tzinfo=UTC), False),
    ],
)
def test_a_meeting_is_tomorrow_by_the_calendar_of_the_cohort(starts_at: datetime, is_due: bool) -> None:
    found = due(facts(meetings=(Meeting(9, starts_at),)), AT)
    assert rules_of(found) == ([Rule.SESSION_TOMORROW] if is_due else [])


@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Sydney", "America/New_York"])
@pytest.mark.parametrize("on", ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2026-11-01"])
def test_tomorrow_is_one_day_also_when_the_clocks_change(zone: str, on: str) -> None:
    """A day of 23 or 25 hours: half past midnight tomorrow and 23:30 tomorrow are both tomorrow."""
    there = ZoneInfo(zone)
    at = datetime.fromisoformat(f"{on}T09:00").replace(tzinfo=there)
    next_day = at.date() + DAY
    for hour in (0, 12, 23):
        starts = datetime(next_day.year, next_day.month, next_day.day, hour, 30, tzinfo=there).astimezone(UTC)
        found = due(facts(zone=there, begins_at=at, meetings=(Meeting(1, starts),)), at.astimezone(UTC))
        assert rules_of(found) == [Rule.SESSION_TOMORROW], hour


@pytest.mark.parametrize(
    ("left", "warned"), [(14.1, None), (14, "14"), (3.1, "14"), (3, "3"), (0.1, "3"), (0, None), (-1, None)]
)
def test_the_end_of_access_is_told_twice(left: float, warned: str | None) -> None:
    found = due(facts(access_until=AT + left * DAY), AT)
    assert [one.about.split(":")[2] for one in found] == ([warned] if warned else [])


def test_a_reminder_of_the_team_comes_on_its_day_and_not_weeks_later() -> None:
    planned = (Deadline(7, AT - timedelta(hours=1)),)
    assert rules_of(due(facts(planned=planned), AT)) == [Rule.PLANNED]
    assert due(facts(planned=planned), AT + 3 * DAY) == []
    assert due(facts(planned=planned), AT - DAY) == []


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
DATES = st.lists(st.builds(Deadline, st.integers(1, 3), MOMENTS, st.booleans()), max_size=3).map(tuple)
ANY_FACTS = st.builds(
    Facts,
    enrolment_id=st.just(5),
    begins_at=MOMENTS,
    last_at=st.none() | MOMENTS,
    percent=st.integers(0, 99),
    can_go_on=st.booleans(),
    zone=st.sampled_from([LONDON, ZoneInfo("Pacific/Auckland"), ZoneInfo("America/New_York")]),
    access_until=st.none() | MOMENTS,
    deadlines=DATES,
    planned=DATES,
    meetings=st.lists(st.builds(Meeting, st.integers(1, 3), MOMENTS), max_size=3).map(tuple),
)


@given(ANY_FACTS, MOMENTS)
def test_no_more_than_one_of_the_three_that_call_back(found: Facts, at: datetime) -> None:
    calls = {Rule.NOT_BEGUN, Rule.QUIET, Rule.NEARLY_THERE}
    told = [one.rule for one in due(found, at) if one.rule in calls]
    assert len(told) <= 1
    if told:
        assert found.can_go_on


@given(ANY_FACTS, MOMENTS, st.integers(1, 60))
def test_a_reminder_is_the_same_one_a_little_later(found: Facts, at: datetime, minutes: int) -> None:
    """Once is decided by rule and `about`: what holds now and later has not become another reminder."""
    now = {(one.rule, one.target): one.about for one in _single(found, at)}
    later = {(one.rule, one.target): one.about for one in _single(found, at + timedelta(minutes=minutes))}
    for key in now.keys() & later.keys():
        assert now[key] == later[key] or key[0] in (Rule.SESSION_TOMORROW, Rule.ACCESS_ENDING)


def _single(found: Facts, at: datetime) -> list[Due]:
    """Only dates and meetings that are there once by their id."""
    one_each = {
        "deadlines": tuple({d.date_id: d for d in found.deadlines}.values()),
        "planned": tuple({d.date_id: d for d in found.planned}.values()),
        "meetings": tuple({m.session_id: m for m in found.meetings}.values()),
    }
    return due(replace(found, **one_each), at)


@given(ANY_FACTS, MOMENTS)
def test_about_holds_only_what_may_stand_in_the_outbox(found: Facts, at: datetime) -> None:
    for one in due(found, at):
        assert set(one.about) <= set("abcdefghijklmnopqrstuvwxyz0123456789:-")
        assert len(one.about) <= 80
        assert one.enrolment_id == 5


@given(ANY_FACTS, MOMENTS, st.integers(2, 60))
def test_nothing_is_told_for_ever(found: Facts, at: datetime, days: int) -> None:
    """Two months after everything, nobody hears anything any more."""
    moments = [found.begins_at, found.last_at, found.access_until, at]
    moments += [d.at for d in (*found.deadlines, *found.planned)] + [m.starts_at for m in found.meetings]
    last = max(moment for moment in moments if moment is not None)
    assert due(found, last + timedelta(days=44 + days)) == []
