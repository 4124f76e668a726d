"""Addresses that were invited, and codes: their part of the download, of erasure, and of retention."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from cms.users.privacy import Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.actions import invitations, offers
from courses.enrolment.codes import CodeUse, EnrolmentCode
from courses.enrolment.learner_lists import LearnerList
from courses.enrolment.models import Offer
from courses.enrolment.states import OfferState

KEEP_ADDRESSES = timedelta(days=30)
KEEP_LISTS = timedelta(days=1)
# An organisation's seat waits for its person without an end, but not for ever.
KEEP_UNANSWERED = timedelta(days=365)


class AddressesRule(RetentionRule):
    """The offers stay as records of their cohorts; only the address and the link go."""

    def delete(self, at: datetime) -> int:
        emptied: int = self.expired(at).update(email="", token_hash="")
        return emptied


def _ended(at: datetime) -> Any:
    before = at - KEEP_ADDRESSES
    over = Q(answered_at__lt=before) | Q(status=OfferState.OPEN.value, answer_by__lt=before)
    no_answer = Q(status=OfferState.OPEN.value, answer_by__isnull=True) & (
        Q(made_at__lt=at - KEEP_UNANSWERED) | Q(cohort__ends_on__lt=before.date())
    )
    return Offer.objects.filter(over | no_answer).exclude(email="")


retain(
    AddressesRule(
        name="invited-addresses",
        sentence="The address of an invitation is deleted 30 days after its answer or its end, "
        "and that of an organisation's seat a year after nobody answered at the latest.",
        keep_for=KEEP_ADDRESSES,
        expired=_ended,
    )
)


retain(
    RetentionRule(
        name="learner-lists",
        sentence="A list of people that was checked and not brought in is deleted after a day.",
        keep_for=KEEP_LISTS,
        expired=lambda at: LearnerList.objects.filter(made_at__lt=at - KEEP_LISTS),
    )
)


@exporter
def export(user: Any) -> Export:
    """The codes somebody joined with or made, and the invitations to their addresses."""
    tables = [
        (_("Codes you joined with"), _uses(user)),
        (_("Codes you made"), _made(user)),
        (_("Invitations to your addresses"), _invitations(user)),
    ]
    return Export(sections=[Section(title, rows) for title, rows in tables if rows], attachments=[])


def _uses(user: Any) -> list[Row]:
    found = CodeUse.objects.filter(enrolment__learner=user).select_related("code__cohort")
    return [
        [
            (_("Cohort"), use.code.cohort.name),
            (_("Code"), use.code.as_given),
            (_("When"), use.at.isoformat()),
        ]
        for use in found
    ]


def _made(user: Any) -> list[Row]:
    found = EnrolmentCode.objects.filter(made_by=user).select_related("cohort")
    return [
        [
            (_("Cohort"), code.cohort.name),
            (_("What it is for"), code.note),
            (_("When"), code.made_at.isoformat()),
        ]
        for code in found
    ]


def _invitations(user: Any) -> list[Row]:
    found = _to_addresses_of(user).select_related("cohort__edition__course")
    return [
        [
            (_("Course"), offer.cohort.edition.course.title),
            (_("Cohort"), offer.cohort.name),
            (_("Address"), offer.email),
            (_("When"), offer.made_at.isoformat()),
            (_("State"), offer.status),
        ]
        for offer in found.defer("cohort__edition__frozen")
    ]


def _to_addresses_of(user: Any) -> Any:
    """Only addresses that were confirmed: anybody can write down somebody else's."""
    return Offer.objects.filter(email__in=invitations.addresses_of(user))


@eraser
def erase(user: Any, at: datetime) -> None:
    """Take back what is still open to a person's addresses, and forget the addresses.

    That somebody used a code stays with the enrolment, which names nobody any more.
    """
    found = _to_addresses_of(user)
    for offer_id in found.filter(status=OfferState.OPEN.value).values_list("pk", flat=True):
        offers.withdraw(offer_id=offer_id, by=None, at=at)
    found.update(email="", token_hash="")
    EnrolmentCode.objects.filter(made_by=user).update(note="")
    LearnerList.objects.filter(by=user).delete()
