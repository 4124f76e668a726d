"""The pages on which a place is bought, and where the payment service tells its news."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.users.models import User
from courses.actions import buy, paying, settling
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.enrolment.models import Enrolment, Place
from courses.payments.events import PaymentEvent
from courses.payments.gateway import GatewayUnavailable
from courses.payments.orders import Order, OrderBilling
from courses.payments.vouchers import Voucher
from tests.factories import invoices, vouchers
from tests.factories import payments as build
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import PAGE, MemoryGateway

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]


@pytest.fixture
def price(course: BuiltCourse) -> Price:
    return build.price(course.cohort)


@pytest.fixture
def browser(ada: User, sign_in: SignIn) -> Client:
    return sign_in(ada)


def buy_url(price: Price) -> str:
    return reverse("learning:buy", args=[price.cohort_id])


def typed(price: Price, **fields: Any) -> dict[str, Any]:
    return {"price": str(price.pk), "name": "Ada Lerner", "terms": "on", **fields}


def test_the_course_page_says_what_a_place_costs(price: Price, course: BuiltCourse) -> None:
    build.price(course.cohort, 2000, kind="concession", condition="I live on a pension.")
    page = Client().get(course.page.url).content.decode()
    assert "£60, and £20 for some people" in page


def test_the_page_before_joining_leads_to_the_prices(price: Price, browser: Client) -> None:
    page = browser.get(reverse("learning:join", args=[price.cohort_id])).content.decode()
    assert f'href="{buy_url(price)}"' in page
    assert "Join this course" not in page


def test_joining_by_hand_made_post_leads_to_the_prices(price: Price, browser: Client) -> None:
    answer = browser.post(reverse("learning:join", args=[price.cohort_id]))
    assert answer.headers["Location"] == buy_url(price)
    assert not Enrolment.objects.exists()


def test_a_free_cohort_has_no_page_to_buy(course: BuiltCourse, browser: Client) -> None:
    assert browser.get(reverse("learning:buy", args=[course.cohort.pk])).status_code == 404


def test_buying_leads_to_the_page_for_paying(
    price: Price, browser: Client, payment_service: MemoryGateway
) -> None:
    page = browser.get(buy_url(price))
    assert "<strong>£60</strong> Standard price" in page.content.decode()
    answer = browser.post(buy_url(price), typed(price, organisation="A Trust", purchase_order="PO 7"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(PAGE)
    assert "form-action 'self' https://checkout.stripe.com" in page.headers["Content-Security-Policy"]
    assert OrderBilling.objects.get().purchase_order == "PO 7"


def test_what_was_typed_survives_a_mistake(
    price: Price, browser: Client, payment_service: MemoryGateway
) -> None:
    answer = browser.post(buy_url(price), {"price": str(price.pk), "name": "", "address": "1 Example Road"})
    page = answer.content.decode()
    assert "1 Example Road" in page
    assert "Please write a name for the receipt." in page
    assert not Order.objects.exists()


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "99999999999999999999", "1 OR 1=1"])
def test_no_price_but_the_ones_of_the_cohort(
    nonsense: str, price: Price, browser: Client, payment_service: MemoryGateway
) -> None:
    answer = browser.post(buy_url(price), typed(price) | {"price": nonsense})
    assert answer.status_code < 500
    assert not Order.objects.exists()


def test_case_43_amounts_that_a_form_brings_along_are_not_read(
    price: Price, browser: Client, payment_service: MemoryGateway
) -> None:
    browser.post(buy_url(price), typed(price, total="1", amount="1", unit="1", status="paid", currency="usd"))
    order = Order.objects.get()
    assert (order.total, order.currency, order.status) == (6000, "gbp", "awaiting_payment")


def test_without_a_payment_service_the_page_says_so(price: Price, browser: Client) -> None:
    assert "Paying by card is not switched on" in browser.get(buy_url(price)).content.decode()
    assert not Order.objects.exists()


def test_case_54_a_service_that_is_away_keeps_the_order_and_its_place(
    price: Price, browser: Client, payment_service: MemoryGateway
) -> None:
    payment_service.fail_next(GatewayUnavailable())
    answer = browser.post(buy_url(price), typed(price), follow=True)
    page = answer.content.decode()
    assert "We cannot reach the payment service now." in page
    assert "Go to the page for paying" in page
    assert Place.objects.count() == 1
    again = browser.post(reverse("learning:pay", args=[Order.objects.get().pk]))
    assert again.headers["Location"].startswith(PAGE)


def test_coming_back_only_reads_and_says_what_is_awaited(
    price: Price, browser: Client, payment_service: MemoryGateway
) -> None:
    browser.post(buy_url(price), typed(price))
    order = Order.objects.get()
    payment_service.pay(order.checkout)
    calls = len(payment_service.calls)
    page = browser.get(reverse("learning:order", args=[order.pk]) + "?from=paid").content.decode()
    assert "We wait for word of your payment" in page
    assert len(payment_service.calls) == calls
    order.refresh_from_db()
    assert order.status == "awaiting_payment"


def test_looking_again_asks_the_service(
    price: Price, browser: Client, payment_service: MemoryGateway
) -> None:
    browser.post(buy_url(price), typed(price))
    order = Order.objects.get()
    payment_service.pay(order.checkout)
    page = browser.post(reverse("learning:check_order", args=[order.pk]), follow=True).content.decode()
    assert "You have the place" in page
    assert "Go to your course" in page


def test_not_wanting_the_place_frees_it(
    price: Price, browser: Client, payment_service: MemoryGateway
) -> None:
    browser.post(buy_url(price), typed(price))
    order = Order.objects.get()
    page = browser.post(reverse("learning:give_up_order", args=[order.pk]), follow=True).content.decode()
    assert "You did not pay" in page
    assert not Place.objects.exists()


def test_a_place_that_costs_nothing_is_there_at_once(course: BuiltCourse, browser: Client) -> None:
    free = build.price(course.cohort, 0, kind="concession", condition="I am on a low income.")
    answer = browser.post(buy_url(free), typed(free))
    assert answer.headers["Location"] == reverse("learning:course", args=[Enrolment.objects.get().pk])


def test_the_dashboard_leads_to_what_is_not_paid_and_to_what_is_to_be_chosen(
    price: Price, browser: Client, ada: User, ben: User, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=timezone.now())
    own = f'href="{reverse("learning:order", args=[order.pk])}"'
    dashboard = browser.get(reverse("learning:dashboard")).content.decode()
    for words in ("Your place is not paid yet", "Pay now, or give the place up", own):
        assert words in dashboard
    Cohort.objects.update(capacity=1)
    payment_service.pay(build.checkout(order, at=timezone.now()))
    Place.objects.update(held_until=timezone.now() - timedelta(minutes=1))
    build.order(price, ben, at=timezone.now())
    paying.bring_up_to_date(order_id=order.pk, at=timezone.now())
    dashboard = browser.get(reverse("learning:dashboard")).content.decode()
    for words in ("You paid: please choose what happens now", own):
        assert words in dashboard
    settling.refund_all(order_id=order.pk, by=ada, at=timezone.now(), reason="test")
    assert own not in browser.get(reverse("learning:dashboard")).content.decode()


def test_the_dashboard_says_nothing_of_orders_that_are_given_up_or_paid_or_of_others(
    price: Price, browser: Client, ada: User, ben: User, payment_service: MemoryGateway
) -> None:
    build.order(price, ben, at=timezone.now())
    buy.give_up(order_id=build.order(price, ada, at=timezone.now()).pk, buyer=ada, at=timezone.now())
    build.paid(payment_service, price, ada, at=timezone.now())
    assert not browser.get(reverse("learning:dashboard")).context["dashboard"].awaited


def test_whoever_has_a_place_goes_to_their_course(
    price: Price, browser: Client, ada: User, payment_service: MemoryGateway
) -> None:
    order = build.paid(payment_service, price, ada, at=timezone.now())
    answer = browser.get(buy_url(price))
    assert answer.headers["Location"] == reverse("learning:course", args=[order.enrolment_id])


def test_a_full_cohort_explains_instead_of_selling(
    price: Price, browser: Client, ben: User, payment_service: MemoryGateway
) -> None:
    Cohort.objects.update(capacity=1)
    build.order(price, ben, at=timezone.now())
    answer = browser.get(buy_url(price))
    assert answer.headers["Location"] == reverse("learning:join", args=[price.cohort_id])


@pytest.mark.parametrize("name", ["order", "pay", "give_up_order", "check_order", "choose_after_loss"])
def test_case_35_an_order_is_its_buyers_alone(
    name: str, price: Price, ben: User, browser: Client, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ben, at=timezone.now())
    url = reverse(f"learning:{name}", args=[order.pk])
    answer = browser.get(url) if name == "order" else browser.post(url)
    assert answer.status_code == 404
    order.refresh_from_db()
    assert order.status == "draft"


def test_case_10_choosing_after_the_place_was_lost(
    price: Price, browser: Client, ada: User, ben: User, payment_service: MemoryGateway
) -> None:
    Cohort.objects.update(capacity=1)
    long_ago = timezone.now() - timedelta(days=1)
    order = build.order(price, ada, at=long_ago)
    payment_service.pay(build.checkout(order, at=long_ago))
    build.order(price, ben, at=timezone.now())
    build.deliver(payment_service, at=timezone.now())
    page = browser.get(reverse("learning:order", args=[order.pk])).content.decode()
    assert "The place was gone when your money came" in page
    choose = reverse("learning:choose_after_loss", args=[order.pk])
    page = browser.post(choose, {"wish": "wait"}, follow=True).content.decode()
    assert "You get the next place that comes free" in page
    page = browser.post(choose, {"wish": "refund"}, follow=True).content.decode()
    assert "Your money goes back to you" in page


# --- News ----------------------------------------------------------------------------------------------


def send(service: MemoryGateway, body: bytes, signature: str) -> int:
    answer = Client(enforce_csrf_checks=True).post(
        "/payments/stripe/", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    return int(answer.status_code)


@pytest.mark.parametrize(
    "wrong", [{"is_live": True}, {"account": "acct_other"}, {"kind": "customer.created"}]
)
def test_case_07_news_of_another_world_is_thanked_for_and_forgotten(
    wrong: dict[str, Any], price: Price, ada: User, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=timezone.now())
    payment_service.pay(build.checkout(order, at=timezone.now()))
    body, signature = payment_service.sent(replace(payment_service.events[0], **wrong))
    assert send(payment_service, body, signature) == 200
    assert not PaymentEvent.objects.exists()


def test_without_a_payment_service_news_is_asked_to_come_again() -> None:
    assert Client().post("/payments/stripe/", b"{}", content_type="application/json").status_code == 503


# --- Vouchers ------------------------------------------------------------------------------------------


@pytest.fixture
def half(amy: User) -> Voucher:
    return vouchers.made(by=amy, at=timezone.now() - timedelta(hours=1))


def look(price: Price, browser: Client, code: str, **fields: Any) -> Any:
    """Press "Use the voucher"."""
    return browser.post(buy_url(price), {"do": "voucher", "voucher": code, **fields})


def test_a_voucher_shows_its_price_before_paying_and_nothing_is_written(
    price: Price, half: Voucher, browser: Client, payment_service: MemoryGateway
) -> None:
    sent = typed(price, name="", voucher="test half", address="1 Example Road", do="voucher")
    answer = browser.post(buy_url(price), sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Standard price: with your voucher you pay £30 instead of £60." in page
    for words in ("1 Example Road", 'value="test half"', 'name="terms" required id="id_terms" checked'):
        assert words in page
    assert "Please write a name" not in page
    assert not Order.objects.exists()
    assert not Place.objects.exists()


def test_every_price_is_shown_with_the_voucher_until_one_is_chosen(
    price: Price, half: Voucher, browser: Client, payment_service: MemoryGateway
) -> None:
    build.price(price.cohort, 60, kind="concession", condition="I live on a pension.")
    page = look(price, browser, "TEST-HALF").content.decode()
    assert "you pay £30 instead of £60." in page
    assert "Lower price: with your voucher you pay nothing instead of £0.60." in page


def test_the_voucher_goes_along_to_the_payment(
    price: Price, half: Voucher, browser: Client, payment_service: MemoryGateway
) -> None:
    answer = browser.post(buy_url(price), typed(price, voucher="TEST-HALF"))
    assert answer.status_code == 302
    order = Order.objects.get()
    assert (order.voucher, order.total) == (half, 3000)
    page = browser.get(reverse("learning:order", args=[order.pk])).content.decode()
    assert "Your voucher took £30 off." in page


@pytest.mark.parametrize("do", ["", "voucher"])
@pytest.mark.parametrize("code", ["NOBODY-KNOWS", "x" * 41, "\x00", "' OR 1=1 --"])
def test_a_wrong_code_is_said_next_to_its_field_and_everything_typed_survives(
    do: str, code: str, price: Price, browser: Client, payment_service: MemoryGateway
) -> None:
    sent = typed(price, voucher=code, address="1 Example Road", do=do)
    answer = browser.post(buy_url(price), sent)
    page = answer.content.decode()
    assert answer.status_code in (409, 422)
    assert 'id="id_voucher_error"' in page
    assert 'aria-describedby="id_voucher_helptext id_voucher_error"' in page
    assert "1 Example Road" in page
    assert not Order.objects.exists()


def test_the_button_without_a_code_asks_for_one(
    price: Price, browser: Client, payment_service: MemoryGateway
) -> None:
    answer = look(price, browser, " ")
    assert "Please type your code here, or go on to the payment without one." in answer.content.decode()


def test_an_address_never_carries_a_code(
    price: Price, half: Voucher, browser: Client, payment_service: MemoryGateway
) -> None:
    page = browser.get(buy_url(price) + "?voucher=TEST-HALF&do=voucher").content.decode()
    assert "TEST-HALF" not in page
    assert "with your voucher" not in page


def test_guessing_codes_is_slowed_down_and_loses_nothing_that_was_typed(
    price: Price, half: Voucher, browser: Client, payment_service: MemoryGateway
) -> None:
    answers = [look(price, browser, f"GUESS-{n:03}") for n in range(10)]
    assert {answer.status_code for answer in answers} == {409}
    answer = browser.post(buy_url(price), typed(price, voucher="TEST-HALF", address="1 Example Road"))
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "These were many codes. Please wait a minute, then try again." in page
    assert "1 Example Road" in page
    assert not Order.objects.exists()


def test_a_voucher_over_everything_leads_straight_to_the_course(
    price: Price, amy: User, browser: Client, payment_service: MemoryGateway
) -> None:
    vouchers.made("ALL-OF-IT", by=amy, at=timezone.now(), discount=vouchers.ALL)
    browser.post(buy_url(price), typed(price, voucher="all of it"))
    assert Order.objects.get().status == "paid"
    assert Enrolment.objects.exists()


def test_a_voucher_over_everything_works_where_cards_are_switched_off(
    price: Price, amy: User, browser: Client
) -> None:
    vouchers.made("ALL-OF-IT", by=amy, at=timezone.now(), discount=vouchers.ALL)
    page = browser.get(buy_url(price)).content.decode()
    assert "Paying by card is not switched on" in page
    assert 'name="voucher"' in page
    refused = browser.post(buy_url(price), typed(price))
    assert "Paying by card is not switched on here." in refused.content.decode()
    assert not Order.objects.exists()
    browser.post(buy_url(price), typed(price, voucher="all of it"))
    assert Order.objects.get().status == "paid"
    assert Enrolment.objects.exists()


# --- By invoice -----------------------------------------------------------------------------------


def test_without_cards_the_page_says_so_and_offers_an_invoice(
    price: Price, browser: Client, ada: User
) -> None:
    invoices.switched_on()
    page = browser.get(buy_url(price)).content.decode()
    assert "Paying by card is not switched on here. We send you an invoice instead." in page
    assert "Order, and get an invoice" in page
    assert "within 14 days" in page
    assert "Go on to the payment" not in page
    typed_in = typed(price, organisation="Example Trust", purchase_order="PO 7", do="invoice")
    answer = browser.post(buy_url(price), typed_in, follow=True)
    order = Order.objects.get(buyer=ada)
    assert answer.redirect_chain == [(reverse("learning:order", args=[order.pk]), 302)]
    page = answer.content.decode()
    assert "Please pay the invoice" in page
    assert "INV-2026-" in page
    assert "See the invoice" in page
    assert "I do not want the place" in page
    assert "Go to the page for paying" not in page


def test_the_invoice_as_a_page_and_as_a_file(price: Price, browser: Client, ada: User) -> None:
    invoices.switched_on()
    browser.post(buy_url(price), typed(price, purchase_order="PO 7", do="invoice"))
    order = Order.objects.get(buyer=ada)
    paper = order.papers.get()
    page = browser.get(reverse("learning:paper", args=[order.pk, paper.pk])).content.decode()
    for words in ("Invoice", "Please pay by", "PO 7", "Sort code 00-00-00", str(paper)):
        assert words in page
    assert "Paid on" not in page
    pdf = browser.get(reverse("learning:paper_pdf", args=[order.pk, paper.pk, "invoice"]))
    assert b"".join(pdf).startswith(b"%PDF")


def test_without_cards_and_without_an_account_people_are_asked_to_write(
    price: Price, browser: Client
) -> None:
    page = browser.get(buy_url(price)).content.decode()
    assert "Please write to us" in page
    assert "invoice" not in page.lower()
    answer = browser.post(buy_url(price), typed(price, do="invoice", name="Ada L"))
    assert answer.status_code == 409
    assert 'value="Ada L"' in answer.content.decode()
    assert not Order.objects.exists()


def test_beside_cards_there_is_a_button_for_an_invoice(
    price: Price, browser: Client, ada: User, payment_service: MemoryGateway
) -> None:
    assert "Send me an invoice instead" not in browser.get(buy_url(price)).content.decode()
    invoices.switched_on(invoices_beside_cards=True)
    assert "Send me an invoice instead" in browser.get(buy_url(price)).content.decode()
    browser.post(buy_url(price), typed(price, do="invoice"))
    order = Order.objects.get(buyer=ada)
    assert order.method == "invoice"
    # A page for paying that was asked for by hand leads back to the order, and nothing is opened.
    answer = browser.post(reverse("learning:pay", args=[order.pk]))
    assert answer.headers["Location"] == reverse("learning:order", args=[order.pk])
    order.refresh_from_db()
    assert order.checkout == ""


def test_an_invoice_that_is_not_wanted_any_more_is_taken_back(
    price: Price, browser: Client, ada: User
) -> None:
    invoices.switched_on()
    browser.post(buy_url(price), typed(price, do="invoice"))
    order = Order.objects.get(buyer=ada)
    page = browser.post(reverse("learning:give_up_order", args=[order.pk]), follow=True).content.decode()
    assert "CN-2026-" in page
    assert not Place.objects.exists()
