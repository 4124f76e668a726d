"""Asking the people who look after a course, and answering.

Locks are taken in one order: the account of who writes, then the conversation. The first waits for an
erasure under way, so that nothing is written in the name of somebody who has just gone; the second
lets one person at a time decide how a question stands.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.actions.refusals import ActionRefused
from courses.conversations import people
from courses.conversations.models import LONGEST_MESSAGE, Conversation, Message
from courses.conversations.states import State
from courses.enrolment.models import Enrolment
from courses.outbox import writing as outbox

# More than anybody types, and little enough that a broken button or a prank floods nobody.
MOST_AN_HOUR = 20


class AskRefused(ActionRefused):
    """The message was not sent, or the question could not be closed."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer was sent. `is_settled` is False when the learner had written again meanwhile."""

    message: Message
    is_settled: bool


@transaction.atomic
def start(
    *, enrolment_id: int, activity_id: int | None, learner: Any, text: str, token: UUID, at: datetime
) -> Conversation:
    """Ask a new question. Safe to repeat: a form that is sent twice asks once.

    A place that is paused, ended or finished can ask as well: that is when people need somebody.
    Raises Enrolment.DoesNotExist when it is not theirs, and AskRefused with the reason.
    """
    _lock_writer(learner)
    enrolment = Enrolment.objects.select_related("cohort__edition").get(pk=enrolment_id, learner=learner)
    earlier = _already_sent(learner, token)
    if earlier is not None:
        return earlier.conversation
    words = _checked(text, writer=learner, at=at)
    if activity_id is not None and enrolment.cohort.edition.outline.activity(activity_id) is None:
        raise AskRefused(_("This is not part of your course."))
    conversation = Conversation.objects.create(
        enrolment=enrolment, activity_id=activity_id, started_at=at, last_at=at, waiting_since=at
    )
    message = Message.objects.create(
        conversation=conversation, author=learner, is_answer=False, text=words, at=at, token=token
    )
    _tell_staff(message, enrolment, at)
    return conversation


@transaction.atomic
def reply(*, conversation_id: int, learner: Any, text: str, token: UUID, seen: int, at: datetime) -> Message:
    """Write again about a question, whatever became of it: it waits for an answer anew. Safe to repeat.

    `seen` is the newest message that was on the page: answers up to it count as read.
    Raises Conversation.DoesNotExist when it is not theirs, and AskRefused with the reason.
    """
    _lock_writer(learner)
    conversation = _locked(Conversation.objects.filter(enrolment__learner=learner), conversation_id)
    earlier = _already_sent(learner, token)
    if earlier is not None:
        return earlier
    words = _checked(text, writer=learner, at=at)
    message = _add(conversation, author=learner, is_answer=False, text=words, token=token, at=at)
    _mark_read(conversation, upto=seen, at=at)
    # While it waits already, its facilitators were told already.
    if conversation.move_to(State.OPEN, waiting_since=at, closed_at=None):
        _tell_staff(message, conversation.enrolment, at)
    return message


@transaction.atomic
def answer(*, conversation_id: int, by: Any, text: str, token: UUID, seen: int, at: datetime) -> Answered:
    """Answer a learner. Safe to repeat: a form that is sent twice answers once.

    `seen` is the newest message that was on the page. What the learner wrote after it is not answered
    by this, so the question goes on waiting.
    Raises Conversation.DoesNotExist when it is not theirs to answer, and AskRefused with the reason.
    """
    _lock_writer(by)
    conversation = _locked(people.answerable(by), conversation_id)
    earlier = _already_sent(by, token)
    if earlier is not None:
        return Answered(earlier, is_settled=conversation.status != State.OPEN.value)
    words = _checked(text, writer=by, at=at, limited=False)
    unseen = _unseen(conversation, seen)
    message = _add(conversation, author=by, is_answer=True, text=words, token=token, at=at)
    if unseen is None:
        conversation.move_to(State.ANSWERED, waiting_since=None, closed_at=None)
    elif conversation.status == State.OPEN.value:
        Conversation.objects.filter(pk=conversation.pk).update(waiting_since=unseen.at)
    outbox.write(kind="question-answered", at=at, message=message.pk)
    return Answered(message, is_settled=unseen is None)


@transaction.atomic
def close(*, conversation_id: int, by: Any, seen: int, at: datetime) -> bool:
    """Settle a question without writing; say whether this call did it. Safe to repeat.

    Raises Conversation.DoesNotExist when it is not theirs, and AskRefused when the learner has
    written something that was not on the page.
    """
    conversation = _locked(people.answerable(by), conversation_id)
    if conversation.status == State.CLOSED.value:
        return False
    if _unseen(conversation, seen) is not None:
        raise AskRefused(_("The learner has written again. Please read that before you close the question."))
    return conversation.move_to(State.CLOSED, waiting_since=None, closed_at=at)


@transaction.atomic
def reopen(*, conversation_id: int, by: Any, at: datetime) -> bool:
    """Let a closed question wait for an answer again; say whether this call did it. Safe to repeat."""
    conversation = _locked(people.answerable(by), conversation_id)
    if conversation.status != State.CLOSED.value:
        return False
    return conversation.move_to(State.OPEN, waiting_since=at, closed_at=None)


@transaction.atomic
def mark_read(*, conversation_id: int, learner: Any, upto: int, at: datetime) -> int:
    """The learner has read the answers up to this message; return how many were new. Safe to repeat."""
    conversation = Conversation.objects.get(pk=conversation_id, enrolment__learner=learner)
    return _mark_read(conversation, upto=upto, at=at)


def _lock_writer(person: Any) -> None:
    """Raises AskRefused when the account was emptied while the page was open."""
    people_here = get_user_model().objects.select_for_update(no_key=True)
    if not people_here.filter(pk=person.pk, is_active=True, erased_at=None).exists():
        raise AskRefused(_("This account has been closed."))


def _locked(conversations: Any, conversation_id: int) -> Conversation:
    found: Conversation = (
        conversations.select_for_update(of=("self",))
        .select_related("enrolment__cohort")
        .get(pk=conversation_id)
    )
    return found


def _already_sent(author: Any, token: UUID) -> Message | None:
    return Message.objects.filter(author=author, token=token).select_related("conversation").first()


def _unseen(conversation: Conversation, seen: int) -> Message | None:
    """The oldest thing the learner wrote after what was on the page."""
    return conversation.messages.filter(is_answer=False, pk__gt=seen).order_by("pk").first()


def _add(
    conversation: Conversation, *, author: Any, is_answer: bool, text: str, token: UUID, at: datetime
) -> Message:
    # Two clocks may differ by a little; the newest moment never moves back.
    Conversation.objects.filter(pk=conversation.pk).update(last_at=max(at, conversation.last_at))
    return Message.objects.create(
        conversation=conversation, author=author, is_answer=is_answer, text=text, token=token, at=at
    )


def _mark_read(conversation: Conversation, *, upto: int, at: datetime) -> int:
    new = conversation.messages.filter(is_answer=True, read_at=None, pk__lte=upto)
    return new.update(read_at=at)


def _tell_staff(message: Message, enrolment: Enrolment, at: datetime) -> None:
    """One entry a person: a mail that fails must not send the others again."""
    told = [person.pk for person in people.answerers(enrolment.cohort)]
    for person in told or [None]:
        outbox.write(kind="question-asked", at=at, message=message.pk, to=person)


def _checked(text: str, *, writer: Any, at: datetime, limited: bool = True) -> str:
    """The words as they are kept. Raises AskRefused with a sentence when they cannot be sent."""
    words = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not words:
        raise AskRefused(_("Please write something first."))
    over = len(words) - LONGEST_MESSAGE
    if over > 0:
        sentence = ngettext(
            "This is %(over)d letter too long. Please shorten it, or send it in two parts.",
            "This is %(over)d letters too long. Please shorten it, or send it in two parts.",
            over,
        )
        raise AskRefused(sentence % {"over": over})
    if limited and _sent_lately(writer, at) >= MOST_AN_HOUR:
        raise AskRefused(
            _(
                "You have sent %(count)d messages in the last hour, and they have all arrived. "
                "Please wait a while before you send more. Your words are still here."
            )
            % {"count": MOST_AN_HOUR}
        )
    return words


def _sent_lately(writer: Any, at: datetime) -> int:
    return Message.objects.filter(author=writer, at__gt=at - timedelta(hours=1)).count()
