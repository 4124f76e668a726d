"""On which days a cohort meets, and until when something can be done, in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import OuterRef

from cms.users.models import User
from courses.cohorts import meeting_times, telling_times
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession
from tests.factories import meetings

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
TUESDAY = datetime(2027, 1, 12, 10, 30, tzinfo=LONDON)
LONG = timedelta(hours=2, minutes=30)
WEEK = timedelta(days=7)


def at(*begins: datetime) -> list[tuple[datetime, datetime]]:
    return [(one, one + LONG) for one in begins]


def told(*begins: datetime, zone: str = "Europe/London") -> list[str]:
    return meeting_times.sentences(at(*begins), time_zone=zone)


def test_meetings_on_the_same_day_of_every_week_are_one_sentence_also_over_a_change_of_the_clock() -> None:
    weeks = [TUESDAY + number * WEEK for number in range(12)]
    assert told(*weeks) == ["12 meetings: Tuesdays, 10:30 to 13:00, first on 12 January 2027"]


def test_what_does_not_fit_is_told_one_by_one() -> None:
    saturday = datetime(2027, 2, 20, 9, tzinfo=LONDON)
    assert told(TUESDAY, TUESDAY + WEEK, TUESDAY + 2 * WEEK, saturday) == [
        "4 meetings: Tuesdays, 10:30 to 13:00, first on 12 January 2027",
        "Saturday 20 February 2027, 09:00 to 11:30",
    ]
    assert told(TUESDAY, saturday)[0] == "2 meetings: Tuesday 12 January 2027, 10:30 to 13:00"
    assert told(TUESDAY) == ["1 meeting: Tuesday 12 January 2027, 10:30 to 13:00"]
    assert told() == []


def test_weeks_that_are_left_out_are_never_hidden() -> None:
    assert told(TUESDAY, TUESDAY + 2 * WEEK, TUESDAY + 4 * WEEK) == [
        "3 meetings: Tuesdays, every two weeks, 10:30 to 13:00, first on 12 January 2027"
    ]
    assert told(TUESDAY, TUESDAY + WEEK, TUESDAY + 3 * WEEK) == [
        "3 meetings: Tuesdays, 10:30 to 13:00, on 12 January 2027; 19 January 2027; 2 February 2027"
    ]


def test_times_elsewhere_say_where() -> None:
    (line,) = told(TUESDAY, zone="America/New_York")
    assert line == "1 meeting, by the clock in New York: Tuesday 12 January 2027, 05:30 to 08:00"


@pytest.mark.django_db
def test_meetings_come_with_their_cohort_in_one_query_and_without_the_cancelled(
    now: datetime, fay: User, django_assert_num_queries: object
) -> None:
    course = meetings.course(at=now)
    meetings.plan(course, by=meetings.facilitator(course.cohort, fay), at=now, days=(1, 8, 15))
    LiveSession.objects.filter(pk=LiveSession.objects.values("pk")[1:2]).update(cancelled_at=now)
    with django_assert_num_queries(1):  # type: ignore[operator]
        cohort = Cohort.objects.annotate(meetings=meeting_times.of(OuterRef("pk"))).get()
    found = meeting_times.read(cohort.meetings)
    kept = LiveSession.objects.filter(cancelled_at=None).values_list("starts_at", "ends_at")
    assert found == list(kept)
    assert len(found) == 2
    assert meeting_times.read(None) == []


@pytest.mark.parametrize(
    ("moment", "own", "words"),
    [
        (datetime(2026, 12, 8, tzinfo=LONDON), LONDON, "the end of Monday 7 December 2026"),
        (datetime(2026, 12, 7, 23, 59, tzinfo=LONDON), LONDON, "the end of Monday 7 December 2026"),
        (datetime(2026, 12, 7, 14, 24, tzinfo=UTC), LONDON, "Monday 7 December 2026, 14:24"),
        (
            datetime(2026, 12, 8, tzinfo=LONDON),
            NEW_YORK,
            "Monday 7 December 2026, 19:00 (the end of Monday 7 December 2026 in London)",
        ),
    ],
)
def test_midnight_is_the_end_of_the_day_before(moment: datetime, own: ZoneInfo, words: str) -> None:
    assert telling_times.until(moment, own=own, there=LONDON) == words
