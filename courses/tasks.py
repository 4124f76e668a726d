"""Outbox handlers: each calls one action. Registered when the site starts."""

from datetime import datetime
from typing import Any

from courses.actions import (
    certify,
    cohort_notices,
    invoicing,
    new_meetings,
    notify,
    papers,
    paying,
    privacy,
    reconcile,
    refunding,
    tell,
    waiting,
)
from courses.outbox.delivery import register


@register("enrolled")
def welcome(payload: dict[str, Any], at: datetime) -> None:
    """A learner joined a course."""
    notify.enrolled(enrolment_id=payload["enrolment"], at=at)


@register("place-freed")
def offer_to_the_next(payload: dict[str, Any], at: datetime) -> None:
    """A place came free: who waits is offered it."""
    waiting.offer_free_places(cohort_id=payload["cohort"], at=at)


@register("completed")
def issue_certificate(payload: dict[str, Any], at: datetime) -> None:
    """A learner reached the end of a course."""
    certify.issue(completion_id=payload["completion"], at=at)


@register("certificate-issued")
def keep_the_pdf(payload: dict[str, Any], at: datetime) -> None:
    """A certificate was issued: its PDF is drawn and kept."""
    certify.keep_pdf(certificate_id=payload["certificate"], at=at)


@register("certificate-ready")
def tell_the_holder(payload: dict[str, Any], at: datetime) -> None:
    """A certificate was issued or corrected: its holder is told. The PDF need not be there yet."""
    notify.certificate_issued(certificate_id=payload["certificate"], at=at)


@register("question-asked")
def tell_staff(payload: dict[str, Any], at: datetime) -> None:
    """A learner asked: one person who can answer is told."""
    notify.question_asked(message_id=payload["message"], to=payload["to"], at=at)


@register("question-answered")
def tell_the_learner(payload: dict[str, Any], at: datetime) -> None:
    """A question was answered: the learner gets the answer by e-mail."""
    notify.question_answered(message_id=payload["message"], at=at)


@register("file-erased")
def delete_file(payload: dict[str, Any], at: datetime) -> None:
    """A person was erased: a file of theirs goes as well."""
    privacy.delete_file(file_name=payload["file_name"])


@register("tell")
def tell_somebody(payload: dict[str, Any], at: datetime) -> None:
    """Something is to be told: a notice is made and an e-mail sent."""
    tell.deliver(payload=payload, at=at)


@register("tell-again")
def tell_again(payload: dict[str, Any], at: datetime) -> None:
    """An e-mail could not be sent: it is tried again, with a limit."""
    tell.again(payload=payload, at=at)


@register("tell-address")
def tell_an_address(payload: dict[str, Any], at: datetime) -> None:
    """Somebody who has no account yet is written to."""
    tell.deliver_to_address(payload=payload, at=at)


@register("notice-posted")
def tell_a_cohort(payload: dict[str, Any], at: datetime) -> None:
    """The team posted a notice: everybody who has a place is told."""
    cohort_notices.spread(notice_id=payload["notice"], at=at)


@register("payment-news", asks_outside=True)
def apply_news(payload: dict[str, Any], at: datetime) -> None:
    """The payment service said that something happened to a payment."""
    paying.apply(event_id=payload["event"], at=at)


@register("order-given-up", asks_outside=True)
def close_the_page(payload: dict[str, Any], at: datetime) -> None:
    """A buyer did not want to pay after all: nobody should pay there any more."""
    paying.close_page(order_id=payload["order"], at=at)


@register("refund-asked", asks_outside=True)
def give_back(payload: dict[str, Any], at: datetime) -> None:
    """Somebody of the team wants money to go back."""
    refunding.carry_out(refund_id=payload["refund"], at=at)


@register("reconcile-payments", asks_outside=True)
def compare_payments(payload: dict[str, Any], at: datetime) -> None:
    """Once a day what we know of payments is compared with what the payment service knows."""
    reconcile.daily(at=at)


@register("paper-made")
def keep_the_paper(payload: dict[str, Any], at: datetime) -> None:
    """A receipt or a credit note was made: its PDF is drawn and kept."""
    papers.keep_pdf(paper_id=payload["paper"], at=at)


@register("meetings-planned")
def tell_of_meetings(payload: dict[str, Any], at: datetime) -> None:
    """Meetings were planned: everybody who was on the cohort is told of all of them."""
    new_meetings.spread(cohort_id=payload["cohort"], first=payload["first"], at=at)


@register("invoice-due")
def invoice_due(payload: dict[str, Any], at: datetime) -> None:
    """An invoice is due soon."""
    invoicing.remind(order_id=payload["order"], at=at)
