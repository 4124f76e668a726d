"""Orders in the admin: who sees them, how they are found, the story of one, and what can be done with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import moving, paying, refunding
from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.models import Enrolment, Place, WaitingEntry
from courses.outbox import delivery
from courses.outbox.models import MessageSent
from courses.payments.gateway import GatewayUnavailable
from courses.payments.orders import Order, OrderBilling, Refund
from courses.payments.states import OrderState
from courses.queries import orders as query
from tests.factories import buying, people
from tests.factories import courses as build
from tests.factories.buying import NOW
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

SignIn = Callable[[User], Client]
LATER = NOW + timedelta(hours=5)
LIST = "staff:orders"


@pytest.fixture
def penny(db: None) -> User:
    """Penny looks after payments, and nothing else."""
    return people.staff("penny", "Penny Ledger", group="Payments")


@pytest.fixture
def order(course: BuiltCourse, ada: User, payment_service: MemoryGateway) -> Order:
    """Ada has bought a place."""
    buying.priced(course.cohort)
    return buying.paid(course.cohort, ada, service=payment_service, at=NOW)


@pytest.fixture
def lost(course: BuiltCourse, ada: User, ben: User, payment_service: MemoryGateway) -> Order:
    """Ada paid when Ben had the last place."""
    buying.priced(course.cohort)
    Cohort.objects.filter(pk=course.cohort.pk).update(has_waiting_list=True)
    return buying.paid_too_late(course.cohort, ada, instead=ben, service=payment_service, at=NOW)


def page(order: Order) -> str:
    return reverse("staff:order", args=[order.pk])


def doing(order: Order, what: str) -> str:
    return reverse("staff:order_act", args=[order.pk, what])


def shown(client: Client, **query: Any) -> list[str]:
    """The references in the list."""
    answer = client.get(reverse(LIST), query)
    assert answer.status_code == 200
    return [row.reference for row in answer.context["list"].rows]


# --- Who ------------------------------------------------------------------------------------------


ALL = (
    ("get", "staff:orders", ()),
    ("get", "staff:order", ("order",)),
    ("get", "staff:order_act", ("order", "refund")),
    ("post", "staff:order_act", ("order", "refund")),
    ("post", "staff:ask_again", ("order",)),
    ("get", "staff:takings", ()),
    ("get", "staff:takings_csv", ()),
    ("get", "staff:takings_xlsx", ()),
    ("get", "staff:compared", ()),
)


def statuses(client: Client, order: Order) -> list[int]:
    return [
        getattr(client, method)(
            reverse(name, args=[order.pk if one == "order" else one for one in args])
        ).status_code
        for method, name, args in ALL
    ]


def test_case_35_facilitators_and_editors_see_no_order_even_of_their_own_cohort(
    course: BuiltCourse, order: Order, fay: User, ed: User, sign_in: SignIn
) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")
    for person in (fay, ed):
        client = sign_in(person)
        assert set(statuses(client, order)) == {404}
        home = client.get(reverse("wagtailadmin_home")).content.decode()
        assert "Payments that need you" not in home
        assert reverse(LIST) not in home
    assert not Refund.objects.exists()


def test_the_buyer_gets_to_no_staff_page(order: Order, ada: User, sign_in: SignIn) -> None:
    assert set(statuses(sign_in(ada), order)) == {302}


def test_course_administrators_see_orders_and_give_no_money_back(order: Order, sign_in: SignIn) -> None:
    client = sign_in(people.staff("abe", "Abe Min", group="Course administrators"))
    assert statuses(client, order) == [200, 200, 404, 404, 404, 200, 404, 404, 200]
    answer = client.get(page(order)).content.decode()
    assert "What you can do" not in answer
    assert "Ask the payment service again" not in answer


def test_the_payments_role_sees_orders_and_no_register_person_or_course(
    course: BuiltCourse, order: Order, penny: User, sign_in: SignIn
) -> None:
    client = sign_in(penny)
    assert client.get(page(order)).status_code == 200
    enrolment = Enrolment.objects.get()
    assert client.get(reverse("staff:register", args=[course.cohort.pk])).status_code == 404
    assert client.get(reverse("staff:person", args=[enrolment.pk])).status_code == 404
    assert client.get(reverse("staff:person_act", args=[enrolment.pk, "remove"])).status_code == 404
    assert reverse("staff:person", args=[enrolment.pk]) not in client.get(page(order)).content.decode()
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse(LIST) in home
    assert reverse("staff:takings") in home


def test_who_loses_the_role_is_out_at_once(order: Order, penny: User, sign_in: SignIn) -> None:
    client = sign_in(penny)
    penny.groups.clear()
    penny.groups.add(Group.objects.get(name="Course team"))
    assert set(statuses(client, order)) == {404}


def test_an_order_that_is_not_there_is_not_there(penny: User, sign_in: SignIn) -> None:
    client = sign_in(penny)
    for name, args in (("staff:order", [99]), ("staff:order_act", [99, "refund"])):
        assert client.get(reverse(name, args=args)).status_code == 404
    assert client.post(reverse("staff:ask_again", args=[99])).status_code == 404


def test_what_cannot_be_done_at_all_is_not_there(order: Order, penny: User, sign_in: SignIn) -> None:
    assert sign_in(penny).get(doing(order, "burn")).status_code == 404


def test_nothing_of_an_order_stays_in_a_browser(order: Order, penny: User, sign_in: SignIn) -> None:
    client = sign_in(penny)
    for url in (reverse(LIST), page(order), doing(order, "refund"), reverse("staff:takings")):
        assert "no-store" in client.get(url)["Cache-Control"], url


# --- The list -------------------------------------------------------------------------------------


def test_the_list_is_found_by_what_people_have_in_their_hand(
    course: BuiltCourse,
    order: Order,
    ben: User,
    penny: User,
    payment_service: MemoryGateway,
    sign_in: SignIn,
) -> None:
    other = buying.opened(course.cohort, ben, at=NOW)
    OrderBilling.objects.filter(order=other).update(name="Parish of Nowhere", organisation="Nowhere Trust")
    refund = payment_service.refund_outside(order.payment, 100)
    paying.bring_up_to_date(order_id=order.pk, at=NOW)
    client = sign_in(penny)
    both = {order.reference, other.reference}
    assert set(shown(client)) == both
    for typed in (
        order.reference,
        order.reference.lower(),
        "Ada Ler",
        "ADA@example",
        order.payment,
        order.checkout,
        refund.id,
    ):
        assert shown(client, search=typed) == [order.reference], typed
    assert shown(client, search="nowhere trust") == [other.reference]
    assert shown(client, search=" parish  of ") == [other.reference]
    assert shown(client, search="%") == []
    assert shown(client, search="\0' OR 1=1 --") == []


def test_filters_narrow_the_list_and_its_totals(
    course: BuiltCourse, order: Order, ben: User, penny: User, sign_in: SignIn
) -> None:
    elsewhere = build.course(at=NOW, code="OTHER")
    buying.priced(elsewhere.cohort, amount=9000)
    other = buying.opened(elsewhere.cohort, ben, at=NOW + timedelta(days=2))
    client = sign_in(penny)
    assert shown(client, show="paid") == [order.reference]
    assert shown(client, show="awaiting_payment") == [other.reference]
    assert shown(client, course=elsewhere.edition.course_id) == [other.reference]
    assert shown(client, cohort=course.cohort.pk) == [order.reference]
    assert shown(client, **{"from": "2026-11-24"}) == [other.reference]
    assert shown(client, to="2026-11-23") == [order.reference]
    assert shown(client, **{"from": "2026-11-23", "to": "2026-11-23"}) == [order.reference]
    (total,) = client.get(reverse(LIST), {"show": "paid"}).context["list"].totals
    assert (total.count, total.received, total.returned, total.kept) == (1, "£45", "£0", "£45")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"from": "tomorrow"}, "A day is written like"),
        ({"to": "2026-02-30"}, "A day is written like"),
        ({"from": "2026-11-24", "to": "2026-11-23"}, "The first day is after the last one"),
        ({"from": "0001-01-01", "to": "9999-12-31"}, "1 order."),
        ({"show": "nonsense", "course": "x", "cohort": "99999999999999999999", "p": "zebra"}, "1 order."),
        ({"cohort": "-1"}, "1 order."),
        ({"search": "nobody of this name"}, "There is no such order"),
        ({"show": "needs"}, "No order needs a person."),
    ],
)
def test_whatever_is_typed_into_the_address_gets_an_answer_in_words(
    order: Order, penny: User, sign_in: SignIn, query: dict[str, str], said: str
) -> None:
    answer = sign_in(penny).get(reverse(LIST), query)
    assert answer.status_code == 200
    assert said in answer.content.decode().replace("<strong>", "").replace("</strong>", "")


def test_an_empty_list_says_how_orders_come(penny: User, sign_in: SignIn) -> None:
    assert "Nobody has ordered anything yet" in sign_in(penny).get(reverse(LIST)).content.decode()


def many(order: Order, number: int) -> None:
    """So many orders more, each of somebody else, with billing; made in the database at once."""
    first = Order.objects.count()
    buyers = User.objects.bulk_create(
        User(email=f"buyer{first + n}@example.org", printed_name=f"Buyer {n}") for n in range(number)
    )
    made = Order.objects.bulk_create(
        Order(
            reference=f"MANY{first + n:04}",
            buyer=buyer,
            cohort_id=order.cohort_id,
            method="card",
            status="needs_attention" if n % 3 == 0 else "paid",
            attention="place_lost" if n % 3 == 0 else "",
            currency="gbp",
            net=4500,
            tax=0,
            total=4500,
            received=4500,
            terms_version="1",
            made_at=NOW,
            pay_by=NOW,
            paid_at=NOW,
        )
        for n, buyer in enumerate(buyers)
    )
    OrderBilling.objects.bulk_create(OrderBilling(order=one, name="B. Uyer") for one in made)


def test_the_list_takes_as_many_queries_for_five_hundred_orders_as_for_five(
    order: Order, penny: User, sign_in: SignIn
) -> None:
    client, found = sign_in(penny), []
    for more in (4, 495):
        many(order, more)
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(reverse(LIST))
        found.append(len(asked))
    assert found[0] == found[1]
    assert answer.context["list"].totals[0].count == 500
    assert len(answer.context["list"].rows) == query.A_PAGE
    second = client.get(reverse(LIST), {"p": "2", "show": "paid"})
    assert "Page 2 of" in second.content.decode()
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("wagtailadmin_home"))
    many(order, 100)
    with CaptureQueriesContext(connection) as again:
        client.get(reverse("wagtailadmin_home"))
    assert len(asked) == len(again)


# --- One order ------------------------------------------------------------------------------------


def test_the_story_of_an_order_is_told_in_the_order_of_time(
    course: BuiltCourse, order: Order, penny: User, payment_service: MemoryGateway, sign_in: SignIn
) -> None:
    for event in payment_service.events:
        paying.note(event=event, at=NOW + timedelta(minutes=1))
    delivery.sweep(at=NOW + timedelta(minutes=10))
    refunding.ask(
        order_id=order.pk,
        amount=1250,
        seat=Refund.Seat.KEEP,
        key="refund-1",
        by=penny,
        at=NOW + timedelta(hours=1),
        reason="Was ill",
    )
    delivery.sweep(at=NOW + timedelta(hours=2))
    for kind, about in (
        ("order_paid", f"order:{order.pk}"),
        ("refunded", f"refund:{Refund.objects.get().pk}"),
    ):
        MessageSent.objects.get_or_create(
            user=order.buyer, kind=kind, about=about, defaults={"sent_at": NOW + timedelta(hours=3)}
        )
    MessageSent.objects.create(user=order.buyer, kind="order_paid", about="order:99", sent_at=NOW)
    client = sign_in(penny)
    story = client.get(page(order)).context["story"]
    said = [event.sentence for event in story.events]
    assert said[0] == "Ordered a place."
    for sentence in (
        "The page for paying was opened.",
        "The order was paid, and the place is there.",
        "The payment service said: the payment page was filled in.",
        "An e-mail was sent: Your payment has arrived.",
        "A refund was asked for. £12.50.",
        "An e-mail was sent: Your money is on its way back.",
    ):
        assert sentence in said
    assert said.count("An e-mail was sent: Your payment has arrived.") == 1
    assert [event.at for event in story.events] == sorted(event.at for event in story.events)
    asked = next(event for event in story.events if event.sentence.startswith("A refund was asked"))
    assert (asked.who, asked.reason) == ("Penny Ledger", "Was ill")
    answer = client.get(page(order)).content.decode()
    assert "£12.50" in answer
    assert "Partly given back" in answer
    assert f"{course.cohort.name}: On the course" in answer


def test_who_looks_after_the_cohort_too_finds_the_way_to_the_person(
    course: BuiltCourse, order: Order, penny: User, sign_in: SignIn
) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=penny, role="facilitator")
    enrolment = Enrolment.objects.get()
    assert reverse("staff:person", args=[enrolment.pk]) in sign_in(penny).get(page(order)).content.decode()


def test_a_story_of_many_refunds_takes_no_more_queries(
    order: Order, penny: User, payment_service: MemoryGateway, sign_in: SignIn
) -> None:
    client, found = sign_in(penny), []
    for number in (1, 9):
        for _n in range(number):
            payment_service.refund_outside(order.payment, 10)
        paying.bring_up_to_date(order_id=order.pk, at=NOW)
        client.get(page(order))
        with CaptureQueriesContext(connection) as asked:
            client.get(page(order))
        found.append(len(asked))
    assert found[0] == found[1]


# --- Giving money back ----------------------------------------------------------------------------


def sent(client: Client, which: Order, **changed: str) -> Any:
    """The form of a refund as the page shows it, with what is changed, sent."""
    form = client.get(doing(which, "refund")).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    filled = {name: value for name, value in {**typed, **changed}.items() if value is not None}
    return client.post(doing(which, "refund"), filled)


@time_machine.travel(LATER, tick=False)
def test_the_policy_is_shown_and_chosen_before_anything_is_typed(
    order: Order, penny: User, sign_in: SignIn
) -> None:
    answer = sign_in(penny).get(doing(order, "refund"))
    form = answer.context["form"]
    assert "It was paid in the last 14 days, and the course has not started" in answer.content.decode()
    assert (form["amount"].value(), form["seat"].value()) == ("45.00", "end")


def test_after_the_start_the_team_chooses_for_itself(
    course: BuiltCourse, order: Order, ada: User, penny: User, sign_in: SignIn
) -> None:
    course.do_lessons(Enrolment.objects.get(), at=NOW)
    with time_machine.travel(LATER, tick=False):
        answer = sign_in(penny).get(doing(order, "refund"))
    form = answer.context["form"]
    assert "you decide with the course team" in answer.content.decode()
    assert (form["amount"].value(), form["seat"].value()) == (None, None)


@time_machine.travel(LATER, tick=False)
def test_a_part_goes_back_and_the_place_stays(
    order: Order, penny: User, payment_service: MemoryGateway, sign_in: SignIn
) -> None:
    answer = sent(sign_in(penny), order, amount="12.50", seat="keep", reason="Was ill")
    assert answer.url == page(order)
    delivery.sweep(at=LATER + timedelta(minutes=5))
    order.refresh_from_db()
    assert (order.state, order.returned) == (OrderState.PARTLY_REFUNDED, 1250)
    assert [one.amount for one in payment_service.payment(order.payment).refunds] == [1250]
    assert Enrolment.objects.get().status == "active"
    assert Refund.objects.get().asked_by == penny


@time_machine.travel(LATER, tick=False)
def test_all_goes_back_and_the_place_ends_only_once_the_money_is_on_its_way(
    order: Order, penny: User, sign_in: SignIn
) -> None:
    sent(sign_in(penny), order, reason="Changed their mind")
    assert Enrolment.objects.get().status == "active"
    delivery.sweep(at=LATER + timedelta(minutes=5))
    order.refresh_from_db()
    assert (order.state, Enrolment.objects.get().status) == (OrderState.REFUNDED, "ended")


@time_machine.travel(LATER, tick=False)
def test_the_same_form_sent_twice_gives_back_once(
    order: Order, penny: User, payment_service: MemoryGateway, sign_in: SignIn
) -> None:
    client = sign_in(penny)
    form = client.get(doing(order, "refund")).context["form"]
    typed = {"amount": "10", "seat": "keep", "reason": "Ill", "token": form["token"].value()}
    for _n in range(2):
        assert client.post(doing(order, "refund"), typed).status_code == 302
    assert Refund.objects.count() == 1
    client.post(doing(order, "refund"), {**typed, "token": "no token at all"})
    assert Refund.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": ""}, "Please write how much"),
        ({"amount": "all of it"}, "Please write an amount"),
        ({"amount": "-5"}, "greater than or equal to 0"),
        ({"amount": "0"}, "You can give back up to £45"),
        ({"amount": "45.01"}, "You can give back up to £45"),
        ({"amount": "10.005"}, "no more than 2 decimal places"),
        ({"amount": "99999999999999"}, "no more than"),
        ({"amount": "NaN"}, "Please write an amount"),
        ({"seat": ""}, "Please choose what happens"),
        ({"seat": "burn"}, "is not one of the available choices"),
        ({"reason": ""}, "Please say why"),
        ({"reason": "x" * 301}, "at most 300 characters"),
    ],
)
@time_machine.travel(LATER, tick=False)
def test_what_is_refused_says_why_and_keeps_what_was_typed(
    order: Order, penny: User, sign_in: SignIn, changed: dict[str, str], said: str
) -> None:
    answer = sent(sign_in(penny), order, **{"reason": "zebra", "amount": "10", "seat": "keep", **changed})
    # What the action refuses is no mistake of the form.
    assert answer.status_code == (409 if "up to £45" in said else 422)
    assert said in answer.content.decode()
    if "reason" not in changed:
        assert "zebra" in answer.content.decode()
    assert not Refund.objects.exists()


@time_machine.travel(LATER, tick=False)
def test_case_43_what_the_form_of_a_refund_does_not_ask_for_changes_nothing(
    order: Order, ada: User, penny: User, sign_in: SignIn
) -> None:
    more = {
        "key": "mine",
        "asked_by": str(ada.pk),
        "order": "999",
        "order_id": "999",
        "status": "succeeded",
        "gateway_id": "re_mine",
        "settled_at": "2020-01-01",
        "received": "0",
    }
    sent(sign_in(penny), order, amount="10", seat="keep", reason="Ill", **more)
    refund = Refund.objects.get()
    assert (refund.order, refund.asked_by, refund.status, refund.gateway_id) == (
        order,
        penny,
        "requested",
        "",
    )
    assert refund.key.startswith(f"refund-{order.pk}-")
    order.refresh_from_db()
    assert order.received == 4500


@time_machine.travel(LATER, tick=False)
def test_case_54_a_payment_service_that_is_away_loses_no_refund(
    order: Order, penny: User, payment_service: MemoryGateway, sign_in: SignIn
) -> None:
    client = sign_in(penny)
    sent(client, order, amount="10", seat="keep", reason="Ill")
    payment_service.fail_next(GatewayUnavailable())
    delivery.sweep(at=LATER + timedelta(minutes=5))
    answer = client.get(page(order)).content.decode()
    assert "We go on asking the payment service until it answers" in answer
    delivery.sweep(at=LATER + timedelta(hours=1))
    assert Refund.objects.get().status == "succeeded"


def test_case_42_looking_at_the_form_gives_nothing_back_and_a_post_from_elsewhere_neither(
    order: Order, penny: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(penny)
    client.get(doing(order, "refund"), {"amount": "45", "seat": "keep", "reason": "x"})
    assert (
        client.post(doing(order, "refund"), {"amount": "45", "seat": "keep", "reason": "x"}).status_code
        == 403
    )
    assert client.post(reverse("staff:ask_again", args=[order.pk])).status_code == 403
    assert client.get(reverse("staff:ask_again", args=[order.pk])).status_code == 405
    assert not Refund.objects.exists()


# --- Settling -------------------------------------------------------------------------------------


@time_machine.travel(LATER, tick=False)
def test_an_order_that_needs_a_person_is_on_the_first_page_and_says_what_to_do(
    lost: Order, penny: User, sign_in: SignIn
) -> None:
    client = sign_in(penny)
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "1 order needs a person." in home
    assert lost.reference in home
    assert shown(client, show="needs") == [lost.reference]
    answer = client.get(page(lost)).content.decode()
    assert "The money came when the place was gone." in answer
    for what in ("place", "wait", "refund-all"):
        assert doing(lost, what) in answer
    assert f'{doing(lost, "refund")}"' not in answer


@time_machine.travel(LATER, tick=False)
def test_case_10_a_place_beyond_the_number_needs_the_box_and_a_reason(
    lost: Order, ada: User, penny: User, sign_in: SignIn
) -> None:
    client = sign_in(penny)
    refused = client.post(doing(lost, "place"), {"reason": "zebra"})
    assert refused.status_code == 409
    assert "All places are taken" in refused.content.decode()
    assert "zebra" in refused.content.decode()
    assert client.post(doing(lost, "place"), {"over_capacity": "on"}).status_code == 422
    done = client.post(doing(lost, "place"), {"over_capacity": "on", "reason": "We agreed"})
    assert done.url == page(lost)
    assert Place.objects.get(enrolment__learner=ada).over_capacity
    lost.refresh_from_db()
    assert lost.state is OrderState.PAID
    assert shown(client, show="needs") == []


@time_machine.travel(LATER, tick=False)
def test_case_10_all_the_money_goes_back_with_one_press_and_a_reason(
    lost: Order, penny: User, payment_service: MemoryGateway, sign_in: SignIn
) -> None:
    client = sign_in(penny)
    assert client.post(doing(lost, "refund-all"), {"reason": "They chose it"}).status_code == 302
    assert client.post(doing(lost, "refund-all"), {"reason": "They chose it"}).status_code == 302
    delivery.sweep(at=LATER + timedelta(minutes=5))
    assert [one.amount for one in payment_service.payment(lost.payment).refunds] == [4500]


@time_machine.travel(LATER, tick=False)
def test_who_waits_needs_nobody_until_the_waiting_ends(
    lost: Order, ada: User, penny: User, sign_in: SignIn
) -> None:
    client = sign_in(penny)
    assert client.post(doing(lost, "wait")).status_code == 302
    assert WaitingEntry.objects.get().learner == ada
    assert shown(client, show="needs") == []
    assert "Waits for a place." in client.get(page(lost)).content.decode()
    WaitingEntry.objects.update(status="closed")
    assert shown(client, show="needs") == [lost.reference]
    assert "the waiting ended without one" in client.get(page(lost)).content.decode()


@time_machine.travel(LATER, tick=False)
def test_a_refund_that_failed_needs_a_person_until_it_is_tried_again_or_written_down(
    order: Order, penny: User, payment_service: MemoryGateway, sign_in: SignIn
) -> None:
    client = sign_in(penny)
    payment_service.dispute(order.payment)
    sent(client, order, amount="10", seat="keep", reason="Ill")
    delivery.sweep(at=LATER + timedelta(minutes=5))
    assert Refund.objects.get().status == "failed"
    assert shown(client, show="needs") == [order.reference]
    assert "A refund did not arrive." in client.get(page(order)).content.decode()
    assert client.post(doing(order, "seen"), {"reason": ""}).status_code == 422
    with time_machine.travel(LATER + timedelta(hours=1), tick=False):
        assert client.post(doing(order, "seen"), {"reason": "Sent by bank transfer"}).status_code == 302
    assert shown(client, show="needs") == []
    assert "Sent by bank transfer" in client.get(page(order)).content.decode()


def test_the_payment_service_is_asked_again_when_somebody_presses(
    course: BuiltCourse, ada: User, penny: User, payment_service: MemoryGateway, sign_in: SignIn
) -> None:
    buying.priced(course.cohort)
    order = buying.opened(course.cohort, ada, at=NOW)
    payment_service.pay(order.checkout)
    client, url = sign_in(penny), reverse("staff:ask_again", args=[order.pk])
    payment_service.fail_next(GatewayUnavailable())
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        said = client.post(url, follow=True).content.decode()
        assert "Nothing is lost" in said
        said = client.post(url, follow=True).content.decode()
    assert "Asked. The order stands" in said
    order.refresh_from_db()
    assert order.state is OrderState.PAID


def test_without_a_payment_service_nobody_is_asked(
    order: Order, penny: User, settings: Any, sign_in: SignIn
) -> None:
    settings.STRIPE_SECRET_KEY = ""
    said = sign_in(penny).post(reverse("staff:ask_again", args=[order.pk]), follow=True).content.decode()
    assert "not switched on" in said


def test_an_order_that_the_service_does_not_know_is_no_error(
    order: Order, penny: User, payment_service: MemoryGateway, sign_in: SignIn
) -> None:
    Order.objects.update(checkout="cs_gone")
    said = sign_in(penny).post(reverse("staff:ask_again", args=[order.pk]), follow=True).content.decode()
    assert "does not know this order" in said


def test_a_learner_who_was_moved_is_found_where_they_are_now(
    course: BuiltCourse, order: Order, penny: User, amy: User, sign_in: SignIn
) -> None:
    other = build.cohort(course.edition, at=NOW, name="Later group")
    moving.move(
        enrolment_id=Enrolment.objects.get().pk,
        to_cohort_id=other.pk,
        kind=moving.TRANSFERRED,
        by=amy,
        at=NOW,
        reason="Asked for it",
    )
    assert "Later group: On the course" in sign_in(penny).get(page(order)).content.decode()
