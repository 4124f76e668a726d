"""What is kept of messages about a person: its part of the download, of erasure, and of retention."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cms.users.privacy import Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.messages import kinds
from courses.messages.kinds import KindUnknown
from courses.messages.models import MailTrouble, Notice, ReminderChoice, ReminderRun

KEEP_NOTICES = timedelta(days=365)
KEEP_RUNS = timedelta(days=30)


@exporter
def export(user: Any) -> Export:
    """Notices by their titles, choices about reminders, and that e-mails came back."""
    tables = [
        (_("Your notices"), _notices(user)),
        (_("When you want no reminders"), _choices(user)),
        (_("E-mails that came back"), _trouble(user)),
    ]
    return Export([Section(title, rows) for title, rows in tables if rows], [])


def _notices(user: Any) -> list[Row]:
    found = Notice.objects.filter(user=user).select_related("cohort__edition__course")
    return [
        [
            (_("Notice"), _title(notice)),
            (_("Course"), notice.cohort.edition.course.title if notice.cohort else ""),
            (_("When"), notice.at.isoformat()),
            (_("Read"), notice.read_at.isoformat() if notice.read_at else ""),
        ]
        for notice in found.defer("cohort__edition__frozen")
    ]


def _title(notice: Notice) -> str:
    try:
        return str(kinds.find(notice.kind).title)
    except KindUnknown:
        return notice.kind


def _choices(user: Any) -> list[Row]:
    found = ReminderChoice.objects.filter(user=user).select_related("enrolment__cohort__edition__course")
    return [
        [
            (_("Course"), row.enrolment.cohort.edition.course.title if row.enrolment else _("all")),
            (_("Until"), row.until.isoformat() if row.until else _("until you switch them on again")),
        ]
        for row in found.defer("enrolment__cohort__edition__frozen")
    ]


def _trouble(user: Any) -> list[Row]:
    return [
        [
            (_("How often"), str(row.failures)),
            (_("Last"), row.last_at.isoformat()),
            (_("We stopped writing"), row.stopped_at.isoformat() if row.stopped_at else ""),
        ]
        for row in MailTrouble.objects.filter(user=user)
    ]


@eraser
def erase(user: Any, at: datetime) -> None:
    """Nothing of it says anything about courses that must stay true: it all goes. Safe to repeat."""
    for model in (Notice, ReminderChoice, MailTrouble):
        model.objects.filter(user=user).delete()


def _old_notices(at: datetime) -> Any:
    return Notice.objects.filter(at__lt=at - KEEP_NOTICES)


def _old_runs(at: datetime) -> Any:
    return ReminderRun.objects.filter(day__lt=(at - KEEP_RUNS).date())


retain(
    RetentionRule(
        name="notices",
        sentence="Notices on the site are deleted after a year.",
        keep_for=KEEP_NOTICES,
        expired=_old_notices,
    )
)
retain(
    RetentionRule(
        name="reminder-runs",
        sentence="The note of how far a day's reminders were is deleted after 30 days.",
        keep_for=KEEP_RUNS,
        expired=_old_runs,
    )
)
