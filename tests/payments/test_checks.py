"""What `manage.py check` says about keys: wrong ones are found before somebody pays into nowhere."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from courses.payments import stripe_gateway
from courses.payments.checks import cards_can_be_paid_with, keys_fit_together


@pytest.fixture
def real(settings: Any) -> Any:
    """The settings of a real site that takes cards."""
    settings.DEMO_ALLOWED = False
    settings.SITE_HOST = "learn.example"
    settings.STRIPE_SECRET_KEY = "rk_live_x"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_x"]
    settings.STRIPE_ADDRESS = ""
    return settings


def said() -> list[str]:
    return [str(message.id) for message in (*keys_fit_together(None), *cards_can_be_paid_with(None))]


def test_nothing_is_said_of_a_site_that_takes_cards(real: Any) -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("STRIPE_SECRET_KEY", "", ["payments.W001"]),
        ("STRIPE_SECRET_KEY", "sk_test_x", ["payments.W002"]),
        ("STRIPE_ADDRESS", "http://127.0.0.1:9", ["payments.E001"]),
        ("STRIPE_WEBHOOK_SECRETS", [], ["payments.E002"]),
        ("STRIPE_SECRET_KEY", "pk_live_x", ["payments.E003", "payments.W002"]),
        ("DEMO_ALLOWED", True, ["payments.E004"]),
    ],
)
def test_what_is_wrong_is_said(real: Any, name: str, value: Any, found: list[str]) -> None:
    setattr(real, name, value)
    assert said() == found


def test_a_test_key_is_right_while_somebody_tries_things_out(real: Any) -> None:
    real.STRIPE_SECRET_KEY, real.SITE_HOST = "sk_test_x", "localhost:8000"
    assert said() == []


def test_a_real_site_never_talks_to_a_stand_in(real: Any) -> None:
    real.STRIPE_ADDRESS = "http://127.0.0.1:9"
    with pytest.raises(ImproperlyConfigured):
        stripe_gateway.StripeGateway()


def test_a_live_key_is_known_by_its_beginning(real: Any) -> None:
    assert stripe_gateway.StripeGateway().is_live
    real.STRIPE_SECRET_KEY = "rk_test_x"
    assert not stripe_gateway.StripeGateway().is_live
