"""Where somebody of a cohort could be moved to."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.cohorts import staffing
from courses.cohorts.models import Cohort


def targets(cohort: Cohort, *, by: Any) -> list[tuple[int, str]]:
    """The other cohorts of the same course that this person runs, the newest first, each in words."""
    found = staffing.run_by(by).filter(edition__course=cohort.edition.course_id).exclude(pk=cohort.pk)
    return [(one.pk, _label(one)) for one in found.select_related("edition").defer("edition__frozen")]


def _label(cohort: Any) -> str:
    return _("%(name)s, from %(day)s, edition %(number)d") % {
        "name": cohort.name,
        "day": date_format(cohort.starts_on),
        "number": cohort.edition.number,
    }
