"""The pages of live sessions and coursework: what they show, and what happens to what is sent to them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import assess, attendance, coursework, editions, enrol
from courses.actions.coursework import Work
from courses.assessment.coursework import Submission, SubmissionDraft, SubmissionFile
from courses.catalogue.pages import CourseworkPage, LiveSessionPage
from courses.enrolment.models import Enrolment
from courses.progress.turnout import Status
from tests.factories import courses as build
from tests.factories import handing_in as make
from tests.factories.courses import SECRET_LESSON, BuiltCourse


@pytest.fixture(autouse=True)
def private(tmp_path: Any, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": {"location": str(tmp_path), "base_url": None}},
    }


@pytest.fixture
def course(db: None, now: datetime, time_machine: Any) -> BuiltCourse:
    time_machine.move_to(now, tick=False)
    return make.course(at=now)


@pytest.fixture
def ana(course: BuiltCourse, ana: User) -> User:
    return make.staff(course, ana)


@pytest.fixture
def client(enrolment: Enrolment) -> Client:
    return make.sign_in(enrolment.learner)


@pytest.fixture
def page(course: BuiltCourse, enrolment: Enrolment) -> str:
    return reverse("learning:activity", args=[enrolment.pk, make.work_id(course)])


@pytest.fixture
def form(course: BuiltCourse, enrolment: Enrolment) -> str:
    return reverse("learning:work", args=[enrolment.pk, make.work_id(course)])


@pytest.fixture
def session(course: BuiltCourse, enrolment: Enrolment) -> str:
    return reverse("learning:activity", args=[enrolment.pk, make.session_id(course)])


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def which(course: BuiltCourse, enrolment: Enrolment) -> dict[str, Any]:
    return {
        "enrolment_id": enrolment.pk,
        "activity_id": make.work_id(course),
        "learner": enrolment.learner,
    }


# --- Coursework -----------------------------------------------------------------------------------


def test_the_page_says_what_to_do_and_what_is_looked_for(client: Client, page: str) -> None:
    shown = words(client.get(page))
    assert "write one page" in shown
    assert "It says who decides." in shown
    assert 'enctype="multipart/form-data"' in shown
    assert not SubmissionDraft.objects.exists()


def test_text_and_a_file_are_handed_in_together(client: Client, page: str, form: str) -> None:
    plan = SimpleUploadedFile("plan.pdf", make.pdf())
    sent = {"text": "My plan.", "sequence": "1", "do": "hand_in", "files": [plan]}
    answer = client.post(form, sent)
    assert answer.headers["Location"] == f"{page}#your-work"
    made = Submission.objects.get()
    assert (made.text, made.files.get().title) == ("My plan.", "plan.pdf")
    shown = words(client.get(page))
    assert "Handed in on 23 November 2026" in shown
    assert "plan.pdf" in shown


def test_after_handing_in_the_box_is_empty_and_a_late_save_of_the_page_brings_nothing_back(
    client: Client, page: str, form: str
) -> None:
    fetch = {"X-Requested-With": "fetch"}
    client.post(form, {"text": "My own words.", "sequence": "1", "do": "hand_in"})
    # What the script had sent just before the button was pressed arrives after it.
    client.post(form, {"text": "My own words.", "sequence": "1"}, headers=fetch)
    shown = client.get(page).content.decode()
    assert "It is not handed in yet" not in shown
    assert BeautifulSoup(shown, "html.parser").select_one("#work-text").text.strip() == ""  # type: ignore[union-attr]
    assert shown.count("My own words.") == 1


def test_saving_hands_nothing_in(client: Client, page: str, form: str) -> None:
    plan = SimpleUploadedFile("plan.pdf", make.pdf())
    client.post(form, {"text": "Half a plan", "sequence": "1", "do": "save", "files": [plan]})
    assert not Submission.objects.exists()
    shown = words(client.get(page))
    assert "Half a plan</textarea>" in shown
    assert "It is not handed in yet." in shown
    file = SubmissionFile.objects.get()
    client.post(form, {"text": "Half a plan, and more", "sequence": "2", "remove": str(file.pk)})
    assert not SubmissionFile.objects.exists()
    assert SubmissionDraft.objects.get().text == "Half a plan, and more"


def test_a_file_that_is_not_taken_keeps_the_words_and_hands_nothing_in(client: Client, form: str) -> None:
    song, plan = SimpleUploadedFile("song.mp3", b"ID3\x00"), SimpleUploadedFile("plan.pdf", make.pdf())
    answer = client.post(form, {"text": "My plan.", "sequence": "1", "do": "hand_in", "files": [song, plan]})
    assert answer.status_code == 409
    shown = words(answer)
    assert "song.mp3” is no file that we can take" in shown
    assert "My plan.</textarea>" in shown
    assert "plan.pdf" in shown
    assert "Please look again:" in shown
    assert not Submission.objects.exists()


def test_words_that_cannot_be_taken_come_back(client: Client, form: str) -> None:
    answer = client.post(form, {"text": "x" * 20_001, "sequence": "1", "do": "save"})
    assert answer.status_code == 409
    assert "x" * 20_001 in words(answer)
    empty = client.post(form, {"text": "", "sequence": "1", "do": "hand_in"})
    assert "Please write something, or choose a file, first." in words(empty)


def test_a_script_saves_as_it_is_typed(client: Client, form: str) -> None:
    script = {"X-Requested-With": "fetch"}
    answer = client.post(form, {"text": "One", "sequence": "1"}, headers=script)
    assert answer.json()["saved"] is True
    client.post(form, {"text": "Two", "sequence": "2"}, headers=script)
    late = client.post(form, {"text": "One", "sequence": "1"}, headers=script)
    assert (late.status_code, late.json()["other"], late.json()["sequence"]) == (409, "Two", 2)
    out = Client().post(form, {"text": "Three", "sequence": "3"}, headers=script)
    assert out.status_code == 401


def test_words_survive_signing_in_again(form: str, enrolment: Enrolment) -> None:
    client = Client()
    answer = client.post(form, {"text": "A long thought", "sequence": "1", "do": "hand_in"})
    assert answer.status_code == 302
    client.force_login(enrolment.learner)
    assert "A long thought</textarea>" in words(client.get(form))


def test_a_page_from_another_window_is_shown_beside_what_was_typed(client: Client, form: str) -> None:
    client.post(form, {"text": "In the other window", "sequence": "1", "do": "save"})
    answer = client.post(form, {"text": "Here", "sequence": "1", "do": "save"})
    shown = words(answer)
    assert answer.status_code == 409
    assert "Here</textarea>" in shown
    assert "In the other window" in shown
    assert 'name="sequence" value="2"' in shown


def test_what_comes_back_says_why_and_can_be_handed_in_again(
    client: Client, page: str, form: str, ana: User, now: datetime
) -> None:
    client.post(
        form,
        {"text": "My plan.", "do": "hand_in", "files": [SimpleUploadedFile("plan.pdf", make.pdf())]},
    )
    assess.send_back(submission_id=Submission.objects.get().pk, comment="Who decides?", by=ana, at=now)
    shown = words(client.get(page))
    assert "Comment by Ana Sessor" in shown
    assert "Who decides?" in shown
    assert "My plan.</textarea>" in shown
    again = Submission.objects.get().files.get()
    client.post(form, {"text": "All of us.", "sequence": "9", "do": "hand_in", "again": str(again.pk)})
    assess.sign_off(submission_id=Submission.objects.get(number=2).pk, by=ana, at=now)
    shown = words(client.get(page))
    assert "Signed off by Ana Sessor" in shown
    assert "What you handed in before" in shown
    assert "<textarea" not in shown
    assert client.post(form, {"text": "More", "sequence": "20", "do": "hand_in"}).status_code == 409


@pytest.mark.parametrize(
    "sent", [{}, {"sequence": "x", "token": "y", "remove": "z", "again": "q", "do": "?"}]
)
def test_nonsense_is_no_error(client: Client, form: str, sent: dict[str, str]) -> None:
    assert client.post(form, sent).status_code in (302, 409)


def test_the_outline_shows_kind_and_state_and_what_waits(
    client: Client, course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    address = reverse("learning:course", args=[enrolment.pk])
    shown = words(client.get(address))
    assert "Live session" in shown
    assert "Coursework" in shown
    assert "1 meeting to go." in shown
    course.do_lessons(enrolment, at=now)
    coursework.hand_in(**which(course, enrolment), work=Work(text="My plan."), at=now)
    shown = words(client.get(address))
    assert "Handed in" in shown
    assert "1 piece of work is handed in." in shown


def test_coursework_of_somebody_else_is_not_there(
    form: str, page: str, ben: User, cleo: User, course: BuiltCourse, now: datetime
) -> None:
    course.enrol(ben, at=now)
    for person in (ben, cleo):
        client = make.sign_in(person)
        assert client.get(page).status_code == 404
        assert client.post(form, {"text": "x", "do": "hand_in"}).status_code == 404


# --- Files ----------------------------------------------------------------------------------------


@pytest.fixture
def file(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> SubmissionFile:
    uploads = [coursework.Upload("plän <b>.pdf", make.pdf())]
    token = Work().token
    coursework.keep_files(**which(course, enrolment), files=uploads, token=token, at=now)
    return SubmissionFile.objects.get()


def test_a_file_is_saved_and_never_shown_on_this_site(
    client: Client, file: SubmissionFile, enrolment: Enrolment
) -> None:
    answer = client.get(reverse("learning:work_file", args=[enrolment.pk, file.pk]))
    assert answer.content == make.pdf()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "pl%C3%A4n%20%3Cb%3E.pdf" in disposition


def test_a_file_is_for_its_learner_and_for_those_who_assess(
    file: SubmissionFile, course: BuiltCourse, ben: User, ana: User, fay: User, now: datetime
) -> None:
    enrolment = file.enrolment
    own = reverse("learning:work_file", args=[enrolment.pk, file.pk])
    for_staff = reverse("staff:work_file", args=[file.pk])
    theirs = course.enrol(ben, at=now)
    assert make.sign_in(ben).get(own).status_code == 404
    assert make.sign_in(ben).get(reverse("learning:work_file", args=[theirs.pk, file.pk])).status_code == 404
    # What is not handed in yet is the learner's alone.
    assert make.sign_in(ana).get(for_staff).status_code == 404
    coursework.hand_in(**which(course, enrolment), work=Work(text="Here."), at=now)
    assert make.sign_in(ana).get(for_staff).status_code == 200
    assert make.sign_in(fay).get(for_staff).status_code == 404


# --- Live sessions --------------------------------------------------------------------------------


def test_a_session_without_a_date_says_so(client: Client, session: str) -> None:
    shown = words(client.get(session))
    assert "The date is not fixed yet." in shown
    assert "we will sit in a circle" in shown
    assert "Bring a pen to We meet." in shown
    assert "You need 1 of 1 sessions. So far you have 0." in shown


def test_a_session_says_when_and_where_and_takes_an_apology_and_the_task(
    client: Client, session: str, course: BuiltCourse, fay: User, ana: User, now: datetime
) -> None:
    make.meet(course, by=make.staff(course, fay, "facilitator"), at=now, begins=now + timedelta(days=1))
    enrolment = Enrolment.objects.get()
    shown = words(client.get(session))
    assert "24 November 2026" in shown
    assert "Room 1" in shown
    assert "I cannot come" in shown
    assert "<textarea" not in shown
    apologise = reverse("learning:apologise", args=[enrolment.pk, course.cohort.sessions.get().pk])
    client.post(apologise)
    shown = words(client.get(session))
    assert "The make-up task" in shown
    assert "Write down what you would have said" in shown
    form = reverse("learning:work", args=[enrolment.pk, make.session_id(course)])
    answer = client.post(form, {"text": "I would have said this.", "sequence": "1", "do": "hand_in"})
    assert answer.status_code == 302
    assess.sign_off(submission_id=Submission.objects.get().pk, by=ana, at=now)
    assert "Signed off by Ana Sessor" in words(client.get(session))


def test_no_make_up_task_is_asked_for_while_it_cannot_be_read(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    page = build.course_page(code="TWO", slug="two-course", sessions_needed=1)
    build.lesson(build.stage(page, "First"), "Lesson one")
    build.session_page(build.stage(page, "Second"), "We meet")
    edition = editions.publish(course_page=page, by=fay, at=now)
    day = now.date()
    dates = {"is_rolling": False, "starts_on": day, "ends_on": day + timedelta(days=60)}
    later = BuiltCourse(page=page, edition=edition, cohort=build.cohort(edition, at=now, **dates))
    enrolment, client = later.enrol(ada, at=now), make.sign_in(ada)
    make.meet(later, by=make.staff(later, fay, "facilitator"), at=now, begins=now + timedelta(days=1))
    address = reverse("learning:activity", args=[enrolment.pk, make.session_id(later)])
    assert "You can read it when this stage opens" in words(client.get(address))
    client.post(reverse("learning:apologise", args=[enrolment.pk, later.cohort.sessions.get().pk]))
    shown = words(client.get(address))
    assert "Write down what you would have said" not in shown
    assert "<textarea" not in shown
    client.post(reverse("learning:done", args=[enrolment.pk, later.lesson_id]))
    shown = words(client.get(address))
    assert "Write down what you would have said" in shown
    assert "<textarea" in shown


def test_who_was_there_is_told_so_and_hands_nothing_in(
    client: Client, session: str, course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    met = make.meet(course, by=make.staff(course, fay, "facilitator"), at=now)
    attendance.mark(session_id=met.pk, enrolment_id=enrolment.pk, status=Status.ATTENDED, by=fay, at=now)
    shown = words(client.get(session))
    assert "You were there." in shown
    assert "<textarea" not in shown


def test_pages_stay_readable_when_they_are_unpublished(client: Client, page: str, session: str) -> None:
    CourseworkPage.objects.update(live=False)
    LiveSessionPage.objects.update(live=False)
    assert SECRET_LESSON in words(client.get(page))
    assert SECRET_LESSON in words(client.get(session))


def test_nothing_opens_for_a_place_that_has_ended(
    client: Client, page: str, session: str, enrolment: Enrolment, now: datetime
) -> None:
    enrol.withdraw(enrolment_id=enrolment.pk, by=enrolment.learner, at=now)
    for address in (page, session):
        answer = client.get(address)
        assert answer.status_code == 403
        assert SECRET_LESSON not in words(answer)


def test_the_paper_of_a_stage_has_the_session_and_the_task(client: Client, enrolment: Enrolment) -> None:
    shown = words(client.get(reverse("learning:print_stage", args=[enrolment.pk, 1])))
    assert "we will sit in a circle" in shown
    assert "write one page" in shown
    assert "What the assessor looks for" in shown


def test_who_looks_as_a_learner_sees_the_pages_and_nobody_s_work(
    course: BuiltCourse, enrolment: Enrolment, amy: User, now: datetime
) -> None:
    coursework.hand_in(**which(course, enrolment), work=Work(text="private-work-canary"), at=now)
    client = make.sign_in(amy)
    client.post(reverse("staff:look_at_learner", args=[enrolment.pk]))
    shown = words(client.get(reverse("learning:activity", args=[enrolment.pk, make.work_id(course)])))
    assert "write one page" in shown
    assert "private-work-canary" not in shown
    assert "<textarea" not in shown
    client.post(reverse("staff:look_at_edition", args=[course.edition.pk]))
    for activity in (make.session_id(course), make.work_id(course)):
        answer = client.get(reverse("learning:activity", args=[0, activity]))
        assert answer.status_code == 200
        assert SECRET_LESSON in words(answer)
