"""The demo's made-up organisation: three seats, of which one is taken, one offered and one free."""

from datetime import datetime

from cms.users.models import User
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Place
from courses.queries import organisation_seats
from home.demo import groups, seats
from tests.factories import people
from tests.factories.courses import BuiltCourse


def test_the_made_up_organisation_shows_every_state_once(
    course: BuiltCourse, ada: User, amy: User, now: datetime
) -> None:
    Cohort.objects.update(name=groups.LATER)
    people.person(seats.TAKEN_BY.partition("@")[0], "Cyril Sample")
    cohorts = list(Cohort.objects.all())
    for _run in range(2):
        seats.populate(cohorts, manager=ada, by=amy, at=now)
    (organisation,) = organisation_seats.own(ada)
    assert "example" in organisation.name
    found = organisation_seats.overview(organisation_id=organisation.id, person=ada)
    (numbers,) = found.cohorts
    assert (numbers.seats, numbers.joined, numbers.offered, numbers.free) == (3, 1, 1, 1)
    assert Enrolment.objects.get().shares_progress_with_organisation
    assert Place.objects.count() == 3
