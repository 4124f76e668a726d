"""Staff pages inside the admin: who sees what, and publishing an edition."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import ask, editions, quiz
from courses.assessment.models import Question
from courses.catalogue.models import Course, Edition
from courses.catalogue.pages import LessonPage, QuizPage
from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.models import Enrolment
from courses.ledger import models as ledger
from courses.ledger.models import AppendOnlyError, LedgerEntry
from courses.staff import roles
from tests.factories import courses as build
from tests.factories.courses import SECRET_LESSON, BuiltCourse
from tests.factories.people import PASSWORD

SignIn = Callable[[User], Client]


def register(course: BuiltCourse) -> str:
    return reverse("staff:register", args=[course.cohort.pk])


@pytest.fixture
def facilitates(course: BuiltCourse, fay: User) -> CohortStaff:
    return CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")


# --- Registers ------------------------------------------------------------------------------------


def test_a_facilitator_sees_the_register_of_their_own_cohort_only(
    course: BuiltCourse,
    enrolment: Enrolment,
    facilitates: CohortStaff,
    fay: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    course.do_lessons(enrolment, at=now)
    other = build.course(at=now, code="OTHER")
    page = sign_in(fay)
    assert str(facilitates) == f"facilitator of {course.cohort}"
    listed = page.get(reverse("staff:registers"))
    assert [row.cohort.pk for row in listed.context["cohorts"]] == [course.cohort.pk]
    shown = page.get(register(course)).context["register"]
    (learner,) = shown.learners
    assert (learner.name, learner.done, learner.total, learner.percent) == ("Ada Lerner", 2, 3, 66)
    assert (learner.last_at, learner.completed_at, shown.completed) == (now, None, 0)
    assert page.get(register(other)).status_code == 404
    assert "Cohort registers" in page.get("/admin/").content.decode()


def test_who_needs_somebody_comes_first_with_the_reason(
    course: BuiltCourse,
    enrolment: Enrolment,
    facilitates: CohortStaff,
    ben: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    stuck = course.enrol(ben, at=now)
    course.do_lessons(stuck, at=now)
    for hours in (1, 2):
        at = now + timedelta(hours=hours)
        quiz.hand_in(attempt_id=course.begin(stuck, at=at).pk, learner=ben, at=at)
    page = sign_in(facilitates.user)
    shown = page.get(register(course))
    found = [(one.name, one.no_tries_at, one.question_url) for one in shown.context["register"].learners]
    assert found == [("Ben Lerner", "The quiz", ""), ("Ada Lerner", "", "")]
    assert "No tries left at “The quiz”" in shown.content.decode()
    assert "1 needs you." in shown.content.decode()
    asked = ask.start(
        enrolment_id=enrolment.pk,
        activity_id=None,
        learner=enrolment.learner,
        text="Where do I begin?",
        token=uuid4(),
        at=now,
    )
    shown = page.get(register(course))
    first, second = shown.context["register"].learners
    assert (first.name, first.question_url) == ("Ada Lerner", reverse("staff:question", args=[asked.pk]))
    assert page.get(first.question_url).status_code == 200
    assert second.name == "Ben Lerner"
    assert "2 need you." in shown.content.decode()
    # Questions are for facilitators: an assessor is not told of them.
    CohortStaff.objects.update(role="assessor")
    seen = page.get(register(course)).context["register"].learners
    assert [(one.name, one.question_url) for one in seen] == [("Ben Lerner", ""), ("Ada Lerner", "")]


def test_a_try_at_a_quiz_counts_as_being_active(
    course: BuiltCourse,
    enrolment: Enrolment,
    facilitates: CohortStaff,
    fay: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    course.do_lessons(enrolment, at=now)
    later = now + timedelta(days=1)
    course.begin(enrolment, at=later)
    (learner,) = sign_in(fay).get(register(course)).context["register"].learners
    assert learner.last_at == later


def test_the_list_and_the_register_count_the_same(
    course: BuiltCourse,
    enrolment: Enrolment,
    facilitates: CohortStaff,
    ben: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    course.enrol(ben, at=now)
    page = sign_in(facilitates.user)
    for address in (reverse("staff:registers"), register(course)):
        assert "2 on the course." in " ".join(page.get(address).content.decode().split())
    Enrolment.objects.filter(learner=ben).update(status="ended", ended_at=now)
    for address in (reverse("staff:registers"), register(course)):
        assert "1 on the course, 1 has left." in " ".join(page.get(address).content.decode().split())


@pytest.mark.parametrize("who", ["ana", "ed"])
def test_who_does_not_look_after_a_cohort_sees_no_learner(
    course: BuiltCourse, enrolment: Enrolment, request: pytest.FixtureRequest, sign_in: SignIn, who: str
) -> None:
    page = sign_in(request.getfixturevalue(who))
    assert page.get(register(course)).status_code == 404
    listed = page.get(reverse("staff:registers"))
    assert "Ada" not in listed.content.decode()
    assert list(listed.context["cohorts"]) == []
    assert "Cohort registers" not in page.get("/admin/").content.decode()


def test_an_administrator_sees_every_register(
    course: BuiltCourse, ada: User, amy: User, sign_in: SignIn, now: datetime
) -> None:
    course.complete(ada, at=now)
    shown = sign_in(amy).get(register(course)).context["register"]
    assert shown.completed == 1


def test_a_facilitator_who_is_taken_off_or_suspended_is_out_at_once(
    course: BuiltCourse, facilitates: CohortStaff, fay: User, sign_in: SignIn
) -> None:
    page = sign_in(fay)
    assert page.get(register(course)).status_code == 200
    facilitates.delete()
    assert page.get(register(course)).status_code == 404
    User.objects.filter(pk=fay.pk).update(is_active=False)
    assert page.get(register(course)).status_code == 302


@pytest.mark.parametrize("who", ["cleo", None])
def test_nobody_else_reaches_a_staff_page(
    course: BuiltCourse, request: pytest.FixtureRequest, sign_in: SignIn, client: Client, who: str | None
) -> None:
    page = sign_in(request.getfixturevalue(who)) if who else client
    for address in (
        register(course),
        reverse("staff:registers"),
        reverse("staff:publish_edition", args=[course.page.pk]),
    ):
        assert page.get(address).status_code in (302, 403)
    assert page.post(reverse("staff:publish_edition", args=[course.page.pk])).status_code in (302, 403)


# --- Publishing an edition ------------------------------------------------------------------------


def test_an_editor_looks_first_and_then_publishes(course: BuiltCourse, ed: User, sign_in: SignIn) -> None:
    page, address = sign_in(ed), reverse("staff:publish_edition", args=[course.page.pk])
    same = page.post(address, follow=True)
    assert "Nothing has changed since edition 1" in same.content.decode()
    QuizPage.objects.update(pass_mark_percent=90)
    shown = page.get(address)
    assert shown.context["prepared"].problems == []
    assert shown.context["prepared"].newest == course.edition
    assert Edition.objects.count() == 1, "looking publishes nothing"
    assert 'name="ask" value="yes"' in shown.content.decode()
    asked = page.post(
        address, {"ask": "yes", "note": "Harder", "seen": shown.context["prepared"].fingerprint}
    )
    assert "Publish edition 2 now?" in asked.content.decode()
    assert 'value="Harder"' in asked.content.decode()
    assert Edition.objects.count() == 1, "asking publishes nothing"
    done = page.post(address, follow=True)
    assert "Edition 2 is published" in done.content.decode()
    assert "Administrators start cohorts, under Learning, Cohorts." in done.content.decode()
    assert Edition.objects.get(number=2).published_by == ed


def test_what_is_missing_is_told_before_and_after_pressing(
    course: BuiltCourse, ed: User, sign_in: SignIn
) -> None:
    page, address = sign_in(ed), reverse("staff:publish_edition", args=[course.page.pk])
    LessonPage.objects.update(live=False)
    assert "Stage “First stage” has no activities" in page.get(address).content.decode()
    assert "Stage “First stage” has no activities" in page.post(address, follow=True).content.decode()
    assert Edition.objects.count() == 1


def test_a_facilitator_does_not_publish(course: BuiltCourse, fay: User, sign_in: SignIn) -> None:
    address = reverse("staff:publish_edition", args=[course.page.pk])
    for answer in (sign_in(fay).get(address), sign_in(fay).post(address)):
        assert answer.status_code in (302, 403)
    assert Edition.objects.count() == 1


def test_a_page_that_is_no_course_has_no_edition(course: BuiltCourse, amy: User, sign_in: SignIn) -> None:
    lesson = LessonPage.objects.first()
    assert lesson is not None
    for pk in (lesson.pk, 0):
        assert sign_in(amy).get(reverse("staff:publish_edition", args=[pk])).status_code == 404


def test_the_button_is_on_course_pages_only(course: BuiltCourse, ed: User, sign_in: SignIn) -> None:
    page = sign_in(ed)
    button = reverse("staff:publish_edition", args=[course.page.pk])
    assert button in page.get(reverse("wagtailadmin_explore", args=[course.page.pk])).content.decode()
    parent = course.page.get_parent()
    listing = page.get(reverse("wagtailadmin_explore", args=[parent.pk])).content.decode()
    header = listing.split("<table")[0]
    assert button not in header


def test_an_editor_sees_the_words_that_learners_will_see(
    course: BuiltCourse, ed: User, sign_in: SignIn
) -> None:
    lesson = LessonPage.objects.get(title="Lesson one")
    lesson.save_revision()
    preview = sign_in(ed).get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk]))
    assert preview.status_code == 200
    assert SECRET_LESSON in preview.content.decode()


# --- Records in the admin -------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["course", "cohort", "question"])
def test_what_learners_records_need_cannot_be_deleted_and_that_is_no_error_page(
    course: BuiltCourse, enrolment: Enrolment, amy: User, sign_in: SignIn, model: str
) -> None:
    found = {"course": Course, "cohort": Cohort, "question": Question}[model]
    one = found.objects.first()
    assert one is not None
    address = reverse(f"{model}:delete", args=[one.pk])
    page = sign_in(amy)
    assert page.get(address).status_code < 500
    assert page.post(address).status_code < 500
    assert found.objects.filter(pk=one.pk).exists()


@pytest.mark.parametrize("model", ["course", "cohort", "question"])
def test_lists_and_forms_of_the_learning_menu_open(
    course: BuiltCourse, amy: User, sign_in: SignIn, model: str
) -> None:
    page = sign_in(amy)
    found = {"course": Course, "cohort": Cohort, "question": Question}[model].objects.first()
    assert found is not None
    for address in (
        reverse(f"{model}:index"),
        reverse(f"{model}:add"),
        reverse(f"{model}:edit", args=[found.pk]),
        reverse(f"{model}:index") + "?q=x",
    ):
        assert page.get(address).status_code == 200


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"starts_on": "2026-12-02", "ends_on": "2026-12-01"}, "ends_on"),
        ({"is_rolling": False}, "ends_on"),
        (
            {
                "enrolment_opens_at": datetime(2026, 12, 2).astimezone(),
                "enrolment_closes_at": datetime(2026, 12, 1).astimezone(),
            },
            "enrolment_closes_at",
        ),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"capacity": 0}, "capacity"),
    ],
)
def test_a_cohort_that_cannot_run_is_refused_in_words(
    course: BuiltCourse, fields: dict[str, object], wrong: str
) -> None:
    cohort = course.cohort
    for name, value in fields.items():
        setattr(cohort, name, cohort._meta.get_field(name).to_python(value))
    with pytest.raises(ValidationError) as refused:
        cohort.full_clean()
    assert set(refused.value.message_dict) >= {wrong}


def test_a_cohort_with_learners_keeps_its_edition_and_their_places(
    course: BuiltCourse, enrolment: Enrolment, ben: User, ed: User, now: datetime
) -> None:
    course.enrol(ben, at=now)
    QuizPage.objects.update(pass_mark_percent=90)
    cohort = course.cohort
    cohort.edition = editions.publish(course_page=course.page, by=ed, at=now)
    cohort.capacity = 1
    with pytest.raises(ValidationError) as refused:
        cohort.full_clean()
    assert set(refused.value.message_dict) == {"edition", "capacity"}
    cohort.edition, cohort.capacity = course.edition, 2
    cohort.full_clean()


def test_dates_in_words(course: BuiltCourse) -> None:
    cohort = course.cohort
    assert cohort.dates_sentence == "Start when you like and go at your own pace"
    cohort.starts_on, cohort.ends_on = date(2026, 12, 1), date(2027, 1, 31)
    assert cohort.dates_sentence == "From 1 December 2026 to 31 January 2027"


def test_a_good_cohort_is_accepted(course: BuiltCourse) -> None:
    course.cohort.full_clean()


# --- Roles, and the ledger ------------------------------------------------------------------------


def test_making_the_groups_twice_gives_the_same_groups(db: None) -> None:
    def permissions() -> dict[str, set[str]]:
        return {g.name: set(g.permissions.values_list("codename", flat=True)) for g in Group.objects.all()}

    roles.set_up()
    before = permissions()
    out = StringIO()
    call_command("roles", stdout=out)
    assert permissions() == before
    assert out.getvalue().splitlines() == [role.name for role in roles.ROLES]


def test_editors_and_teams_hold_no_permission_over_people_or_records(db: None) -> None:
    roles.set_up()
    names = Group.objects.filter(name__in=[r.name for r in roles.ROLES]).values_list(
        "permissions__codename", flat=True
    )
    for forbidden in ("user", "enrolment", "attempt", "record", "certificate", "completion", "group"):
        assert not [n for n in names if n and n.split("_", 1)[1] == forbidden]


def test_the_ledger_is_only_ever_added_to(
    course: BuiltCourse, attempt: object, ada: User, now: datetime
) -> None:
    assert isinstance(attempt, quiz.Attempt)
    ledger.write(action="tried", learner=ada, subject=attempt, by=ada, at=now, reason="why", number=1)
    entry = LedgerEntry.objects.get(action="tried")
    assert (entry.subject, entry.reason, entry.details) == (f"attempt:{attempt.pk}", "why", {"number": 1})
    entry.reason = "another"
    for change in (
        entry.save,
        entry.delete,
        LedgerEntry.objects.all().delete,
        lambda: LedgerEntry.objects.update(reason=""),
        lambda: LedgerEntry.objects.bulk_update([entry], ["reason"]),
        lambda: LedgerEntry.objects.update_or_create(pk=entry.pk, defaults={"reason": "x"}),
    ):
        with pytest.raises(AppendOnlyError):
            change()


def test_who_works_here_and_learns_nothing_starts_with_their_work(
    course: BuiltCourse, fay: User, ada: User, now: datetime
) -> None:
    def after_signing_in(person: User, **more: str) -> str:
        found = Client().post("/accounts/login/", {"login": person.email, "password": PASSWORD, **more})
        return str(found.headers["Location"])

    assert after_signing_in(fay) == "/admin/"
    assert after_signing_in(fay, next="/courses/") == "/courses/"
    assert after_signing_in(ada) == "/learning/"
    with time_machine.travel(now):
        course.enrol(fay, at=now)
        assert after_signing_in(fay) == "/learning/"


def test_editors_see_stages_in_the_order_of_the_course(
    course: BuiltCourse, ed: User, sign_in: SignIn
) -> None:
    first = course.page.get_children().first()
    build.stage(course.page, "Last stage")
    shown = sign_in(ed).get(reverse("wagtailadmin_explore", args=[course.page.pk])).content.decode()
    assert shown.index(first.title) < shown.index("Last stage")
