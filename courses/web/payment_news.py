"""Where the payment service tells us that something happened. Nothing of what it sends is logged or kept
but the numbers; what happened is asked for afterwards."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from courses.actions import paying
from courses.payments import gateway
from courses.payments.gateway import SignatureRefused

log = logging.getLogger(__name__)
NOT_SIGNED, NOT_SET_UP = 400, 503


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Check who sent it, store that it came, and say thank you. A signature stands in for the CSRF token.

    What is not stored is answered with an error, so that it is sent again.
    """
    at = timezone.now()
    service = gateway.current()
    if service is None:
        return HttpResponse(status=NOT_SET_UP)
    try:
        event = service.read_event(
            body=request.body, signature=request.headers.get("Stripe-Signature", ""), at=at
        )
    except SignatureRefused:
        return HttpResponse(status=NOT_SIGNED)
    if event.is_live != service.is_live or event.account not in ("", settings.STRIPE_ACCOUNT):
        log.warning("news of another account or another world was not taken")
        return HttpResponse()
    paying.note(event=event, at=at)
    return HttpResponse()
