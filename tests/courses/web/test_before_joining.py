"""What is asked for before joining, on the pages that lead to a place: said, ticked, refused, met."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.users.models import User
from courses.actions import codes, enrol, offers
from courses.cohorts.models import CohortStaff
from courses.cohorts.prerequisites import Prerequisite
from courses.enrolment.models import Enrolment, Offer, WaitingEntry
from courses.enrolment.prerequisites import Declaration, StaffCheck
from courses.enrolment.states import OfferState
from courses.ledger.models import LedgerEntry
from tests.factories import applications, asking_first, people
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sentence(course: BuiltCourse) -> Prerequisite:
    return asking_first.for_declaration(course.cohort)


@pytest.fixture
def check(course: BuiltCourse) -> Prerequisite:
    return asking_first.for_check(course.cohort)


@pytest.fixture
def team(course: BuiltCourse, sign_in: SignIn, fay: User) -> Client:
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")
    return sign_in(fay)


def url(course: BuiltCourse) -> str:
    return f"/join/{course.cohort.pk}/"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_joining_page_says_what_is_asked_for_and_how_each_thing_stands(
    course: BuiltCourse,
    sentence: Prerequisite,
    check: Prerequisite,
    sign_in: SignIn,
    ada: User,
    fay: User,
) -> None:
    first = build.course(at=timezone.now(), code="FIRST")
    asking_first.for_course(course.cohort, first.edition.course)
    page = sign_in(ada)
    shown = words(page.get(url(course)))
    assert "Before you join" in shown
    assert f'<a href="{first.page.url}">Finish the course “Course FIRST”</a>' in shown
    assert "You have not finished it yet." in shown
    assert "The team confirms this with you. Ask Fay for the form." in shown
    assert f'name="agrees" value="{sentence.pk}"' in shown
    assert "You can join as soon as this is done." in shown
    assert "Join this course</button>" not in shown
    first.complete(ada, at=timezone.now())
    asking_first.record(check, ada, by=fay, at=timezone.now())
    shown = words(page.get(url(course)))
    assert "You finished it on 23 November 2026." in shown
    assert "The team confirmed this on 23 November 2026." in shown
    assert "Join this course</button>" in shown


def test_joining_without_the_tick_is_refused_and_the_other_tick_survives(
    course: BuiltCourse, sentence: Prerequisite, sign_in: SignIn, ada: User
) -> None:
    other = asking_first.for_declaration(course.cohort, "I can come on Tuesdays.")
    page = sign_in(ada)
    refused = page.post(url(course), {"agrees": [sentence.pk, "nonsense"]})
    assert refused.status_code == 409
    shown = words(refused)
    assert f'value="{sentence.pk}" id="agrees_{sentence.pk}" checked' in shown
    assert f'value="{other.pk}" id="agrees_{other.pk}" aria-invalid="true"' in shown
    assert not Enrolment.objects.exists()
    assert not Declaration.objects.exists()
    assert page.post(url(course), {"agrees": [sentence.pk, other.pk]}).status_code == 302
    assert Declaration.objects.filter(learner=ada).count() == 2


def test_a_visitor_reads_what_is_asked_for_before_they_make_an_account(
    course: BuiltCourse, sentence: Prerequisite, check: Prerequisite, client: Client
) -> None:
    shown = words(client.get(url(course)))
    assert asking_first.SENTENCE in shown
    assert asking_first.STEP in shown
    assert 'name="agrees"' not in shown
    assert "Sign in" in shown


def test_a_cohort_that_asks_for_nothing_costs_nothing_more(
    course: BuiltCourse, sign_in: SignIn, ada: User, ben: User, now: datetime
) -> None:
    sign_in(ada).post(url(course))
    other = asking_first.for_declaration(build.course(at=now, code="ELSE").cohort)
    page = sign_in(ben)
    with CaptureQueriesContext(connection) as asked:
        page.post(url(course))
    assert not [one for one in asked if 'FROM "courses_declaration"' in one["sql"]]
    assert not [one for one in asked if one["sql"].startswith('SELECT "courses_prerequisite"')]
    assert other.cohort_id != course.cohort.pk


def test_the_page_of_an_offer_asks_and_keeps_the_offer_open(
    course: BuiltCourse,
    sentence: Prerequisite,
    check: Prerequisite,
    sign_in: SignIn,
    ada: User,
    fay: User,
) -> None:
    with transaction.atomic():
        locked = enrol.lock_cohort(course.cohort.pk)
        offer, _token = offers.make(cohort=locked, kind="invitation", learner=ada, by=fay, at=timezone.now())
    page = sign_in(ada)
    here = reverse("learning:offer", args=[offer.pk])
    shown = words(page.get(here))
    assert asking_first.STEP in shown
    assert "You can take the place as soon as this is done." in shown
    refused = page.post(here, {"agrees": [sentence.pk]})
    assert refused.status_code == 409
    assert Offer.objects.get().status == OfferState.OPEN.value
    asking_first.record(check, ada, by=fay, at=timezone.now())
    assert page.post(here).status_code == 409
    assert page.post(here, {"agrees": [sentence.pk]}).status_code == 302
    assert Enrolment.objects.get().learner == ada


def test_a_code_survives_until_the_boxes_are_ticked(
    course: BuiltCourse, sentence: Prerequisite, sign_in: SignIn, ada: User, fay: User, now: datetime
) -> None:
    (code,) = codes.make(cohort_id=course.cohort.pk, number=1, by=fay, at=now)
    page = sign_in(ada)
    here = reverse("learning:use_code")
    refused = page.post(here, {"code": code.code})
    assert refused.status_code == 409
    shown = words(refused)
    assert code.code in shown
    assert f'name="agrees" value="{sentence.pk}"' in shown
    assert page.post(here, {"code": code.code, "agrees": [sentence.pk]}).status_code == 302
    assert Enrolment.objects.get().learner == ada


def test_changing_groups_asks_for_what_is_new_there(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User, now: datetime
) -> None:
    other = build.cohort(course.edition, at=now, name="Other group")
    asked = asking_first.for_declaration(other)
    page = sign_in(ada)
    here = reverse("learning:move", args=[enrolment.pk])
    sent = {"to": other.pk, "reason": "dates"}
    refused = page.post(here, sent)
    assert refused.status_code == 409
    assert f'name="agrees" value="{asked.pk}"' in words(refused)
    enrolment.refresh_from_db()
    assert enrolment.ended_at is None
    assert page.post(here, {**sent, "agrees": [asked.pk]}).status_code == 302
    assert Enrolment.objects.get(ended_at=None).cohort == other


def test_the_course_page_says_in_plain_words_what_an_open_cohort_asks_for(
    course: BuiltCourse, sentence: Prerequisite, check: Prerequisite, client: Client, now: datetime
) -> None:
    shown = words(client.get(course.page.url))
    assert "Before you join" in shown
    assert f"<li>{asking_first.SENTENCE}</li>" in shown
    assert f"<li>{asking_first.CHECK}</li>" in shown


def test_who_applies_sees_on_their_own_page_what_will_be_asked_for(
    course: BuiltCourse, check: Prerequisite, sign_in: SignIn, ada: User, now: datetime
) -> None:
    made = applications.apply_for(applications.by_application(course.cohort), ada, at=now)
    shown = words(sign_in(ada).get(reverse("learning:application", args=[made.pk])))
    assert "Before you join" in shown
    assert asking_first.STEP in shown


# --- The team -----------------------------------------------------------------------------------


def checks_url(course: BuiltCourse) -> str:
    return f"/admin/learning/registers/{course.cohort.pk}/checks/"


def sent(check: Prerequisite, *people: User, **fields: Any) -> dict[str, Any]:
    return {
        "rule": check.pk,
        "outcome": "yes",
        "checked_on": "2026-11-20",
        "people": [person.pk for person in people],
        **fields,
    }


def test_a_facilitator_records_a_check_of_everybody_who_is_ticked(
    course: BuiltCourse, check: Prerequisite, team: Client, ada: User, ben: User, cleo: User
) -> None:
    for person in (ada, ben):
        WaitingEntry.objects.create(cohort=course.cohort, learner=person, joined_at=timezone.now())
    shown = words(team.get(checks_url(course)))
    assert "Ada Lerner" in shown
    assert "Nothing recorded yet" in shown
    assert "Cleo Else" not in shown
    # Cleo is not on the list, so a number that was made up says nothing about her.
    answer = team.post(checks_url(course), sent(check, ada, ben, cleo, valid_until="2027-11-20"))
    assert answer.status_code == 302
    rows = StaffCheck.objects.values_list("learner", "is_done", "valid_until__year")
    assert set(rows) == {(ada.pk, True, 2027), (ben.pk, True, 2027)}
    assert "Done, 20 November 2026" in words(team.get(checks_url(course)))


def test_somebody_who_is_not_on_the_list_is_found_by_their_address(
    course: BuiltCourse, check: Prerequisite, team: Client, ada: User
) -> None:
    assert team.post(checks_url(course), sent(check, email="nobody@example.org")).status_code == 422
    assert team.post(checks_url(course), sent(check, email=ada.email)).status_code == 302
    assert StaffCheck.objects.get().learner == ada
    assert "Others with a check recorded" in words(team.get(f"{checks_url(course)}?show=others"))
    team.post(checks_url(course), sent(check, ada, outcome="take_back", checked_on=""))
    assert not StaffCheck.objects.exists()


def test_what_was_typed_and_ticked_survives_a_refusal(
    course: BuiltCourse, check: Prerequisite, team: Client, ada: User, now: datetime
) -> None:
    WaitingEntry.objects.create(cohort=course.cohort, learner=ada, joined_at=now)
    for wrong in ({"checked_on": "2030-01-01"}, {"checked_on": ""}, {"outcome": ""}, {"checked_on": "x"}):
        refused = team.post(checks_url(course), sent(check, ada, **wrong))
        assert refused.status_code in (409, 422)
        assert f'name="people" value="{ada.pk}" checked' in words(refused)
    assert team.post(checks_url(course), sent(check)).status_code == 409
    assert not StaffCheck.objects.exists()


def test_only_facilitators_and_administrators_see_and_record_checks(
    course: BuiltCourse,
    check: Prerequisite,
    ana: User,
    amy: User,
    sign_in: SignIn,
    ada: User,
) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=ana, role="assessor")
    place = enrol.by_staff(
        cohort_id=course.cohort.pk,
        learner=ada,
        by=amy,
        at=timezone.now(),
        reason="Why",
        past_prerequisites=True,
    )
    assert sign_in(ana).get(checks_url(course)).status_code == 404
    assert sign_in(amy).get(checks_url(course)).status_code == 200
    for who, sees in ((ana, False), (amy, True)):
        for page in (f"/admin/learning/registers/{course.cohort.pk}/", f"/admin/learning/people/{place.pk}/"):
            assert (asking_first.CHECK in words(sign_in(who).get(page))) is sees, (who, page)


def test_the_register_says_who_lacks_a_check_until_it_is_there(
    course: BuiltCourse, check: Prerequisite, team: Client, ada: User, ben: User, fay: User
) -> None:
    register = f"/admin/learning/registers/{course.cohort.pk}/"
    asking_first.record(check, ada, ben, by=fay, at=timezone.now())
    for person in (ada, ben):
        course.enrol(person, at=timezone.now())
    assert "A check is missing" not in words(team.get(register))
    asking_first.record(check, ada, by=fay, at=timezone.now(), is_done=False)
    shown = words(team.get(f"{register}?show=needs"))
    assert f"A check is missing: {asking_first.CHECK}" in shown
    assert "1 needs you." in shown
    assert "Ben Lerner" not in shown
    asking_first.record(check, ada, by=fay, at=timezone.now())
    assert "A check is missing" not in words(team.get(register))


def test_giving_a_place_by_hand_says_what_is_missing_before_it_can_be_gone_past(
    course: BuiltCourse, check: Prerequisite, team: Client, ada: User
) -> None:
    places = f"/admin/learning/registers/{course.cohort.pk}/places/"
    give = {"do": "give", "email": ada.email, "reason": "She was checked elsewhere"}
    refused = team.post(places, give)
    assert refused.status_code == 409
    assert f"asked for before joining: {asking_first.CHECK}." in words(refused)
    assert "She was checked elsewhere" in words(refused)
    assert team.post(places, {**give, "past_prerequisites": "on"}).status_code == 302
    assert LedgerEntry.objects.filter(action="let in past what is asked for").exists()


def test_the_waiting_page_says_why_somebody_is_passed_over(
    course: BuiltCourse, check: Prerequisite, team: Client, ada: User, now: datetime
) -> None:
    WaitingEntry.objects.create(cohort=course.cohort, learner=ada, joined_at=now)
    shown = words(team.get(f"/admin/learning/registers/{course.cohort.pk}/places/"))
    assert f"Passed over until this is there: {asking_first.CHECK}" in shown


def test_the_list_costs_the_same_for_five_people_and_for_fifty(
    course: BuiltCourse, check: Prerequisite, sentence: Prerequisite, team: Client, now: datetime
) -> None:
    costs = []
    for number in range(50):
        person = User.objects.create(email=f"p{number}@example.org", printed_name=f"P {number}")
        WaitingEntry.objects.create(cohort=course.cohort, learner=person, joined_at=now)
        if number in (4, 49):
            team.get(checks_url(course))
            with CaptureQueriesContext(connection) as asked:
                team.get(checks_url(course))
            costs.append(len(asked))
    assert costs[0] == costs[1]


def form_of(course: BuiltCourse, *rules: dict[str, Any]) -> dict[str, Any]:
    """The form of a cohort as a browser sends it, with these rules in order."""
    cohort = course.cohort
    data: dict[str, Any] = {
        "edition": cohort.edition_id,
        "name": cohort.name,
        "is_rolling": "on",
        "starts_on": cohort.starts_on.isoformat(),
        "time_zone": cohort.time_zone,
        "joining": "open",
        "enrolment_opens_at": "2026-01-01 10:00",
        "waiting_order": "first_come",
        "offer_hours": 48,
        "language": "en-gb",
    }
    for name, number in (("reserves", 0), ("prices", 0), ("staff", 0), ("prerequisites", len(rules))):
        kept = {"TOTAL_FORMS": number, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
        data |= {f"{name}-{key}": value for key, value in kept.items()}
    for place, rule in enumerate(rules):
        fields = {"ORDER": place + 1, "course": "", "words": "", "next_step": "", **rule}
        data |= {f"prerequisites-{place}-{key}": value for key, value in fields.items()}
    return data


def test_what_is_asked_for_is_written_in_the_form_of_the_cohort(
    course: BuiltCourse, sign_in: SignIn, amy: User, now: datetime
) -> None:
    first = build.course(at=now, code="FIRST").edition.course
    admin = sign_in(amy)
    edit, add = reverse("cohort:edit", args=[course.cohort.pk]), reverse("cohort:add")
    assert "Asked for before joining" in words(admin.get(edit))
    asked = (
        {"kind": "check", "words": "  A   vetting check ", "next_step": "Ask Fay."},
        {"kind": "course", "course": first.pk},
        {"kind": "declaration", "words": asking_first.SENTENCE},
    )
    assert admin.post(edit, form_of(course, *asked)).status_code == 302
    rules = course.cohort.prerequisites.order_by("sort_order").values_list("kind", "words", "course")
    assert list(rules) == [
        ("check", "A vetting check", None),
        ("course", "", first.pk),
        ("declaration", asking_first.SENTENCE, None),
    ]
    assert admin.post(add, form_of(course, *asked) | {"name": "Another"}).status_code == 302
    assert Prerequisite.objects.count() == 6


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"kind": "check", "words": "A check"}, "Say what the person should do"),
        ({"kind": "declaration"}, "Write the sentence, or the name of the check."),
        ({"kind": "course"}, "Choose the course that must be finished first."),
    ],
)
def test_a_rule_that_cannot_work_is_refused_with_a_sentence(
    course: BuiltCourse, sign_in: SignIn, amy: User, rule: dict[str, Any], said: str
) -> None:
    shown = sign_in(amy).post(reverse("cohort:edit", args=[course.cohort.pk]), form_of(course, rule))
    assert said in words(shown)
    assert not Prerequisite.objects.exists()


def test_a_course_cannot_ask_for_itself(course: BuiltCourse) -> None:
    own = Prerequisite(cohort=course.cohort, kind="course", course=course.edition.course)
    with pytest.raises(ValidationError, match="cannot ask for itself"):
        own.clean()


def test_a_stranger_with_the_same_name_is_not_mistaken(
    course: BuiltCourse, check: Prerequisite, sign_in: SignIn, ada: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, people.person("twin", "Ada Lerner"), by=fay, at=now)
    assert sign_in(ada).post(url(course)).status_code == 409
