"""A new cohort from an earlier one, and people who go on with a newer edition."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import cohorts, editions, enrol, quiz, waiting
from courses.catalogue.models import Edition
from courses.cohorts.models import Cohort, CohortReserve, CohortStaff
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment, Offer
from courses.progress.models import Completion
from courses.queries import newer_edition
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


def dated(course: BuiltCourse, now: datetime, **fields: Any) -> Cohort:
    """A cohort with dates, from 5 October 2026."""
    defaults = {
        "name": "Autumn",
        "is_rolling": False,
        "starts_on": date(2026, 10, 5),
        "ends_on": date(2026, 12, 14),
        "capacity": 12,
        "place": "The corner house",
        "online_link": "https://meet.example.org/autumn",
    }
    return build.cohort(course.edition, at=now, **{**defaults, **fields})


def meet(cohort: Cohort, activity: int, starts_at: datetime, **fields: Any) -> LiveSession:
    """A session. These tests hang it on any activity: what it is of does not matter here."""
    return LiveSession.objects.create(
        cohort=cohort,
        activity_id=activity,
        title=f"Meeting {activity}",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        changed_at=starts_at,
        **fields,
    )


# --- A new cohort from an earlier one -----------------------------------------------------------


def test_every_field_of_a_cohort_is_copied_moved_or_asked_for(course: BuiltCourse, now: datetime) -> None:
    """A new field is copied unless somebody says otherwise; this list makes them look."""
    copied = set(cohorts._copied(dated(course, now)))
    assert copied == {
        "access_days",
        "access_notes",
        "application_form",
        "capacity",
        "has_waiting_list",
        "is_rolling",
        "joining",
        "language",
        "offer_hours",
        "online_link",
        "place",
        "time_zone",
        "waiting_order",
    }
    everything = {field.name for field in Cohort._meta.concrete_fields}
    assert everything == copied | cohorts.OWN | {*cohorts.DAYS, *cohorts.MOMENTS}


def test_rules_team_meetings_and_dates_come_along_and_people_do_not(
    course: BuiltCourse, amy: User, fay: User, ada: User, sign_in: SignIn, now: datetime
) -> None:
    old = dated(course, now, time_zone="Europe/London")
    CohortStaff.objects.create(cohort=old, user=fay, role="facilitator")
    CohortReserve.objects.create(cohort=old, reason="funded", places=2)
    enrol.start(cohort_id=old.pk, learner=ada, at=now)
    # Ten o'clock in summer time; 26 weeks later clocks have changed twice, 25 weeks later once.
    first = meet(old, course.lesson_id, datetime(2026, 10, 19, 9, 0, tzinfo=UTC), word="KETTLE")
    gone = meet(old, course.quiz_id, datetime(2026, 11, 2, 10, 0, tzinfo=UTC))
    LiveSession.objects.filter(pk=gone.pk).update(cancelled_at=now, cancel_reason="Snow")
    CohortDate.objects.create(
        cohort=old,
        what="reminder",
        text="Bring a pen",
        anchor="date",
        on=date(2026, 10, 12),
        local_time="09:00",
    )
    page, url = sign_in(amy), reverse("staff:cohort_again", args=[old.pk])
    assert "What is not copied" in page.get(url).content.decode()
    data = {"name": "Winter", "starts_on": "2026-12-07", "edition": course.edition.pk}
    shown = page.post(url, data)
    assert shown.status_code == 200
    assert "Monday 21 December 2026, 10:00" in shown.content.decode()
    assert not Cohort.objects.filter(name="Winter").exists()
    made = page.post(url, {**data, "confirm": "yes"})
    new = Cohort.objects.get(name="Winter")
    assert made.url == reverse("staff:register", args=[new.pk])
    assert (new.starts_on, new.ends_on, new.capacity) == (date(2026, 12, 7), date(2027, 2, 15), 12)
    assert new.online_link == old.online_link
    assert new.enrolment_opens_at == old.enrolment_opens_at + timedelta(days=63)
    (session,) = new.sessions.all()
    # Still ten o'clock on the clock, which is UTC in winter.
    assert session.starts_at == datetime(2026, 12, 21, 10, 0, tzinfo=UTC)
    assert (session.sequence, session.word) == (0, "")
    assert session.uid != first.uid
    assert new.dates.get().on == date(2026, 12, 14)
    assert new.staff.get().user == fay
    assert new.reserves.get().places == 2
    assert not new.enrolments.exists()
    assert not new.places.exists()


def test_pressing_twice_opens_one_cohort(
    course: BuiltCourse, amy: User, sign_in: SignIn, now: datetime
) -> None:
    old = dated(course, now)
    page, url = sign_in(amy), reverse("staff:cohort_again", args=[old.pk])
    data = {"name": "Winter", "starts_on": "2026-12-07", "edition": course.edition.pk, "confirm": "yes"}
    page.post(url, data)
    again = page.post(url, data)
    assert again.status_code == 409
    assert "already" in again.content.decode()
    assert Cohort.objects.filter(name="Winter").count() == 1


def test_nobody_can_join_before_somebody_has_looked_at_the_dates(
    course: BuiltCourse, amy: User, sign_in: SignIn, now: datetime
) -> None:
    """The earlier one opened two months before its first day; moved along, that is over already."""
    old = dated(course, now, enrolment_opens_at=datetime(2026, 8, 5, 9, 0, tzinfo=UTC))
    page, url = sign_in(amy), reverse("staff:cohort_again", args=[old.pk])
    soon = (now + timedelta(days=14)).date().isoformat()
    data = {"name": "Winter", "starts_on": soon, "edition": course.edition.pk}
    shown = page.post(url, data)
    assert shown.status_code == 409
    assert "Choose from when people can join." in shown.content.decode()
    assert "Open this cohort" not in shown.content.decode()
    assert page.post(url, {**data, "confirm": "yes"}).status_code == 409
    assert not Cohort.objects.filter(name="Winter").exists()
    opens = now + timedelta(days=2)
    chosen = {**data, "opens_at": f"{opens.astimezone(ZoneInfo('Europe/London')):%Y-%m-%dT%H:%M}"}
    assert "Anybody can join from" in page.post(url, chosen).content.decode()
    answer = page.post(url, {**chosen, "confirm": "yes"}, follow=True)
    new = Cohort.objects.get(name="Winter")
    assert new.enrolment_opens_at == opens.replace(second=0, microsecond=0)
    assert reverse("cohort:edit", args=[new.pk]) in answer.content.decode()
    assert "Joining opens on" in answer.content.decode()


def test_joining_never_closes_before_it_opens(
    course: BuiltCourse, amy: User, sign_in: SignIn, now: datetime
) -> None:
    old = dated(course, now, enrolment_closes_at=now + timedelta(days=30))
    data = {
        "name": "Winter",
        "starts_on": "2026-12-07",
        "edition": course.edition.pk,
        "opens_at": "2027-12-07T10:00",
        "confirm": "yes",
    }
    answer = sign_in(amy).post(reverse("staff:cohort_again", args=[old.pk]), data)
    assert answer.status_code == 409
    assert "Joining would close before it opens" in answer.content.decode()


@pytest.mark.parametrize("tab", ["register", "sessions", "run_sheet", "places", "needs", "attendance"])
def test_every_page_of_a_cohort_says_when_it_runs_and_leads_to_its_settings(
    course: BuiltCourse, amy: User, fay: User, sign_in: SignIn, now: datetime, tab: str
) -> None:
    cohort = dated(course, now)
    CohortStaff.objects.create(cohort=cohort, user=fay, role="facilitator")
    url, settings = reverse(f"staff:{tab}", args=[cohort.pk]), reverse("cohort:edit", args=[cohort.pk])
    hers, theirs = (sign_in(who).get(url).content.decode() for who in (amy, fay))
    for page in (hers, theirs):
        assert "From 5 October 2026 to 14 December 2026" in page
        assert "Joining opens on" in page
    assert f'href="{settings}"' in hers
    assert settings not in theirs


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"starts_on": "soon"}, {"edition": "999999"}, {"edition": "x"}, {"starts_on": ""}]
)
def test_what_is_typed_wrongly_comes_back(
    course: BuiltCourse, amy: User, sign_in: SignIn, now: datetime, wrong: dict[str, str]
) -> None:
    old = dated(course, now)
    data = {"name": "Winter", "starts_on": "2026-12-07", "edition": course.edition.pk, "confirm": "yes"}
    answer = sign_in(amy).post(reverse("staff:cohort_again", args=[old.pk]), {**data, **wrong})
    assert answer.status_code == 422
    assert Cohort.objects.filter(name="Winter").count() == 0


@pytest.mark.parametrize("name", ["cohort_again", "newer_edition"])
def test_only_administrators_open_cohorts_and_move_whole_groups(
    course: BuiltCourse, fay: User, ed: User, sign_in: SignIn, name: str
) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")
    url = reverse(f"staff:{name}", args=[course.cohort.pk])
    for somebody in (fay, ed):
        assert sign_in(somebody).get(url).status_code == 404
        assert sign_in(somebody).post(url, {}).status_code == 404


# --- A newer edition ----------------------------------------------------------------------------


@pytest.fixture
def newer(course: BuiltCourse, now: datetime) -> Edition:
    """The next edition: one more lesson is required."""
    build.lesson(course.page.get_children().first().specific, "Lesson three")
    publisher = User.objects.get(email="publisher-test@example.org")
    return editions.publish(course_page=course.page, by=publisher, at=now)


def onto(client: Client, cohort: Cohort, edition: Edition, chosen: list[Enrolment], **data: Any) -> Any:
    sent = {
        "edition": edition.pk,
        "people": [one.pk for one in chosen],
        "name": "Goes on",
        "reason": "A new lesson",
    }
    return client.post(reverse("staff:newer_edition", args=[cohort.pk]), {**sent, **data})


def test_the_impact_is_shown_by_person_before_anything_happens(
    course: BuiltCourse, enrolment: Enrolment, ben: User, amy: User, newer: Edition, now: datetime
) -> None:
    course.complete(ben, at=now)
    course.do_lessons(enrolment, at=now)
    found = newer_edition.newer_edition(cohort_id=course.cohort.pk, person=amy)
    assert [a.title for a in found.new] == ["Lesson three"]
    assert (found.finished, found.part_way) == (1, 1)
    (person,) = found.people
    assert (person.name, person.done, person.total) == ("Ada Lerner", 2, 3)
    assert (person.done_then, person.total_then) == (2, 4)
    assert person.new_titles == ("Lesson three",)
    assert not person.is_at_the_end


def test_the_page_costs_the_same_for_many_people(
    course: BuiltCourse,
    enrolment: Enrolment,
    amy: User,
    newer: Edition,
    now: datetime,
    django_assert_max_num_queries: Any,
) -> None:
    Cohort.objects.filter(pk=course.cohort.pk).update(capacity=None)
    with django_assert_max_num_queries(12) as few:
        newer_edition.newer_edition(cohort_id=course.cohort.pk, person=amy)
    for number in range(20):
        made = course.enrol(people.person(f"p{number}", f"Person {number}"), at=now)
        course.do_lessons(made, at=now)
    with django_assert_max_num_queries(len(few)):
        newer_edition.newer_edition(cohort_id=course.cohort.pk, person=amy)


def test_who_is_ticked_goes_on_and_who_is_not_and_who_has_finished_stays(
    course: BuiltCourse, enrolment: Enrolment, amy: User, sign_in: SignIn, newer: Edition, now: datetime
) -> None:
    old = course.cohort
    kept = course.enrol(people.person("dee", "Dee Lerner"), at=now)
    finished = course.complete(people.person("ben", "Ben Lerner"), at=now)
    course.do_lessons(enrolment, at=now)
    to_come = meet(old, course.quiz_id, datetime(2100, 1, 1, 10, 0, tzinfo=UTC))
    held = meet(old, course.lesson_id, datetime(2020, 1, 1, 10, 0, tzinfo=UTC))
    page = sign_in(amy)
    html = page.get(reverse("staff:newer_edition", args=[old.pk])).content.decode()
    assert "never touched" in html
    assert "Lesson three" in html
    done = onto(page, old, newer, [enrolment])
    new = Cohort.objects.get(name="Goes on")
    assert done.url == reverse("staff:register", args=[new.pk])
    assert new.edition == newer
    moved = new.enrolments.get()
    assert (moved.learner, moved.records.count()) == (enrolment.learner, 2)
    for one in (kept, finished):
        one.refresh_from_db()
        assert (one.status, one.cohort) == ("active", old)
    assert Completion.objects.get().enrolment == finished
    to_come.refresh_from_db()
    held.refresh_from_db()
    assert (to_come.cohort, to_come.sequence, held.cohort) == (new, 0, old)
    # Nobody new begins with the old edition.
    with pytest.raises(enrol.EnrolmentRefused):
        course.enrol(people.person("eve", "Eve Lerner"), at=now + timedelta(days=40_000))


def test_who_would_be_at_the_end_finishes_at_once(
    course: BuiltCourse, enrolment: Enrolment, amy: User, sign_in: SignIn, now: datetime
) -> None:
    """The newer edition asks for less than was done."""
    course.do_lessons(enrolment, at=now)
    last = course.page.get_children().last().get_children().first().specific
    last.is_required = False
    last.save()
    publisher = User.objects.get(email="publisher-test@example.org")
    easier = editions.publish(course_page=course.page, by=publisher, at=now)
    html = sign_in(amy).get(reverse("staff:newer_edition", args=[course.cohort.pk])).content.decode()
    assert "they would finish at once" in html
    onto(sign_in(amy), course.cohort, easier, [enrolment])
    assert Completion.objects.get().enrolment.cohort.edition == easier


def test_a_full_cohort_moves_as_a_whole_with_those_who_wait(
    course: BuiltCourse, ada: User, ben: User, amy: User, sign_in: SignIn, newer: Edition
) -> None:
    now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    old = build.cohort(course.edition, at=now, name="Full", capacity=2)
    both = [enrol.start(cohort_id=old.pk, learner=person, at=now) for person in (ada, ben)]
    CohortReserve.objects.create(cohort=old, reason="funded", places=1)
    entry = waiting.join(cohort_id=old.pk, learner=people.person("dee", "Dee Lerner"), at=now)
    assert onto(sign_in(amy), old, newer, both).status_code == 302
    new = Cohort.objects.get(name="Goes on")
    assert new.enrolments.count() == 2
    entry.refresh_from_db()
    assert entry.cohort == new
    assert new.reserves.get().places == 1


def test_nothing_happens_while_an_offer_is_open_or_without_a_reason(
    course: BuiltCourse, enrolment: Enrolment, amy: User, sign_in: SignIn, newer: Edition
) -> None:
    page = sign_in(amy)
    assert onto(page, course.cohort, newer, [enrolment], reason=" ").status_code == 422
    assert onto(page, course.cohort, newer, []).status_code == 409
    assert onto(page, course.cohort, course.edition, [enrolment]).status_code == 409
    other = build.course(at=enrolment.started_at, code="OTHER")
    assert onto(page, course.cohort, other.edition, [enrolment]).status_code == 409
    Offer.objects.create(
        cohort=course.cohort,
        kind="invitation",
        email="somebody@example.org",
        made_at=enrolment.started_at,
        answer_by=enrolment.started_at + timedelta(days=1),
    )
    refused = onto(page, course.cohort, newer, [enrolment])
    assert refused.status_code == 409
    assert "Offers of places are open" in refused.content.decode()
    assert not Cohort.objects.filter(name="Goes on").exists()
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


def test_without_a_newer_edition_there_is_nothing_to_do(
    course: BuiltCourse, enrolment: Enrolment, amy: User, sign_in: SignIn
) -> None:
    html = sign_in(amy).get(reverse("staff:newer_edition", args=[course.cohort.pk])).content.decode()
    assert "There is nothing to do." in html
    assert onto(sign_in(amy), course.cohort, course.edition, [enrolment]).status_code == 409


def test_an_open_try_goes_along_and_is_marked_in_the_new_cohort(
    course: BuiltCourse, enrolment: Enrolment, amy: User, sign_in: SignIn, newer: Edition, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    attempt = course.begin(enrolment, at=now)
    course.answer(attempt, right=3, at=now)
    onto(sign_in(amy), course.cohort, newer, [enrolment])
    quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=now)
    moved = Enrolment.objects.get(cohort__name="Goes on")
    assert moved.records.filter(activity=course.quiz_id, outcome="passed").exists()
    assert not Completion.objects.exists()
