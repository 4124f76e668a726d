"""What applications hold about a person: its part of the download, of erasure, and of retention."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from cms.users.privacy import Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.enrolment.applications import Application, ApplicationMessage, ApplicationNote
from courses.enrolment.states import ApplicationState

A_YEAR = timedelta(days=365)


@exporter
def export(user: Any) -> Export:
    """Everything about a person's applications, what reviewers noted about them too."""
    tables = [
        (_("Your applications"), _applications(user)),
        (_("What you were asked about an application, and what you answered"), _messages(user)),
        (_("What the course team noted about your applications"), _notes(user)),
        (_("What you noted about applications, or asked"), _written(user)),
    ]
    return Export(sections=[Section(title, rows) for title, rows in tables if rows], attachments=[])


def _applications(user: Any) -> list[Row]:
    found = Application.objects.filter(applicant=user).select_related("cohort__edition__course")
    return [
        [
            (_("Course"), one.cohort.edition.course.title),
            (_("Cohort"), one.cohort.name),
            (_("State"), one.status),
            (_("Sent"), one.submitted_at.isoformat() if one.submitted_at else ""),
            (_("Kept for a place since"), one.waiting_since.isoformat() if one.waiting_since else ""),
            (_("Decided"), one.decided_at.isoformat() if one.decided_at else ""),
            (_("What the team wrote"), one.reply),
            *((line["question"], _text(line["answer"])) for line in one.answers),
        ]
        for one in found.defer("cohort__edition__frozen")
    ]


def _text(answer: Any) -> str:
    if isinstance(answer, bool):
        return _("yes") if answer else _("no")
    return "; ".join(answer) if isinstance(answer, list) else str(answer)


def _messages(user: Any) -> list[Row]:
    """Who of the team asked is not told by name: that is somebody else's data."""
    found = ApplicationMessage.objects.filter(application__applicant=user)
    return [
        [
            (_("Written by"), _("the course team") if one.is_from_team else _("you")),
            (_("Words"), one.text),
            (_("When"), one.at.isoformat()),
        ]
        for one in found
    ]


def _notes(user: Any) -> list[Row]:
    found = ApplicationNote.objects.filter(application__applicant=user)
    return [[(_("Note"), one.text), (_("When"), one.at.isoformat())] for one in found]


def _written(user: Any) -> list[Row]:
    """Whom it was about is not told: that is somebody else's data."""
    notes = ApplicationNote.objects.filter(author=user).values_list("text", "at")
    asked = ApplicationMessage.objects.filter(author=user, is_from_team=True).values_list("text", "at")
    return [[(_("Words"), text), (_("When"), at.isoformat())] for text, at in [*notes, *asked]]


@eraser
def erase(user: Any, at: datetime) -> None:
    """An application is a person's own words, so it goes altogether, with what was noted about it.

    What a reviewer wrote about others stays with those applications; its author is no longer named.
    """
    Application.objects.filter(applicant=user).delete()


def _old(at: datetime) -> Any:
    before = at - A_YEAR
    decided = Q(decided_at__lt=before) | Q(decided_at__isnull=True, changed_at__lt=before)
    return Application.objects.filter(decided).exclude(status=ApplicationState.OFFERED.value)


retain(
    RetentionRule(
        name="applications",
        sentence="An application is deleted a year after it was decided or taken back, "
        "and one that was never sent or never decided a year after it was last changed.",
        keep_for=A_YEAR,
        expired=_old,
    )
)
