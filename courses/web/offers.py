"""A place that is kept for somebody: look at it (GET), say yes or no (POST).

Opening a page never answers, because mail scanners open links too.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.actions import offers as answering
from courses.actions.enrol import EnrolmentRefused, PaymentDue
from courses.actions.offers import OfferRefused
from courses.enrolment.models import Enrolment
from courses.queries import offers
from courses.queries.offers import OfferedPlace
from courses.web.agreeing import ticked
from courses.web.arriving import after_joining
from courses.web.people import LearnerRequest, learner_page
from courses.web.secret_links import link_page

REFUSED = 409
GONE = 410


@learner_page("GET", "HEAD", "POST")
def offer(request: LearnerRequest, offer: int) -> HttpResponse:
    """One's own offer (GET); take the place (POST)."""
    if request.method != "POST":
        return _show(request, offers.own(offer_id=offer, person=request.user, at=timezone.now()))
    return _take(
        request,
        lambda at: answering.accept(
            offer_id=offer,
            learner=request.user,
            at=at,
            agreed=ticked(request),
            shares_progress=_shares(request),
        ),
        lambda at: offers.own(offer_id=offer, person=request.user, at=at),
    )


@learner_page("GET", "HEAD", "POST")
def decline(request: LearnerRequest, offer: int) -> HttpResponse:
    """Ask whether to say no to one's own offer (GET); say no (POST)."""
    if request.method != "POST":
        return _ask(request, offers.own(offer_id=offer, person=request.user, at=timezone.now()))
    try:
        answering.decline(offer_id=offer, learner=request.user, at=timezone.now())
    except OfferRefused as refused:
        messages.warning(request, refused.sentence)
        return redirect("learning:offer", offer)
    messages.success(request, _("You said no to the place. Thank you for saying so."))
    return redirect("learning:dashboard")


@link_page("offers", "GET", "HEAD", "POST")
def offer_link(request: HttpRequest, token: str) -> HttpResponse:
    """The offer of a secret link, for whoever holds it (GET); take the place (POST)."""
    found = offers.by_token(token=token, person=request.user, at=timezone.now())
    if request.method != "POST":
        return _show(request, found)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if not found.is_mine:
        return _show(request, found)
    return _take(
        request,
        lambda at: answering.accept_by_token(
            token=token,
            learner=request.user,
            at=at,
            agreed=ticked(request),
            shares_progress=_shares(request),
        ),
        lambda at: offers.by_token(token=token, person=request.user, at=at),
    )


@link_page("offers", "GET", "HEAD", "POST")
def decline_link(request: HttpRequest, token: str) -> HttpResponse:
    """Say no through a secret link; no account is needed for that."""
    at = timezone.now()
    found = offers.by_token(token=token, person=request.user, at=at)
    if request.method != "POST" or not found.is_mine:
        return _ask(request, found)
    try:
        answering.decline_by_token(token=token, at=at)
    except OfferRefused as refused:
        messages.warning(request, refused.sentence)
        return redirect("learning:offer_link", token)
    return render(request, "learning/offer_declined.html", {"offer": found})


def _shares(request: HttpRequest) -> bool:
    """Whether the organisation that gives the place may see how much is done."""
    return request.POST.get("shares_progress") == "yes"


def _show(request: HttpRequest, found: OfferedPlace, *, status: int = 200) -> HttpResponse:
    if found.enrolment_id is not None:
        return redirect("learning:course", found.enrolment_id)
    if not found.is_open:
        status = GONE
    context = {"offer": found, "agreed": ticked(request), "is_refused": status == REFUSED}
    return render(request, "learning/offer.html", context, status=status)


def _ask(request: HttpRequest, found: OfferedPlace) -> HttpResponse:
    if not found.is_open or not found.is_mine:
        return _show(request, found)
    return render(request, "learning/decline_offer.html", {"offer": found})


def _take(
    request: HttpRequest, accept: Callable[[Any], Enrolment], again: Callable[[Any], OfferedPlace]
) -> HttpResponse:
    """Take the place; when that is refused, say why on the page of the offer as it stands now."""
    at = timezone.now()
    try:
        enrolment = accept(at)
    except PaymentDue as due:
        return redirect("learning:buy", due.cohort_id)
    except (OfferRefused, EnrolmentRefused) as refused:
        messages.warning(request, refused.sentence)
        return _show(request, again(at), status=REFUSED)
    return after_joining(request, enrolment, got=_("You have the place."))
