"""A great many other people on other cohorts: what they do not ask for must cost nobody anything.

One row of each table is multiplied, which takes seconds for a million.
"""

from datetime import datetime

from bench.fill import copies, learners
from bench.fill.copies import again
from bench.fill.course import BigCourse
from bench.fill.pools import enrolment
from courses.catalogue.outline import Kind
from courses.enrolment.models import Grant, Place
from courses.progress.models import Record
from courses.progress.rules import Outcome

ON_A_COHORT = 500


def build(big: BigCourse, *, count: int, at: datetime) -> None:
    """This many enrolments, five hundred on a cohort, each with its place, grant and a record."""
    if count == 0:
        return
    copies.must_be_postgresql("Many enrolments")
    cohort = copies.closed_cohort(big.to_join[0], "Crowd")
    (user,) = learners.make("crowd", 1, at=at, consents=False)
    seat = enrolment(user, cohort, at=at)
    seat.save(force_insert=True)
    place = Place.objects.create(cohort=cohort, enrolment=seat, reason=Place.Reason.LEARNER)
    grant = Grant.objects.create(enrolment=seat, kind="free", given_at=at)
    done = Record.objects.create(
        enrolment=seat,
        activity_id=big.activities(Kind.LESSON)[0],
        outcome=Outcome.DONE.value,
        at=at,
        by=user,
    )
    cohorts = again(cohort, count // ON_A_COHORT, name="'Crowd ' || n")
    people = again(user, count, email="'one-of-many-' || n || '@example.org'")
    where = f"{cohorts} + mod(n, {max(1, count // ON_A_COHORT)})"
    seats = again(seat, count, learner_id=f"{people} + n", cohort_id=where)
    again(place, count, enrolment_id=f"{seats} + n", cohort_id=where)
    again(grant, count, enrolment_id=f"{seats} + n")
    again(done, count, enrolment_id=f"{seats} + n", by_id=f"{people} + n")
    copies.analyse()
