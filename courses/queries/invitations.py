"""The invitations of a cohort, for the people who look after it. They are known by address alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from courses.cohorts.models import Cohort
from courses.enrolment.models import Offer
from courses.enrolment.states import OfferState

INVITATIONS_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Invitation:
    """One address. It is empty 30 days after the invitation ended."""

    id: int
    address: str
    state: str
    is_open: bool
    answer_by: datetime | None
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Invitations:
    """One page of the invitations to a cohort, the newest first."""

    cohort: Cohort
    page: Page[Any]
    invitations: list[Invitation]


def of_cohort(*, cohort: Cohort, page: str | None, at: datetime) -> Invitations:
    """Two queries. The account is never looked at: whether an address has one is not told."""
    found = Offer.objects.filter(cohort=cohort, kind=Offer.Kind.INVITATION).select_related("made_by")
    shown = Paginator(found, INVITATIONS_ON_A_PAGE).get_page(page)
    return Invitations(cohort, shown, [_shown(offer, at=at) for offer in shown])


def _shown(offer: Offer, *, at: datetime) -> Invitation:
    is_open = offer.is_open_at(at)
    states = {
        OfferState.OPEN: _("Waits for an answer") if is_open else _("The time to answer is over"),
        OfferState.ACCEPTED: _("Took the place"),
        OfferState.DECLINED: _("Said no"),
        OfferState.EXPIRED: _("The time to answer is over"),
        OfferState.WITHDRAWN: _("Taken back"),
    }
    return Invitation(
        id=offer.pk,
        address=offer.email,
        state=states[OfferState(offer.status)],
        is_open=is_open,
        answer_by=offer.answer_by,
        made_by=offer.made_by.get_full_name() if offer.made_by else "",
        made_at=offer.made_at,
    )
