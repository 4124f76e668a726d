"""The demo's own courses, from joining to the certificate, over HTTP; built once for all tests here."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from cms.users.models import User
from courses.actions import assess, enrol, study
from courses.assessment.coursework import Submission
from courses.assessment.models import Attempt, Question, QuizQuestion
from courses.catalogue.models import Edition
from courses.catalogue.outline import ActivityOutline, Kind
from courses.certificates.models import Certificate
from courses.certificates.status import Status, status_of
from courses.cohorts.models import Cohort
from courses.cohorts.prerequisites import Prerequisite
from courses.enrolment.models import Enrolment
from courses.enrolment.prerequisites import Declaration
from courses.progress.attendance import Attendance
from courses.progress.models import Completion, Record
from courses.progress.rules import Outcome
from courses.queries import registers
from courses.queries.rosters import Wanted
from courses.staff import roles
from home.demo import crowd, groups, people
from home.demo.loader import DemoSite
from home.demo.text import read_yaml
from tests.factories import people as cast

CONTENT = Path(site.BASE_DIR) / "content"
WSHG, OPAR = "WSHG", "OPAR"
# The cohort that a learner of these tests is on.
NAMES = {WSHG: "Start any time", OPAR: groups.COMING}
Right = dict[str, set[str]]


@pytest.fixture(scope="module", autouse=True)
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Cohort]]:
    """The demo, in a transaction that is taken back when all tests of this module are done."""
    folder = tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder / "media"),
        transaction.atomic(),
    ):
        at = timezone.now()
        roles.set_up()
        cohorts = DemoSite(CONTENT, by=people.make(people.EDITOR, at=at), at=at).build()
        people.populate(cohorts, at=at)
        yield cohorts
        transaction.set_rollback(True)


@pytest.fixture
def zoe(db: None) -> User:
    return cast.person("zoe", "Zoë Learner")


def folder_of(code: str) -> Path:
    folders = (path.parent for path in CONTENT.glob("courses/*/course.yaml"))
    return next(folder for folder in folders if read_yaml(folder / "course.yaml")["code"] == code)


def keys_of(code: str) -> dict[str, Right]:
    """The right answers of each quiz of a course as its texts say, by the question's words."""
    quizzes = [read_yaml(path) for path in sorted(folder_of(code).glob("*/quiz.yaml"))]
    return {
        quiz["title"]: {
            words(question["text"]): {words(o["text"]) for o in question["options"] if o["right"]}
            for question in quiz["questions"]
        }
        for quiz in quizzes
    }


def words(text: Any) -> str:
    return " ".join(str(text).split())


class Learner:
    """Somebody at a browser: what they press, and nothing else."""

    def __init__(self, user: User, code: str) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.user, self.keys = user, keys_of(code)
        cohort = Cohort.objects.get(edition__course__code=code, name=NAMES[code])
        if cohort.joining == Cohort.Joining.OPEN:
            self.post(reverse("learning:join", args=[cohort.pk]))
        else:
            fay = User.objects.get(email=people.FACILITATOR.email)
            enrol.by_staff(
                cohort_id=cohort.pk,
                learner=user,
                by=fay,
                at=timezone.now(),
                reason="A test",
                past_prerequisites=True,
            )
        self.enrolment = Enrolment.objects.get(learner=user, cohort=cohort)
        self.outline = cohort.edition.outline

    def post(self, path: str, **data: Any) -> Any:
        answer = self.client.post(path, data, follow=True)
        assert answer.status_code == 200, path
        return answer

    def look(self, activity: ActivityOutline) -> Any:
        return self.client.get(self.path(activity), follow=True)

    def path(self, activity: ActivityOutline) -> str:
        return reverse("learning:activity", args=[self.enrolment.pk, activity.activity_id])

    def read(self, lesson: ActivityOutline) -> None:
        """Open a lesson, and say that it is done."""
        page = self.look(lesson)
        assert page.status_code == 200
        assert "I’ve done this" in page.content.decode()
        self.post(reverse("learning:done", args=[self.enrolment.pk, lesson.activity_id]))

    def sit(self, quiz: ActivityOutline, *, wrong: Callable[[Any], bool] = lambda _question: False) -> str:
        """Answer every question from the keys, but for those to get wrong; give the words of the result."""
        self.post(reverse("learning:begin", args=[self.enrolment.pk, quiz.activity_id]))
        attempt = Attempt.objects.get(enrolment=self.enrolment, status="open")
        right = self.keys[quiz.title]
        for question in attempt.paper.questions:
            keys = {o.key for o in question.options if o.text in right[question.text]}
            assert keys == question.right_keys
            chosen = question.keys - keys if wrong(question) else keys
            chosen = chosen if question.kind == "multiple" else set(sorted(chosen)[:1])
            self.post(
                reverse("learning:question", args=[attempt.pk, question.slot]),
                choice=sorted(chosen),
                sequence=1,
            )
        return self.post(reverse("learning:hand_in", args=[attempt.pk])).content.decode()

    def hand_in(self, work: ActivityOutline) -> None:
        """Hand in a text, which the assessor signs off."""
        address = reverse("learning:work", args=[self.enrolment.pk, work.activity_id])
        self.post(address, text="Some words.", sequence="1", do="hand_in")
        waiting = Submission.objects.get(enrolment=self.enrolment, activity=work.activity_id)
        ana = User.objects.get(email=people.ASSESSOR.email)
        assess.sign_off(submission_id=waiting.pk, by=ana, at=timezone.now())

    def do(self, activities: tuple[ActivityOutline, ...]) -> None:
        """Everything but the meetings."""
        for activity in activities:
            if activity.kind is Kind.LESSON:
                self.read(activity)
            elif activity.kind is Kind.COURSEWORK:
                self.hand_in(activity)
            elif activity.kind is Kind.QUIZ:
                assert "Well done. You have passed." in self.sit(activity)

    def meet(self, sessions: Sequence[ActivityOutline]) -> None:
        """The facilitator has seen them at these meetings, which are still to come."""
        fay = User.objects.get(email=people.FACILITATOR.email)
        for session in sessions:
            assert "About this meeting" in self.look(session).content.decode()
            about: Any = {"activity_id": session.activity_id, "by": fay, "at": timezone.now()}
            study.record(enrolment=self.enrolment, outcome=Outcome.DONE, **about)


def test_the_whole_course_from_joining_to_a_certificate(
    zoe: User, private_files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    learner = Learner(zoe, WSHG)
    assert [stage.number for stage in learner.outline.stages] == [1, 2, 3, 4, 5]
    about = read_yaml(folder_of(WSHG) / "course.yaml")
    assert not learner.outline.planned_sessions
    with django_capture_on_commit_callbacks(execute=True):
        for stage in learner.outline.stages:
            learner.do(stage.activities)
    issued = Certificate.objects.get(enrolment=learner.enrolment)
    assert issued.facts.stages == tuple(stage.title for stage in learner.outline.stages)
    assert len(issued.facts.assessment) == 5
    page = learner.client.get(reverse("certificates:view", args=[issued.code])).content.decode()
    assert "Zoë Learner" in page
    assert words(about["statement"]) in words(page.replace("&#x27;", "'"))
    pdf = learner.client.get(reverse("certificates:pdf", args=[issued.code]))
    assert b"".join(pdf.streaming_content if pdf.streaming else [pdf.content]).startswith(b"%PDF-")
    checked = Client().get(reverse("certificates:verify", args=[issued.code])).content.decode()
    assert "This certificate is valid" in checked


def test_the_ethics_gate_keeps_later_stages_locked_until_every_safety_question_is_right(zoe: User) -> None:
    learner = Learner(zoe, OPAR)
    stages = learner.outline.stages
    assert [stage.number for stage in stages] == [0, 1, 2, 3, 4, 5, 6]
    for stage in stages[:3]:
        learner.do(stage.activities)
    *lessons, gate = stages[3].activities
    (after, *_more) = stages[4].activities
    assert gate.quiz is not None
    assert (gate.quiz.attempts_allowed, len(gate.quiz.must_be_right) >= 5) == (None, True)
    learner.do(tuple(lessons))
    once = iter([True])
    said = learner.sit(gate, wrong=lambda question: question.must_be_right and next(once, False))
    attempt = Attempt.objects.get(enrolment=learner.enrolment, activity_id=gate.activity_id)
    assert not attempt.passed
    assert (attempt.score or 0) * 100 >= gate.quiz.pass_mark_percent * (attempt.max_score or 0)
    assert re.search(r"safety question", said)
    refused = learner.client.post(reverse("learning:done", args=[learner.enrolment.pk, after.activity_id]))
    assert not Record.objects.filter(enrolment=learner.enrolment, activity_id=after.activity_id).exists()
    assert refused.status_code in (302, 403, 409)
    assert "I’ve done this" not in learner.look(after).content.decode()
    assert "Well done. You have passed." in learner.sit(gate)
    for stage in stages[4:]:
        learner.do(stage.activities)
    assert learner.outline.sessions_needed == 9
    learner.meet(learner.outline.planned_sessions[:8])
    assert not Completion.objects.filter(enrolment=learner.enrolment).exists()
    learner.meet(learner.outline.planned_sessions[8:9])
    assert Completion.objects.filter(enrolment=learner.enrolment).exists()


@pytest.mark.parametrize(("code", "name"), [(WSHG, groups.NEXT), (OPAR, groups.RUNNING)])
def test_what_the_page_says_of_time_is_what_the_edition_with_meetings_asks(code: str, name: str) -> None:
    about = read_yaml(folder_of(code) / "course.yaml")
    outline = Cohort.objects.get(edition__course__code=code, name=name).edition.outline
    assert outline.self_directed_minutes == about["self_directed_minutes"]
    assert outline.participatory_minutes == about["participatory_minutes"]
    assert outline.sessions_needed == about["sessions_needed"]


def test_with_workshops_the_course_takes_twelve_hours_and_half_of_them_with_others(db: None) -> None:
    """It is said on the page by adding up, and every stage is still there with its lessons and quiz."""
    alone, dated = (
        Cohort.objects.get(edition__course__code=WSHG, name=name).edition.outline
        for name in (NAMES[WSHG], groups.NEXT)
    )
    assert (dated.self_directed_minutes, dated.participatory_minutes) == (360, 360)
    page = Client().get(Cohort.objects.get(name=groups.NEXT).edition.course.page.url).content.decode()
    assert "About 8 hours on your own, about 12 hours with workshops" in page
    # On one's own, nothing is shorter: about eight hours, as the page says.
    assert (alone.self_directed_minutes, alone.participatory_minutes) == (471, 0)
    assert "You need about eight hours" in page
    assert [stage.title for stage in dated.stages] == [stage.title for stage in alone.stages]
    for stage, same in zip(dated.stages, alone.stages, strict=True):
        kinds = [a.kind for a in stage.activities if a.is_required]
        assert [k for k in kinds if k in (Kind.LESSON, Kind.QUIZ)] == [a.kind for a in same.activities]


def test_a_lesson_is_the_same_both_ways_and_counts_what_is_asked_of_each(zoe: User) -> None:
    alone = Learner(zoe, WSHG)
    dated = Cohort.objects.get(name=groups.NEXT).edition.outline
    lesson = alone.outline.stages[0].activities[2]
    same = dated.stages[0].activities[2]
    assert lesson.activity_id == same.activity_id
    assert (lesson.self_directed_minutes, same.self_directed_minutes) == (18, 7)
    page = alone.look(lesson).content.decode()
    assert "Take ten minutes." in page
    assert "their time is not counted" in dated.stages[0].summary
    assert "workshop" not in alone.outline.stages[0].summary


# --- The people of the demo ------------------------------------------------------------------------


def of(key: str, code: str = WSHG) -> Enrolment:
    found: Enrolment = Enrolment.objects.get(
        learner__email=f"{key}@example.org", cohort__edition__course__code=code
    )
    return found


def quiz_results(enrolment: Enrolment) -> list[bool]:
    return [bool(attempt.passed) for attempt in enrolment.attempts.order_by("started_at", "pk")]


def test_everybody_is_where_their_line_says(db: None) -> None:
    assert not of("ben").records.exists()
    assert not Enrolment.objects.filter(learner__email="cleo@example.org").exists()
    assert quiz_results(of("dora")) == [False]
    assert quiz_results(of("eli")) == [False] * 3
    assert of("gus").completion
    assert quiz_results(of("pia")) == [False, True]
    assert (of("nan").status, of("nan").end_reason) == ("ended", "withdrawn")
    assert of("jo").records.exists()
    assert of("kit").records.exists()
    assert of("kit", OPAR).attendances.exists()
    assert of("lou", OPAR).completion
    assert {record.activity.kind for record in of("oz", OPAR).records.all()} <= {"live_session"}
    gate = of("ida", OPAR).attempts.last()
    assert (gate.passed, gate.score) == (False, gate.max_score - 1)


def test_one_certificate_was_corrected(db: None) -> None:
    old, new = of("max").certificates.order_by("pk")
    assert (old.holder.printed_name, new.holder.printed_name) == ("Max Exampel", "Max Example")
    assert User.objects.get(email="max@example.org").printed_name == "Max Example"
    assert [status_of([e.event for e in c.log.all()]) for c in (old, new)] == [Status.CORRECTED, Status.VALID]


def test_nobody_did_anything_in_the_future_or_before_they_joined(demo: list[Cohort], db: None) -> None:
    for enrolment in Enrolment.objects.prefetch_related("records"):
        for record in enrolment.records.all():
            assert enrolment.started_at <= record.at <= timezone.now()


def test_the_groups_are_where_they_should_be(db: None) -> None:
    over, running, coming = (
        Cohort.objects.get(edition__course__code=OPAR, name=name)
        for name in (groups.FINISHED, groups.RUNNING, groups.COMING)
    )
    at = timezone.now()
    assert over.sessions.filter(ends_at__lt=at).count() == 12
    assert Attendance.objects.filter(session__cohort=over, status="apologised").exists()
    finished = Completion.objects.filter(enrolment__cohort=over)
    assert finished.count() == 4
    certificates = Certificate.objects.filter(enrolment__cohort=over)
    assert certificates.count() == 4
    for certificate in certificates:
        met = sum(1 for a in certificate.enrolment.attendances.all() if a.status == "attended")
        assert certificate.facts.participatory_minutes == met * 150
        assert certificate.issued_at < at - timedelta(days=7)
    assert over.enrolments.filter(end_reason="withdrawn").count() == 1
    assert running.places.count() == running.capacity == 12
    assert running.waiting.filter(status="waiting").count() == 3
    assert running.sessions.filter(ends_at__lt=at).exists()
    assert running.sessions.filter(starts_at__gt=at).exists()
    assert coming.applications.filter(status="submitted").count() == 3
    assert coming.staff_checks.filter(is_done=True).count() == 1
    assert {one.cohort.name for one in Declaration.objects.all()} == {groups.LATER}
    dated = Cohort.objects.filter(edition__course__code=WSHG, is_rolling=False)
    assert [cohort.sessions.count() for cohort in dated] == [2, 2]
    assert {cohort.edition.number for cohort in dated} == {2}


KINDS = (User, Enrolment, Record, Attempt, Certificate, Edition, Cohort, Prerequisite, Question, QuizQuestion)


def counts() -> dict[str, int]:
    return {kind.__name__: kind.objects.count() for kind in KINDS}


def test_building_the_demo_again_changes_nothing(demo: list[Cohort], db: None) -> None:
    before = counts()
    out = StringIO()
    call_command("demo", stdout=out)
    assert "learner@example.org" in out.getvalue()
    assert counts() == before


def test_a_crowd_is_on_what_can_be_joined_at_any_time_and_can_sit_quizzes(
    demo: list[Cohort], now: datetime
) -> None:
    at = timezone.now()
    found = crowd.make(demo, count=80, at=at)
    assert len(found) == 4
    assert found[0]["email"] == "learner-1@example.org"
    client = Client()
    client.force_login(User.objects.get(email=found[0]["email"]))
    for name in ("dashboard_url", "course_url", "lesson_url", "quiz_url", "attempt_question_url"):
        assert client.get(found[0][name]).status_code == 200, name
    everybody = Enrolment.objects.filter(learner__email__startswith="learner-")
    assert everybody.count() == 80
    assert set(everybody.values_list("cohort", flat=True)) == {demo[0].pk}
    assert set(everybody.values_list("status", flat=True)) >= {"active", "ended"}
    finished = Completion.objects.filter(enrolment__in=everybody)
    assert Certificate.objects.filter(enrolment__in=everybody).count() == finished.count() > 5
    for enrolment in everybody.select_related("cohort__edition").prefetch_related("records"):
        outline = enrolment.cohort.edition.outline
        done = {r.activity_id for r in enrolment.records.all() if r.outcome != "not_passed"}
        order = [activity.activity_id in done for activity in outline.activities]
        assert order == sorted(order, reverse=True)
        assert all(enrolment.started_at <= r.at <= at for r in enrolment.records.all())
    before = counts()
    assert crowd.make(demo, count=80, at=at) == found
    assert counts() == before
    fay = User.objects.get(email=people.FACILITATOR.email)
    register = registers.register(cohort_id=demo[0].pk, person=fay, wanted=Wanted(), at=at)
    assert len({learner.percent for learner in register.learners}) > 10
