"""Buying a place: what money does to orders and places, whatever is delivered when, twice or never."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings as django_settings

from cms.users.models import User
from courses.actions import buy, enrol, moving, offers, paying, refunding, settling, waiting
from courses.actions.buy import BuyingRefused, CardsNotSwitchedOn
from courses.actions.enrol import PaymentDue
from courses.actions.refunding import RefundRefused
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.enrolment.models import Enrolment, Grant, Offer, Place, WaitingEntry
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from courses.payments.events import PaymentEvent
from courses.payments.gateway import GatewayRefused, GatewayUnavailable, RefundState
from courses.payments.orders import Order, OrderBilling, OrderLine, Refund
from courses.payments.states import GRACE
from tests.factories import payments as build
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

pytestmark = pytest.mark.django_db

MINUTES = timedelta(minutes=django_settings.PAYMENT_MINUTES)
LATE = MINUTES + timedelta(hours=1)


@pytest.fixture
def price(course: BuiltCourse) -> Price:
    return build.price(course.cohort)


@pytest.fixture
def one_place(course: BuiltCourse) -> Cohort:
    Cohort.objects.filter(pk=course.cohort.pk).update(capacity=1)
    course.cohort.refresh_from_db()
    return course.cohort


def test_a_cohort_with_a_price_gives_no_place_for_nothing(price: Price, ada: User, now: datetime) -> None:
    with pytest.raises(PaymentDue):
        enrol.start(cohort_id=price.cohort_id, learner=ada, at=now)
    assert not Enrolment.objects.exists()


def test_case_14_an_order_holds_a_place_and_keeps_its_price(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    Price.objects.update(amount=9900, tax="standard", tax_percent=20)
    order.refresh_from_db()
    assert (order.status, order.total, order.tax) == ("draft", 6000, 0)
    line = OrderLine.objects.get(order=order)
    assert (line.unit, line.total, line.tax_wording) == (6000, 6000, "Exempt from VAT: education")
    assert order.place is not None
    assert order.place.reason == Place.Reason.HOLD
    assert order.place.held_until == now + MINUTES + GRACE


def test_tax_is_in_the_price_and_frozen(
    course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    taxed = build.price(course.cohort, 12000, tax="standard", tax_percent=20)
    order = build.order(taxed, ada, at=now)
    assert (order.net, order.tax, order.total) == (10000, 2000, 12000)
    assert OrderLine.objects.get().tax_wording == "20 % VAT included"


def test_case_12_pressing_twice_makes_one_order_and_one_page(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    first, second = build.order(price, ada, at=now), build.order(price, ada, at=now)
    assert first == second
    assert build.checkout(first, at=now) == build.checkout(second, at=now)
    assert Place.objects.count() == 1


def test_case_12_another_price_in_another_tab_ends_the_first_order_and_closes_its_page(
    price: Price, course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    lower = build.price(course.cohort, 2000, kind="concession", condition="I live on a pension.")
    first = build.order(price, ada, at=now)
    page = build.checkout(first, at=now)
    second = build.order(lower, ada, at=now)
    first.refresh_from_db()
    assert (first.status, second.total) == ("cancelled", 2000)
    assert Place.objects.count() == 1
    paying.close_page(order_id=first.pk, at=now)
    assert payment_service.checkout(page).state == "expired"


def test_a_paid_order_gives_the_place(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    assert (order.status, order.received, order.paid_at) == ("paid", 6000, now)
    enrolment = Enrolment.objects.get(learner=ada)
    assert order.enrolment == enrolment
    assert [grant.kind for grant in enrolment.grants.all()] == ["paid"]
    assert OrderLine.objects.get().grant == enrolment.grants.get()
    assert Place.objects.get().enrolment == enrolment
    assert LedgerEntry.objects.filter(action="order paid", learner=ada).count() == 1


def test_news_that_was_never_delivered_is_found_by_asking(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now))
    assert paying.expire_due(at=now + LATE) == 1
    order.refresh_from_db()
    assert order.status == "paid"


def test_an_order_nobody_pays_frees_its_place(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    page = build.checkout(order, at=now)
    assert paying.expire_due(at=now + LATE) == 1
    order.refresh_from_db()
    assert order.status == "expired"
    assert not Place.objects.exists()
    assert payment_service.checkout(page).state == "expired"


def test_an_order_whose_page_never_opened_ends_as_well(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    build.order(price, ada, at=now)
    assert paying.expire_due(at=now + LATE) == 1
    assert Order.objects.get().status == "expired"


def test_a_service_that_is_away_ends_no_order_and_the_place_is_free_by_its_time(
    price: Price, one_place: Cohort, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    build.checkout(order, at=now)
    payment_service.fail_next(GatewayUnavailable())
    assert paying.expire_due(at=now + LATE) == 0
    assert build.order(price, ben, at=now + LATE).status == "draft"


def test_case_10_money_that_comes_after_the_place_was_lost_needs_a_choice(
    price: Price, one_place: Cohort, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    page = build.checkout(order, at=now)
    payment_service.pay(page)
    build.order(price, ben, at=now + LATE)
    build.deliver(payment_service, at=now + LATE)
    order.refresh_from_db()
    assert (order.status, order.attention, order.received) == ("needs_attention", "place_lost", 6000)
    assert not Enrolment.objects.exists()
    assert Place.objects.count() == 1
    assert OutboxEntry.objects.filter(payload__message="place_lost", payload__to=ada.pk).count() == 1


def test_late_money_still_gives_the_place_while_there_is_room(
    price: Price, one_place: Cohort, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now))
    build.deliver(payment_service, at=now + LATE)
    order.refresh_from_db()
    assert order.status == "paid"


@pytest.fixture
def lost(
    price: Price, one_place: Cohort, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> Order:
    """Ada's order, whose place Ben has by now."""
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now))
    enrol.by_staff(
        cohort_id=one_place.pk, learner=ben, by=ben, at=now + LATE, reason="test", over_capacity=True
    )
    build.deliver(payment_service, at=now + LATE)
    order.refresh_from_db()
    assert order.attention == "place_lost"
    return order


def test_case_10_whoever_lost_the_place_can_have_all_money_back(
    lost: Order, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    refund = settling.refund_all(order_id=lost.pk, by=ada, at=now + LATE, reason="I chose this")
    assert refund is not None
    refunding.carry_out(refund_id=refund.pk, at=now + LATE)
    lost.refresh_from_db()
    assert (lost.status, lost.returned, lost.attention) == ("refunded", 6000, "")
    assert settling.refund_all(order_id=lost.pk, by=ada, at=now + LATE, reason="again") == refund
    assert Refund.objects.count() == 1


def test_case_10_whoever_lost_the_place_can_wait_for_the_next_and_pays_no_second_time(
    lost: Order, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> None:
    later = now + LATE
    settling.wait(order_id=lost.pk, by=ada, at=later)
    assert WaitingEntry.objects.get().learner == ada
    enrol.remove(enrolment_id=Enrolment.objects.get(learner=ben).pk, by=ben, at=later, reason="test")
    waiting.offer_free_places(cohort_id=lost.cohort_id, at=later)
    enrolment = offers.accept(offer_id=Offer.objects.get().pk, learner=ada, at=later)
    lost.refresh_from_db()
    assert (lost.status, lost.enrolment) == ("paid", enrolment)
    assert [grant.kind for grant in enrolment.grants.all()] == ["paid"]


def test_waiting_gives_the_place_at_once_if_one_is_free_by_then(
    lost: Order, ada: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=5)
    settling.wait(order_id=lost.pk, by=ada, at=now + LATE)
    lost.refresh_from_db()
    assert lost.status == "paid"
    assert Enrolment.objects.filter(learner=ada).exists()


def test_an_offered_place_of_the_waiting_list_is_paid_for_and_kept_meanwhile(
    price: Price, one_place: Cohort, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> None:
    enrol.by_staff(cohort_id=one_place.pk, learner=ben, by=ben, at=now, reason="test")
    waiting.join(cohort_id=one_place.pk, learner=ada, at=now)
    enrol.remove(enrolment_id=Enrolment.objects.get().pk, by=ben, at=now, reason="test")
    waiting.offer_free_places(cohort_id=one_place.pk, at=now)
    offer = Offer.objects.get()
    with pytest.raises(PaymentDue):
        offers.accept(offer_id=offer.pk, learner=ada, at=now)
    Offer.objects.update(answer_by=now + timedelta(minutes=1))
    Place.objects.update(held_until=now + timedelta(minutes=1))
    order = build.order(price, ada, at=now)
    offer.refresh_from_db()
    assert offer.answer_by is not None
    assert offer.answer_by >= order.pay_by
    assert Place.objects.count() == 1
    payment_service.pay(build.checkout(order, at=now))
    build.deliver(payment_service, at=now + timedelta(minutes=30))
    offer.refresh_from_db()
    assert offer.status == "accepted"
    assert WaitingEntry.objects.get().status == "joined"
    assert [grant.kind for grant in Grant.objects.filter(withdrawn_at=None)] == ["paid"]
    assert Place.objects.count() == 1


def test_giving_up_an_order_for_an_offered_place_leaves_the_offer(
    price: Price, one_place: Cohort, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    waiting_entry = WaitingEntry.objects.create(cohort=one_place, learner=ada, joined_at=now)
    waiting.offer_free_places(cohort_id=one_place.pk, at=now)
    order = build.order(price, ada, at=now)
    buy.give_up(order_id=order.pk, buyer=ada, at=now)
    waiting_entry.refresh_from_db()
    assert waiting_entry.status == "offered"
    assert Place.objects.count() == 1


def test_case_04_a_bank_debit_keeps_the_place_until_it_arrives(
    price: Price, one_place: Cohort, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    page = build.checkout(order, at=now)
    payment_service.pay_later(page)
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert (order.status, order.is_slow) == ("awaiting_payment", True)
    assert not Enrolment.objects.exists()
    days_later = now + timedelta(days=6)
    with pytest.raises(BuyingRefused):
        build.order(price, ben, at=days_later)
    payment_service.succeed(page)
    build.deliver(payment_service, at=days_later)
    order.refresh_from_db()
    assert order.status == "paid"


def test_case_04_a_bank_debit_that_fails_frees_the_place_and_says_so(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    page = build.checkout(order, at=now)
    payment_service.pay_later(page)
    payment_service.fail(page)
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert order.status == "failed"
    assert not Place.objects.exists()
    assert OutboxEntry.objects.filter(payload__message="payment_failed").count() == 1


@pytest.mark.parametrize("wrong", [{"amount": 5999}, {"amount": 6001}, {"currency": "eur"}])
def test_case_08_another_amount_or_currency_gives_no_place(
    wrong: dict[str, int | str], price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now), **wrong)  # type: ignore[arg-type]
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert (order.status, order.attention) == ("needs_attention", "other_amount")
    assert not Enrolment.objects.exists()


def test_case_07_news_of_a_payment_that_is_not_ours_is_put_aside(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now))
    Order.objects.update(reference="ELSEWHERE", checkout="other")
    build.deliver(payment_service, at=now)
    assert PaymentEvent.objects.get().status == "ignored"
    assert not Enrolment.objects.exists()


def test_money_for_an_order_that_was_given_up_before_we_knew_its_page_is_found(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    """We asked for a page, and stopped before we could write down which."""
    order = build.order(price, ada, at=now)
    page = build.checkout(order, at=now)
    Order.objects.update(checkout="", status="expired", place=None)
    payment_service.pay(page)
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert (order.status, order.checkout) == ("paid", page)


def test_case_54_news_waits_while_the_service_is_away_and_is_applied_later(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now))
    payment_service.fail_next(GatewayUnavailable())
    with pytest.raises(GatewayUnavailable):
        build.deliver(payment_service, at=now)
    assert PaymentEvent.objects.get().status == "received"
    assert not Enrolment.objects.exists()
    assert paying.apply_waiting(at=now + timedelta(hours=1)) == 1
    assert Order.objects.get().status == "paid"


def test_news_that_the_service_refuses_to_speak_about_stops_no_other(
    price: Price, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> None:
    for buyer in (ada, ben):
        payment_service.pay(build.checkout(build.order(price, buyer, at=now), at=now))
    for event in payment_service.events:
        paying.note(event=event, at=now)
    payment_service.fail_next(GatewayRefused("resource_missing"))
    assert paying.apply_waiting(at=now + timedelta(hours=1)) == 1
    assert sorted(Order.objects.values_list("status", flat=True)) == ["awaiting_payment", "paid"]
    assert paying.apply_waiting(at=now + timedelta(hours=1)) == 1


def test_an_answer_that_was_lost_opens_no_second_page(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    payment_service.fail_next(GatewayUnavailable(), after_doing=True)
    with pytest.raises(GatewayUnavailable):
        build.checkout(order, at=now)
    page = build.checkout(order, at=now)
    assert [one.id for one in payment_service.checkouts(since=now - timedelta(days=9))] == [page]


def test_case_12_paid_twice_in_two_windows_is_seen_and_gives_one_place(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    first = build.order(price, ada, at=now)
    old_page = build.checkout(first, at=now)
    buy.give_up(order_id=first.pk, buyer=ada, at=now)
    second = build.paid(payment_service, price, ada, at=now)
    payment_service.pay(old_page)
    build.deliver(payment_service, at=now)
    first.refresh_from_db()
    assert (second.status, first.status, first.attention) == ("paid", "needs_attention", "paid_twice")
    assert Place.objects.count() == 1


def test_somebody_whose_place_was_ended_by_the_team_pays_for_no_new_one(
    price: Price, ada: User, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now))
    removed = enrol.by_staff(cohort_id=price.cohort_id, learner=ada, by=amy, at=now, reason="test")
    enrol.remove(enrolment_id=removed.pk, by=amy, at=now, reason="test")
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert (order.status, order.attention) == ("needs_attention", "not_allowed")


def test_a_price_of_nothing_gives_the_place_at_once(course: BuiltCourse, ada: User, now: datetime) -> None:
    free = build.price(course.cohort, 0, kind="concession", condition="I am on a low income.")
    order = build.order(free, ada, at=now)
    assert (order.status, order.method, order.received) == ("paid", "nothing", 0)
    assert Enrolment.objects.get().grants.get().kind == "paid"


def test_without_a_payment_service_nothing_is_ordered(price: Price, ada: User, now: datetime) -> None:
    with pytest.raises(CardsNotSwitchedOn):
        build.order(price, ada, at=now)
    assert not Order.objects.exists()
    assert not Place.objects.exists()


def test_an_early_price_is_not_sold_afterwards(
    course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    early = build.price(course.cohort, 4000, kind="early", sold_until=now)
    with pytest.raises(BuyingRefused):
        build.order(early, ada, at=now)


def test_nobody_buys_at_the_price_of_another_cohort(
    course: BuiltCourse, price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    other = Cohort.objects.get(pk=course.cohort.pk)
    other.pk = None
    other.save()
    cheap = build.price(other, 100)
    with pytest.raises(BuyingRefused):
        buy.start(cohort_id=course.cohort.pk, buyer=ada, wanted=build.wanted(cheap), at=now)


def test_terms_must_be_agreed_to(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    with pytest.raises(BuyingRefused):
        buy.start(cohort_id=price.cohort_id, buyer=ada, wanted=build.wanted(price, terms=False), at=now)


def test_a_new_billing_name_is_taken_over_by_the_open_order(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    build.order(price, ada, at=now)
    other = build.wanted(price, billing=buy.Billing(name="A. Lerner", purchase_order="PO-7"))
    buy.start(cohort_id=price.cohort_id, buyer=ada, wanted=other, at=now)
    billing = OrderBilling.objects.get()
    assert (billing.name, billing.purchase_order) == ("A. Lerner", "PO-7")


# --- Money that goes back --------------------------------------------------------------------------


def ask(order: Order, amount: int, *, at: datetime, seat: Refund.Seat = Refund.Seat.KEEP) -> Refund:
    refund = refunding.ask(
        order_id=order.pk,
        amount=amount,
        seat=seat,
        key=refunding.new_key(),
        by=order.buyer,
        at=at,
        reason="test",
    )
    refunding.carry_out(refund_id=refund.pk, at=at)
    order.refresh_from_db()
    return refund


def test_case_11_two_part_refunds_are_two_and_the_place_stays(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    ask(order, 1000, at=now)
    ask(order, 1000, at=now)
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert (order.status, order.returned, order.kept) == ("partly_refunded", 2000, 4000)
    assert Enrolment.objects.get().status == "active"
    assert Refund.objects.filter(status="succeeded").count() == 2
    with pytest.raises(RefundRefused):
        ask(order, 4001, at=now)


def test_case_11_a_full_refund_ends_the_place_when_that_was_chosen(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    ask(order, 6000, at=now, seat=Refund.Seat.END)
    assert order.status == "refunded"
    assert Enrolment.objects.get().status == "ended"
    assert not Place.objects.exists()


def test_another_reason_for_the_place_outlives_the_refund(
    price: Price, ada: User, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    enrol.by_staff(cohort_id=price.cohort_id, learner=ada, by=amy, at=now, reason="funded")
    ask(order, 6000, at=now, seat=Refund.Seat.END)
    assert Enrolment.objects.get().status == "active"


def test_a_refund_that_is_refused_ends_no_place_and_counts_for_nothing(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    payment_service.refund_outside(order.payment, 6000)
    ask(order, 6000, at=now, seat=Refund.Seat.END)
    assert Enrolment.objects.get().status == "active"
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert (order.status, order.returned) == ("refunded", 6000)


def test_a_refund_that_was_asked_for_is_made_once_however_often_it_is_carried_out(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    refund = refunding.ask(
        order_id=order.pk, amount=1000, seat=Refund.Seat.KEEP, key="k", by=ada, at=now, reason="test"
    )
    payment_service.fail_next(GatewayUnavailable(), after_doing=True)
    with pytest.raises(GatewayUnavailable):
        refunding.carry_out(refund_id=refund.pk, at=now)
    refunding.carry_out(refund_id=refund.pk, at=now)
    refunding.carry_out(refund_id=refund.pk, at=now)
    assert len(payment_service.payment(order.payment).refunds) == 1


def test_a_refund_that_comes_back_is_counted_back(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    refund = ask(order, 6000, at=now)
    refund.refresh_from_db()
    payment_service.settle_refund(refund.gateway_id, RefundState.FAILED)
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert (order.status, order.returned) == ("paid", 0)


def test_case_11_a_dispute_pauses_the_place_and_winning_it_gives_it_back(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    payment_service.dispute(order.payment)
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert (order.status, Enrolment.objects.get().status) == ("disputed", "suspended")
    payment_service.close_dispute(order.payment, won=True)
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert (order.status, Enrolment.objects.get().status) == ("paid", "active")


def test_case_11_a_lost_dispute_ends_the_place(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    payment_service.dispute(order.payment)
    payment_service.close_dispute(order.payment, won=False)
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert (order.status, order.returned, order.lost) == ("refunded", 6000, 6000)
    assert Enrolment.objects.get().status == "ended"


def test_an_inquiry_takes_nothing(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    payment_service.inquire(order.payment)
    build.deliver(payment_service, at=now)
    order.refresh_from_db()
    assert order.status == "paid"


def test_the_payment_goes_along_to_another_group_and_a_refund_finds_it_there(
    price: Price, course: BuiltCourse, ada: User, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=now)
    other = Cohort.objects.get(pk=course.cohort.pk)
    other.pk = None
    other.save()
    build.price(other)
    new = moving.move(
        enrolment_id=order.enrolment_id or 0,
        to_cohort_id=other.pk,
        kind=moving.TRANSFERRED,
        by=amy,
        at=now,
        reason="test",
    )
    order.refresh_from_db()
    assert order.enrolment == new
    ask(order, 6000, at=now, seat=Refund.Seat.END)
    new.refresh_from_db()
    assert new.status == "ended"
