"""Supporters, for both sides: download, erasure, and how long the address is kept."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from cms.users.privacy import Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.enrolment.supporters import ANSWER_WITHIN, Supporter

KEEP = timedelta(days=30)


@exporter
def export(user: Any) -> Export:
    """Whom somebody invited, and where they are a supporter or were invited to be one."""
    tables = [
        (_("Your supporters"), _supporters(user)),
        (_("Where you are a supporter"), _supports(user)),
    ]
    return Export(sections=[Section(title, rows) for title, rows in tables if rows], attachments=[])


def _supporters(user: Any) -> list[Row]:
    """By the address that the learner wrote; whose account accepted is that person's data."""
    return [
        [(_("E-mail address"), one.email), *_moments(one)]
        for one in Supporter.objects.filter(enrolment__learner=user)
    ]


def _supports(user: Any) -> list[Row]:
    """Whom they support is not told by name: that is somebody else's data."""
    found = Supporter.objects.filter(_about(user)).select_related("enrolment__cohort__edition__course")
    return [
        [
            (_("Course"), one.enrolment.cohort.edition.course.title),
            *_moments(one),
            (_("Reminders"), _("yes") if one.wants_reminders else _("no")),
        ]
        for one in found
    ]


def _moments(one: Supporter) -> Row:
    return [
        (_("Invited"), one.invited_at.isoformat()),
        (_("Said yes"), one.accepted_at.isoformat() if one.accepted_at else ""),
        (_("Ended"), one.ended_at.isoformat() if one.ended_at else ""),
    ]


def _about(user: Any) -> Q:
    """Rows in which somebody is the supporter, or that hold their address."""
    return Q(person=user) | Q(email__iexact=user.email) if user.email else Q(person=user)


@eraser
def erase(user: Any, at: datetime) -> None:
    """Every row of theirs goes, on whichever side they are: with it, nobody sees anything any more."""
    Supporter.objects.filter(Q(enrolment__learner=user) | _about(user)).delete()


def _old(at: datetime) -> Any:
    """What has ended: by either side, with the place, or because nobody answered."""
    before = at - KEEP
    unanswered = Q(accepted_at__isnull=True, invited_at__lt=before - ANSWER_WITHIN)
    return Supporter.objects.filter(Q(ended_at__lt=before) | Q(enrolment__ended_at__lt=before) | unanswered)


retain(
    RetentionRule(
        name="supporters",
        sentence="A supporter's address is deleted 30 days after the support or the invitation ended.",
        keep_for=KEEP,
        expired=_old,
    )
)
