"""A shop as its visitors meet it: pages, the webhook, and Stripe's own library talking to a stand-in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.users.models import User
from courses.cohorts.prices import Price
from courses.outbox import delivery
from courses.payments.orders import Order
from tests.factories import payments
from tests.factories.courses import BuiltCourse
from tests.payments.stand_in import StandIn

WEBHOOK = "/payments/stripe/"


@dataclass(frozen=True)
class Shop:
    """A price of a cohort, and the payment service behind it."""

    price: Price
    stand_in: StandIn

    @property
    def buy_url(self) -> str:
        return reverse("learning:buy", args=[self.price.cohort_id])

    def typed(self, **more: Any) -> dict[str, Any]:
        return {"price": str(self.price.pk), "name": "Ada Lerner", "terms": "on", **more}

    def order(self, browser: Client) -> Order:
        """Send the form; the page for paying is open."""
        assert browser.post(self.buy_url, self.typed()).status_code == 302
        return Order.objects.latest("pk")

    def pay(self, order: Order, method: str = "card") -> None:
        self.stand_in.do(f"checkouts/{order.checkout}/pay", method=method)

    def news(self) -> list[dict[str, Any]]:
        """What there is to tell, oldest first."""
        return self.stand_in.news()

    def deliver(self, told: dict[str, Any]) -> int:
        """Bring one piece of news to the webhook."""
        answer = Client(enforce_csrf_checks=True, raise_request_exception=False).post(
            WEBHOOK,
            told["body"].encode(),
            content_type="application/json",
            headers={"Stripe-Signature": told["signature"]},
        )
        return int(answer.status_code)

    def work(self) -> None:
        """Everything that waits in the outbox is done, and what that causes: a few minutes later each."""
        for minutes in (5, 10, 15):
            delivery.sweep(at=timezone.now() + timedelta(minutes=minutes))


@pytest.fixture
def shop(course: BuiltCourse, stripe_stand_in: StandIn) -> Shop:
    return Shop(payments.price(course.cohort), stripe_stand_in)


@pytest.fixture
def browser(ada: User, sign_in: Callable[[Any], Client]) -> Client:
    return sign_in(ada)
