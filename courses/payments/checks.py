"""What `manage.py check` says about paying by card, and whether it is switched on."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning

HINT = "See docs/operations/payments.md."
SECRET = ("sk_test_", "sk_live_", "rk_test_", "rk_live_")
LIVE = ("sk_live_", "rk_live_")
LOCAL = ("localhost", "127.", "testserver")


@register()
def keys_fit_together(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Nothing here may be wrong on any site, whether it sells places or not."""
    return list(_faults(settings.STRIPE_SECRET_KEY))


@register(deploy=True)
def cards_can_be_paid_with(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A site may well do without; somebody should know that it does."""
    key = settings.STRIPE_SECRET_KEY
    if not key:
        text = "Card payment is not switched on: places can be paid for by invoice only."
        return [CheckWarning(text, hint=f"Set STRIPE_SECRET_KEY. {HINT}", id="payments.W001")]
    if not key.startswith(LIVE) and not settings.SITE_HOST.startswith(LOCAL):
        text = "STRIPE_SECRET_KEY is a key of Stripe's test mode: places are given away, no money comes."
        return [CheckWarning(text, hint=f"Set a live key. {HINT}", id="payments.W002")]
    return []


def _faults(key: str) -> Iterator[CheckMessage]:
    if settings.STRIPE_ADDRESS and not settings.DEMO_ALLOWED:
        text = "STRIPE_ADDRESS is set: payments would go to a stand-in of Stripe."
        yield Error(text, hint="Only the demo and the tests may set it.", id="payments.E001")
    if key and not settings.STRIPE_WEBHOOK_SECRETS:
        text = "STRIPE_SECRET_KEY is set and STRIPE_WEBHOOK_SECRETS is not: nobody would hear of payments."
        yield Error(text, hint=HINT, id="payments.E002")
    if key and not key.startswith(SECRET):
        text = "STRIPE_SECRET_KEY is no secret key: those begin with sk_ or rk_."
        yield Error(text, hint=HINT, id="payments.E003")
    if key.startswith(LIVE) and settings.DEMO_ALLOWED:
        text = "STRIPE_SECRET_KEY is a live key, and these are the settings of the demo or the tests."
        yield Error(text, hint="Take it away: real people would be charged.", id="payments.E004")
