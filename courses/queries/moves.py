"""Where somebody of a cohort could be moved to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.cohorts import staffing
from courses.cohorts.models import Cohort
from courses.enrolment.places import asks_of


@dataclass(frozen=True, slots=True)
class Targets:
    """The cohorts, each in words. `asks` says whether one of them asks for something before joining."""

    choices: list[tuple[int, str]]
    asks: bool


def targets(cohort: Cohort, *, by: Any) -> Targets:
    """The other cohorts of the same course that this person runs, the newest first. One query."""
    found = staffing.run_by(by).filter(edition__course=cohort.edition.course_id).exclude(pk=cohort.pk)
    rows = found.select_related("edition").defer("edition__frozen").annotate(asks=asks_of(OuterRef("pk")))
    others: list[Any] = list(rows)
    return Targets([(one.pk, _label(one)) for one in others], any(one.asks for one in others))


def _label(cohort: Any) -> str:
    return _("%(name)s, from %(day)s, edition %(number)d") % {
        "name": cohort.name,
        "day": date_format(cohort.starts_on),
        "number": cohort.edition.number,
    }
