"""What is held of a person about live sessions: download, erasure, and how long it is kept."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cms.users.privacy import Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.actions import calendars
from courses.cohorts.calendar_feeds import CalendarFeed
from courses.progress.attendance import Attendance, WalkIn

KEEP_WALK_INS = timedelta(days=90)


@exporter
def export(user: Any) -> Export:
    """Their attendance, that they have a calendar address, and walk-ins noted under their e-mail address.

    The address itself is not in the download: whoever has it can read the dates.
    """
    tables = [
        (_("Meetings you were at"), _attendance(user)),
        (_("Your calendar address"), _feeds(user)),
        (_("Meetings where you were noted without a place"), _walk_ins(user)),
    ]
    return Export(sections=[Section(title, rows) for title, rows in tables if rows], attachments=[])


def _attendance(user: Any) -> list[Row]:
    found = Attendance.objects.filter(enrolment__learner=user).select_related("session")
    return [
        [
            (_("Meeting"), mark.session.title),
            (_("When"), mark.session.starts_at.isoformat()),
            (_("In the register"), mark.get_status_display()),
            (_("Minutes"), str(mark.minutes or "")),
            (_("Noted"), mark.at.isoformat()),
        ]
        for mark in found
    ]


def _feeds(user: Any) -> list[Row]:
    return [[(_("Made"), feed.made_at.isoformat())] for feed in CalendarFeed.objects.filter(user=user)]


def _walk_ins(user: Any) -> list[Row]:
    found = WalkIn.objects.filter(email__iexact=user.email).exclude(email="").select_related("session")
    return [
        [(_("Meeting"), w.session.title), (_("Name"), w.name), (_("Noted"), w.at.isoformat())] for w in found
    ]


@eraser
def erase(user: Any, at: datetime) -> None:
    """The calendar address goes, and walk-ins under their e-mail address. Marks stay: they name nobody."""
    calendars.stop(user=user)
    if user.email:
        WalkIn.objects.filter(email__iexact=user.email).delete()


def _old_walk_ins(at: datetime) -> Any:
    return WalkIn.objects.filter(enrolment=None, session__ends_at__lt=at - KEEP_WALK_INS)


retain(
    RetentionRule(
        name="walk-ins",
        sentence="Names of people who came to a meeting without a place are deleted 90 days after it.",
        keep_for=KEEP_WALK_INS,
        expired=_old_walk_ins,
    )
)
