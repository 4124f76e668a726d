"""Letting the forms of one page lead on to where people pay: exactly that host, on exactly that page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def leads_to_payment(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For views that show a form which, once sent, is answered with a redirect to the payment service.

    Browsers ask the policy of the page that holds the form, also about where its answer redirects to. So the
    page that shows the form needs this, and so does the one that shows it again with errors.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        allow_payment(response)
        return response

    return shown


def allow_payment(response: HttpResponseBase) -> None:
    """The same for one answer; the policy reads it. Nothing changes while cards are switched off."""
    if settings.STRIPE_SECRET_KEY:
        more = {**getattr(response, "_csp_update", {}), "form-action": [settings.STRIPE_PAGES]}
        response._csp_update = more  # type: ignore[attr-defined]
