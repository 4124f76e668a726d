"""Looking as a learner: who may, what is shown, what is not, and how it ends."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms.users.models import User
from courses.assessment.models import Attempt
from courses.catalogue.pages import LessonPage, QuizPage
from courses.cohorts.models import CohortStaff
from courses.enrolment.models import Enrolment
from courses.ledger.models import LedgerEntry
from tests.factories import courses as build
from tests.factories.courses import SECRET_FEEDBACK, SECRET_LESSON, BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def team(course: BuiltCourse, fay: User, ana: User) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")
    CohortStaff.objects.create(cohort=course.cohort, user=ana, role="assessor")


def look_as(client: Client, enrolment: Enrolment) -> HttpResponse:
    return client.post(reverse("staff:look_at_learner", args=[enrolment.pk]))


def look_at(client: Client, course: BuiltCourse, **data: object) -> HttpResponse:
    return client.post(reverse("staff:look_at_edition", args=[course.edition.pk]), data)


def page(enrolment: int, activity: int | None = None) -> str:
    if activity is None:
        return reverse("learning:course", args=[enrolment])
    return reverse("learning:activity", args=[enrolment, activity])


def words(response: HttpResponse) -> str:
    return response.content.decode()


# --- As a sample learner --------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ed", "fay", "ana", "amy"])
def test_staff_of_a_course_see_it_as_somebody_who_has_just_joined(
    course: BuiltCourse, request: pytest.FixtureRequest, sign_in: SignIn, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert look_at(client, course).url == page(0)
    shown = client.get(page(0))
    assert shown.status_code == 200
    assert "You are looking as a sample learner" in words(shown)
    assert shown.context["course"].done == 0
    assert SECRET_LESSON in words(client.get(page(0, course.lesson_id)))
    locked = client.get(page(0, course.quiz_id))
    assert locked.status_code == 403
    assert "This opens when you have finished" in words(locked)


def test_all_stages_can_be_opened_as_if_everything_before_were_done(
    course: BuiltCourse, ed: User, sign_in: SignIn
) -> None:
    client = sign_in(ed)
    look_at(client, course, everything="yes", cohort=course.cohort.pk, next=page(0, course.quiz_id))
    shown = client.get(page(0, course.quiz_id))
    assert shown.status_code == 200
    assert shown.context["quiz"].can_begin
    assert SECRET_FEEDBACK not in words(shown)
    assert reverse("staff:try_quiz", args=[QuizPage.objects.get().pk]) in words(shown)
    back = look_at(client, course, cohort=course.cohort.pk, next=page(0, course.quiz_id))
    assert back.url == page(0, course.quiz_id)
    assert client.get(page(0, course.quiz_id)).status_code == 403


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/account/", "/learning/1/"])
def test_nobody_is_sent_anywhere_but_to_what_they_look_at(
    course: BuiltCourse, ed: User, sign_in: SignIn, elsewhere: str
) -> None:
    assert look_at(sign_in(ed), course, next=elsewhere).url == page(0)


def test_who_has_no_business_with_a_course_does_not_look_at_it(
    course: BuiltCourse, ada: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    other = build.course(at=now, code="OTHER")
    client = sign_in(fay)
    assert look_at(client, other).status_code == 404
    assert look_at(client, course, cohort=other.cohort.pk).status_code == 404
    assert client.get(page(0)).status_code == 404
    assert look_at(sign_in(ada), course).status_code == 302, "sent away from the admin"
    assert sign_in(ada).get(page(0)).status_code == 404


def test_looking_never_begins_by_following_a_link(course: BuiltCourse, fay: User, sign_in: SignIn) -> None:
    client = sign_in(fay)
    assert client.get(reverse("staff:look_at_edition", args=[course.edition.pk])).status_code == 405
    assert client.get(reverse("staff:look_at_learner", args=[1])).status_code == 405
    assert client.get(reverse("learning:stop_looking")).status_code == 405


# --- As one learner -------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "may"), [("fay", True), ("amy", True), ("ana", False), ("ed", False)])
def test_facilitators_and_administrators_look_as_a_learner_and_nobody_else(
    course: BuiltCourse,
    enrolment: Enrolment,
    request: pytest.FixtureRequest,
    sign_in: SignIn,
    who: str,
    may: bool,
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert look_as(client, enrolment).status_code == (302 if may else 404)
    assert client.get(page(enrolment.pk)).status_code == (200 if may else 404)
    if who == "ana":
        register = client.get(reverse("staff:register", args=[course.cohort.pk]))
        assert reverse("staff:look_at_learner", args=[enrolment.pk]) not in words(register)


def test_a_facilitator_sees_what_the_learner_sees(
    course: BuiltCourse, enrolment: Enrolment, fay: User, ada: User, sign_in: SignIn, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    client, own = sign_in(fay), sign_in(ada)
    look_as(client, enrolment)
    shown, theirs = client.get(page(enrolment.pk)), own.get(page(enrolment.pk))
    assert shown.context["course"] == theirs.context["course"]
    assert "You are looking as Ada Lerner" in words(shown)
    assert "looking" not in words(theirs)
    lesson = client.get(page(enrolment.pk, course.lesson_id))
    assert lesson.context["lesson"].is_done


def test_the_beginning_is_in_the_log_of_the_cohort_and_not_in_the_learner_s_ledger(
    course: BuiltCourse, enrolment: Enrolment, fay: User, amy: User, sign_in: SignIn
) -> None:
    before = LedgerEntry.objects.count()
    at = timezone.now().replace(microsecond=0)
    with time_machine.travel(at, tick=False):
        look_as(sign_in(fay), enrolment)
    entry = ModelLogEntry.objects.for_instance(course.cohort).get()
    assert (entry.user, entry.timestamp, entry.data) == (fay, at, {"enrolment": enrolment.pk})
    assert "Ada" not in f"{entry.label}{entry.data}"
    assert entry.message == f"Looked as a learner (enrolment {enrolment.pk})"
    assert LedgerEntry.objects.count() == before
    history = sign_in(amy).get(reverse("cohort:history", args=[course.cohort.pk]))
    assert "Looked as a learner" in words(history)


def test_other_courses_of_the_learner_and_other_learners_stay_hidden(
    course: BuiltCourse, enrolment: Enrolment, ben: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    other = build.course(at=now, code="OTHER")
    hers, his = other.enrol(enrolment.learner, at=now), course.complete(ben, at=now)
    client = sign_in(fay)
    look_as(client, enrolment)
    assert client.get(page(hers.pk)).status_code == 404
    assert client.get(page(his.pk)).status_code == 404
    his_attempt = Attempt.objects.get(enrolment=his)
    assert client.get(reverse("learning:review", args=[his_attempt.pk])).status_code == 404
    assert client.get(reverse("learning:dashboard")).url == page(enrolment.pk)


def test_what_is_the_learner_s_alone_is_not_shown(
    course: BuiltCourse, ada: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    enrolment = course.complete(ada, at=now)
    client = sign_in(fay)
    look_as(client, enrolment)
    attempt = Attempt.objects.get(enrolment=enrolment)
    assert client.get(reverse("learning:review", args=[attempt.pk])).status_code == 200
    for name in ("learning:notes", "learning:questions", "learning:ask"):
        hidden = client.get(reverse(name, args=[enrolment.pk]))
        assert hidden.status_code == 403
        assert "for the learner alone" in words(hidden)
    for name in ("certificates:view", "certificates:pdf"):
        assert client.get(reverse(name, args=["0" * 28])).status_code == 403
    assert "Fay Cilitator" in words(client.get(reverse("account:details")))


def test_an_open_attempt_is_the_learner_s_alone(attempt: Attempt, fay: User, sign_in: SignIn) -> None:
    client = sign_in(fay)
    look_as(client, attempt.enrolment)
    for address in (
        reverse("learning:question", args=[attempt.pk, 1]),
        reverse("learning:check", args=[attempt.pk]),
    ):
        assert client.get(address).status_code == 403


def test_private_notes_are_never_shown(
    course: BuiltCourse, enrolment: Enrolment, ada: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    from courses.progress.notes import Note

    lesson = LessonPage.objects.get(title="Lesson one")
    lesson.body = [("activity_prompt", {"title": "Think", "text": "<p>What do you think?</p>"})]
    lesson.save_revision().publish()
    block = lesson.body[0].id
    Note.objects.create(
        enrolment=enrolment,
        activity_id=course.lesson_id,
        block=block,
        text="canary-note",
        sequence=1,
        updated_at=now,
    )
    assert "canary-note" in words(sign_in(ada).get(page(enrolment.pk, course.lesson_id)))
    client = sign_in(fay)
    look_as(client, enrolment)
    shown = client.get(page(enrolment.pk, course.lesson_id))
    assert "What do you think?" in words(shown)
    assert "canary-note" not in words(shown)
    printed = client.get(reverse("learning:print_stage", args=[enrolment.pk, 1]))
    assert printed.status_code == 200
    assert "canary-note" not in words(printed)


def test_a_press_is_refused_with_a_sentence_for_people_and_for_scripts(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn
) -> None:
    client = sign_in(fay)
    look_as(client, enrolment)
    address = reverse("learning:done", args=[enrolment.pk, course.lesson_id])
    assert "nothing was saved" in words(client.post(address))
    told = client.post(address, headers={"X-Requested-With": "fetch"})
    assert (told.status_code, told.json()["saved"]) == (403, False)
    assert not enrolment.records.exists()
    assert client.post(reverse("learning:join", args=[course.cohort.pk])).status_code == 403
    assert not Enrolment.objects.filter(learner=fay).exists()


# --- The end --------------------------------------------------------------------------------------


def test_stopping_leads_back_and_is_safe_to_repeat(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn
) -> None:
    client = sign_in(fay)
    look_as(client, enrolment)
    stop = reverse("learning:stop_looking")
    assert client.post(stop).url == reverse("staff:register", args=[course.cohort.pk])
    assert client.get(page(enrolment.pk)).status_code == 404
    assert client.post(stop).url == reverse("learning:dashboard")


def test_it_ends_by_itself_after_an_hour(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn
) -> None:
    begun = timezone.now()
    client = sign_in(fay)
    with time_machine.travel(begun, tick=False):
        look_as(client, enrolment)
    with time_machine.travel(begun + timedelta(minutes=59), tick=False):
        assert client.get(page(enrolment.pk)).status_code == 200
    with time_machine.travel(begun + timedelta(minutes=60), tick=False):
        over = client.get(page(enrolment.pk))
        assert over.status_code == 403
        assert "after 60 minutes" in words(over)
        assert "You are looking as" not in words(client.get("/"))
        assert client.get(reverse("learning:dashboard")).status_code == 200


def test_it_ends_at_sign_out(course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn) -> None:
    client = sign_in(fay)
    look_as(client, enrolment)
    client.post(reverse("account_logout"))
    client.force_login(fay)
    assert client.get(page(enrolment.pk)).status_code == 404


def test_a_facilitator_who_is_taken_off_sees_nothing_from_that_moment(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn
) -> None:
    client = sign_in(fay)
    look_as(client, enrolment)
    CohortStaff.objects.filter(user=fay).delete()
    assert client.get(page(enrolment.pk)).status_code != 200


def test_every_page_says_that_somebody_looks(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn
) -> None:
    client = sign_in(fay)
    assert "looking as" not in words(client.get("/"))
    look_as(client, enrolment)
    for address in ("/", reverse("search"), reverse("account:details"), page(enrolment.pk)):
        shown = words(client.get(address))
        assert "You are looking as" in shown
        assert "Stop looking" in shown


# --- Trying a quiz --------------------------------------------------------------------------------


def test_staff_try_a_quiz_and_see_all_feedback_without_an_attempt(
    course: BuiltCourse, ana: User, sign_in: SignIn
) -> None:
    client, address = sign_in(ana), reverse("staff:try_quiz", args=[QuizPage.objects.get().pk])
    shown = client.get(address)
    assert SECRET_FEEDBACK not in words(shown)
    questions = shown.context["trial"].questions
    right = {q.name: [o.key for o in q.options if o.is_right] for q in questions}
    marked = client.post(address, right)
    assert "would earn 100%" in words(marked)
    assert SECRET_FEEDBACK in words(marked)
    assert "would earn 0%" in words(client.post(address, {"question-1": "made-up"}))
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("who", ["ada", "cleo"])
def test_a_quiz_with_its_answers_is_for_staff_only(
    course: BuiltCourse, enrolment: Enrolment, request: pytest.FixtureRequest, sign_in: SignIn, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    address = reverse("staff:try_quiz", args=[QuizPage.objects.get().pk])
    assert client.get(address).status_code == 302
    assert SECRET_FEEDBACK not in words(client.post(address, follow=True))


def test_a_team_tries_only_the_quizzes_of_its_own_courses(
    course: BuiltCourse, fay: User, sign_in: SignIn, now: datetime
) -> None:
    build.course(at=now, code="OTHER")
    other = QuizPage.objects.order_by("-pk")[0]
    assert sign_in(fay).get(reverse("staff:try_quiz", args=[other.pk])).status_code == 404
