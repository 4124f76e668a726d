"""Who of the staff may look at which learner pages, and what they then see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.users.models import User
from courses.catalogue.models import Edition
from courses.catalogue.outline import Kind
from courses.catalogue.pages import CoursePage, QuizPage
from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.models import Enrolment
from courses.queries import samples

ADMINISTRATES = "courses.change_cohort"


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody looks at: a learner's pages on one enrolment, real or a sample.

    `is_elsewhere` says that the learner reads times in another time zone than the one who looks.
    """

    learner: User
    enrolment: Enrolment
    opens_everything: bool
    is_elsewhere: bool = False

    @property
    def is_sample(self) -> bool:
        return self.enrolment.pk == samples.NUMBER

    @property
    def edition(self) -> Edition:
        edition: Edition = self.enrolment.cohort.edition
        return edition

    @property
    def who(self) -> str:
        """As whom, in words."""
        return _("a sample learner") if self.is_sample else self.learner.get_full_name()

    @property
    def what(self) -> str:
        """At what, in words."""
        return _("%(course)s, edition %(number)d, %(cohort)s") % {
            "course": self.edition.outline.course_title,
            "number": self.edition.number,
            "cohort": self.enrolment.cohort.name,
        }

    def quiz_page(self, activity_id: int) -> int | None:
        """The page of a quiz; None for what is not a quiz of this edition."""
        found = self.edition.outline.activity(activity_id)
        return found.page_id if found is not None and found.kind is Kind.QUIZ else None


def may_look_as(*, person: Any, cohort_id: int) -> bool:
    """Whether somebody may look as a learner of a cohort: its facilitators, and administrators."""
    mine = CohortStaff.objects.filter(cohort=cohort_id, user=person, role=CohortStaff.Role.FACILITATOR.value)
    return person.has_perm(ADMINISTRATES) or mine.exists()


def may_look_at(*, person: Any, edition: Edition) -> bool:
    """Whether somebody may look at an edition as a sample learner.

    Who looks after a cohort of it, administrators, and editors who may edit the course's page.
    """
    if person.has_perm(ADMINISTRATES) or person.cohort_roles.filter(cohort__edition=edition).exists():
        return True
    page = CoursePage.objects.filter(course=edition.course_id).first()
    return page is not None and bool(page.permissions_for_user(person).can_edit())


def may_try_quiz(*, person: Any, page: QuizPage) -> bool:
    """Whether somebody may see a quiz with its right answers: who edits it, and who teaches with it."""
    if page.permissions_for_user(person).can_edit() or person.has_perm(ADMINISTRATES):
        return True
    return bool(person.cohort_roles.filter(cohort__edition__edition_pages__page=page.pk).exists())


def person_in_sight(*, person: Any, enrolment_id: int) -> Sight:
    """Raises Enrolment.DoesNotExist when this person may not look as that learner."""
    enrolment = Enrolment.objects.select_related("learner", "cohort__edition").get(pk=enrolment_id)
    if not may_look_as(person=person, cohort_id=enrolment.cohort_id):
        raise Enrolment.DoesNotExist
    learner = enrolment.learner
    is_elsewhere = learner.time_zone != person.time_zone
    # How somebody likes to read and where they live is theirs; who looks reads as they like themselves.
    learner.prefers_easy_read, learner.time_zone = person.prefers_easy_read, person.time_zone
    return Sight(learner, enrolment, opens_everything=False, is_elsewhere=is_elsewhere)


def sample_in_sight(
    *, person: Any, edition_id: int, cohort_id: int | None, opens_everything: bool, at: datetime
) -> Sight:
    """Raises Edition.DoesNotExist or Cohort.DoesNotExist when this person may not look at that."""
    edition = Edition.objects.select_related("course").get(pk=edition_id)
    if not may_look_at(person=person, edition=edition):
        raise Edition.DoesNotExist
    cohort = Cohort.objects.get(pk=cohort_id, edition=edition) if cohort_id else None
    enrolment = samples.sample_enrolment(
        edition=edition,
        cohort=cohort,
        opens_everything=opens_everything,
        time_zone=person.time_zone,
        at=at,
    )
    enrolment.learner.prefers_easy_read = person.prefers_easy_read
    return Sight(enrolment.learner, enrolment, opens_everything)
