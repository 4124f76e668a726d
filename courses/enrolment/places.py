"""Counting places. A hold past its time does not count, whether or not a job has run."""

from datetime import datetime

from django.db.models import Q

from courses.cohorts.models import Cohort
from courses.enrolment.models import Place
from courses.enrolment.rules import Answer, Seats, Window, may_join


def counts_at(at: datetime) -> Q:
    """The places that count against capacity at this moment."""
    return Q(held_until__isnull=True) | Q(held_until__gt=at)


def seats(*, cohort: Cohort, at: datetime) -> Seats:
    """How full a cohort is. One query; call it under the cohort's lock before taking a place."""
    if cohort.capacity is None:
        return Seats(capacity=None, taken=0)
    taken = Place.objects.filter(counts_at(at), cohort=cohort).count()
    return Seats(capacity=cohort.capacity, taken=taken)


def answer(*, cohort: Cohort, at: datetime) -> tuple[Answer, Seats]:
    """What the cohort says to somebody who wants to join now."""
    now = seats(cohort=cohort, at=at)
    window = Window(opens_at=cohort.enrolment_opens_at, closes_at=cohort.enrolment_closes_at)
    return may_join(window=window, seats=now, at=at), now
