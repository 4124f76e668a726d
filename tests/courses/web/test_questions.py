"""A learner's pages of questions: asking, reading answers, and words that survive."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from cms.users.models import User
from courses.actions import ask
from courses.cohorts.models import CohortStaff
from courses.conversations.models import Conversation, Message
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from tests.factories.courses import BuiltCourse
from tests.factories.people import PASSWORD

SignIn = Callable[[User], Client]


@pytest.fixture
def page(sign_in: SignIn, ada: User) -> Client:
    return sign_in(ada)


@pytest.fixture
def facilitates(course: BuiltCourse, fay: User) -> CohortStaff:
    return CohortStaff.objects.create(cohort=course.cohort, user=fay, role=CohortStaff.Role.FACILITATOR)


@pytest.fixture
def asked(course: BuiltCourse, enrolment: Enrolment, facilitates: CohortStaff, now: datetime) -> Conversation:
    """Ada has asked about the first lesson."""
    return ask.start(
        enrolment_id=enrolment.pk,
        activity_id=course.lesson_id,
        learner=enrolment.learner,
        text="What is\n\n<b>this</b>?",
        token=uuid4(),
        at=now,
    )


def answer(asked: Conversation, by: User, at: datetime) -> Message:
    seen = asked.messages.latest("pk").pk
    given = {"text": "It is that.", "token": uuid4(), "seen": seen, "at": at}
    return ask.answer(conversation_id=asked.pk, by=by, **given).message


def new(enrolment: Enrolment, about: int | None = None) -> str:
    return f"/learning/{enrolment.pk}/questions/new/" + (f"?about={about}" if about else "")


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None
    return found[1]


def test_a_question_names_its_activity_and_says_who_answers(
    course: BuiltCourse, enrolment: Enrolment, facilitates: CohortStaff, page: Client
) -> None:
    address = new(enrolment, course.lesson_id)
    html = page.get(address).content.decode()
    assert "“Lesson one”" in html
    assert "Fay Cilitator reads and answers questions on this course." in html
    sent = page.post(address, {"text": "Why?", "token": hidden(html, "token")})
    asked = Conversation.objects.get()
    assert sent.headers["Location"] == f"/learning/questions/{asked.pk}/"
    assert asked.activity_id == course.lesson_id
    shown = page.get(sent.headers["Location"]).content.decode()
    assert "Your question is sent." in shown
    assert "This is waiting for an answer." in shown


def box(html: str) -> str:
    """The part for writing again, from where it says whether it is unfolded."""
    return html[html.index("<details") : html.index("</details>")]


def test_after_asking_there_is_a_way_back_and_nothing_looks_unsent(
    course: BuiltCourse, asked: Conversation, page: Client
) -> None:
    html = page.get(f"/learning/questions/{asked.pk}/").content.decode()
    back = f'href="/learning/{asked.enrolment_id}/{course.lesson_id}/">Back to the lesson</a>'
    assert html.index(back) < html.index("<details")
    assert "An answer may take some days." in html
    assert box(html).startswith('<details class="accordion__part">'), "the empty box is folded"
    refused = page.post(f"/learning/questions/{asked.pk}/", {"text": ""}).content.decode()
    assert box(refused).startswith('<details class="accordion__part" open>')


def test_the_way_back_leads_to_where_the_question_was_asked(
    course: BuiltCourse, enrolment: Enrolment, page: Client
) -> None:
    of_the_course = page.post(new(enrolment), {"text": "Why?"}, follow=True).content.decode()
    assert f'href="/learning/{enrolment.pk}/">Back to the course</a>' in of_the_course
    of_the_quiz = page.post(new(enrolment, course.quiz_id), {"text": "Why?"}, follow=True).content.decode()
    assert f'href="/learning/{enrolment.pk}/{course.quiz_id}/">Back to the quiz</a>' in of_the_quiz


@pytest.mark.parametrize("wanted", [True, False])
def test_an_e_mail_is_promised_to_those_only_who_want_one(
    asked: Conversation, ada: User, page: Client, wanted: bool
) -> None:
    User.objects.filter(pk=ada.pk).update(wants_answers_by_email=wanted)
    html = page.get(f"/learning/questions/{asked.pk}/").content.decode()
    assert ("We also send it to you by e-mail." in html) is wanted


def test_once_there_is_an_answer_the_box_is_open_and_no_waiting_is_spoken_of(
    asked: Conversation, fay: User, page: Client, now: datetime
) -> None:
    answer(asked, fay, now + timedelta(hours=1))
    html = page.get(f"/learning/questions/{asked.pk}/").content.decode()
    assert box(html).startswith('<details class="accordion__part" open>')
    assert "may take some days" not in html


def test_pressing_send_twice_sends_once(enrolment: Enrolment, page: Client) -> None:
    data = {"text": "Why?", "token": hidden(page.get(new(enrolment)).content.decode(), "token")}
    first, second = page.post(new(enrolment), data), page.post(new(enrolment), data)
    assert first.headers["Location"] == second.headers["Location"]
    assert Message.objects.count() == 1


def test_every_opening_of_the_form_can_send_another_message(enrolment: Enrolment, page: Client) -> None:
    tokens = {hidden(page.get(new(enrolment)).content.decode(), "token") for _opening in range(3)}
    assert len(tokens) == 3


@pytest.mark.parametrize("about", ["999999", "abc", "-1", "9" * 40, "²"])
def test_an_activity_that_is_not_there_is_passed_over(enrolment: Enrolment, page: Client, about: str) -> None:
    assert page.get(f"{new(enrolment)}?about={about}").context["asking"].activity_id is None
    assert page.post(f"{new(enrolment)}?about={about}", {"text": "Why?"}).status_code == 302
    assert Conversation.objects.get().activity is None


def test_what_was_typed_survives_a_refusal(
    enrolment: Enrolment, page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "LONGEST_MESSAGE", 10)
    token = str(uuid4())
    refused = page.post(new(enrolment), {"text": "Somewhat longer words", "token": token})
    html = refused.content.decode()
    assert refused.status_code == 409
    assert "Somewhat longer words" in html
    assert "11 letters too long" in html
    assert hidden(html, "token") == token
    empty = page.post(new(enrolment), {"text": "", "token": token})
    assert empty.status_code == 422
    assert empty.content.decode().count("Please write something first.") == 2  # above, and at the field
    assert not Conversation.objects.exists()


def test_what_was_typed_survives_the_end_of_the_session(
    course: BuiltCourse, enrolment: Enrolment, client: Client
) -> None:
    address = new(enrolment, course.lesson_id)
    token = str(uuid4())
    sent = client.post(address, {"text": "Words I have typed", "token": token})
    assert sent.headers["Location"].startswith("/accounts/login/?next=")
    asked_to_sign_in = client.get(sent.headers["Location"]).content.decode()
    assert "What you wrote is kept for you." in asked_to_sign_in
    back = client.post(sent.headers["Location"], {"login": "ada@example.org", "password": PASSWORD})
    assert back.headers["Location"] == address
    html = client.get(address).content.decode()
    assert "Words I have typed" in html
    assert hidden(html, "token") == token
    assert "Words I have typed" in client.get(address).content.decode(), "looking does not lose it"
    client.post(address, {"text": "Words I have typed", "token": token})
    assert Message.objects.get().text == "Words I have typed"
    assert "Words I have typed" not in client.get(address).content.decode()


def test_nobody_else_sees_what_was_typed_on_a_shared_computer(
    enrolment: Enrolment, course: BuiltCourse, ben: User, client: Client, now: datetime
) -> None:
    of_ben = course.enrol(ben, at=now)
    sent = client.post(new(enrolment), {"text": "Words of Ada", "token": ""})
    client.post("/accounts/login/", {"login": "ben@example.org", "password": PASSWORD})
    assert client.get(new(enrolment)).status_code == 404
    assert "Words of Ada" not in client.get(new(of_ben)).content.decode()
    assert sent.status_code == 302


def test_a_visitor_cannot_fill_the_table_of_sessions(enrolment: Enrolment, client: Client) -> None:
    answers = [Client().post(new(enrolment), {"text": "x" * 50_000}).status_code for _try in range(12)]
    assert set(answers) == {302, 429}
    assert answers[-1] == 429
    longest = max(len(session.get_decoded()["draft"]["words"]["text"]) for session in Session.objects.all())
    assert longest <= 20_000


def test_an_answer_is_on_the_dashboard_the_course_and_the_list_until_it_was_read(
    asked: Conversation, fay: User, page: Client, now: datetime
) -> None:
    addresses = (
        "/learning/",
        f"/learning/{asked.enrolment_id}/",
        f"/learning/{asked.enrolment_id}/questions/",
    )
    news = ("You have an answer", "1 new", "New answer")
    for address, new_words in zip(addresses, news, strict=True):
        assert new_words not in page.get(address).content.decode()
    answer(asked, fay, now)
    for address, new_words in zip(addresses, news, strict=True):
        assert new_words in page.get(address).content.decode()
    thread = page.get(f"/learning/questions/{asked.pk}/")
    html = thread.content.decode()
    assert "It is that." in html
    assert "Fay Cilitator" in html
    assert "fay@example.org" not in html
    assert "Thank you, I have read this" in html
    page.post(f"/learning/questions/{asked.pk}/read/", {"seen": hidden(html, "seen")})
    for address, new_words in zip(addresses, news, strict=True):
        assert new_words not in page.get(address).content.decode()


def test_writing_back_reads_the_answer_and_asks_again(
    asked: Conversation, fay: User, page: Client, now: datetime
) -> None:
    seen = answer(asked, fay, now).pk
    address = f"/learning/questions/{asked.pk}/"
    assert page.post(address, {"text": "Thanks. And then?", "token": "", "seen": seen}).status_code == 302
    asked.refresh_from_db()
    assert asked.status == "open"
    assert not Message.objects.filter(is_answer=True, read_at=None).exists()
    refused = page.post(address, {"text": "  ", "token": "", "seen": seen})
    assert refused.status_code == 409
    assert "Please write something first." in refused.content.decode()


def test_words_are_shown_as_they_were_typed_and_never_as_code(asked: Conversation, page: Client) -> None:
    html = page.get(f"/learning/questions/{asked.pk}/").content.decode()
    assert "<p>What is</p>" in html
    assert "&lt;b&gt;this&lt;/b&gt;" in html
    listed = page.get(f"/learning/{asked.enrolment_id}/questions/").content.decode()
    assert "What is &lt;b&gt;this&lt;/b&gt;?" in listed


@pytest.mark.parametrize("who", ["ben", "cleo", "fay", "ana", "ed", "amy"])
def test_nobody_else_finds_a_question(
    asked: Conversation,
    course: BuiltCourse,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
    now: datetime,
    who: str,
) -> None:
    person = request.getfixturevalue(who)
    course.enrol(person, at=now)
    browser = sign_in(person)
    for address in (f"/learning/{asked.enrolment_id}/questions/", f"/learning/questions/{asked.pk}/"):
        assert browser.get(address).status_code == 404
    assert browser.post(new(asked.enrolment), {"text": "x"}).status_code == 404
    assert browser.post(f"/learning/questions/{asked.pk}/", {"text": "x", "seen": 1}).status_code == 404
    assert browser.post(f"/learning/questions/{asked.pk}/read/", {"seen": 1}).status_code == 404
    assert Message.objects.count() == 1


def test_without_a_facilitator_the_learner_is_told_who_answers(enrolment: Enrolment, page: Client) -> None:
    html = page.get(new(enrolment)).content.decode()
    assert "The people who run this site read and answer questions on this course." in html


@pytest.mark.parametrize("state", [State.SUSPENDED, State.ENDED])
def test_a_place_that_is_not_active_keeps_its_questions_and_can_ask(
    asked: Conversation, page: Client, now: datetime, state: State
) -> None:
    enrolment = asked.enrolment
    enrolment.move_to(state, **({"ended_at": now} if state is State.ENDED else {}))
    assert "What is" in page.get(f"/learning/questions/{asked.pk}/").content.decode()
    assert page.post(new(enrolment), {"text": "May I come back?"}).status_code == 302
    dashboard = page.get("/learning/").content.decode()
    assert "Not open at the moment" in dashboard
    assert new(enrolment) in dashboard


def test_a_hundred_questions_cost_as_much_as_one(
    asked: Conversation, page: Client, now: datetime, django_assert_num_queries: Callable[[int], object]
) -> None:
    address = f"/learning/{asked.enrolment_id}/questions/"
    page.get(address)
    for number in range(5):
        with time_machine.travel(now + timedelta(hours=number), tick=False):
            page.post(new(asked.enrolment), {"text": f"Question {number}"})
    with django_assert_num_queries(5):
        assert len(page.get(address).context["page"].questions) == 6
