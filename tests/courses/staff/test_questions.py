"""Questions in the admin: who sees them, in what order, and answering."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import ask
from courses.cohorts.models import CohortStaff
from courses.conversations.models import Conversation
from courses.enrolment.models import Enrolment
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]
LIST = "/admin/learning/questions/"


@pytest.fixture(autouse=True)
def facilitates(course: BuiltCourse, fay: User) -> CohortStaff:
    return CohortStaff.objects.create(cohort=course.cohort, user=fay, role=CohortStaff.Role.FACILITATOR)


@pytest.fixture
def staff(fay: User, sign_in: SignIn, now: datetime) -> Client:
    with time_machine.travel(now + timedelta(days=2), tick=False):
        yield sign_in(fay)


def asks(enrolment: Enrolment, text: str, at: datetime) -> Conversation:
    given = {"learner": enrolment.learner, "text": text, "token": uuid4(), "at": at}
    return ask.start(enrolment_id=enrolment.pk, activity_id=None, **given)


def one(conversation: Conversation, then: str = "") -> str:
    return f"{LIST}{conversation.pk}/{then}"


def words(conversation: Conversation, text: str = "It is so.") -> dict[str, object]:
    return {"text": text, "token": str(uuid4()), "seen": conversation.messages.latest("pk").pk}


def listed(browser: Client, **choose: object) -> list[str]:
    return [q.first_words for q in browser.get(LIST, choose).context["list"].questions]


def test_the_longest_waiting_question_comes_first(
    course: BuiltCourse, enrolment: Enrolment, ben: User, staff: Client, now: datetime
) -> None:
    asks(enrolment, "Newer", now + timedelta(hours=5))
    old = asks(course.enrol(ben, at=now), "Older", now)
    assert listed(staff) == ["Older", "Newer"]
    html = staff.get(LIST).content.decode()
    assert "Waiting for 2\xa0days" in html
    assert "Ben Lerner" in html
    staff.post(one(old), words(old))
    assert listed(staff) == ["Newer"]
    assert listed(staff, show="answered") == ["Older"]
    assert listed(staff, show="all") == ["Newer", "Older"]
    assert listed(staff, show="nonsense") == ["Newer"]


def test_questions_can_be_chosen_by_cohort(
    enrolment: Enrolment, ben: User, staff: Client, amy: User, sign_in: SignIn, now: datetime
) -> None:
    asks(enrolment, "Here", now)
    other = build.course(at=now, code="OTHER")
    asks(other.enrol(ben, at=now), "Elsewhere", now + timedelta(hours=1))
    assert listed(staff) == ["Here"]
    assert listed(staff, cohort=other.cohort.pk) == ["Here"], "a cohort that is not theirs is no choice"
    assert listed(sign_in(amy)) == ["Here", "Elsewhere"]
    assert listed(sign_in(amy), cohort=other.cohort.pk) == ["Elsewhere"]
    assert listed(sign_in(amy), cohort="x") == ["Here", "Elsewhere"]


def test_an_answer_reaches_the_learner(
    enrolment: Enrolment, staff: Client, ada: User, sign_in: SignIn, now: datetime
) -> None:
    asked = asks(enrolment, "Why is that?", now)
    shown = staff.get(one(asked)).content.decode()
    assert "Why is that?" in shown
    assert reverse("staff:register", args=[enrolment.cohort_id]) in shown
    data = words(asked)
    assert staff.post(one(asked), data).headers["Location"] == LIST
    assert staff.post(one(asked), data).headers["Location"] == LIST
    assert asked.messages.count() == 2
    assert "It is so." in sign_in(ada).get(f"/learning/questions/{asked.pk}/").content.decode()


def test_an_empty_answer_is_refused_and_a_late_one_warns(
    enrolment: Enrolment, staff: Client, now: datetime
) -> None:
    asked = asks(enrolment, "Why is that?", now)
    data = words(asked)
    refused = staff.post(one(asked), {**data, "text": " "})
    assert refused.status_code == 409
    assert "Please write something first." in refused.content.decode()
    assert str(data["token"]) in refused.content.decode()
    ask.reply(conversation_id=asked.pk, learner=enrolment.learner, text="And?", token=uuid4(), seen=0, at=now)
    late = staff.post(one(asked), data, follow=True)
    assert "The learner wrote again while you were writing" in late.content.decode()
    closed = staff.post(one(asked, "close/"), data, follow=True)
    assert "The learner has written again." in closed.content.decode()


def test_closing_and_opening_again(enrolment: Enrolment, staff: Client, now: datetime) -> None:
    asked = asks(enrolment, "Thank you!", now)
    closed = staff.post(one(asked, "close/"), words(asked), follow=True)
    assert "The question is closed." in closed.content.decode()
    assert listed(staff) == []
    opened = staff.post(one(asked, "reopen/"), follow=True)
    assert "The question is open again." in opened.content.decode()
    assert listed(staff) == ["Thank you!"]


@pytest.mark.parametrize("who", ["ana", "ed"])
def test_assessors_and_editors_find_no_question(
    course: BuiltCourse,
    enrolment: Enrolment,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
    now: datetime,
    who: str,
) -> None:
    asked = asks(enrolment, "Private words", now)
    person = request.getfixturevalue(who)
    CohortStaff.objects.create(cohort=course.cohort, user=person, role=CohortStaff.Role.ASSESSOR)
    browser = sign_in(person)
    assert browser.get(one(asked)).status_code == 404
    assert browser.post(one(asked), words(asked)).status_code == 404
    assert browser.post(one(asked, "close/"), words(asked)).status_code == 404
    assert browser.post(one(asked, "reopen/")).status_code == 404
    assert listed(browser, show="all") == []
    home = browser.get("/admin/").content.decode()
    assert "Private words" not in home
    assert "Learners’ questions" not in home
    assert "Questions waiting" not in home


def test_the_menu_says_how_many_wait_and_the_first_page_shows_them(
    enrolment: Enrolment, staff: Client, now: datetime
) -> None:
    empty = staff.get("/admin/").content.decode()
    assert "No question waits for an answer." in empty
    asked = asks(enrolment, "Why is that?", now)
    asks(enrolment, "And why is this?", now)
    home = staff.get("/admin/").content.decode()
    assert "Why is that?" in home
    assert "2 questions wait." in home
    assert "(2)" in home
    staff.post(one(asked), words(asked))
    assert "1 question waits." in staff.get("/admin/").content.decode()


def test_a_long_list_comes_in_pages(enrolment: Enrolment, staff: Client, now: datetime) -> None:
    for number in range(41):
        asks(enrolment, f"Question {number}", now + timedelta(hours=2 * number))
    assert len(listed(staff)) == 40
    assert len(listed(staff, p=2)) == 1
    assert "Page 1 of 2" in staff.get(LIST).content.decode()
