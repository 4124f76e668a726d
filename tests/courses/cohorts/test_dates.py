"""When planned dates fall: days of the cohort's own zone, over the changes of the clocks and days off."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.cohorts.dates import (
    Anchor,
    Anchors,
    DaysOff,
    Rule,
    falls_at,
    is_day_off,
    moment,
    shifted,
    stepped_over,
)

LONDON, NEW_YORK, SYDNEY = (
    ZoneInfo(name) for name in ("Europe/London", "America/New_York", "Australia/Sydney")
)
ZONES = (LONDON, NEW_YORK, SYDNEY)


def anchors(zone: ZoneInfo, *, starts_on: date, session: datetime | None = None) -> Anchors:
    return Anchors(zone, starts_on, starts_on + timedelta(days=70), {5: session} if session else {})


@pytest.mark.parametrize(
    ("zone", "meets", "in_utc"),
    [
        # Three days after a session on the Friday before the clocks change, at nine.
        (LONDON, "2026-03-27T18:00+00:00", "2026-03-30T08:00+00:00"),
        (LONDON, "2026-10-23T18:00+01:00", "2026-10-26T09:00+00:00"),
        (NEW_YORK, "2026-03-06T18:00-05:00", "2026-03-09T13:00+00:00"),
        (NEW_YORK, "2026-10-30T18:00-04:00", "2026-11-02T14:00+00:00"),
        (SYDNEY, "2026-04-03T18:00+11:00", "2026-04-05T23:00+00:00"),
        (SYDNEY, "2026-10-02T18:00+10:00", "2026-10-04T22:00+00:00"),
    ],
)
def test_nine_oclock_stays_nine_oclock_when_the_clocks_change(
    zone: ZoneInfo, meets: str, in_utc: str
) -> None:
    rule = Rule(Anchor.SESSION, offset_days=3, at_time=time(9, 0), activity_id=5)
    known = anchors(zone, starts_on=date(2026, 1, 1), session=datetime.fromisoformat(meets))
    found = falls_at(rule, known)
    assert found == datetime.fromisoformat(in_utc)
    assert found.astimezone(zone).time() == time(9, 0)


def test_the_day_of_a_session_is_its_day_where_the_cohort_is() -> None:
    """Ten in the evening in New York is the next day in London; the cohort's own day counts."""
    session = datetime(2026, 6, 1, 22, tzinfo=NEW_YORK)
    rule = Rule(Anchor.SESSION, offset_days=1, activity_id=5)
    found = falls_at(rule, anchors(NEW_YORK, starts_on=date(2026, 6, 1), session=session.astimezone(LONDON)))
    assert found == datetime(2026, 6, 2, 9, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "in_utc"),
    [
        # The clocks jump over half past one (or two): the moment after the jump is meant.
        (LONDON, date(2026, 3, 29), time(1, 30), "2026-03-29T01:30+00:00"),
        (NEW_YORK, date(2026, 3, 8), time(2, 30), "2026-03-08T07:30+00:00"),
        # It comes twice: the first is meant.
        (LONDON, date(2026, 10, 25), time(1, 30), "2026-10-25T00:30+00:00"),
        (NEW_YORK, date(2026, 11, 1), time(1, 30), "2026-11-01T05:30+00:00"),
    ],
)
def test_times_that_do_not_exist_or_come_twice(zone: ZoneInfo, day: date, clock: time, in_utc: str) -> None:
    assert moment(day, clock, zone) == datetime.fromisoformat(in_utc)


def test_what_hangs_on_nothing_yet_has_no_date() -> None:
    known = Anchors(LONDON, date(2026, 1, 5), None)
    assert falls_at(Rule(Anchor.SESSION, activity_id=5), known) is None
    assert falls_at(Rule(Anchor.END), known) is None
    assert falls_at(Rule(Anchor.START), known) == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert falls_at(Rule(Anchor.DATE, on=date(2026, 7, 1)), known) == datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "days_off", "back", "lands_on"),
    [
        (date(2026, 4, 3), DaysOff.NONE, False, date(2026, 4, 3)),
        # Good Friday, the weekend and Easter Monday.
        (date(2026, 4, 3), DaysOff.ENGLAND_AND_WALES, False, date(2026, 4, 7)),
        (date(2026, 4, 6), DaysOff.ENGLAND_AND_WALES, True, date(2026, 4, 2)),
        # Easter Monday is a working day in Scotland.
        (date(2026, 4, 3), DaysOff.SCOTLAND, False, date(2026, 4, 6)),
        (date(2026, 4, 4), DaysOff.WEEKENDS, False, date(2026, 4, 6)),
        (date(2026, 4, 4), DaysOff.WEEKENDS, True, date(2026, 4, 3)),
        # Boxing Day 2026 is a Saturday: Monday is given for it.
        (date(2026, 12, 25), DaysOff.ENGLAND_AND_WALES, False, date(2026, 12, 29)),
        (date(2026, 3, 17), DaysOff.NORTHERN_IRELAND, False, date(2026, 3, 18)),
    ],
)
def test_days_off_are_stepped_over(day: date, days_off: DaysOff, back: bool, lands_on: date) -> None:
    assert stepped_over(day, days_off, back=back) == lands_on


def test_what_is_planned_before_the_start_never_slips_behind_it() -> None:
    """Two days before a Monday is a Saturday: the Friday before is meant."""
    rule = Rule(Anchor.START, offset_days=-2, days_off=DaysOff.WEEKENDS)
    found = falls_at(rule, anchors(LONDON, starts_on=date(2026, 6, 8)))
    assert found is not None
    assert found.date() == date(2026, 6, 5)


days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
clocks = st.times().map(lambda found: found.replace(second=0, microsecond=0))


@given(zone=st.sampled_from(ZONES), day=days, offset=st.integers(-60, 60), clock=clocks)
def test_a_date_falls_on_its_day_whatever_the_clocks_do(
    zone: ZoneInfo, day: date, offset: int, clock: time
) -> None:
    found = falls_at(Rule(Anchor.START, offset, clock), anchors(zone, starts_on=day))
    assert found is not None
    there = found.astimezone(zone)
    assert there.date() == day + timedelta(days=offset)
    # Only in the hour that the clocks jump over is the time another.
    assert there.time() == clock or moment(there.date(), there.time(), zone) == found


@given(day=days, days_off=st.sampled_from([*DaysOff]), back=st.booleans())
def test_a_date_never_lands_on_a_day_off(day: date, days_off: DaysOff, back: bool) -> None:
    landed = stepped_over(day, days_off, back=back)
    assert not is_day_off(landed, days_off)
    assert landed <= day if back else landed >= day


@given(zone=st.sampled_from(ZONES), day=days, offset=st.integers(-400, 400))
def test_moving_forth_and_back_is_where_it_was(zone: ZoneInfo, day: date, offset: int) -> None:
    at = moment(day, time(10, 0), zone)
    assert shifted(shifted(at, offset, zone), -offset, zone) == at
    assert shifted(at, offset, zone).astimezone(zone).time() == time(10, 0)
