"""What learners need to take part, and what they agreed to: download, erasure, and how long it is kept."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from cms.users.privacy import Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.actions.needs import SHARE, read
from courses.enrolment import consents
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.needs import AccessNeeds

KEEP_NEEDS = timedelta(days=90)
KEEP_CONSENTS = timedelta(days=730)


@exporter
def export(user: Any) -> Export:
    """What somebody told, and each consent in the words they saw."""
    tables = [
        (_("What you need to take part"), _needs(user)),
        (_("What you agreed to in your groups"), _consents(user)),
    ]
    return Export(sections=[Section(title, rows) for title, rows in tables if rows], attachments=[])


def _needs(user: Any) -> list[Row]:
    found = AccessNeeds.objects.filter(enrolment__learner=user).select_related("enrolment__cohort")
    return [
        [
            (_("Group"), one.enrolment.cohort.name),
            (_("What you wrote"), read(one) or _("This cannot be opened any more.")),
            (_("When"), one.told_at.isoformat()),
        ]
        for one in found
    ]


def _consents(user: Any) -> list[Row]:
    found = EnrolmentConsent.objects.filter(enrolment__learner=user).select_related("enrolment__cohort")
    return [
        [
            (_("Group"), one.enrolment.cohort.name),
            (_("What you agreed to"), consents.words(one.kind, one.version)),
            (_("Version"), one.version),
            (_("Since"), one.given_at.isoformat()),
            (_("Until"), one.withdrawn_at.isoformat() if one.withdrawn_at else ""),
        ]
        for one in found
    ]


@eraser
def erase(user: Any, at: datetime) -> None:
    """Both go altogether."""
    AccessNeeds.objects.filter(enrolment__learner=user).delete()
    EnrolmentConsent.objects.filter(enrolment__learner=user).delete()


class _WithConsent(RetentionRule):
    """What is not kept any more is not agreed to any more either."""

    def delete(self, at: datetime) -> int:
        gone = list(self.expired(at).values_list("enrolment", flat=True))
        live = EnrolmentConsent.objects.filter(enrolment__in=gone, kind=SHARE, withdrawn_at=None)
        live.update(withdrawn_at=at)
        return super().delete(at)


def _old_needs(at: datetime) -> Any:
    """Of groups that are over, and of places that have ended, whichever comes first."""
    before = at - KEEP_NEEDS
    is_over = Q(enrolment__cohort__ends_on__lt=before.date()) | Q(enrolment__ended_at__lt=before)
    return AccessNeeds.objects.filter(is_over)


def _old_consents(at: datetime) -> Any:
    return EnrolmentConsent.objects.filter(enrolment__ended_at__lt=at - KEEP_CONSENTS)


retain(
    _WithConsent(
        name="access-needs",
        sentence="What learners need to take part is deleted 90 days after their group or their place ended.",
        keep_for=KEEP_NEEDS,
        expired=_old_needs,
    )
)
retain(
    RetentionRule(
        name="enrolment-consents",
        sentence="What learners agreed to in a group is forgotten two years after their place ended.",
        keep_for=KEEP_CONSENTS,
        expired=_old_consents,
    )
)
