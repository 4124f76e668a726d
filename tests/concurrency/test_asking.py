"""A learner writes again while a facilitator closes the question; and one form that is sent twice."""

from datetime import datetime, timedelta
from functools import partial
from time import sleep
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail

from cms.users.models import User
from courses.actions import ask
from courses.actions.ask import AskRefused
from courses.cohorts.models import CohortStaff
from courses.conversations.models import Conversation, Message
from courses.enrolment.models import Enrolment
from tests.concurrency.racing import caught_by, errors, everybody_waits_after, race
from tests.factories.courses import BuiltCourse

TOKEN = UUID(int=1)


@pytest.fixture
def asked(course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime) -> Conversation:
    """Ada has asked, and Fay can answer."""
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role=CohortStaff.Role.FACILITATOR)
    given = {"learner": enrolment.learner, "text": "Why?", "token": uuid4(), "at": now}
    return ask.start(enrolment_id=enrolment.pk, activity_id=None, **given)


def reply_and_close(asked: Conversation, fay: User, at: datetime) -> list[Any]:
    """Each of the two has the same page open, with one message on it."""
    seen = asked.messages.get().pk
    given = {"text": "And this?", "token": uuid4(), "seen": seen, "at": at + timedelta(minutes=1)}
    reply = partial(ask.reply, conversation_id=asked.pk, learner=asked.enrolment.learner, **given)
    close = partial(ask.close, conversation_id=asked.pk, by=fay, seen=seen, at=at)
    return race([reply, close])


# Both have looked at how the question stands, and neither has changed it.
BOTH_LOOKED = ((ask, "_checked"), (ask, "_unseen"))


def test_nothing_a_learner_writes_is_closed_unread(asked: Conversation, fay: User, now: datetime) -> None:
    with everybody_waits_after(*BOTH_LOOKED, people=2, locks=True):
        found = reply_and_close(asked, fay, now)
    # Who came second knew of the first: the closing was refused, or the reply opened the question again.
    assert [type(error) for error in errors(found)] in ([], [AskRefused])
    asked.refresh_from_db()
    assert asked.status == "open"
    assert asked.messages.count() == 2


def test_without_the_lock_a_question_is_closed_over_words_that_nobody_read(
    asked: Conversation, fay: User, now: datetime
) -> None:
    """The negative control: the reply finds the question open, and the closing finds no reply."""
    move = Conversation.move_to

    def slowly(conversation: Conversation, target: Any, **fields: object) -> bool:
        if target.value == "closed":
            for _look in range(500):
                if Message.objects.filter(conversation=asked).count() > 1:
                    break
                sleep(0.01)
        return move(conversation, target, **fields)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Conversation, "move_to", slowly)
        with everybody_waits_after(*BOTH_LOOKED, people=2, locks=False):
            found = reply_and_close(asked, fay, now)
    assert errors(found) == []
    asked.refresh_from_db()
    assert asked.messages.count() == 2
    assert asked.status == "closed"


def send_twice(enrolment: Enrolment, at: datetime) -> list[Any]:
    given = {"learner": enrolment.learner, "text": "Why?", "token": TOKEN, "at": at}
    start = partial(ask.start, enrolment_id=enrolment.pk, activity_id=None, **given)
    return race([start, start])


def test_a_form_sent_twice_at_once_asks_once(
    asked: Conversation, enrolment: Enrolment, now: datetime
) -> None:
    mail.outbox.clear()
    with everybody_waits_after((ask, "_already_sent"), people=2, locks=True):
        first, second = send_twice(enrolment, now)
    assert first == second
    assert Message.objects.filter(token=TOKEN).count() == 1
    assert len(mail.outbox) == 1


def test_without_the_lock_only_the_database_refuses_the_second(
    asked: Conversation, enrolment: Enrolment, now: datetime
) -> None:
    with everybody_waits_after((ask, "_already_sent"), people=2, locks=False):
        found = send_twice(enrolment, now)
    assert caught_by(found) == ["message_sent_once"]
    assert Conversation.objects.count() == 2
