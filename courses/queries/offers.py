"""A place that is kept for somebody, as the page shows it that they answer on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.core.secret_links import hash_of
from courses.actions import before_joining, offers, paying
from courses.actions.before_joining import Asked
from courses.catalogue import public
from courses.cohorts import meeting_times, price_words, telling_times
from courses.enrolment import places
from courses.enrolment.models import Offer
from courses.enrolment.states import OfferState
from courses.queries import joining
from courses.queries.ways_in import AsksFirst, LeadsBack


@dataclass(frozen=True, slots=True)
class OfferedPlace(LeadsBack, AsksFirst):
    """An offer. `before` is what is asked for before joining, and how this person stands with it.

    `is_open` says whether it can be answered; otherwise `sentence` says why not.

    `is_mine` is False when it was made to another account than the one that is signed in.
    `enrolment_id` leads to the course once this person has taken the place. `organisation` is the name of
    the one that gives it, if one does. `goes_on` says that somebody else may get it after `until`. Where it
    must be paid for, `buy_url` leads there, and `cost` says what it costs.
    """

    id: int
    is_open: bool
    is_mine: bool
    sentence: str
    why: str
    until: str
    goes_on: bool
    course_title: str
    course_url: str
    cohort_name: str
    facts: list[public.Fact]
    needs_sign_in: bool
    accept_url: str
    decline_url: str
    enrolment_id: int | None
    before: list[Asked]
    organisation: str = ""
    buy_url: str = ""
    cost: str = ""


def own(*, offer_id: int, person: Any, at: datetime) -> OfferedPlace:
    """One query, and four more at the most where something is asked for before joining.

    Raises Offer.DoesNotExist when it is somebody else's.
    """
    offer = _offers().get(pk=offer_id, learner=person)
    return _shown(
        offer,
        person=person,
        at=at,
        accept_url=reverse("learning:offer", args=[offer.pk]),
        decline_url=reverse("learning:decline_offer", args=[offer.pk]),
    )


def by_token(*, token: str, person: Any, at: datetime) -> OfferedPlace:
    """The offer of a secret link, in as many queries. Raises Offer.DoesNotExist when it leads nowhere."""
    offer = _offers().get(token_hash=hash_of(token))
    return _shown(
        offer,
        person=person,
        at=at,
        accept_url=reverse("learning:offer_link", args=[token]),
        decline_url=reverse("learning:decline_offer_link", args=[token]),
    )


def _offers() -> Any:
    related = Offer.objects.select_related(
        "cohort__edition__course__page", "enrolment", "allocation__organisation"
    )
    return related.defer("cohort__edition__frozen").annotate(
        asks=places.asks_of(OuterRef("cohort")),
        meetings=meeting_times.of(OuterRef("cohort")),
        told_prices=price_words.of(OuterRef("cohort")),
    )


def _shown(offer: Any, *, person: Any, at: datetime, accept_url: str, decline_url: str) -> OfferedPlace:
    cohort, course = offer.cohort, offer.cohort.edition.course
    there = ZoneInfo(cohort.time_zone)
    own = ZoneInfo(person.time_zone) if person.is_authenticated else there
    page = getattr(course, "page", None)
    mine = offer.learner_id is None or (person.is_authenticated and offer.learner_id == person.pk)
    took = offer.enrolment if offer.status == OfferState.ACCEPTED.value else None
    return OfferedPlace(
        id=offer.pk,
        is_open=offer.is_open_at(at),
        # Whoever is not signed in may still be the right person.
        is_mine=mine or not person.is_authenticated,
        sentence=offers.gone_sentence(offer, at=at),
        why=_why(offer),
        until=telling_times.until(offer.answer_by, own=own, there=there) if offer.answer_by else "",
        course_title=course.title,
        course_url=(page.url or "") if page is not None and page.live else "",
        cohort_name=cohort.name,
        goes_on=places.keeps_a_list(cohort),
        facts=joining.cohort_facts(cohort, at=at, meetings=offer.meetings),
        needs_sign_in=not person.is_authenticated,
        accept_url=accept_url,
        decline_url=decline_url,
        enrolment_id=took.pk if took and person.is_authenticated and took.learner_id == person.pk else None,
        organisation=offer.allocation.organisation.name if offer.allocation else "",
        buy_url=reverse("learning:buy", args=[cohort.pk]) if _must_be_paid(offer, person) else "",
        cost=price_words.sentence(price_words.read(offer.told_prices, at=at)),
        before=before_joining.asked_of(cohort, person, at=at) if offer.asks and offer.is_open_at(at) else [],
    )


def _must_be_paid(offer: Any, person: Any) -> bool:
    """Whether it costs money, and this person has not paid before. One query at most."""
    if not offer.told_prices or offer.kind not in offers.TO_PAY_FOR:
        return False
    return not paying.paid_and_waits(cohort=offer.cohort, buyer=person).exists()


def _why(offer: Offer) -> str:
    words = {
        Offer.Kind.WAITING_LIST: _("You waited for a place, and now one is free."),
        Offer.Kind.APPLICATION: _("You applied, and the team would like you to come."),
        Offer.Kind.INVITATION: _("The people who look after this course invite you."),
        Offer.Kind.ORGANISATION: _("%(organisation)s has a place for you on this course.")
        % {"organisation": offer.allocation.organisation.name if offer.allocation else ""},
    }
    return words[Offer.Kind(offer.kind)]
