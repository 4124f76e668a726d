"""Places kept for a person, and lists they waited on: their part of the download and of erasure."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cms.users.privacy import Export, Row, Section, eraser, exporter
from courses.actions import enrol, offers, waiting
from courses.enrolment.models import Enrolment, Grant, Offer, WaitingEntry
from courses.enrolment.states import OfferState

ACCOUNT_CLOSED = "account_closed"


@exporter
def export(user: Any) -> Export:
    """What was offered to a person, where they waited, and why they have their places."""
    tables = [
        (_("Places we kept for you"), _offers(user)),
        (_("Waiting lists"), _waiting(user)),
        (_("Why you have your places"), _grants(user)),
    ]
    return Export(sections=[Section(title, rows) for title, rows in tables if rows], attachments=[])


def _with_course(rows: QuerySet[Any], cohort: str = "cohort") -> QuerySet[Any]:
    return rows.select_related(f"{cohort}__edition__course").defer(f"{cohort}__edition__frozen")


def _offers(user: Any) -> list[Row]:
    return [
        [
            (_("Course"), offer.cohort.edition.course.title),
            (_("Cohort"), offer.cohort.name),
            (_("Organisation"), offer.allocation.organisation.name if offer.allocation else ""),
            (_("Kept for you from"), offer.made_at.isoformat()),
            (_("Until"), offer.answer_by.isoformat() if offer.answer_by else ""),
            (_("State"), offer.status),
        ]
        for offer in _with_course(
            Offer.objects.filter(learner=user).select_related("allocation__organisation")
        )
    ]


def _waiting(user: Any) -> list[Row]:
    return [
        [
            (_("Course"), entry.cohort.edition.course.title),
            (_("Cohort"), entry.cohort.name),
            (_("Since"), entry.joined_at.isoformat()),
            (_("State"), entry.status),
        ]
        for entry in _with_course(WaitingEntry.objects.filter(learner=user))
    ]


def _grants(user: Any) -> list[Row]:
    found = Grant.objects.filter(enrolment__learner=user).select_related("enrolment__cohort")
    return [
        [
            (_("Cohort"), grant.enrolment.cohort.name),
            (_("Kind"), grant.kind),
            (_("Given"), grant.given_at.isoformat()),
            (_("Ended"), grant.withdrawn_at.isoformat() if grant.withdrawn_at else ""),
        ]
        for grant in found
    ]


@eraser
def erase(user: Any, at: datetime) -> None:
    """Free everything that is kept for a person who goes: their places, offers and turns. Others get them."""
    for cohort_id in WaitingEntry.objects.filter(learner=user, status__in=waiting.LIVE).values_list(
        "cohort_id", flat=True
    ):
        waiting.leave(cohort_id=cohort_id, learner=user, at=at)
    for offer_id in Offer.objects.filter(learner=user, status=OfferState.OPEN.value).values_list(
        "pk", flat=True
    ):
        offers.decline(offer_id=offer_id, learner=user, at=at)
    Offer.objects.filter(learner=user).update(email="", token_hash="")
    for enrolment_id in Enrolment.objects.filter(learner=user, ended_at=None).values_list("pk", flat=True):
        enrol.end(
            enrol.locked(enrolment_id),
            end_reason=ACCOUNT_CLOSED,
            action="account closed",
            by=None,
            at=at,
            tells="",
        )
