"""The payment service that other tests pay at. What it promises like any other is in tests/contracts."""

from datetime import UTC, datetime, timedelta

import pytest

from courses.payments import gateway
from courses.payments.gateway import CheckoutLine, GatewayRefused, GatewayUnavailable, NewCheckout
from tests.payments.memory_gateway import MemoryGateway

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WANTED = NewCheckout(
    key="order-1",
    order="1",
    currency="gbp",
    lines=(CheckoutLine("A place", 12000),),
    email="ada@example.org",
    success_url="https://example.org/paid/",
    cancel_url="https://example.org/back/",
    expires_at=NOW + timedelta(hours=1),
)


def test_it_is_the_payment_service_of_the_site_in_a_test(payment_service: MemoryGateway) -> None:
    assert gateway.current() is payment_service


def test_a_call_can_fail_before_or_after_it_did_something(payment_service: MemoryGateway) -> None:
    payment_service.fail_next(GatewayUnavailable())
    payment_service.fail_next(GatewayUnavailable(), after_doing=True)
    for _ in range(2):
        with pytest.raises(GatewayUnavailable):
            payment_service.open_checkout(WANTED)
    opened = payment_service.open_checkout(WANTED)
    assert [one.id for one in payment_service.checkouts(since=NOW - timedelta(days=9999))] == [opened.id]
    assert payment_service.calls[:3] == ["open_checkout"] * 3


def test_nobody_pays_at_a_page_that_is_closed(payment_service: MemoryGateway) -> None:
    opened = payment_service.open_checkout(WANTED)
    payment_service.expire(opened.id)
    with pytest.raises(AssertionError):
        payment_service.pay(opened.id)


def test_what_is_not_there_is_refused(payment_service: MemoryGateway) -> None:
    with pytest.raises(GatewayRefused) as refused:
        payment_service.payment("pi_none")
    assert refused.value.code == "resource_missing"
