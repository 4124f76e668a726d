"""Asking a facilitator, and answering."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from wagtail.models import Site

from cms.core.models import SiteDetails
from cms.users import accounts, privacy
from cms.users.models import User
from courses.actions import ask
from courses.actions.ask import AskRefused
from courses.cohorts.models import CohortStaff
from courses.conversations.models import LONGEST_MESSAGE, Conversation, Message
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State as Place
from courses.outbox.models import OutboxEntry
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

SOON = timedelta(minutes=5)
LATER = timedelta(days=1)


@pytest.fixture
def facilitates(course: BuiltCourse, fay: User) -> CohortStaff:
    return CohortStaff.objects.create(cohort=course.cohort, user=fay, role=CohortStaff.Role.FACILITATOR)


@pytest.fixture
def asked(course: BuiltCourse, enrolment: Enrolment, facilitates: CohortStaff, now: datetime) -> Conversation:
    """Ada has asked about the first lesson."""
    return start(enrolment, now, about=course.lesson_id)


def start(enrolment: Enrolment, at: datetime, *, about: int | None = None, **given: Any) -> Conversation:
    words = {"text": "Why is that?", "token": uuid4(), "learner": enrolment.learner, **given}
    return ask.start(enrolment_id=enrolment.pk, activity_id=about, at=at, **words)


def reply(conversation: Conversation, at: datetime, **given: Any) -> Message:
    learner = conversation.enrolment.learner
    words = {"text": "And why is this?", "token": uuid4(), "seen": newest(conversation), **given}
    return ask.reply(conversation_id=conversation.pk, learner=learner, at=at, **words)


def answer(conversation: Conversation, by: User, at: datetime, **given: Any) -> ask.Answered:
    words = {"text": "Because it is.", "token": uuid4(), "seen": newest(conversation), **given}
    return ask.answer(conversation_id=conversation.pk, by=by, at=at, **words)


def newest(conversation: Conversation) -> int:
    found = conversation.messages.order_by("-pk").first()
    assert found is not None
    return found.pk


def state(conversation: Conversation) -> tuple[str, datetime | None]:
    conversation.refresh_from_db()
    return conversation.status, conversation.waiting_since


def test_a_question_waits_from_the_moment_it_was_asked(
    course: BuiltCourse, asked: Conversation, now: datetime
) -> None:
    assert state(asked) == ("open", now)
    assert asked.activity_id == course.lesson_id
    message = asked.messages.get()
    assert (message.text, message.is_answer, message.author.email) == (
        "Why is that?",
        False,
        "ada@example.org",
    )
    assert str(asked) == f"conversation {asked.pk}"
    assert str(message) == f"message {message.pk}"


def test_sending_the_same_form_twice_asks_once(enrolment: Enrolment, now: datetime) -> None:
    token = uuid4()
    first = start(enrolment, now, token=token)
    again = start(enrolment, now + SOON, token=token, text="Something else")
    assert first == again
    assert Message.objects.get().text == "Why is that?"
    assert OutboxEntry.objects.filter(kind="question-asked").count() == 1


def test_replies_and_answers_sent_twice_are_there_once(asked: Conversation, fay: User, now: datetime) -> None:
    token = uuid4()
    for _press in range(2):
        answered = answer(asked, fay, now, token=token)
        assert answered.is_settled
    for _press in range(2):
        reply(asked, now + SOON, token=token)
    assert asked.messages.count() == 3
    assert state(asked) == ("open", now + SOON)


def test_an_answer_settles_a_question_and_a_reply_opens_it_again(
    asked: Conversation, fay: User, now: datetime
) -> None:
    assert answer(asked, fay, now + SOON).is_settled
    assert state(asked) == ("answered", None)
    reply(asked, now + LATER)
    assert state(asked) == ("open", now + LATER)
    reply(asked, now + 2 * LATER)
    assert state(asked) == ("open", now + LATER), "it has waited since the first thing that was not answered"
    assert asked.last_at == now + 2 * LATER


def test_what_was_written_meanwhile_keeps_a_question_waiting(
    asked: Conversation, fay: User, now: datetime
) -> None:
    on_the_page = newest(asked)
    late = reply(asked, now + SOON)
    answered = answer(asked, fay, now + LATER, seen=on_the_page)
    assert not answered.is_settled
    assert state(asked) == ("open", late.at)
    with pytest.raises(AskRefused, match="written again"):
        ask.close(conversation_id=asked.pk, by=fay, seen=on_the_page, at=now + LATER)
    assert answer(asked, fay, now + LATER).is_settled


def test_closing_and_opening_twice_is_the_same_as_once(asked: Conversation, fay: User, now: datetime) -> None:
    def close() -> bool:
        return ask.close(conversation_id=asked.pk, by=fay, seen=newest(asked), at=now)

    assert [close(), close()] == [True, False]
    assert state(asked) == ("closed", None)
    assert asked.closed_at == now
    reopened = [ask.reopen(conversation_id=asked.pk, by=fay, at=now + SOON) for _press in range(2)]
    assert reopened == [True, False]
    assert state(asked) == ("open", now + SOON)


def test_writing_about_a_closed_question_opens_it(asked: Conversation, fay: User, now: datetime) -> None:
    ask.close(conversation_id=asked.pk, by=fay, seen=newest(asked), at=now)
    reply(asked, now + SOON)
    assert state(asked) == ("open", now + SOON)
    ask.close(conversation_id=asked.pk, by=fay, seen=newest(asked), at=now)
    answer(asked, fay, now + SOON)
    assert state(asked) == ("answered", None)


@pytest.mark.parametrize("place", [Place.SUSPENDED, Place.ENDED])
def test_somebody_whose_place_is_not_active_can_still_ask(
    enrolment: Enrolment, now: datetime, place: Place
) -> None:
    enrolment.move_to(place, **({"ended_at": now} if place is Place.ENDED else {}))
    asked = start(enrolment, now)
    reply(asked, now + SOON)
    assert asked.messages.count() == 2


@pytest.mark.parametrize("text", ["", "   \r\n ", "\x00"])
def test_a_message_without_words_is_refused(enrolment: Enrolment, now: datetime, text: str) -> None:
    with pytest.raises(AskRefused, match="write something first"):
        start(enrolment, now, text=text)
    assert not Conversation.objects.exists()


def test_a_message_may_be_long_but_not_longer(enrolment: Enrolment, now: datetime) -> None:
    """A line's end counts as one letter, however the browser writes it."""
    whole = "a\r\n" * (LONGEST_MESSAGE // 2 - 1) + "bc"
    start(enrolment, now, text=whole)
    with pytest.raises(AskRefused, match="3 letters too long"):
        start(enrolment, now, text="a" * (LONGEST_MESSAGE + 3))
    with pytest.raises(AskRefused, match="1 letter too long"):
        start(enrolment, now, text="a" * (LONGEST_MESSAGE + 1))


def test_a_flood_is_stopped_for_an_hour(asked: Conversation, now: datetime) -> None:
    for number in range(1, ask.MOST_AN_HOUR):
        reply(asked, now + timedelta(minutes=number))
    with pytest.raises(AskRefused, match="Your words are still here"):
        reply(asked, now + timedelta(minutes=30))
    reply(asked, now + timedelta(minutes=61))
    assert asked.messages.count() == ask.MOST_AN_HOUR + 1


def test_an_activity_of_another_course_is_refused(enrolment: Enrolment, now: datetime) -> None:
    other = build.course(at=now, code="OTHER")
    with pytest.raises(AskRefused, match="not part of your course"):
        start(enrolment, now, about=other.lesson_id)


def test_nobody_else_asks_replies_or_reads(asked: Conversation, ben: User, now: datetime) -> None:
    with pytest.raises(Enrolment.DoesNotExist):
        start(asked.enrolment, now, learner=ben)
    words = {"text": "x", "token": uuid4(), "seen": 0, "at": now}
    with pytest.raises(Conversation.DoesNotExist):
        ask.reply(conversation_id=asked.pk, learner=ben, **words)
    with pytest.raises(Conversation.DoesNotExist):
        ask.mark_read(conversation_id=asked.pk, learner=ben, upto=newest(asked), at=now)
    assert asked.messages.count() == 1


@pytest.mark.parametrize("who", ["ada", "ben", "ana", "ed"])
def test_only_facilitators_of_that_cohort_and_administrators_answer(
    course: BuiltCourse, asked: Conversation, now: datetime, request: pytest.FixtureRequest, who: str
) -> None:
    person = request.getfixturevalue(who)
    CohortStaff.objects.create(cohort=course.cohort, user=person, role=CohortStaff.Role.ASSESSOR)
    elsewhere = build.cohort(course.edition, at=now, name="Elsewhere")
    CohortStaff.objects.create(cohort=elsewhere, user=person, role=CohortStaff.Role.FACILITATOR)
    for act in (
        lambda: answer(asked, person, now),
        lambda: ask.close(conversation_id=asked.pk, by=person, seen=newest(asked), at=now),
        lambda: ask.reopen(conversation_id=asked.pk, by=person, at=now),
    ):
        with pytest.raises(Conversation.DoesNotExist):
            act()
    assert state(asked) == ("open", now)


def test_an_assessor_who_facilitates_too_and_an_administrator_can_answer(
    course: BuiltCourse, asked: Conversation, ana: User, amy: User, now: datetime
) -> None:
    for role in CohortStaff.Role:
        CohortStaff.objects.create(cohort=course.cohort, user=ana, role=role)
    assert answer(asked, ana, now).is_settled
    assert answer(asked, amy, now + SOON).is_settled
    assert asked.messages.count() == 3


def test_an_answer_is_new_until_the_learner_says_so_or_writes_back(
    asked: Conversation, fay: User, ada: User, now: datetime
) -> None:
    def unread() -> int:
        return asked.messages.filter(is_answer=True, read_at=None).count()

    first = answer(asked, fay, now).message
    answer(asked, fay, now + SOON)
    assert unread() == 2

    def read(upto: int) -> int:
        return ask.mark_read(conversation_id=asked.pk, learner=ada, upto=upto, at=now + LATER)

    assert [read(first.pk), read(first.pk)] == [1, 0], "only what was on the page counts as read"
    assert unread() == 1
    reply(asked, now + LATER)
    assert unread() == 0


# --- E-mails --------------------------------------------------------------------------------------


@pytest.fixture
def delivered(django_capture_on_commit_callbacks: Any) -> Any:
    """Run what follows a commit, as it does on a real site."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_facilitators_are_told_once_and_without_the_words(
    enrolment: Enrolment, facilitates: CohortStaff, ana: User, amy: User, now: datetime, delivered: Any
) -> None:
    CohortStaff.objects.create(cohort=enrolment.cohort, user=ana, role=CohortStaff.Role.ASSESSOR)
    with delivered():
        asked = start(enrolment, now, text="A private matter")
    with delivered():
        reply(asked, now + SOON)
    (message,) = mail.outbox
    assert message.to == ["fay@example.org"]
    assert "Ada" not in message.subject
    assert "Ada Lerner has asked a question on the course Course TEST (Start any time)." in message.body
    assert f"/admin/learning/questions/{asked.pk}/" in message.body
    assert "private" not in message.body


def test_the_learner_gets_the_answer_with_a_link(
    asked: Conversation, fay: User, now: datetime, delivered: Any
) -> None:
    with delivered():
        answer(asked, fay, now, text="First line.\nSubject: Not a header <b>")
    (message,) = mail.outbox
    assert message.to == ["ada@example.org"]
    assert message.subject == "Your question has an answer"
    assert "First line.\nSubject: Not a header <b>" in message.body
    assert f"/learning/questions/{asked.pk}/" in message.body


def test_a_name_cannot_write_headers(
    enrolment: Enrolment, facilitates: CohortStaff, now: datetime, delivered: Any
) -> None:
    User.objects.filter(pk=enrolment.learner_id).update(printed_name="Ada\nBcc: all@example.org")
    with delivered():
        start(enrolment, now)
    (message,) = mail.outbox
    assert message.subject == "A learner is waiting for an answer"
    assert set(message.message().keys()) & {"Bcc", "Cc"} == set()


def test_who_does_not_want_e_mails_gets_none(
    enrolment: Enrolment, facilitates: CohortStaff, fay: User, now: datetime, delivered: Any
) -> None:
    User.objects.update(wants_questions_by_email=False, wants_answers_by_email=False)
    with delivered():
        asked = start(enrolment, now)
    with delivered():
        answer(asked, fay, now)
    assert mail.outbox == []


def test_without_a_facilitator_administrators_are_told(
    enrolment: Enrolment, amy: User, now: datetime, delivered: Any
) -> None:
    with delivered():
        start(enrolment, now)
    assert [message.to for message in mail.outbox] == [["amy@example.org"]]


def test_without_anybody_the_contact_address_is_told(
    enrolment: Enrolment, now: datetime, delivered: Any
) -> None:
    site = Site.objects.get(is_default_site=True)
    SiteDetails.objects.create(site=site, contact_email="help@example.org")
    with delivered():
        start(enrolment, now)
    assert [message.to for message in mail.outbox] == [["help@example.org"]]


def test_a_facilitator_who_was_taken_off_meanwhile_is_not_told(
    enrolment: Enrolment, facilitates: CohortStaff, now: datetime, delivered: Any
) -> None:
    with delivered():
        start(enrolment, now)
        facilitates.delete()
    assert mail.outbox == []


# --- Personal data --------------------------------------------------------------------------------


def test_an_erasure_takes_questions_and_answers_but_not_answers_to_others(
    asked: Conversation, fay: User, ada: User, course: BuiltCourse, ben: User, now: datetime
) -> None:
    answer(asked, fay, now)
    of_ben = start(course.enrol(ben, at=now), now)
    answer(of_ben, fay, now)
    accounts.erase(user_id=ada.pk, at=now)
    assert list(Conversation.objects.all()) == [of_ben]
    accounts.erase(user_id=fay.pk, at=now)
    assert of_ben.messages.count() == 2
    with pytest.raises(AskRefused, match="closed"):
        start(asked.enrolment, now)


def test_questions_go_two_years_after_the_last_word(asked: Conversation, fay: User, now: datetime) -> None:
    (rule,) = [rule for rule in privacy.retention_rules if rule.name == "questions"]
    answer(asked, fay, now + LATER)
    two_years = timedelta(days=730)
    assert rule.count(now + two_years) == 0
    assert rule.delete(now + LATER + two_years + SOON) == 1
    assert not Message.objects.exists()
