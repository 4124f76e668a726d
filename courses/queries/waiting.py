"""Questions as the people who answer them see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, Q, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.assessment import assessors
from courses.assessment.states import WorkState
from courses.cohorts import staffing
from courses.cohorts.models import Cohort, CohortStaff
from courses.conversations import people
from courses.conversations.models import Conversation, Message
from courses.conversations.states import State
from courses.enrolment.states import State as Place
from courses.queries import staff_lists
from courses.queries.conversations import STATUS_LABELS, first_words_of_a_conversation, shortened
from courses.queries.registers import STATUS_LABELS as PLACE_LABELS

A_PAGE = 40
ON_THE_PANEL = 5
FILTERS = {
    "waiting": (gettext_lazy("Waiting"), Q(status=State.OPEN.value)),
    "answered": (gettext_lazy("Answered or closed"), ~Q(status=State.OPEN.value)),
    "all": (gettext_lazy("All"), Q()),
}


@dataclass(frozen=True, slots=True)
class Task:
    """Whether somebody answers questions at all, and how many wait for them; and the same for work that
    was handed in."""

    is_theirs: bool
    waiting: int
    assesses: bool
    work: int


@dataclass(frozen=True, slots=True)
class QuestionForStaff:
    learner: str
    first_words: str
    cohort: str
    course_title: str
    activity_title: str
    status_label: str
    is_waiting: bool
    age: str
    url: str


@dataclass(frozen=True, slots=True)
class QuestionsForStaff:
    questions: list[QuestionForStaff]
    page: Page[Any]
    shows: list[staff_lists.Choice]
    cohorts: list[staff_lists.Choice]
    show: str
    cohort: str


@dataclass(frozen=True, slots=True)
class MessageForStaff:
    text: str
    author: str
    is_answer: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadForStaff:
    """One question with its answers. `seen` is the newest message on the page."""

    id: int
    learner: str
    learner_email: str
    cohort: Cohort
    course_title: str
    activity_title: str
    place: str
    status_label: str
    is_waiting: bool
    is_closed: bool
    age: str
    messages: list[MessageForStaff]
    seen: int


def task_of(person: Any) -> Task:
    """One query, for the menu of every page of the admin."""
    oversees = person.has_perm(staffing.OVERSEES)
    roles = CohortStaff.objects.filter(user=person)
    asked = people.answerable(person).filter(status=State.OPEN.value)
    work = assessors.assessable(person).filter(status=WorkState.HANDED_IN.value)
    found = (
        get_user_model()
        .objects.filter(pk=person.pk)
        .values_list(
            Exists(roles.filter(role__in=staffing.FACILITATES)),
            _count(asked),
            Exists(roles.filter(role__in=staffing.ASSESSES)),
            _count(work),
        )
        .get()
    )
    return Task(oversees or found[0], found[1] or 0, oversees or found[2], found[3] or 0)


def _count(rows: QuerySet[Any]) -> Subquery:
    """How many rows there are, inside another query."""
    return Subquery(rows.order_by().values(one=Value(1)).annotate(number=Count("pk")).values("number"))


def questions(*, person: Any, show: str, cohort: str, page: str | int, at: datetime) -> QuestionsForStaff:
    """What a person may answer: the longest waiting first, of the rest the newest. Three queries."""
    show = show if show in FILTERS else "waiting"
    chosen, cohorts = staff_lists.by_cohort(staffing.run_by(person), typed=cohort)
    rows = _rows(people.answerable(person).filter(FILTERS[show][1]))
    if chosen:
        rows = rows.filter(enrolment__cohort=int(chosen))
    found = Paginator(rows, A_PAGE).get_page(page)
    return QuestionsForStaff(
        questions=[_for_staff(conversation, at) for conversation in found],
        page=found,
        shows=staff_lists.shows(FILTERS, chosen=show),
        cohorts=cohorts,
        show=show,
        cohort=chosen,
    )


def longest_waiting(*, person: Any, at: datetime) -> list[QuestionForStaff]:
    """The few questions that have waited longest. One query."""
    rows = _rows(people.answerable(person).filter(status=State.OPEN.value))
    return [_for_staff(conversation, at) for conversation in rows[:ON_THE_PANEL]]


def _rows(conversations: Any) -> Any:
    return (
        conversations.select_related("enrolment__learner", "enrolment__cohort__edition__course", "activity")
        .defer("enrolment__cohort__edition__frozen")
        .annotate(first_words=first_words_of_a_conversation())
        .order_by(F("waiting_since").asc(nulls_last=True), "-last_at", "-pk")
    )


def _for_staff(conversation: Any, at: datetime) -> QuestionForStaff:
    enrolment = conversation.enrolment
    return QuestionForStaff(
        learner=enrolment.learner.get_full_name(),
        first_words=shortened(conversation.first_words),
        cohort=enrolment.cohort.name,
        course_title=enrolment.cohort.edition.course.title,
        activity_title=conversation.activity.title if conversation.activity else "",
        status_label=str(STATUS_LABELS[State(conversation.status)]),
        is_waiting=conversation.waiting_since is not None,
        age=_age(conversation, at),
        url=reverse("staff:question", args=[conversation.pk]),
    )


def _age(conversation: Conversation, at: datetime) -> str:
    """How long it has waited, or how long ago the last word was, in one unit."""
    if conversation.waiting_since is not None:
        if at - conversation.waiting_since < staff_lists.MINUTE:
            return _("Waiting since just now")
        return _("Waiting for %(time)s") % {"time": timesince(conversation.waiting_since, at, depth=1)}
    return staff_lists.ago(conversation.last_at, at=at)


def thread(*, conversation_id: int, person: Any, at: datetime) -> ThreadForStaff:
    """Two queries. Raises Conversation.DoesNotExist when it is not theirs to answer."""
    conversation = (
        people.answerable(person)
        .select_related("enrolment__learner", "enrolment__cohort__edition__course", "activity")
        .get(pk=conversation_id)
    )
    enrolment = conversation.enrolment
    messages = list(conversation.messages.select_related("author"))
    return ThreadForStaff(
        id=conversation.pk,
        learner=enrolment.learner.get_full_name(),
        learner_email=enrolment.learner.email,
        cohort=enrolment.cohort,
        course_title=enrolment.cohort.edition.course.title,
        activity_title=conversation.activity.title if conversation.activity else "",
        place=str(PLACE_LABELS[Place(enrolment.status)]),
        status_label=str(STATUS_LABELS[State(conversation.status)]),
        is_waiting=conversation.waiting_since is not None,
        is_closed=conversation.status == State.CLOSED.value,
        age=_age(conversation, at),
        messages=[_message(message) for message in messages],
        seen=max(message.pk for message in messages),
    )


def _message(message: Message) -> MessageForStaff:
    return MessageForStaff(message.text, message.author.get_full_name(), message.is_answer, message.at)
