"""Counting places. A hold past its time does not count, whether or not a job has run."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from courses.cohorts.models import Cohort
from courses.enrolment.models import Place
from courses.enrolment.rules import Answer, Seats, Window, may_join


def counts_at(at: datetime, *, of: str = "") -> Q:
    """The places that count against capacity at this moment; `of` leads to them, as in "places__"."""
    return Q(**{f"{of}held_until__isnull": True}) | Q(**{f"{of}held_until__gt": at})


def seats(*, cohort: Cohort, at: datetime) -> Seats:
    """How full a cohort is. One query; call it under the cohort's lock before taking a place."""
    if cohort.capacity is None:
        return Seats(capacity=None, taken=0)
    taken = Place.objects.filter(counts_at(at), cohort=cohort).count()
    return Seats(capacity=cohort.capacity, taken=taken)


def window(cohort: Cohort) -> Window:
    """When a cohort can be joined: never after its last day, whatever else was typed."""
    closes_at = cohort.enrolment_closes_at
    if cohort.ends_on is not None:
        day_after = cohort.ends_on + timedelta(days=1)
        end = datetime.combine(day_after, time.min, tzinfo=ZoneInfo(cohort.time_zone))
        closes_at = min(closes_at, end) if closes_at else end
    return Window(opens_at=cohort.enrolment_opens_at, closes_at=closes_at)


def answer(*, cohort: Cohort, at: datetime) -> tuple[Answer, Seats]:
    """What the cohort says to somebody who wants to join now."""
    now = seats(cohort=cohort, at=at)
    return may_join(window=window(cohort), seats=now, at=at), now
