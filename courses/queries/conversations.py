"""A learner's questions, and the answers to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce, Left
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.core.templatetags.navigation import site_details
from courses.conversations import people
from courses.conversations.models import Conversation, Message
from courses.conversations.states import State
from courses.enrolment.models import Enrolment

FIRST_WORDS = 140
STATUS_LABELS = {
    State.OPEN: gettext_lazy("Waiting for an answer"),
    State.ANSWERED: gettext_lazy("Answered"),
    State.CLOSED: gettext_lazy("Closed"),
}


@dataclass(frozen=True, slots=True)
class QuestionInList:
    first_words: str
    activity_title: str
    status: str
    status_label: str
    is_new: bool
    asked_at: datetime
    last_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class CourseQuestions:
    """All that one learner asked on one course, new answers first."""

    course_title: str
    course_url: str
    enrolment_id: int
    who_answers: str
    questions: list[QuestionInList]


@dataclass(frozen=True, slots=True)
class MessageShown:
    text: str
    author: str
    is_mine: bool
    is_new: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """One question with its answers, oldest first. `seen` is the newest message on the page."""

    id: int
    enrolment_id: int
    course_title: str
    course_url: str
    activity_title: str
    activity_url: str
    activity_kind: str
    status: str
    status_label: str
    who_answers: str
    messages: list[MessageShown]
    has_new: bool
    seen: int


@dataclass(frozen=True, slots=True)
class Asking:
    """What the page for a new question says: about what, and who will answer."""

    enrolment_id: int
    course_title: str
    course_url: str
    activity_id: int | None
    activity_title: str
    activity_url: str
    who_answers: str


def unread_of_an_enrolment() -> Any:
    """How many questions of the outer enrolment have an answer that was not read; for annotations."""
    unread = Message.objects.filter(
        conversation__enrolment=OuterRef("pk"), is_answer=True, read_at=None
    ).order_by()
    counted = unread.values("conversation__enrolment").annotate(n=Count("conversation", distinct=True))
    return Coalesce(Subquery(counted.values("n")), 0)


def first_words_of_a_conversation() -> Any:
    """How the outer conversation begins; for annotations."""
    first = Message.objects.filter(conversation=OuterRef("pk")).order_by("at", "pk")
    return Left(Subquery(first.values("text")[:1]), FIRST_WORDS)


def shortened(text: str) -> str:
    """One line with the first words; three dots when there are more."""
    line = " ".join(text.split())
    return f"{line}…" if len(text) >= FIRST_WORDS else line


def course_questions(*, enrolment_id: int, learner: Any) -> CourseQuestions:
    """Three queries. Raises Enrolment.DoesNotExist when it is not theirs."""
    enrolment = _own(enrolment_id, learner)
    new = Message.objects.filter(conversation=OuterRef("pk"), is_answer=True, read_at=None)
    found = (
        Conversation.objects.filter(enrolment=enrolment)
        .select_related("activity")
        .annotate(first_words=first_words_of_a_conversation(), is_new=Exists(new))
        .order_by("-is_new", "-last_at", "-pk")
    )
    return CourseQuestions(
        course_title=enrolment.cohort.edition.course.title,
        course_url=reverse("learning:course", args=[enrolment.pk]),
        enrolment_id=enrolment.pk,
        who_answers=who_answers(enrolment),
        questions=[_in_list(conversation) for conversation in found],
    )


def _in_list(conversation: Any) -> QuestionInList:
    return QuestionInList(
        first_words=shortened(conversation.first_words),
        activity_title=conversation.activity.title if conversation.activity else "",
        status=conversation.status,
        status_label=str(STATUS_LABELS[State(conversation.status)]),
        is_new=conversation.is_new,
        asked_at=conversation.started_at,
        last_at=conversation.last_at,
        url=reverse("learning:conversation", args=[conversation.pk]),
    )


def thread(*, conversation_id: int, learner: Any) -> Thread:
    """Three queries. Raises Conversation.DoesNotExist when it is not theirs."""
    conversation = Conversation.objects.select_related("enrolment__cohort__edition__course", "activity").get(
        pk=conversation_id, enrolment__learner=learner
    )
    enrolment, activity = conversation.enrolment, conversation.activity
    messages = list(conversation.messages.select_related("author"))
    return Thread(
        id=conversation.pk,
        enrolment_id=enrolment.pk,
        course_title=enrolment.cohort.edition.course.title,
        course_url=reverse("learning:course", args=[enrolment.pk]),
        activity_title=activity.title if activity else "",
        activity_url=reverse("learning:activity", args=[enrolment.pk, activity.pk]) if activity else "",
        activity_kind=activity.kind if activity else "",
        status=conversation.status,
        status_label=str(STATUS_LABELS[State(conversation.status)]),
        who_answers=who_answers(enrolment),
        messages=[_shown(message) for message in messages],
        has_new=any(message.is_answer and message.read_at is None for message in messages),
        seen=max(message.pk for message in messages),
    )


def _shown(message: Message) -> MessageShown:
    author = message.author.printed_name or _("Your facilitator")
    return MessageShown(
        text=message.text,
        author=author if message.is_answer else _("You"),
        is_mine=not message.is_answer,
        is_new=message.is_answer and message.read_at is None,
        at=message.at,
    )


def asking(*, enrolment_id: int, learner: Any, activity_id: int | None) -> Asking:
    """Two queries. An activity that is not part of the course is passed over.

    Raises Enrolment.DoesNotExist when it is not theirs.
    """
    enrolment = _own(enrolment_id, learner)
    about = enrolment.cohort.edition.outline.activity(activity_id) if activity_id else None
    url = reverse("learning:activity", args=[enrolment.pk, about.activity_id]) if about else ""
    return Asking(
        enrolment_id=enrolment.pk,
        course_title=enrolment.cohort.edition.course.title,
        course_url=reverse("learning:course", args=[enrolment.pk]),
        activity_id=about.activity_id if about else None,
        activity_title=about.title if about else "",
        activity_url=url,
        who_answers=who_answers(enrolment),
    )


def _own(enrolment_id: int, learner: Any) -> Enrolment:
    return Enrolment.objects.select_related("cohort__edition__course").get(pk=enrolment_id, learner=learner)


def who_answers(enrolment: Enrolment) -> str:
    """Who will read a question and answer it, by name where somebody has the task. One query."""
    names = [person.printed_name for person in people.facilitators(enrolment.cohort) if person.printed_name]
    if names:
        return ngettext(
            "%(names)s reads and answers questions on this course.",
            "%(names)s read and answer questions on this course.",
            len(names),
        ) % {"names": get_text_list(names, _("and"))}
    sentence = _("The people who run this site read and answer questions on this course.")
    contact = site_details().contact_email
    if not contact:
        return sentence
    return sentence + " " + _("You can also write to %(address)s.") % {"address": contact}
