"""Outbox handlers: each calls one action. Registered when the site starts."""

from datetime import datetime
from typing import Any

from courses.actions import certify, notify, privacy
from courses.outbox.delivery import register


@register("enrolled")
def welcome(payload: dict[str, Any], at: datetime) -> None:
    """A learner joined a course."""
    notify.enrolled(enrolment_id=payload["enrolment"], at=at)


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
