"""Every constraint of the database is there by its name, and is broken once by that name.

Each way to break one changes a good row with plain SQL updates or inserts, past every guard of the
code: the database itself must say no. PostgreSQL always names the constraint. SQLite names checks
and expression indexes, but for other unique rules it only names the columns, so those are compared.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction

from cms.core.images import SiteRendition
from cms.research.models import ResearchRelation
from cms.users.models import Consent, User
from courses.assessment.allowances import Allowance
from courses.assessment.coursework import Submission, SubmissionDraft, SubmissionFile
from courses.assessment.models import Attempt, AttemptAnswer, Question, QuizQuestion
from courses.catalogue.accreditation import AccreditationRecord
from courses.catalogue.models import Activity, Edition, EditionPage
from courses.certificates.models import Certificate, CertificateHolder, CertificateLogEntry
from courses.cohorts.application_forms import ApplicationQuestion
from courses.cohorts.models import Cohort, CohortReserve, CohortStaff
from courses.cohorts.notices import CohortNotice
from courses.cohorts.organisations import Organisation, OrganisationManager
from courses.cohorts.prerequisites import Prerequisite
from courses.cohorts.prices import Price
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession
from courses.conversations.models import Conversation, Message
from courses.enrolment.allocations import Allocation
from courses.enrolment.applications import Application, ApplicationMessage, ApplicationNote
from courses.enrolment.codes import CodeUse, EnrolmentCode
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.learner_lists import LearnerList
from courses.enrolment.models import Enrolment, Grant, Offer, Place, WaitingEntry
from courses.enrolment.prerequisites import Declaration, StaffCheck
from courses.enrolment.supporters import Supporter
from courses.enrolment.team_messages import TeamMessage, TeamMessageTo
from courses.messages.models import MailTrouble, Notice, ReminderChoice
from courses.outbox.models import MessageSent, OutboxEntry
from courses.payments.events import PaymentEvent
from courses.payments.orders import Order, OrderLine, Refund
from courses.payments.papers import Paper, PaperSeries
from courses.payments.vouchers import Voucher
from courses.progress.attendance import Attendance, WalkIn
from courses.progress.models import Record
from courses.progress.notes import Note
from home.models import NoticeVersion
from tests.architecture.test_models import our_models
from tests.architecture.world import World

pytestmark = pytest.mark.django_db

CONSTRAINTS = {
    constraint.name: (model, constraint)
    for model in our_models().values()
    for constraint in model._meta.constraints
}
UNIQUE_FIELDS = {
    f"{model._meta.label}.{f.name}": (model, f)
    for model in our_models().values()
    for f in model._meta.local_concrete_fields
    if f.unique and not f.primary_key
}

Break = Callable[[World], object]


def change(model: type[models.Model], **fields: Any) -> Break:
    """Overwrite fields of some good row."""

    def do(world: World) -> None:
        row = model._base_manager.order_by("pk").first()
        assert row is not None, f"The world has no {model._meta.label}."
        model._base_manager.filter(pk=row.pk).update(**fields)

    return do


def again(model: type[models.Model], *, like: dict[str, Any] | None = None, **fields: Any) -> Break:
    """Insert a copy of some good row, with these fields changed."""

    def do(world: World) -> None:
        row = model._base_manager.filter(**(like or {})).order_by("pk").first()
        assert row is not None, f"The world has no {model._meta.label}."
        row.pk = None
        row._state.adding = True
        for name, value in fields.items():
            setattr(row, name, value)
        models.Model.save_base(row, raw=True, force_insert=True)

    return do


def before(model: type[models.Model], field: str, other: str) -> Break:
    """Let something end before it began."""
    return change(model, **{field: models.F(other) - timedelta(seconds=1)})


WAYS: dict[str, Break] = {
    "attendance_minutes_of_a_part": change(Attendance, minutes=5),
    "attendance_one_per_session": again(Attendance),
    "attendance_source_known": change(Attendance, source="rumour"),
    "attendance_status_known": change(Attendance, status="asleep"),
    "date_days_off_known": change(CohortDate, days_off="mondays"),
    "date_has_its_anchor": change(CohortDate, session_activity=None),
    "date_releases_a_stage": change(CohortDate, what="release"),
    "date_says_of_what": change(CohortDate, text=""),
    "date_what_known": change(CohortDate, what="party"),
    "session_capacity_from_one": change(LiveSession, capacity=0),
    "session_ends_after_it_starts": change(LiveSession, ends_at=models.F("starts_at")),
    "session_one_live_per_activity": again(LiveSession, uid=uuid4()),
    "walk_in_named_until_joined": change(WalkIn, name=""),
    "accreditation_ends_after_it_begins": change(
        AccreditationRecord, valid_until=models.F("valid_from") - timedelta(days=1)
    ),
    "accreditation_once_per_body_and_day": again(AccreditationRecord),
    "activity_kind_known": change(Activity, kind="song"),
    "allowance_one_per_quiz": again(Allowance),
    "allowance_time_never_less": change(Allowance, time_factor_percent=99),
    "answer_one_per_question": again(AttemptAnswer),
    "answer_slot_from_one": again(AttemptAnswer, slot=0),
    "application_declined_has_a_time": change(Application, status="declined", decided_at=None),
    "application_message_has_words": change(ApplicationMessage, text=""),
    "application_note_has_words": change(ApplicationNote, text=""),
    "application_one_live_per_cohort": again(Application),
    "application_question_key_once": again(ApplicationQuestion),
    "application_question_kind_known": change(ApplicationQuestion, kind="song"),
    "application_sent_has_a_time": change(Application, submitted_at=None),
    "application_status_known": change(Application, status="lost"),
    "attempt_closed_has_a_result": change(Attempt, score=1, max_score=3),
    "attempt_number_once": lambda world: again(Attempt, like={"pk": world.ben_attempt.pk})(world),
    "attempt_one_open_per_quiz": lambda world: again(Attempt, like={"pk": world.ada_attempt.pk}, number=99)(
        world
    ),
    "attempt_score_within_reach": lambda world: Attempt.objects.filter(pk=world.ben_attempt.pk).update(
        score=4, max_score=3
    ),
    "attempt_status_known": lambda world: Attempt.objects.filter(pk=world.ben_attempt.pk).update(
        status="lost"
    ),
    "certificate_does_not_supersede_itself": change(Certificate, supersedes=models.F("id")),
    "certificate_event_known": change(CertificateLogEntry, event="eaten"),
    "certificate_issued_once": again(CertificateLogEntry),
    "certificate_one_first_per_enrolment": again(Certificate, code="0" * 28),
    "code_revoked_by_somebody": change(EnrolmentCode, revoked_at=models.F("made_at")),
    "code_use_once_per_enrolment": again(CodeUse),
    "code_uses_from_one": change(EnrolmentCode, uses_allowed=0),
    "cohort_access_ends_after_it": change(Cohort, access_ends_on=models.F("starts_on") - timedelta(days=1)),
    "cohort_capacity_from_one": change(Cohort, capacity=0),
    "cohort_dated_has_an_end": change(Cohort, is_rolling=False, ends_on=None),
    "cohort_ends_after_it_starts": change(Cohort, ends_on=models.F("starts_on") - timedelta(days=1)),
    "cohort_enrolment_closes_after_it_opens": change(
        Cohort, enrolment_closes_at=models.F("enrolment_opens_at")
    ),
    "cohort_joining_known": change(Cohort, joining="lottery"),
    "cohort_offer_hours_from_one": change(Cohort, offer_hours=0),
    "cohort_reserve_from_one": change(CohortReserve, places=0),
    "cohort_reserve_once_per_reason": again(CohortReserve),
    "cohort_reserve_reason_known": change(CohortReserve, reason="friends"),
    "cohort_role_known": change(CohortStaff, role="owner"),
    "cohort_role_once": again(CohortStaff),
    "cohort_waiting_order_known": change(Cohort, waiting_order="by_height"),
    "consent_ends_after_it_began": before(Consent, "withdrawn_at", "given_at"),
    "consent_once_per_version": again(Consent),
    "conversation_closed_has_a_time": change(Conversation, closed_at=models.F("started_at")),
    "conversation_ends_after_it_began": before(Conversation, "last_at", "started_at"),
    "conversation_status_known": change(Conversation, status="lost"),
    "conversation_waits_while_open": change(Conversation, waiting_since=models.F("started_at")),
    "edition_names_an_activity_once": again(EditionPage),
    "edition_number_from_one": again(Edition, number=0),
    "edition_number_once_per_course": again(Edition),
    "enrolment_ended_has_a_time": change(Enrolment, status="ended"),
    "enrolment_one_live_per_cohort": again(Enrolment),
    "enrolment_status_known": change(Enrolment, status="gone"),
    "grant_ends_after_it_began": before(Grant, "withdrawn_at", "given_at"),
    "grant_kind_known": change(Grant, kind="magic"),
    "grant_one_live_per_kind": again(Grant),
    "holder_has_a_name": change(CertificateHolder, printed_name=""),
    "learner_list_one_each": again(LearnerList, token=uuid4()),
    "mail_trouble_failed_once": change(MailTrouble, failures=0),
    "message_has_words": change(Message, text=""),
    "message_once": again(MessageSent, like={"user__isnull": False}),
    "message_once_without_account": again(MessageSent, like={"user": None}),
    "message_only_answers_are_read": change(Message, read_at=models.F("at")),
    "message_sent_once": again(Message),
    "note_one_per_prompt": again(Note),
    "note_sequence_from_one": change(Note, sequence=0),
    "notice_once": again(Notice),
    "notice_read_after_it_was_made": before(Notice, "read_at", "at"),
    "notice_version_address_once": again(NoticeVersion, number=99),
    "notice_version_number_once": again(NoticeVersion, slug="another"),
    "offer_accepted_has_an_enrolment": change(Offer, status="accepted"),
    "offer_has_an_end": change(Offer, answer_by=None),
    "offer_kind_known": change(Offer, kind="bribe"),
    "offer_one_open_per_learner": again(Offer, token_hash="", place=None),
    "declaration_once_per_cohort": again(Declaration),
    "prerequisite_kind_known": change(Prerequisite, kind="height"),
    "prerequisite_says_what": change(Prerequisite, words=""),
    "staff_check_ends_after_it": change(StaffCheck, valid_until=models.F("checked_on") - timedelta(days=1)),
    "staff_check_once_per_cohort": again(StaffCheck),
    "enrolment_consent_ends_after_it_began": change(
        EnrolmentConsent, withdrawn_at=models.F("given_at") - timedelta(days=1)
    ),
    "enrolment_consent_kind_known": change(EnrolmentConsent, kind="soul"),
    "enrolment_consent_one_live_per_kind": again(EnrolmentConsent),
    "supporter_accepted_by_somebody": change(Supporter, accepted_at=None),
    "supporter_ends_after_it_began": change(Supporter, ended_at=models.F("invited_at") - timedelta(days=1)),
    "supporter_one_live_per_person": again(Supporter, token_hash=""),
    "supporter_one_per_token": again(Supporter, person=None, accepted_at=None),
    "offer_one_per_token": again(Offer, status="declined", place=None),
    "offer_status_known": change(Offer, status="lost"),
    "one_rendition_per_size": again(SiteRendition),
    "outbox_handled_or_given_up": change(
        OutboxEntry, handled_at=models.F("created_at"), given_up_at=models.F("created_at")
    ),
    "allocation_once_per_cohort": again(Allocation),
    "offer_seat_of_an_organisation": change(Offer, kind="organisation"),
    "organisation_manager_ends_after_it_began": change(
        OrganisationManager, ended_at=models.F("invited_at") - timedelta(days=1)
    ),
    "organisation_manager_joined_by_somebody": change(OrganisationManager, joined_at=None),
    "organisation_manager_one_live_per_person": again(OrganisationManager, token_hash=""),
    "organisation_manager_one_per_token": again(OrganisationManager, user=None, joined_at=None),
    "organisation_name_once": again(Organisation, name="EXAMPLE TRUST"),
    "order_attention_says_why": change(Order, attention="place_lost"),
    "order_currency_known": change(Order, currency="xxx"),
    "order_for_nothing_costs_nothing": change(Order, method="nothing"),
    "order_line_adds_up": change(OrderLine, tax=models.F("tax") + 1),
    "order_line_from_one": change(OrderLine, quantity=0, total=0, net=0, tax=0, discount=0),
    "order_line_is_unit_times_quantity": change(OrderLine, unit=models.F("unit") + 1),
    "order_method_known": change(Order, method="shells"),
    "order_one_open_per_buyer": lambda world: [
        again(Order, reference=f"TWIN{n}", checkout="", payment="", status="draft", paid_at=None)(world)
        for n in range(2)
    ],
    "order_one_per_checkout": again(Order, reference="TWIN", payment=""),
    "order_one_per_payment": again(Order, reference="TWIN", checkout=""),
    "order_paid_has_a_time": change(Order, paid_at=None),
    "order_returns_what_it_got": change(Order, returned=models.F("received") + 1),
    "order_status_known": change(Order, status="lost"),
    "order_total_adds_up": change(Order, tax=models.F("tax") + 1),
    "paper_cancelled_is_a_credit": lambda world: Paper.objects.filter(kind="receipt").update(
        cancelled_at=world.at, cancelled_because="refund_failed"
    ),
    "paper_file_has_a_digest": change(Paper, sha256=""),
    "paper_kind_known": change(Paper, kind="napkin"),
    "paper_number_from_one": change(Paper, number=0),
    "paper_number_once": again(Paper, like={"kind": "credit_note"}, refund=None),
    "paper_of_a_refund_is_a_credit": lambda world: Paper.objects.filter(kind="credit_note").update(
        kind="receipt", number=99
    ),
    "paper_once_per_order": again(Paper, like={"kind": "receipt"}, number=99),
    "paper_once_per_refund": again(Paper, like={"kind": "credit_note"}, number=99),
    "paper_series_kind_known": change(PaperSeries, kind="napkin"),
    "paper_series_once": again(PaperSeries),
    "payment_event_settled_has_a_time": change(PaymentEvent, settled_at=None),
    "payment_event_status_known": change(PaymentEvent, status="lost"),
    "price_currency_known": change(Price, currency="xxx"),
    "price_early_has_an_end": change(Price, kind="early"),
    "price_kind_known": change(Price, kind="secret"),
    "price_nothing_or_enough": change(Price, amount=49),
    "price_once_per_kind": again(Price),
    "price_tax_agrees_with_its_rate": change(Price, tax_percent=0),
    "refund_from_one": change(Refund, amount=0),
    "refund_one_per_gateway_id": again(Refund, key="twin"),
    "refund_seat_known": change(Refund, seat="throne"),
    "refund_status_known": change(Refund, status="lost"),
    "place_seat_of_an_organisation": change(Place, reason="seat", enrolment=None),
    "place_reason_known": change(Place, reason="gift"),
    "place_reserve_known": change(Place, reserve="friends"),
    "place_taken_or_held": change(Place, held_until=models.functions.Now()),
    "question_earns_a_mark": change(Question, marks=0),
    "question_kind_known": change(Question, kind="riddle"),
    "quiz_asks_a_question_once": again(QuizQuestion),
    "record_one_per_activity": again(Record),
    "record_outcome_known": change(Record, outcome="perhaps"),
    "reminder_choice_once_for_all": again(ReminderChoice, like={"enrolment": None}),
    "reminder_choice_once_per_course": again(ReminderChoice, like={"enrolment__isnull": False}),
    "record_score_within_reach": change(Record, score=2, max_score=1),
    "research_relation_to_another": change(ResearchRelation, other=models.F("page")),
    "submission_decided_by_somebody": lambda world: Submission.objects.filter(status="handed_in").update(
        decided_at=world.at
    ),
    "submission_draft_one_each": again(SubmissionDraft),
    "submission_draft_sequence_from_one": change(SubmissionDraft, sequence=0),
    "submission_file_is_not_empty": change(SubmissionFile, size=0),
    "submission_number_once": again(Submission, like={"status": "sent_back"}),
    "submission_one_waiting_or_signed_off": again(Submission, like={"status": "handed_in"}, number=99),
    "submission_sent_back_says_why": lambda world: Submission.objects.filter(status="sent_back").update(
        comment=""
    ),
    "submission_status_known": change(Submission, status="lost"),
    "cohort_notice_says_something": change(CohortNotice, text=""),
    "team_message_once_each": again(TeamMessageTo),
    "team_message_says_something": change(TeamMessage, subject=""),
    "voucher_amount_has_a_currency": change(Voucher, currency="gbp"),
    "voucher_ends_after_it_starts": change(
        Voucher, starts_at=models.F("made_at"), ends_at=models.F("made_at")
    ),
    "voucher_kind_known": change(Voucher, kind="gift", currency="gbp", value=50),
    "voucher_purpose_known": change(Voucher, purpose="fun"),
    "voucher_switched_off_by_somebody": change(Voucher, switched_off_at=models.F("made_at")),
    "voucher_uses_each_from_one": change(Voucher, uses_each=0),
    "voucher_uses_from_one": change(Voucher, uses_allowed=0),
    "voucher_value_fits_its_kind": change(Voucher, value=10_001),
    "waiting_one_live_per_cohort": again(WaitingEntry),
    "waiting_status_known": change(WaitingEntry, status="lost"),
    "user_email_once_in_any_case": again(User, email="ADA@EXAMPLE.ORG", like={"email": "ada@example.org"}),
}


def name_of(error: IntegrityError) -> str:
    """The constraint that refused, as this database says it."""
    if connection.vendor == "postgresql":
        return str(error.__cause__.diag.constraint_name)  # type: ignore[union-attr]
    text = str(error)
    if found := re.fullmatch(r"(?:CHECK constraint failed: |UNIQUE constraint failed: index ')(\w+)'?", text):
        return found[1]
    return text


def sqlite_words(model: type[models.Model], fields: list[str]) -> str:
    """What SQLite says of a unique rule over columns."""
    table = model._meta.db_table
    columns = [f"{table}.{model._meta.get_field(name).column}" for name in fields]
    return f"UNIQUE constraint failed: {', '.join(columns)}"


def expected(model: type[models.Model], constraint: models.BaseConstraint) -> str:
    is_columns = isinstance(constraint, models.UniqueConstraint) and constraint.fields
    if connection.vendor == "sqlite" and is_columns:
        return sqlite_words(model, list(constraint.fields))
    return constraint.name


def refused(breaking: Break, world: World) -> str:
    """Break something, and say which constraint refused."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        breaking(world)
    return name_of(caught.value)


def test_every_constraint_has_a_way_to_break_it() -> None:
    assert sorted(WAYS) == sorted(CONSTRAINTS)


def test_every_constraint_is_in_the_database(world: World) -> None:
    with connection.cursor() as cursor:
        stored = {
            name
            for model in our_models().values()
            for name in connection.introspection.get_constraints(cursor, model._meta.db_table)
        }
    assert set(CONSTRAINTS) <= stored


@pytest.mark.parametrize("name", sorted(WAYS))
def test_the_database_refuses_by_name(world: World, name: str) -> None:
    model, constraint = CONSTRAINTS[name]
    assert refused(WAYS[name], world) == expected(model, constraint)


def test_constraints_over_the_same_columns_are_told_apart(world: World) -> None:
    """SQLite names only columns, so no table may have two plain unique rules over the same ones."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for model, constraint in CONSTRAINTS.values():
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            key = (model._meta.db_table, tuple(constraint.fields))
            assert key not in seen, constraint.name
            seen.add(key)


# Fields that are unique by themselves; a row of a child table or of the whole site cannot be copied.
NOT_COPIED = {
    "courses.CoursePage.course",
    "core.SiteDetails.site",
    "core.SiteNavigation.site",
    "courses.Certificate.supersedes",
}


def _another_application(world: World) -> dict[str, Any]:
    """One that is over, with the offer of the first."""
    Application.objects.update(offer=world.offer)
    return {"status": "withdrawn"}


def _offered_entry(world: World) -> dict[str, Any]:
    """Wen is offered Otto's place, and so is her copy."""
    WaitingEntry.objects.filter(pk=world.waiting.pk).update(offer=world.offer)
    return {"status": "left"}


def _order_with_a_place(world: World) -> dict[str, Any]:
    """As while it waits for money."""
    Order.objects.filter(pk=world.bought.order.pk).update(place=world.offer.place)
    return {"reference": "TWIN", "checkout": "", "payment": ""}


# What a copy must change so that no other rule refuses it first.
ALSO: dict[str, Callable[[World], dict[str, Any]]] = {
    "courses.Application.offer": _another_application,
    "courses.CalendarFeed.token_hash": lambda world: {"user_id": world.people["cleo"].pk},
    "courses.LearnerList.token": lambda world: {"by_id": world.people["cleo"].pk},
    "courses.CalendarFeed.user": lambda world: {"token_hash": "0" * 64},
    "courses.LiveSession.uid": lambda world: {"cancelled_at": world.at},
    "courses.Certificate.code": lambda world: {"enrolment_id": world.dee_enrolment.pk},
    "courses.Order.place": _order_with_a_place,
    "courses.Order.reference": lambda world: {"checkout": "", "payment": ""},
    "courses.Refund.key": lambda world: {"gateway_id": ""},
    "courses.Offer.place": lambda world: {"status": "declined", "token_hash": ""},
    "courses.WaitingEntry.offer": _offered_entry,
    "courses.Topic.name": lambda world: {"slug": "another"},
    "courses.Topic.slug": lambda world: {"name": "Another"},
}


@pytest.mark.parametrize("name", sorted(set(UNIQUE_FIELDS) - NOT_COPIED))
def test_a_field_that_is_unique_refuses_a_second_row(world: World, name: str) -> None:
    model, field = UNIQUE_FIELDS[name]
    fields = ALSO[name](world) if name in ALSO else {}
    said = refused(again(model, **fields), world)
    # An address is unique twice over: as it is, and in any case. Either rule may speak first.
    if name == "users.User.email":
        assert "email" in said
    elif connection.vendor == "sqlite":
        assert said == sqlite_words(model, [field.name])
    else:
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)[said]
        assert found["unique"]
        assert found["columns"] == [field.column]
