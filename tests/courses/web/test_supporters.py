"""The pages of supporters: what the learner says there, and how little a supporter sees."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import attendance, needs, run_sheets, supporters
from courses.actions.run_sheets import DateDetails
from courses.cohorts.dates import Anchor, What
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.supporters import Supporter
from courses.progress.notes import Note
from tests.factories import courses as build
from tests.factories import handing_in, meetings
from tests.factories.courses import SECRET_FEEDBACK, SECRET_LESSON, BuiltCourse

SignIn = Callable[[User], Client]
TOKEN = "t" * 43
CANARY = "canary-of-ada"


def invited(enrolment: Enrolment, at: datetime) -> Supporter:
    return Supporter.objects.create(
        enrolment=enrolment, email="helper@example.net", token_hash=supporters.hash_of(TOKEN), invited_at=at
    )


def supports(enrolment: Enrolment, person: User, at: datetime) -> Supporter:
    row = invited(enrolment, at)
    row.person, row.accepted_at = person, at
    row.save()
    return row


def link() -> str:
    return reverse("learning:supporter_link", args=[TOKEN])


def page_of(row: Supporter) -> str:
    return reverse("learning:supporting", args=[row.pk])


def test_a_learner_invites_and_ends_it_on_one_page(enrolment: Enrolment, ada: User, sign_in: SignIn) -> None:
    client, page = sign_in(ada), reverse("learning:supporters", args=[enrolment.pk])
    assert client.post(page, {"email": "helper@example.net"}).url == page
    assert "helper@example.net" in client.get(page).content.decode()
    row = Supporter.objects.get()
    assert client.post(reverse("learning:remove_supporter", args=[enrolment.pk, row.pk])).url == page
    assert "The invitation ended on" in client.get(page).content.decode()


@pytest.mark.parametrize("typed", ["", "no address", "a@b", "\0@example.org", "x" * 400 + "@example.org"])
def test_what_is_no_address_comes_back_as_it_was_typed(
    enrolment: Enrolment, ada: User, sign_in: SignIn, typed: str
) -> None:
    answer = sign_in(ada).post(reverse("learning:supporters", args=[enrolment.pk]), {"email": typed})
    assert answer.status_code == 422
    assert typed.replace("\0", "")[:3] in answer.content.decode()
    assert not Supporter.objects.exists()


def test_somebody_elses_place_has_no_such_page(
    enrolment: Enrolment, ben: User, fay: User, sign_in: SignIn
) -> None:
    for person in (ben, fay):
        client = sign_in(person)
        page = reverse("learning:supporters", args=[enrolment.pk])
        assert client.get(page).status_code == 404
        assert client.post(page, {"email": "helper@example.net"}).status_code == 404


def test_opening_the_link_changes_nothing_and_a_post_accepts(
    enrolment: Enrolment, cleo: User, sign_in: SignIn, now: datetime, monkeypatch: Any
) -> None:
    row = invited(enrolment, now)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    for client in (Client(), sign_in(cleo)):
        answer = client.get(link())
        assert answer.status_code == 200
        assert "Ada Lerner" in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
    row.refresh_from_db()
    assert row.accepted_at is None
    assert Client().post(link()).url.startswith(reverse("account_login"))
    assert sign_in(cleo).post(link()).url == page_of(row)
    # The link leads whoever accepted to the page, and tells others that it is over.
    assert sign_in(cleo).get(link()).url == page_of(row)
    answer = Client().get(link())
    assert answer.status_code == 410
    assert "Ada" not in answer.content.decode()


def test_a_link_that_leads_nowhere_is_not_found(db: None) -> None:
    assert Client().get(reverse("learning:supporter_link", args=["x" * 43])).status_code == 404
    assert Client().post(reverse("learning:decline_support", args=["x" * 43])).status_code == 404


def test_somebody_without_an_account_can_say_no(enrolment: Enrolment, now: datetime) -> None:
    row = invited(enrolment, now)
    assert Client().post(reverse("learning:decline_support", args=[TOKEN])).status_code == 200
    row.refresh_from_db()
    assert row.ended_at is not None


def test_a_supporter_sees_dates_and_how_far_somebody_is(
    ada: User, cleo: User, fay: User, sign_in: SignIn, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    built = meetings.course(at=now, online_link="https://meet.example.org/secret-room")
    meetings.facilitator(built.cohort, fay)
    meetings.plan(built, by=fay, at=now, days=(1, 7, 14))
    enrolment = built.enrol(ada, at=now)
    first = LiveSession.objects.filter(cohort=built.cohort).earliest("starts_at")
    attendance.apologise(session_id=first.pk, enrolment_id=enrolment.pk, learner=ada, at=now)
    deadline = DateDetails(
        what=What.DEADLINE,
        anchor=Anchor.SESSION,
        session_activity_id=first.activity_id,
        offset_days=3,
        local_time=time(9, 0),
        text="Read chapter two",
    )
    run_sheets.add_date(cohort_id=built.cohort.pk, details=deadline, by=fay, at=now)
    shown = sign_in(cleo).get(page_of(supports(enrolment, cleo, now))).content.decode()
    assert "Ada Lerner" in shown
    assert "Meeting each other" in shown
    assert "Before we meet" in shown
    assert "Quaker House, Upper Room" in shown
    assert "Read chapter two" in shown
    # She sent word that she cannot come: that is between her and her group.
    assert "secret-room" not in shown
    assert "pologis" not in shown
    assert "cannot come" not in shown


def test_no_page_of_a_supporter_leaks_what_a_learner_wrote_or_reached(
    course: BuiltCourse, ada: User, cleo: User, sign_in: SignIn, now: datetime
) -> None:
    enrolment = course.complete(ada, at=now)
    row = supports(enrolment, cleo, now)
    Note.objects.create(
        enrolment=enrolment,
        activity_id=course.lesson_id,
        block="00000000-0000-4000-8000-000000000000",
        prompt=CANARY,
        text=CANARY,
        sequence=1,
        updated_at=now,
    )
    needs.tell(enrolment_id=enrolment.pk, learner=ada, text=CANARY, agrees=True, at=now)
    client = sign_in(cleo)
    shown = client.get(page_of(row)).content.decode()
    assert "The course is finished." in shown
    for word in (CANARY, SECRET_LESSON, SECRET_FEEDBACK, ada.email, "points"):
        assert word not in shown
    # And every other door stays as it is for a stranger.
    pk = enrolment.pk
    doors = [
        reverse("learning:course", args=[pk]),
        reverse("learning:notes", args=[pk]),
        reverse("learning:needs", args=[pk]),
        reverse("learning:questions", args=[pk]),
        reverse("learning:cohort", args=[pk]),
        reverse("learning:supporters", args=[pk]),
        reverse("learning:activity", args=[pk, course.lesson_id]),
        reverse("learning:activity", args=[pk, course.quiz_id]),
    ]
    assert [client.get(door).status_code for door in doors] == [404] * len(doors)
    done = reverse("learning:done", args=[pk, course.lesson_id])
    assert client.post(done).status_code == 404


def test_once_it_has_ended_the_page_is_not_there(
    enrolment: Enrolment, ada: User, cleo: User, ben: User, sign_in: SignIn, now: datetime
) -> None:
    row = supports(enrolment, cleo, now)
    client = sign_in(cleo)
    assert client.get(page_of(row)).status_code == 200
    assert page_of(row) in client.get(reverse("learning:dashboard")).content.decode()
    assert sign_in(ben).get(page_of(row)).status_code == 404
    supporters.remove(supporter_id=row.pk, enrolment_id=enrolment.pk, learner=ada, at=now)
    assert client.get(page_of(row)).status_code == 404
    assert page_of(row) not in client.get(reverse("learning:dashboard")).content.decode()
    assert client.post(reverse("learning:stop_supporting", args=[row.pk])).status_code == 404


def test_reminders_are_switched_on_and_off_and_a_supporter_stops(
    enrolment: Enrolment, cleo: User, sign_in: SignIn, now: datetime
) -> None:
    row, client = supports(enrolment, cleo, now), sign_in(cleo)
    for wants in (True, False):
        typed = {"reminders": "yes" if wants else "no"}
        assert client.post(reverse("learning:supporter_reminders", args=[row.pk]), typed).url == page_of(row)
        row.refresh_from_db()
        assert row.wants_reminders is wants
    answer = client.post(reverse("learning:stop_supporting", args=[row.pk]))
    assert answer.url == reverse("learning:dashboard")
    assert client.get(page_of(row)).status_code == 404


def test_more_stages_and_meetings_cost_nothing_more(
    ada: User, cleo: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    client, counts = sign_in(cleo), []
    for built in (build.course(at=now), handing_in.course(at=now), meetings.course(at=now, meetings=12)):
        row = Supporter.objects.create(
            enrolment=built.enrol(ada, at=now),
            email="helper@example.net",
            person=cleo,
            invited_at=now,
            accepted_at=now,
        )
        client.get(page_of(row))
        with CaptureQueriesContext(connection) as found:
            client.get(page_of(row))
        counts.append(len(found))
    assert len(set(counts)) == 1, counts
