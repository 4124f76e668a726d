"""Every pair of states is tried on real rows, and the drawn diagrams equal the tables."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from io import StringIO
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

from cms.core.money import Currency
from cms.users.models import User
from courses.assessment import states as attempts
from courses.assessment.coursework import Submission
from courses.assessment.models import Attempt
from courses.assessment.papers import QuestionKind
from courses.catalogue.outline import Kind
from courses.certificates.models import CertificateLogEntry
from courses.cohorts.application_forms import ApplicationQuestion
from courses.cohorts.dates import DaysOff, What
from courses.cohorts.models import Cohort, CohortReserve, CohortStaff
from courses.cohorts.prerequisites import Prerequisite
from courses.cohorts.prices import Price
from courses.conversations import states as conversations
from courses.conversations.models import Conversation
from courses.enrolment import states as enrolments
from courses.enrolment.applications import Application
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.models import Enrolment, Grant, Offer, Place, WaitingEntry
from courses.management.commands import states as drawing
from courses.moves.table import sources_of
from courses.payments import paper_facts
from courses.payments import states as payments
from courses.payments.events import PaymentEvent
from courses.payments.orders import Order, Refund
from courses.payments.pricing import DiscountKind
from courses.payments.vouchers import Voucher
from courses.progress.attendance import Attendance
from courses.progress.rules import Outcome
from courses.progress.turnout import Status
from tests.architecture.world import World

LATER = timedelta(minutes=5)


def _enrolment_fields(state: StrEnum, at: datetime) -> dict[str, Any]:
    return {"ended_at": at if state is enrolments.State.ENDED else None}


def _attempt_fields(state: StrEnum, at: datetime) -> dict[str, Any]:
    if state is attempts.State.OPEN:
        return {"closed_at": None, "score": None, "max_score": None, "passed": None}
    return {"closed_at": at, "score": 1, "max_score": 3, "passed": False}


def _conversation_fields(state: StrEnum, at: datetime) -> dict[str, Any]:
    return {
        "waiting_since": at if state is conversations.State.OPEN else None,
        "closed_at": at if state is conversations.State.CLOSED else None,
    }


def _work_fields(state: StrEnum, at: datetime) -> dict[str, Any]:
    if state in (attempts.WorkState.HANDED_IN, attempts.WorkState.REPLACED):
        return {"decided_at": None, "decided_by": None}
    ana = User.objects.get(email__startswith="ana@")
    return {"decided_at": at, "decided_by": ana, "comment": "Say more."}


def _application_fields(state: StrEnum, at: datetime) -> dict[str, Any]:
    return {"decided_at": at if state is enrolments.ApplicationState.DECLINED else None}


def _offer_fields(state: StrEnum, at: datetime) -> dict[str, Any]:
    seat = Enrolment.objects.order_by("pk").values_list("pk", flat=True)[0]
    return {"enrolment_id": seat if state is enrolments.OfferState.ACCEPTED else None}


def _order_fields(state: StrEnum, at: datetime) -> dict[str, Any]:
    return {
        "paid_at": at if state in payments.MONEY else None,
        "attention": Order.Attention.PLACE_LOST.value if state is payments.OrderState.ATTENTION else "",
    }


def _event_fields(state: StrEnum, at: datetime) -> dict[str, Any]:
    return {"settled_at": None if state is payments.EventState.RECEIVED else at}


def _no_fields(state: StrEnum, at: datetime) -> dict[str, Any]:
    return {}


# For each table: its model, and what a row must also hold in a state.
ROWS: dict[str, tuple[Any, Callable[[Any, datetime], dict[str, Any]]]] = {
    "assessment.State": (Attempt, _attempt_fields),
    "assessment.WorkState": (Submission, _work_fields),
    "conversations.State": (Conversation, _conversation_fields),
    "enrolment.ApplicationState": (Application, _application_fields),
    "enrolment.State": (Enrolment, _enrolment_fields),
    "enrolment.OfferState": (Offer, _offer_fields),
    "enrolment.WaitingState": (WaitingEntry, _no_fields),
    "payments.EventState": (PaymentEvent, _event_fields),
    "payments.OrderState": (Order, _order_fields),
    "payments.RefundState": (Refund, _no_fields),
}
TABLES = {table.name: table for table in drawing.tables()}
PAIRS = [
    (name, source, target)
    for name, table in TABLES.items()
    for source, target in product(table.states, repeat=2)
]


def _pk(world: World, model: Any) -> int:
    """The row of the world that is moved: Ada's, where there are several."""
    known = {
        Attempt: world.ada_attempt.pk,
        Conversation: world.ada_conversation.pk,
        Enrolment: world.ada_enrolment.pk,
        PaymentEvent: world.bought.news.pk,
        Submission: world.submission.pk,
    }
    found: int = known.get(model) or model.objects.order_by("pk").values_list("pk", flat=True)[0]
    return found


def test_every_table_of_states_is_tried() -> None:
    assert sorted(TABLES) == sorted(ROWS)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_state_has_its_line_in_the_table(name: str) -> None:
    table = TABLES[name]
    assert set(table.moves) == set(table.states)
    for target in table.states:
        assert sources_of(table.moves, target) == sorted(
            source.value for source in table.states if target in table.moves[source]
        )


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "source", "target"), PAIRS)
def test_a_row_moves_only_as_the_table_says(
    world: World, now: datetime, name: str, source: StrEnum, target: StrEnum
) -> None:
    table, (model, fields) = TABLES[name], ROWS[name]
    row = model.objects.get(pk=_pk(world, model))
    model.objects.filter(pk=row.pk).update(status=source.value, **fields(source, now))
    row.refresh_from_db()
    before = model.objects.filter(pk=row.pk).values().get()

    moved = row.move_to(target, **fields(target, now + LATER))

    after = model.objects.filter(pk=row.pk).values().get()
    assert moved is (target in table.moves[source])
    if moved:
        assert after["status"] == row.status == target.value
    else:
        assert after == before
        assert row.status == source.value


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_move_that_somebody_else_made_is_not_made_again(world: World, now: datetime, name: str) -> None:
    table, (model, fields) = TABLES[name], ROWS[name]
    row = model.objects.get(pk=_pk(world, model))
    target = sorted(table.moves[table.states(row.status)])[0]
    twin = model.objects.get(pk=row.pk)
    assert row.move_to(target, **fields(target, now)) is True
    assert twin.move_to(target, **fields(target, now + LATER)) is False


def test_the_drawn_page_equals_the_tables() -> None:
    page = settings.BASE_DIR / drawing.PAGE
    assert page.read_text(encoding="utf-8") == drawing.text(), "Run: manage.py states --write"


def test_the_command_prints_what_it_would_write() -> None:
    printed = StringIO()
    call_command("states", stdout=printed)
    assert printed.getvalue() == drawing.text()
    for table in drawing.tables():
        for source, targets in table.moves.items():
            for target in targets:
                assert f"    {source} --> {target}\n" in printed.getvalue()


# The words that a CHECK of the database allows, and the place in the code that lists the same.
WORDS: dict[str, list[str]] = {
    "activity_kind_known": [*Kind],
    "application_question_kind_known": ApplicationQuestion.Kind.values,
    "application_status_known": [*enrolments.ApplicationState],
    "attempt_status_known": [*attempts.State],
    "attendance_source_known": Attendance.Source.values,
    "attendance_status_known": [*Status],
    "certificate_event_known": CertificateLogEntry.Event.values,
    "cohort_joining_known": Cohort.Joining.values,
    "cohort_reserve_reason_known": CohortReserve.Reason.values,
    "cohort_role_known": CohortStaff.Role.values,
    "cohort_waiting_order_known": Cohort.WaitingOrder.values,
    "conversation_status_known": [*conversations.State],
    "date_days_off_known": [*DaysOff],
    "date_what_known": [*What],
    "enrolment_consent_kind_known": EnrolmentConsent.Kind.values,
    "enrolment_status_known": [*enrolments.State],
    "grant_kind_known": Grant.KINDS,
    "order_currency_known": Currency.values,
    "order_method_known": Order.Method.values,
    "order_status_known": [*payments.OrderState],
    "paper_kind_known": [*paper_facts.Kind],
    "paper_series_kind_known": [*paper_facts.Kind],
    "payment_event_status_known": [*payments.EventState],
    "price_currency_known": Currency.values,
    "price_kind_known": Price.Kind.values,
    "refund_seat_known": Refund.Seat.values,
    "refund_status_known": [*payments.RefundState],
    "offer_kind_known": Offer.Kind.values,
    "offer_status_known": [*enrolments.OfferState],
    "place_reason_known": Place.Reason.values,
    "place_reserve_known": ["", *CohortReserve.Reason.values],
    "prerequisite_kind_known": Prerequisite.Kind.values,
    "question_kind_known": [*QuestionKind],
    "record_outcome_known": [*Outcome],
    "submission_status_known": [*attempts.WorkState],
    "voucher_kind_known": [*DiscountKind],
    "voucher_purpose_known": Voucher.Purpose.values,
    "waiting_status_known": [*enrolments.WaitingState],
}


def _words_in_checks() -> dict[str, list[str]]:
    """Every check of the form "this field is one of these words"."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            condition = getattr(constraint, "condition", None)
            children = condition.children if isinstance(constraint, models.CheckConstraint) else []
            if len(children) == 1 and isinstance(children[0], tuple) and children[0][0].endswith("__in"):
                found[constraint.name] = list(children[0][1])
    return found


def test_the_database_allows_exactly_the_words_of_the_code() -> None:
    found = _words_in_checks()
    assert {name: sorted(words) for name, words in found.items() if name in WORDS} == {
        name: sorted(words) for name, words in WORDS.items()
    }
    ours = {name for name in found if not name.startswith(("wagtail", "auth"))}
    assert ours == set(WORDS)
