"""What somebody sees who buys a place: the prices before, and their own order after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from courses.actions import before_joining
from courses.actions.before_joining import Asked
from courses.cohorts import telling_times
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.enrolment import places
from courses.enrolment.models import Enrolment, Offer
from courses.enrolment.rules import Answer, may_join
from courses.enrolment.states import OfferState, State
from courses.payments import gateway, sellers
from courses.payments.orders import Order, OrderLine, Refund
from courses.payments.states import GIVEN_UP, OPEN, OrderState, RefundState
from courses.queries.ways_in import AsksFirst


@dataclass(frozen=True, slots=True)
class PriceChoice:
    """One price to choose. `note` says for whom it is or until when, and how it is taxed."""

    id: int
    words: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Buying(AsksFirst):
    """The page on which a place is bought.

    `is_open` says whether a place can be bought now; otherwise the page before joining says why not.
    `has_cards` says whether this site takes cards, `invoice_days` how many days there are to pay an invoice
    (none: there are no invoices); `enrolment_id` leads to the course of who is there,
    `order_id` to an order that was begun and is not paid.
    """

    cohort_id: int
    course_title: str
    course_url: str
    cohort_name: str
    dates_sentence: str
    prices: list[PriceChoice]
    is_open: bool
    has_cards: bool
    invoice_days: int
    enrolment_id: int | None
    order_id: int | None
    needs_sign_in: bool
    before: list[Asked]


def buying(*, cohort_id: int, buyer: Any, at: datetime) -> Buying:
    """Seven queries, and four more at the most where something is asked for before joining.

    Raises Cohort.DoesNotExist when there is no such cohort, its course is not published, or it is free.
    """
    found = places.with_promises(Cohort.objects.select_related("edition__course__page"))
    cohort: Any = found.defer("edition__frozen").get(pk=cohort_id, edition__course__page__live=True)
    if not cohort.costs:
        raise Cohort.DoesNotExist
    live = Enrolment.objects.filter(learner=buyer, cohort__edition__course_id=cohort.edition.course_id)
    prices = [price for price in Price.objects.filter(cohort=cohort) if price.is_sold_at(at)]
    still = [state.value for state in OPEN]
    begun = Order.objects.filter(cohort=cohort, buyer=buyer, status__in=still, pay_by__gt=at)
    order_id = begun.values_list("pk", flat=True).first()
    return Buying(
        cohort_id=cohort.pk,
        course_title=cohort.edition.course.page.title,
        course_url=cohort.edition.course.page.url,
        cohort_name=cohort.name,
        dates_sentence=cohort.dates_sentence,
        prices=[_choice(price) for price in prices],
        is_open=bool(prices) and (order_id is not None or _is_open(cohort, buyer, at=at)),
        has_cards=gateway.is_switched_on(),
        invoice_days=sellers.invoice_days(),
        enrolment_id=live.exclude(status=State.ENDED.value).values_list("pk", flat=True).first(),
        order_id=order_id,
        needs_sign_in=False,
        before=before_joining.asked_of(cohort, buyer, at=at),
    )


def _is_open(cohort: Any, buyer: Any, *, at: datetime) -> bool:
    """Whether there is a place to buy: one that is kept for this person already, or a free one."""
    kept = Offer.objects.filter(cohort=cohort, learner=buyer, status=OfferState.OPEN.value, answer_by__gt=at)
    seats = places.fullness(cohort, at=at).seats
    answer = may_join(window=places.window(cohort), seats=seats, at=at, joining=cohort.joining)
    return answer is Answer.OPEN or kept.exists()


def _choice(price: Price) -> PriceChoice:
    labels = {
        Price.Kind.STANDARD: _("Standard price"),
        Price.Kind.EARLY: _("Early price"),
        Price.Kind.CONCESSION: _("Lower price"),
        Price.Kind.MEMBER: _("Members’ price"),
    }
    notes = [price.condition]
    if price.kind == Price.Kind.EARLY and price.sold_until is not None:
        zone = ZoneInfo(price.cohort.time_zone)
        until = telling_times.until(price.sold_until, own=zone, there=zone)
        notes.append(_("Until %(until)s.") % {"until": until})
    notes.append(price.tax_words + ".")
    return PriceChoice(
        price.pk, price.words, labels[Price.Kind(price.kind)], " ".join(note for note in notes if note)
    )


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """`off` is what a voucher took off, which is not in the total any more; empty without one."""

    description: str
    total: str
    tax_wording: str
    off: str


@dataclass(frozen=True, slots=True)
class GoneBack:
    """Money that goes back to the buyer."""

    amount: str
    day: str
    sentence: str


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """One's own order. `title` and `sentences` say how it stands and what happens next.

    `needs_url` asks what a learner needs to take part, in a group with dates.
    `can_pay`, `can_check` (ask the payment service now), `can_choose` (the place was gone), and `can_wait`
    (there is a list to wait on) say what the buyer can do; `enrolment_id` leads to the course.
    """

    id: int
    reference: str
    title: str
    sentences: list[str]
    course_title: str
    cohort_name: str
    total: str
    lines: list[OrderedLine]
    refunds: list[GoneBack]
    made_on: str
    paid_on: str
    cohort_id: int
    enrolment_id: int | None
    can_pay: bool
    can_give_up: bool
    can_check: bool
    can_choose: bool
    can_wait: bool
    can_buy_again: bool
    is_by_invoice: bool
    needs_url: str = ""


def order(*, order_id: int, buyer: Any, at: datetime, came_back: bool = False) -> OwnOrder:
    """Three queries. `came_back`: they come from the page for paying, and have perhaps just paid.

    Raises Order.DoesNotExist when it is somebody else's.
    """
    related = Order.objects.select_related("cohort__edition__course", "enrolment")
    found: Order = related.defer("cohort__edition__frozen").get(pk=order_id, buyer=buyer)
    state, zone = found.state, ZoneInfo(buyer.time_zone)
    is_lost = state is OrderState.ATTENTION and found.attention == Order.Attention.PLACE_LOST
    in_time = state in OPEN and at < found.pay_by and not found.is_slow
    title, sentences = _words(found, at=at, zone=zone, came_back=came_back)
    has_place = found.enrolment is not None and found.enrolment.status != State.ENDED.value
    return OwnOrder(
        id=found.pk,
        reference=found.reference,
        title=title,
        sentences=sentences,
        course_title=found.cohort.edition.course.title,
        cohort_name=found.cohort.name,
        total=found.words(found.total),
        lines=[
            OrderedLine(
                line.description,
                found.words(line.total),
                line.tax_wording,
                found.words(line.discount) if line.discount else "",
            )
            for line in OrderLine.objects.filter(order=found)
        ],
        refunds=[_gone_back(found, refund, zone) for refund in Refund.objects.filter(order=found)],
        made_on=telling_times.day(found.made_at.astimezone(zone)),
        paid_on=telling_times.day(found.paid_at.astimezone(zone)) if found.paid_at else "",
        cohort_id=found.cohort_id,
        enrolment_id=found.enrolment_id if has_place else None,
        can_pay=in_time and not found.is_by_invoice,
        can_give_up=in_time,
        can_check=state in OPEN and bool(found.checkout) and (came_back or not in_time),
        can_choose=is_lost and not found.wish,
        can_wait=is_lost and places.keeps_a_list(found.cohort),
        can_buy_again=state in GIVEN_UP,
        is_by_invoice=found.is_by_invoice,
        needs_url=reverse("learning:needs", args=[found.enrolment_id])
        if has_place and not found.cohort.is_rolling
        else "",
    )


def _gone_back(order: Order, refund: Refund, zone: ZoneInfo) -> GoneBack:
    sentences = {
        RefundState.REQUESTED: _("We have asked for it to be sent."),
        RefundState.PENDING: _("It is on its way."),
        RefundState.SUCCEEDED: _("It is on its way to you. Banks need 5 to 10 days."),
        RefundState.FAILED: _("This did not work. We will write to you about another way."),
    }
    return GoneBack(
        order.words(refund.amount),
        telling_times.day(refund.asked_at.astimezone(zone)),
        sentences[RefundState(refund.status)],
    )


def _words(order: Order, *, at: datetime, zone: ZoneInfo, came_back: bool) -> tuple[str, list[str]]:
    """The title of the page of an order, and what to know about it."""
    state = order.state
    if state in OPEN:
        return _unpaid(order, at=at, zone=zone, came_back=came_back)
    if state in GIVEN_UP:
        nothing = _("Nothing was taken from you, and no place is kept.")
        again = _("If you still want the place, you can buy it again while there is room.")
        title = _("Your payment did not arrive") if state is OrderState.FAILED else _("You did not pay")
        return title, [nothing, again]
    if state is OrderState.ATTENTION:
        return _for_a_person(order)
    words = {
        OrderState.PAID: (_("You have the place"), [_("Thank you. Your payment has arrived.")]),
        OrderState.PARTLY_REFUNDED: (
            _("A part of your money goes back to you"),
            [_("It goes back the way it came.")],
        ),
        OrderState.REFUNDED: (_("Your money goes back to you"), [_("It goes back the way it came.")]),
        OrderState.DISPUTED: (
            _("Your bank asks for this money back"),
            [
                _("Your place is paused until your bank has decided. What you did is kept."),
                _("Was this a mistake? Tell your bank, and write to us. We put it right together."),
            ],
        ),
    }
    return words[state]


def _unpaid(order: Order, *, at: datetime, zone: ZoneInfo, came_back: bool) -> tuple[str, list[str]]:
    there = ZoneInfo(order.cohort.time_zone)
    if order.is_by_invoice:
        return _("Please pay the invoice"), [
            _("Please pay %(total)s by bank transfer by %(day)s. How to do it stands on the invoice below.")
            % {"total": order.words(order.total), "day": telling_times.day(order.due_on)},
            _("Your place is kept for you until then. You can begin when your money has arrived."),
            _("Does your employer pay? Send them the invoice."),
        ]
    if order.is_slow:
        until = telling_times.until(order.pay_by, own=zone, there=there)
        return _("Your bank is sending the money"), [
            _("This takes some days. We write to you when it has arrived. You need not do anything."),
            _("We keep your place until then, and until %(until)s at the longest.") % {"until": until},
        ]
    if at >= order.pay_by:
        return _("The time to pay is over"), [
            _("Have you paid? Then we will hear of it soon: your money is not lost."),
            _("If you have not, nothing is taken from you."),
        ]
    until = telling_times.moment(order.pay_by, own=zone, there=there)
    kept = _("Your place is kept for you until %(until)s.") % {"until": until}
    if came_back:
        return _("We wait for word of your payment"), [
            _("Have you paid? Thank you. Word of it is on its way to us, and mostly takes a few seconds."),
            kept,
        ]
    return _("Your place is kept. Please pay"), [kept, _("You have not paid yet.")]


def _for_a_person(order: Order) -> tuple[str, list[str]]:
    if order.attention != Order.Attention.PLACE_LOST:
        return _("We are checking your payment"), [
            _("Your payment has arrived, and something about it needs a look by a person."),
            _("We will write to you soon. Your money is not lost."),
        ]
    if order.wish == Order.Wish.WAIT:
        return _("You get the next place that comes free"), [
            _("You have paid already, so you only need to say yes when we offer it."),
        ]
    if order.wish == Order.Wish.REFUND:
        return _("Your money goes back to you"), [_("We send all of it back the way it came.")]
    return _("The place was gone when your money came"), [
        _("We are sorry. Your payment arrived after the time was over, and somebody else had the place."),
        _("Your money is safe. Please choose what we should do."),
    ]
