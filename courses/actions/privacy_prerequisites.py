"""What people agreed to before joining, and what was checked: download, erasure, and how long it is kept."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cms.users.privacy import Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.enrolment.models import Enrolment
from courses.enrolment.prerequisites import Declaration, StaffCheck
from courses.enrolment.states import State

KEEP_CHECKS = timedelta(days=90)
A_YEAR = timedelta(days=365)
KEEP_DECLARATIONS = timedelta(days=730)


@exporter
def export(user: Any) -> Export:
    """Both, each with its days. Who of the team recorded a check is somebody else's data."""
    tables = [
        (_("What you agreed to before you joined"), _declarations(user)),
        (_("What course teams recorded about checks before joining"), _checks(user)),
        (_("Checks of others that you recorded"), _recorded(user)),
    ]
    return Export(sections=[Section(title, rows) for title, rows in tables if rows], attachments=[])


def _declarations(user: Any) -> list[Row]:
    found = Declaration.objects.filter(learner=user).select_related("cohort")
    return [
        [(_("Group"), one.cohort.name), (_("Words"), one.words), (_("When"), one.at.isoformat())]
        for one in found
    ]


def _checks(user: Any) -> list[Row]:
    found = StaffCheck.objects.filter(learner=user).select_related("cohort")
    return [
        [
            (_("Group"), one.cohort.name),
            (_("Check"), one.title),
            (_("Confirmed"), _("yes") if one.is_done else _("no")),
            (_("Day of the check"), one.checked_on.isoformat()),
            (_("Counts until"), one.valid_until.isoformat() if one.valid_until else ""),
            (_("Recorded"), one.at.isoformat()),
        ]
        for one in found
    ]


def _recorded(user: Any) -> list[Row]:
    """Whom it was about and what came of it is not told: that is somebody else's data."""
    found = StaffCheck.objects.filter(by=user).values_list("title", "at")
    return [[(_("Check"), title), (_("When"), at.isoformat())] for title, at in found]


@eraser
def erase(user: Any, at: datetime) -> None:
    """Both go altogether. Checks of others stay with the number of who recorded them."""
    Declaration.objects.filter(learner=user).delete()
    StaffCheck.objects.filter(learner=user).delete()


def _places() -> Any:
    """The places of the same person on the same course."""
    return Enrolment.objects.filter(
        learner=OuterRef("learner"), cohort__edition__course=OuterRef("cohort__edition__course")
    )


def _is_under_way(before: datetime) -> Exists:
    """Whether this person is on the course, in a group that was not over then, and had not finished it."""
    goes_on = Q(cohort__ends_on__isnull=True) | Q(cohort__ends_on__gte=before.date())
    unfinished = Q(completion__isnull=True) | Q(completion__completed_at__gte=before)
    return Exists(_places().exclude(status=State.ENDED.value).filter(goes_on, unfinished))


def _old_checks(at: datetime) -> Any:
    """Of groups that are over, and of places that have ended; who is on the course still needs theirs."""
    before = at - KEEP_CHECKS
    was_there = _places().filter(Q(ended_at__lt=before) | Q(completion__completed_at__lt=before))
    is_over = (
        Q(cohort__ends_on__lt=before.date())
        | Q(Exists(was_there), at__lt=before)
        | Q(cohort__ends_on__isnull=True, at__lt=at - A_YEAR)
    )
    return StaffCheck.objects.filter(is_over).exclude(_is_under_way(before))


def _old_declarations(at: datetime) -> Any:
    before = at - KEEP_DECLARATIONS
    return Declaration.objects.filter(at__lt=before).exclude(_is_under_way(before))


retain(
    RetentionRule(
        name="staff-checks",
        sentence="What a team recorded about a check before joining is deleted 90 days after the group or "
        "the place ended, and after a year where a group has no end and the person did not join.",
        keep_for=KEEP_CHECKS,
        expired=_old_checks,
    )
)
retain(
    RetentionRule(
        name="declarations",
        sentence="What somebody agreed to before joining is deleted after two years, when they are not on "
        "the course any more.",
        keep_for=KEEP_DECLARATIONS,
        expired=_old_declarations,
    )
)
