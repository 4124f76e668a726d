"""Handing in work and deciding about it: nothing is lost or decided twice, and absence can be made up."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import storages

from cms.users import accounts, privacy
from cms.users.models import User
from courses.actions import assess, attendance, certify, coursework, enrol, study
from courses.actions.assess import DecisionRefused
from courses.actions.coursework import Upload, Work, WorkRefused
from courses.actions.study import StudyRefused
from courses.assessment.coursework import Submission, SubmissionDraft, SubmissionFile
from courses.enrolment.models import Enrolment
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from courses.progress.models import Completion, Record
from courses.progress.rules import Outcome
from courses.progress.turnout import Mark, Status
from tests.factories import handing_in as make
from tests.factories.courses import BuiltCourse


@pytest.fixture(autouse=True)
def private(tmp_path: Any, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": {"location": str(tmp_path), "base_url": None}},
    }


@pytest.fixture
def course(db: None, now: datetime) -> BuiltCourse:
    return make.course(at=now)


@pytest.fixture
def ana(course: BuiltCourse, ana: User) -> User:
    return make.staff(course, ana)


@pytest.fixture
def fay(course: BuiltCourse, fay: User) -> User:
    return make.staff(course, fay, "facilitator")


@pytest.fixture
def which(course: BuiltCourse, enrolment: Enrolment) -> dict[str, Any]:
    """Ada's coursework."""
    return {
        "enrolment_id": enrolment.pk,
        "activity_id": make.work_id(course),
        "learner": enrolment.learner,
    }


def outcome(which: dict[str, Any]) -> str:
    found = Record.objects.filter(enrolment=which["enrolment_id"], activity=which["activity_id"]).first()
    return found.outcome if found else ""


def keep(
    which: dict[str, Any], at: datetime, *files: tuple[str, bytes], token: Any = None
) -> tuple[str, ...]:
    uploads = [Upload(name, content) for name, content in files]
    return coursework.keep_files(**which, files=uploads, token=token or uuid4(), at=at)


# --- Handing in -----------------------------------------------------------------------------------


def test_what_is_handed_in_waits_for_an_assessor(which: dict[str, Any], now: datetime) -> None:
    made = coursework.hand_in(**which, work=Work(text="My plan.\r\n"), at=now)
    assert (made.number, made.text, made.status) == (1, "My plan.", "handed_in")
    assert outcome(which) == "handed_in"
    entry = LedgerEntry.objects.get(action="work handed in")
    assert entry.details == {"activity": which["activity_id"], "number": 1}


def test_the_same_form_sent_twice_is_one_hand_in(which: dict[str, Any], now: datetime) -> None:
    work = Work(text="My plan.")
    keep(which, now, ("plan.pdf", make.pdf()), token=work.token)
    first = coursework.hand_in(**which, work=work, at=now)
    assert keep(which, now, ("plan.pdf", make.pdf()), token=work.token) == ()
    assert coursework.hand_in(**which, work=work, at=now) == first
    assert Submission.objects.count() == 1
    assert SubmissionFile.objects.get().submission == first


def test_a_newer_hand_in_replaces_one_that_nobody_has_looked_at(which: dict[str, Any], now: datetime) -> None:
    first = coursework.hand_in(**which, work=Work(text="One."), at=now)
    second = coursework.hand_in(**which, work=Work(text="Two."), at=now)
    first.refresh_from_db()
    assert (first.status, second.number, second.status) == ("replaced", 2, "handed_in")


def test_nothing_is_no_work(which: dict[str, Any], now: datetime) -> None:
    with pytest.raises(WorkRefused, match="Please write something, or choose a file"):
        coursework.hand_in(**which, work=Work(text="  \n"), at=now)
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("forms", "work", "sentence"),
    [
        ({"takes_files": False}, Work(), "Please write something first"),
        ({"takes_text": False}, Work(), "Please choose a file first"),
        ({"takes_text": False}, Work(text="Words"), "handed in as a file"),
        ({}, Work(text="x" * 20_001), "too long"),
    ],
)
def test_work_comes_in_a_form_that_is_taken(
    db: None, ada: User, now: datetime, forms: dict[str, bool], work: Work, sentence: str
) -> None:
    course = make.course(at=now, **forms)
    enrolment = course.enrol(ada, at=now)
    with pytest.raises(WorkRefused, match=sentence):
        coursework.hand_in(
            enrolment_id=enrolment.pk, activity_id=make.work_id(course), work=work, learner=ada, at=now
        )


def test_files_are_not_taken_where_text_is_asked_for(db: None, ada: User, now: datetime) -> None:
    course = make.course(at=now, takes_files=False)
    enrolment = course.enrol(ada, at=now)
    which = {"enrolment_id": enrolment.pk, "activity_id": make.work_id(course), "learner": ada}
    assert "as text" in keep(which, now, ("plan.pdf", make.pdf()))[0]
    assert not SubmissionFile.objects.exists()


def test_only_a_person_on_the_course_hands_in_and_only_what_is_asked_for(
    which: dict[str, Any], course: BuiltCourse, cleo: User, now: datetime
) -> None:
    work = Work(text="Words")
    with pytest.raises(Enrolment.DoesNotExist):
        coursework.hand_in(**{**which, "learner": cleo}, work=work, at=now)
    with pytest.raises(StudyRefused, match="Nothing is handed in here"):
        coursework.hand_in(**{**which, "activity_id": course.lesson_id}, work=work, at=now)
    enrol.withdraw(enrolment_id=which["enrolment_id"], by=which["learner"], at=now)
    with pytest.raises(StudyRefused, match="not active"):
        coursework.hand_in(**which, work=work, at=now)


def test_nobody_fills_the_storage_by_handing_in_again_and_again(
    which: dict[str, Any], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coursework, "MOST_TIMES", 2)
    for text in ("One.", "Two."):
        coursework.hand_in(**which, work=Work(text=text), at=now)
    with pytest.raises(WorkRefused, match="very often"):
        coursework.hand_in(**which, work=Work(text="Three."), at=now)


# --- Drafts ---------------------------------------------------------------------------------------


def test_a_draft_is_kept_and_an_older_save_never_replaces_a_newer_one(
    which: dict[str, Any], now: datetime
) -> None:
    coursework.keep(**which, work=Work(text="Newer", sequence=2), at=now)
    with pytest.raises(WorkRefused) as refused:
        coursework.keep(**which, work=Work(text="Older", sequence=1), at=now)
    assert (refused.value.kept, refused.value.sequence) == ("Newer", 2)
    coursework.keep(**which, work=Work(text="Newer", sequence=2), at=now)
    assert SubmissionDraft.objects.get().text == "Newer"
    assert outcome(which) == ""


def test_words_from_another_window_are_not_passed_over_when_handing_in(
    which: dict[str, Any], now: datetime
) -> None:
    coursework.keep(**which, work=Work(text="In the other window", sequence=5), at=now)
    with pytest.raises(WorkRefused) as refused:
        coursework.hand_in(**which, work=Work(text="Here", sequence=3), at=now)
    assert refused.value.kept == "In the other window"
    assert not Submission.objects.exists()
    coursework.hand_in(**which, work=Work(text="Here", sequence=6), at=now)
    assert SubmissionDraft.objects.get().text == ""


def test_a_draft_that_is_too_long_is_refused_with_the_way_on(which: dict[str, Any], now: datetime) -> None:
    with pytest.raises(WorkRefused, match="1 characters longer"):
        coursework.keep(**which, work=Work(text="x" * 20_001), at=now)


# --- Files ----------------------------------------------------------------------------------------


def test_good_files_are_kept_also_when_others_are_not(which: dict[str, Any], now: datetime) -> None:
    wrong = keep(which, now, ("plan.pdf", make.pdf()), ("song.mp3", b"ID3\x00\x01"), ("none.txt", b""))
    assert len(wrong) == 2
    assert "song.mp3" in wrong[0]
    file = SubmissionFile.objects.get()
    assert (file.title, file.content_type) == ("plan.pdf", "application/pdf")
    assert file.file_name.startswith("coursework/")
    with storages["private"].open(file.file_name) as stored:
        assert stored.read() == make.pdf()


def test_files_go_in_with_the_work_and_can_go_in_once_more(
    which: dict[str, Any], ana: User, now: datetime
) -> None:
    keep(which, now, ("plan.pdf", make.pdf()))
    first = coursework.hand_in(**which, work=Work(), at=now)
    assess.send_back(submission_id=first.pk, comment="Say more.", by=ana, at=now)
    kept = first.files.get()
    second = coursework.hand_in(**which, work=Work(text="More.", again=[kept.pk, 999]), at=now)
    assert second.files.get().file_name == kept.file_name
    assert first.files.count() == 1


def test_a_file_can_be_taken_away_until_it_is_handed_in(which: dict[str, Any], now: datetime) -> None:
    keep(which, now, ("a.pdf", make.pdf("a")), ("b.pdf", make.pdf("b")))
    first, second = SubmissionFile.objects.all()
    assert coursework.remove_file(**which, file_id=first.pk, at=now)
    assert not coursework.remove_file(**which, file_id=first.pk, at=now)
    assert OutboxEntry.objects.get(kind="file-erased").payload == {"file_name": first.file_name}
    coursework.hand_in(**which, work=Work(), at=now)
    assert not coursework.remove_file(**which, file_id=second.pk, at=now)


def test_ten_files_are_the_most(which: dict[str, Any], now: datetime) -> None:
    wrong = keep(which, now, *[(f"{n}.pdf", make.pdf(str(n))) for n in range(12)])
    assert len(wrong) == 2
    assert "10 files are the most" in wrong[0]
    assert SubmissionFile.objects.count() == 10


# --- Deciding -------------------------------------------------------------------------------------


@pytest.fixture
def waiting(which: dict[str, Any], now: datetime) -> Submission:
    return coursework.hand_in(**which, work=Work(text="My plan."), at=now)


def test_signing_off_finishes_the_activity_and_tells_the_learner(
    waiting: Submission, which: dict[str, Any], ana: User, now: datetime
) -> None:
    assess.sign_off(submission_id=waiting.pk, comment="Good.", by=ana, at=now)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.decided_by, waiting.comment) == ("signed_off", ana, "Good.")
    assert outcome(which) == "done"
    told = OutboxEntry.objects.get(kind="tell", payload__message="coursework_signed_off")
    assert told.payload["about"] == f"submission:{waiting.pk}"
    with pytest.raises(StudyRefused, match="signed off already"):
        coursework.hand_in(**which, work=Work(text="Again"), at=now)


def test_signing_off_the_last_step_completes_the_course(
    waiting: Submission, enrolment: Enrolment, course: BuiltCourse, ana: User, fay: User, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    session = make.meet(course, by=fay, at=now)
    attendance.mark(session_id=session.pk, enrolment_id=enrolment.pk, status=Status.ATTENDED, by=fay, at=now)
    assert not Completion.objects.exists()
    assess.sign_off(submission_id=waiting.pk, by=ana, at=now)
    assert Completion.objects.get().enrolment == enrolment


def test_work_comes_back_with_a_comment_and_can_be_handed_in_again(
    waiting: Submission, which: dict[str, Any], ana: User, now: datetime
) -> None:
    with pytest.raises(DecisionRefused, match="say what is missing"):
        assess.send_back(submission_id=waiting.pk, comment=" \n", by=ana, at=now)
    assess.send_back(submission_id=waiting.pk, comment="Who decides?", by=ana, at=now)
    assert outcome(which) == "sent_back"
    second = coursework.hand_in(**which, work=Work(text="We all decide."), at=now)
    assert (second.number, outcome(which)) == (2, "handed_in")
    assess.sign_off(submission_id=second.pk, by=ana, at=now)
    states = list(Submission.objects.values_list("status", flat=True))
    assert states == ["sent_back", "signed_off"]


def test_of_two_assessors_one_decides_and_the_other_is_told(
    waiting: Submission, ana: User, fay: User, now: datetime
) -> None:
    assess.send_back(submission_id=waiting.pk, comment="Say more.", by=fay, at=now)
    with pytest.raises(DecisionRefused, match="Fay Cilitator has sent this back already"):
        assess.sign_off(submission_id=waiting.pk, by=ana, at=now)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.decided_by) == ("sent_back", fay)


def test_nobody_decides_about_work_that_was_replaced_meanwhile(
    waiting: Submission, which: dict[str, Any], ana: User, now: datetime
) -> None:
    coursework.hand_in(**which, work=Work(text="Newer."), at=now)
    with pytest.raises(DecisionRefused, match="handed in again meanwhile"):
        assess.sign_off(submission_id=waiting.pk, by=ana, at=now)
    assert outcome(which) == "handed_in"


@pytest.mark.parametrize("role", ["assessor", "facilitator", "administrator"])
def test_assessors_facilitators_and_administrators_decide(
    waiting: Submission, course: BuiltCourse, ed: User, amy: User, now: datetime, role: str
) -> None:
    person = amy if role == "administrator" else make.staff(course, ed, role)
    assess.sign_off(submission_id=waiting.pk, by=person, at=now)


def test_nobody_else_decides(
    waiting: Submission, which: dict[str, Any], course: BuiltCourse, ed: User, cleo: User, now: datetime
) -> None:
    make.staff(course, cleo, "buddy")
    make.staff(course, which["learner"])
    for person in (ed, cleo, which["learner"]):
        with pytest.raises(Submission.DoesNotExist):
            assess.sign_off(submission_id=waiting.pk, by=person, at=now)


def test_a_comment_has_an_end(waiting: Submission, ana: User, now: datetime) -> None:
    with pytest.raises(DecisionRefused, match="4000 characters"):
        assess.sign_off(submission_id=waiting.pk, comment="x" * 4001, by=ana, at=now)


# --- Making up for a session ----------------------------------------------------------------------


@pytest.fixture
def make_up(which: dict[str, Any], course: BuiltCourse) -> dict[str, Any]:
    return {**which, "activity_id": make.session_id(course)}


def test_a_session_is_made_up_after_an_apology(
    make_up: dict[str, Any], enrolment: Enrolment, course: BuiltCourse, fay: User, ana: User, now: datetime
) -> None:
    session = make.meet(course, by=fay, at=now, begins=now + timedelta(days=1))
    with pytest.raises(StudyRefused, match="for people who could not come"):
        coursework.hand_in(**make_up, work=Work(text="Half a page."), at=now)
    attendance.apologise(session_id=session.pk, enrolment_id=enrolment.pk, learner=enrolment.learner, at=now)
    waiting = coursework.hand_in(**make_up, work=Work(text="Half a page."), at=now)
    assert outcome(make_up) == "handed_in"
    assess.sign_off(submission_id=waiting.pk, by=ana, at=now)
    assert outcome(make_up) == "done"
    assert LedgerEntry.objects.get(action="work signed off").reason == "made up"


@pytest.mark.parametrize(
    ("mark", "may"),
    [
        (Mark(Status.ABSENT), True),
        (Mark(Status.PARTLY, 60), True),
        (Mark(Status.PARTLY, 90), False),
        (Mark(Status.ATTENDED), False),
    ],
)
def test_who_was_there_long_enough_has_nothing_to_make_up(
    make_up: dict[str, Any], course: BuiltCourse, fay: User, now: datetime, mark: Mark, may: bool
) -> None:
    session = make.meet(course, by=fay, at=now)
    attendance.mark_many(session_id=session.pk, marks={make_up["enrolment_id"]: mark}, by=fay, at=now)
    if may:
        coursework.hand_in(**make_up, work=Work(text="Half a page."), at=now)
        assert outcome(make_up) == "handed_in"
        return
    with pytest.raises(StudyRefused):
        coursework.hand_in(**make_up, work=Work(text="Half a page."), at=now)


def test_what_was_made_up_stays_when_the_register_is_corrected(
    make_up: dict[str, Any], enrolment: Enrolment, course: BuiltCourse, fay: User, ana: User, now: datetime
) -> None:
    session = make.meet(course, by=fay, at=now)
    mark = {"session_id": session.pk, "enrolment_id": enrolment.pk, "by": fay, "at": now}
    attendance.mark(**mark, status=Status.ABSENT)
    made = coursework.hand_in(**make_up, work=Work(text="Half a page."), at=now)
    assess.sign_off(submission_id=made.pk, by=ana, at=now)
    attendance.mark(**mark, status=Status.ATTENDED)
    attendance.mark(**mark, status=Status.APOLOGISED)
    assert outcome(make_up) == "done"


def test_a_register_that_was_wrong_gives_the_waiting_task_back(
    make_up: dict[str, Any], enrolment: Enrolment, course: BuiltCourse, fay: User, now: datetime
) -> None:
    session = make.meet(course, by=fay, at=now)
    mark = {"session_id": session.pk, "enrolment_id": enrolment.pk, "by": fay, "at": now}
    attendance.mark(**mark, status=Status.ABSENT)
    coursework.hand_in(**make_up, work=Work(text="Half a page."), at=now)
    attendance.mark(**mark, status=Status.ATTENDED)
    assert outcome(make_up) == "done"
    attendance.mark(**mark, status=Status.ABSENT)
    assert outcome(make_up) == "handed_in"


# --- Records by others ----------------------------------------------------------------------------


def test_a_record_is_kept_once_and_can_be_taken_back(
    which: dict[str, Any], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    about = {"enrolment": enrolment, "activity_id": which["activity_id"], "by": fay, "at": now}
    study.record(**about, outcome=Outcome.DONE, reason="Seen on paper")
    study.record(**about, outcome=Outcome.DONE)
    study.record(**about, outcome=Outcome.NOT_PASSED)
    assert outcome(which) == "done"
    entry = LedgerEntry.objects.get(action="recorded done")
    assert (entry.reason, entry.details["before"]) == ("Seen on paper", None)
    study.unrecord(**about)
    study.unrecord(**about)
    assert outcome(which) == ""
    assert LedgerEntry.objects.get(action="record taken back").details["completion_stands"] is False


def test_a_completion_stays_when_a_record_is_taken_back(
    waiting: Submission, enrolment: Enrolment, course: BuiltCourse, ana: User, fay: User, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    assess.sign_off(submission_id=waiting.pk, by=ana, at=now)
    about = {"enrolment": enrolment, "activity_id": make.session_id(course), "by": fay, "at": now}
    assert study.record(**about, outcome=Outcome.DONE).is_complete
    assert not study.unrecord(**about, reason="Another person").is_complete
    assert Completion.objects.get().enrolment == enrolment
    assert LedgerEntry.objects.get(action="record taken back").details["completion_stands"] is True


def test_nothing_is_recorded_that_the_edition_does_not_have(
    enrolment: Enrolment, fay: User, now: datetime
) -> None:
    with pytest.raises(StudyRefused):
        study.record(enrolment=enrolment, activity_id=999_999, outcome=Outcome.DONE, by=fay, at=now)


def test_a_certificate_tells_the_minutes_somebody_was_there_and_how_they_were_assessed(
    waiting: Submission, enrolment: Enrolment, course: BuiltCourse, ana: User, fay: User, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    assess.sign_off(submission_id=waiting.pk, by=ana, at=now)
    session = make.meet(course, by=fay, at=now)
    marks = {enrolment.pk: Mark(Status.PARTLY, 100)}
    attendance.mark_many(session_id=session.pk, marks=marks, by=fay, at=now)
    issued = certify.issue(completion_id=Completion.objects.get().pk, at=now)
    assert issued is not None
    assert issued.facts.participatory_minutes == 100
    assert issued.facts.self_directed_minutes == 40
    assert issued.facts.assessment == (
        "“Your plan” was signed off by an assessor",
        "Came to 1 of 1 live sessions",
    )


def test_a_session_that_was_made_up_adds_no_minutes_to_the_certificate(
    waiting: Submission, make_up: dict[str, Any], course: BuiltCourse, ana: User, fay: User, now: datetime
) -> None:
    enrolment = waiting.enrolment
    course.do_lessons(enrolment, at=now)
    assess.sign_off(submission_id=waiting.pk, by=ana, at=now)
    session = make.meet(course, by=fay, at=now)
    attendance.mark_many(session_id=session.pk, marks={enrolment.pk: Mark(Status.ABSENT)}, by=fay, at=now)
    task = coursework.hand_in(**make_up, work=Work(text="Half a page."), at=now)
    assess.sign_off(submission_id=task.pk, by=ana, at=now)
    issued = certify.issue(completion_id=Completion.objects.get().pk, at=now)
    assert issued is not None
    assert issued.facts.participatory_minutes == 0
    assert issued.facts.assessment[-1] == "Came to 0 of 1 live sessions, and made up for 1 by a task"


# --- Personal data --------------------------------------------------------------------------------


def test_the_download_has_the_work_the_comments_and_the_files(
    which: dict[str, Any], ana: User, now: datetime
) -> None:
    keep(which, now, ("plan.pdf", make.pdf()))
    made = coursework.hand_in(**which, work=Work(text="My plan."), at=now)
    assess.send_back(submission_id=made.pk, comment="Who decides?", by=ana, at=now)
    coursework.keep(**which, work=Work(text="A new draft", sequence=9), at=now)
    found = privacy.collect(which["learner"])
    told = str(found.sections)
    assert all(words in told for words in ("My plan.", "Who decides?", "A new draft"))
    assert "Ana" not in str([s for s in found.sections if "handed in" in s.title])
    assert [a.content for a in found.attachments] == [make.pdf()]
    assert "Who decides?" in str(privacy.collect(ana).sections)


def test_erasure_takes_the_work_and_its_files_and_leaves_the_record(
    which: dict[str, Any], now: datetime
) -> None:
    keep(which, now, ("plan.pdf", make.pdf()))
    coursework.hand_in(**which, work=Work(text="My plan."), at=now)
    name = SubmissionFile.objects.get().file_name
    assert accounts.erase(user_id=which["learner"].pk, at=now)
    assert not Submission.objects.exists()
    assert not SubmissionFile.objects.exists()
    assert OutboxEntry.objects.filter(kind="file-erased", payload={"file_name": name}).exists()
    assert outcome(which) == "handed_in"


def test_work_and_files_are_deleted_two_years_after_the_place_ended(
    which: dict[str, Any], enrolment: Enrolment, now: datetime
) -> None:
    keep(which, now, ("plan.pdf", make.pdf()))
    coursework.hand_in(**which, work=Work(text="My plan."), at=now)
    coursework.keep(**which, work=Work(text="More", sequence=9), at=now)
    rule = next(rule for rule in privacy.retention_rules if rule.name == "coursework")
    enrol.withdraw(enrolment_id=enrolment.pk, by=which["learner"], at=now)
    assert rule.delete(now + timedelta(days=729)) == 0
    later = now + timedelta(days=731)
    assert (rule.count(later), rule.delete(later)) == (1, 1)
    assert not SubmissionFile.objects.exists()
    assert not SubmissionDraft.objects.exists()
    assert OutboxEntry.objects.filter(kind="file-erased").exists()
