"""News of the stand-in on their way to a webhook: signed, sent until they are taken, wrong when told to."""

import time
from collections.abc import Iterator

import pytest

from courses.payments.stripe_gateway import StripeGateway
from tests.contracts.webhooks import Webhook, listening, paid, until
from tests.contracts.worlds import wanted
from tests.payments.stand_in import StandIn


@pytest.fixture
def gateway(stripe_stand_in: StandIn) -> StripeGateway:
    return StripeGateway()


@pytest.fixture
def webhook(stripe_stand_in: StandIn) -> Iterator[Webhook]:
    with listening() as heard:
        stripe_stand_in.do("webhook", address=heard.address)
        yield heard
        stripe_stand_in.do("webhook", address="")


def test_news_come_signed_to_the_webhook(
    webhook: Webhook, stripe_stand_in: StandIn, gateway: StripeGateway
) -> None:
    number = paid(gateway, stripe_stand_in)
    until(lambda: webhook.came)
    assert [one.checkout for one in webhook.read()] == [number]


def test_news_that_nobody_took_come_again(
    webhook: Webhook, stripe_stand_in: StandIn, gateway: StripeGateway
) -> None:
    webhook.answers += [500, 500]
    paid(gateway, stripe_stand_in)
    for times in (1, 2, 3):
        until(lambda times=times: len(webhook.came) == times)
        stripe_stand_in.do("events/deliver")
    until(lambda: stripe_stand_in.news()[0]["is_done"])
    assert len({one.id for one in webhook.read()}) == 1
    assert stripe_stand_in.news()[0]["tries"] == 3


def test_news_can_come_twice_never_or_backwards(
    webhook: Webhook, stripe_stand_in: StandIn, gateway: StripeGateway
) -> None:
    stripe_stand_in.do("events/next", faults=["duplicate"])
    twice = paid(gateway, stripe_stand_in)
    until(lambda: len(webhook.came) == 2)
    assert [one.checkout for one in webhook.read()] == [twice, twice]

    stripe_stand_in.do("events/next", faults=["lost"])
    paid(gateway, stripe_stand_in)
    until(lambda: stripe_stand_in.news()[-1]["is_done"])
    assert len(webhook.came) == 2

    stripe_stand_in.do("events/next", faults=["held"], times=2)
    held = [paid(gateway, stripe_stand_in) for _ in range(2)]
    time.sleep(0.2)
    assert len(webhook.came) == 2
    stripe_stand_in.do("events/release", backwards=True)
    until(lambda: len(webhook.came) == 4)
    assert [one.checkout for one in webhook.read()[2:]] == held[::-1]


def test_the_clock_can_be_ahead_so_that_pages_close_and_say_so(
    webhook: Webhook, stripe_stand_in: StandIn, gateway: StripeGateway
) -> None:
    opened = gateway.open_checkout(wanted())
    stripe_stand_in.do("clock", ahead=2 * 60 * 60)
    until(lambda: webhook.came)
    assert [(one.kind, one.checkout) for one in webhook.read()] == [("checkout.session.expired", opened.id)]
