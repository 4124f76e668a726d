"""Buying a place, one's own order, and where the payment service tells its news."""

from typing import Any

from courses.cohorts.prices import Price
from tests.architecture.addresses.papers import bought
from tests.architecture.addresses.rows import ANONYMOUS, Row, everybody, only_owner, signed_in, to
from tests.architecture.world import World
from tests.factories import invoices


def cohort(world: World) -> int:
    return world.bought.order.cohort_id


def for_nothing(world: World) -> None:
    """The whole way, without a payment service: this price is nought."""
    Price.objects.filter(cohort=cohort(world)).update(amount=0)


def by_invoice(world: World) -> None:
    """Cards are off, and there is an account to pay into."""
    invoices.switched_on()


def wanted(world: World) -> dict[str, Any]:
    price = Price.objects.get(cohort=cohort(world))
    return {"price": price.pk, "name": "Ada Lerner", "terms": "on"}


BUYING = (
    Row(name="learning:buy", path=to("learning:buy", cohort), answers=signed_in(), queries=7),
    Row(
        name="learning:buy",
        method="POST",
        note="for nothing",
        path=to("learning:buy", cohort),
        before=for_nothing,
        data=wanted,
        answers=signed_in("learning:course"),
        queries=37,
    ),
    Row(
        name="learning:buy",
        method="POST",
        note="by invoice",
        path=to("learning:buy", cohort),
        before=by_invoice,
        data=wanted,
        answers=signed_in("learning:order"),
        queries=37,
    ),
    Row(
        name="learning:order", path=to("learning:order", bought), owner="pia", answers=only_owner(), queries=5
    ),
    *(
        Row(
            name=name,
            method="POST",
            path=to(name, bought),
            owner="pia",
            answers=only_owner("learning:order"),
            queries=queries,
        )
        for name, queries in (
            ("learning:pay", 3),
            ("learning:give_up_order", 5),
            ("learning:check_order", 7),
            ("learning:choose_after_loss", 6),
        )
    ),
    Row(
        name="stripe-webhook",
        method="POST",
        path=to("stripe-webhook"),
        answers=everybody(503),
        measured_as=ANONYMOUS,
        queries=0,
    ),
)
