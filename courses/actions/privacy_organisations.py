"""Managers of organisations: download, erasure, and how long the address is kept."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from cms.users.privacy import Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.cohorts.organisations import ANSWER_WITHIN, OrganisationManager

KEEP = timedelta(days=30)


@exporter
def export(user: Any) -> Export:
    """The organisations whose places somebody looks after, or was asked to."""
    found = OrganisationManager.objects.filter(_about(user)).select_related("organisation")
    rows: list[Row] = [
        [
            (_("Organisation"), one.organisation.name),
            (_("Invited"), one.invited_at.isoformat()),
            (_("Joined"), one.joined_at.isoformat() if one.joined_at else ""),
            (_("Ended"), one.ended_at.isoformat() if one.ended_at else ""),
        ]
        for one in found
    ]
    sections = [Section(_("Organisations whose places you look after"), rows)] if rows else []
    return Export(sections=sections, attachments=[])


def _about(user: Any) -> Q:
    """Rows in which somebody is the manager, or that hold their address."""
    return Q(user=user) | Q(email__iexact=user.email) if user.email else Q(user=user)


@eraser
def erase(user: Any, at: datetime) -> None:
    """Their rows go. The seats stay with the organisation."""
    OrganisationManager.objects.filter(_about(user)).delete()


def _old(at: datetime) -> Any:
    """What has ended, or was never answered."""
    before = at - KEEP
    unanswered = Q(joined_at__isnull=True, invited_at__lt=before - ANSWER_WITHIN)
    return OrganisationManager.objects.filter(Q(ended_at__lt=before) | unanswered)


retain(
    RetentionRule(
        name="organisation-managers",
        sentence="A manager's address is deleted 30 days after they stopped or the invitation ended.",
        keep_for=KEEP,
        expired=_old,
    )
)
