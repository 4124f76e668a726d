"""The forms of a page from which somebody pays may lead on to the payment service, and those of no other."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from cms.core import frames
from cms.core.middleware import ContentPolicyMiddleware
from courses.web.to_payment import leads_to_payment


def form_action(response: HttpResponse) -> str:
    """What the policy of an answer says about forms."""
    answered = ContentPolicyMiddleware(lambda _: response)(HttpRequest())
    policy = answered.headers["Content-Security-Policy"].split("; ")
    return next(part for part in policy if part.startswith("form-action "))


@leads_to_payment
def buying(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<form>")


@leads_to_payment
def buying_beside_a_film(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("<form>")
    frames.allow(response, {"player.example.org"})
    return response


def test_only_the_page_that_leads_to_payment_names_the_payment_service(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    assert form_action(buying(HttpRequest())) == "form-action 'self' https://checkout.stripe.com"
    assert form_action(HttpResponse()) == "form-action 'self'"


def test_what_else_the_page_needs_is_kept(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    response = buying_beside_a_film(HttpRequest())
    assert "checkout.stripe.com" in form_action(response)
    assert "player.example.org" in response.headers["Content-Security-Policy"]


def test_while_cards_are_switched_off_nothing_is_named(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    assert form_action(buying(HttpRequest())) == "form-action 'self'"
