"""Codes, invitations and lists of people in Wagtail's admin."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.users.models import User
from courses.actions import codes
from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.codes import EnrolmentCode
from courses.enrolment.learner_lists import LearnerList
from courses.enrolment.models import Enrolment, Offer
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture
def fay_in(course: BuiltCourse, fay: User, sign_in: SignIn) -> Client:
    """Fay, who facilitates the cohort, signed in."""
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")
    return sign_in(fay)


@pytest.fixture
def outsiders(course: BuiltCourse, ana: User, ed: User, sign_in: SignIn) -> list[Client]:
    """Ana, who assesses the cohort, and Ed, who edits pages."""
    CohortStaff.objects.create(cohort=course.cohort, user=ana, role="assessor")
    return [sign_in(ana), sign_in(ed)]


def page(name: str, course: BuiltCourse, *more: Any) -> str:
    return reverse(f"staff:{name}", args=[course.cohort.pk, *more])


def soon() -> str:
    return (timezone.now() + timedelta(days=10)).date().isoformat()


def upload(client: Client, course: BuiltCourse, *lines: str) -> Any:
    content = "\r\n".join(["Email;Name;Note", *lines]).encode("cp1252")
    file = SimpleUploadedFile("list.csv", content, content_type="text/csv")
    return client.post(page("learner_list", course), {"do": "check", "file": file, "last_day": soon()})


@pytest.mark.parametrize("name", ["codes", "codes_csv", "invitations", "learner_list"])
def test_only_who_looks_after_the_cohort_gets_in(
    course: BuiltCourse, fay_in: Client, outsiders: list[Client], amy: User, sign_in: SignIn, name: str
) -> None:
    other = build.cohort(course.edition, at=timezone.now(), name="Of somebody else")
    path = page(name, course)
    assert fay_in.get(path).status_code == sign_in(amy).get(path).status_code == 200
    assert [client.get(path).status_code for client in outsiders] == [404, 404]
    assert fay_in.get(reverse(f"staff:{name}", args=[other.pk])).status_code == 404


# --- Codes --------------------------------------------------------------------------------------


def test_codes_are_made_listed_used_and_switched_off(course: BuiltCourse, ada: User, fay_in: Client) -> None:
    asked = {
        "number": 3,
        "uses_allowed": 1,
        "email_domain": "@Example.ORG",
        "last_day": soon(),
        "note": "=1+1",
    }
    assert fay_in.post(page("codes", course), asked).url == page("codes", course)
    first, second, _third = EnrolmentCode.objects.all()
    assert first.email_domain == "example.org"
    codes.use(code=first.code, learner=ada, at=timezone.now())
    fay_in.post(page("revoke_code", course, second.pk))
    shown = fay_in.get(page("codes", course)).content.decode()
    for words in ("Used up", "Ada Lerner", "Switched off", "Can be used", first.as_given):
        assert words in shown
    table = b"".join(fay_in.get(page("codes_csv", course)).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    assert {row[0] for row in rows[1:]} == {code.as_given for code in EnrolmentCode.objects.all()}
    assert {row[-1] for row in rows[1:]} == {"'=1+1"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0},
        {"number": 501},
        {"number": "x"},
        {"uses_allowed": 0},
        {"uses_allowed": 10**12},
        {"email_domain": "not a domain"},
        {"email_domain": "a@b.org"},
        {"last_day": "2001-01-01"},
        {"last_day": "9999-12-31x"},
        {"note": "n" * 201},
    ],
)
def test_wrong_wishes_for_codes_come_back_with_what_was_typed(
    course: BuiltCourse, fay_in: Client, wrong: dict[str, Any]
) -> None:
    answer = fay_in.post(page("codes", course), {"number": 1, "uses_allowed": 1, **wrong})
    assert answer.status_code in (409, 422)
    assert answer.context["form"].errors
    assert not EnrolmentCode.objects.exists()


def test_a_code_of_another_cohort_is_not_switched_off(
    course: BuiltCourse, fay: User, fay_in: Client, now: datetime
) -> None:
    other = build.cohort(course.edition, at=now, name="Of somebody else")
    (code,) = codes.make(cohort_id=other.pk, number=1, by=fay, at=now)
    assert fay_in.post(page("revoke_code", course, code.pk)).status_code == 404
    code.refresh_from_db()
    assert code.revoked_at is None


def test_fifty_codes_cost_as_many_statements_as_one(
    course: BuiltCourse, fay: User, fay_in: Client, now: datetime
) -> None:
    (code,) = codes.make(cohort_id=course.cohort.pk, number=1, uses_allowed=None, by=fay, at=now)
    codes.use(code=code.code, learner=people.person("p0", "P"), at=now)
    fay_in.get(page("codes", course))
    with CaptureQueriesContext(connection) as few:
        fay_in.get(page("codes", course))
    codes.make(cohort_id=course.cohort.pk, number=49, by=fay, at=now)
    for number in range(1, 6):
        codes.use(code=code.code, learner=people.person(f"p{number}", "P"), at=now)
    with CaptureQueriesContext(connection) as many:
        fay_in.get(page("codes", course))
    assert len(many) == len(few)


# --- Invitations --------------------------------------------------------------------------------


def test_staff_see_the_same_for_an_address_with_an_account_and_one_without(
    course: BuiltCourse, ada: User, fay_in: Client
) -> None:
    """Abuse case 37: nothing on any page tells that there is an account."""
    data = {"addresses": "ada@example.org\nnobody@example.org", "last_day": soon()}
    assert fay_in.post(page("invitations", course), data).url == page("invitations", course)
    assert set(Offer.objects.values_list("learner", flat=True)) == {ada.pk, None}
    for name in ("invitations", "places"):
        shown = fay_in.get(page(name, course)).content.decode()
        assert "nobody@example.org" in shown
        assert "ada@example.org" in shown
        assert "Ada Lerner" not in shown
    for offer in Offer.objects.all():
        asked = fay_in.get(reverse("staff:take_back_offer", args=[offer.pk])).content.decode()
        assert "Ada Lerner" not in asked
    again = [fay_in.post(page("invite_again", course, one.pk), follow=True) for one in Offer.objects.all()]
    assert len({str(next(iter(answer.context["messages"]))) for answer in again}) == 1


def test_wrong_addresses_come_back_line_by_line_with_what_was_typed(
    course: BuiltCourse, fay_in: Client
) -> None:
    typed = "fine@example.org\nnot an address\n<script>@x"
    answer = fay_in.post(page("invitations", course), {"addresses": typed, "last_day": soon()})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "<strong>not an address</strong>: This is not an e-mail address." in shown
    assert "<script>@x" not in shown
    assert "fine@example.org\nnot an address" in shown
    assert not Offer.objects.exists()
    for wrong in ({"addresses": "a@x.org", "last_day": "x"}, {"addresses": "", "last_day": soon()}, {}):
        assert fay_in.post(page("invitations", course), wrong).status_code == 422


def test_only_invitations_of_this_cohort_are_sent_again(
    course: BuiltCourse, fay_in: Client, fay: User
) -> None:
    assert fay_in.post(page("invite_again", course, 999)).status_code == 404
    data = {"addresses": "a@example.org", "last_day": soon()}
    fay_in.post(page("invitations", course), data)
    other = build.cohort(course.edition, at=timezone.now(), name="Of somebody else")
    Offer.objects.update(cohort=other)
    assert fay_in.post(page("invite_again", course, Offer.objects.get().pk)).status_code == 404


# --- Lists --------------------------------------------------------------------------------------


def test_a_list_with_faults_then_a_mended_one(course: BuiltCourse, ada: User, fay_in: Client) -> None:
    answer = upload(
        fay_in,
        course,
        "ada@example.org;Ada;",
        "josé;José Núñez;",
        "new@example.org;=New;",
        "ada@example.org;Ada;",
    )
    shown = answer.content.decode()
    assert "Stands further up already: passed over." in shown
    assert answer.status_code == 409
    assert "José Núñez" in shown
    assert "Check for a mistake." in shown
    assert "Bring in the whole list" not in shown
    refused = fay_in.post(
        page("learner_list", course),
        {"do": "save", "token": LearnerList.objects.get().token, "reason": "They asked"},
    )
    assert refused.status_code == 409
    assert not Enrolment.objects.exists()
    right = upload(fay_in, course, "ada@example.org;Ada;", "new@example.org;=New;")
    assert right.status_code == 200
    token = LearnerList.objects.get().token
    without = fay_in.post(page("learner_list", course), {"do": "save", "token": token, "reason": " "})
    assert without.status_code == 409
    assert "Please say why." in without.content.decode()
    done = fay_in.post(
        page("learner_list", course), {"do": "save", "token": token, "reason": "They asked"}, follow=True
    )
    assert "1 places given, 1 invitations on their way." in done.content.decode()
    assert Enrolment.objects.get().learner == ada
    assert Offer.objects.get().email == "new@example.org"


def test_the_table_of_a_list_is_safe_in_a_spreadsheet_and_can_be_read_again(
    course: BuiltCourse, fay_in: Client
) -> None:
    upload(fay_in, course, "new@example.org;=cmd|x;-1+1", "bad;@SUM(A1);")
    token = LearnerList.objects.get().token
    answer = fay_in.get(reverse("staff:learner_list_csv", args=[course.cohort.pk, token]))
    content = b"".join(answer.streaming_content)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row[1:4] for row in rows[1:]] == [
        ["new@example.org", "'=cmd|x", "'-1+1"],
        ["bad", "'@SUM(A1)", ""],
    ]
    file = SimpleUploadedFile("again.csv", content)
    again = fay_in.post(page("learner_list", course), {"do": "check", "file": file, "last_day": soon()})
    assert [line.name for line, _words in again.context["lines"]] == ["@SUM(A1)"]


def test_a_list_is_seen_by_nobody_but_who_checked_it(
    course: BuiltCourse, amy: User, fay_in: Client, sign_in: SignIn
) -> None:
    upload(fay_in, course, "new@example.org")
    path = reverse("staff:learner_list_csv", args=[course.cohort.pk, LearnerList.objects.get().token])
    assert fay_in.get(path).status_code == 200
    assert sign_in(amy).get(path).status_code == 404
    other = build.cohort(course.edition, at=timezone.now(), name="Mine too")
    CohortStaff.objects.create(cohort=other, user=CohortStaff.objects.get().user, role="facilitator")
    token = LearnerList.objects.get().token
    assert fay_in.get(reverse("staff:learner_list_csv", args=[other.pk, token])).status_code == 404


@pytest.mark.parametrize("token", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_saving_what_is_not_there_says_so(course: BuiltCourse, fay_in: Client, token: str) -> None:
    data = {"do": "save", "token": token, "reason": "x", "file": "email\na@x.org", "list": "1"}
    answer = fay_in.post(page("learner_list", course), data, follow=True)
    assert "This list is not here any more." in answer.content.decode()
    assert not Offer.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x00" * 50, b"no heads\n1\n", b"x" * (2 * 1024 * 1024 + 1)])
def test_a_file_that_is_no_list_comes_back_with_a_reason(
    course: BuiltCourse, fay_in: Client, content: bytes
) -> None:
    file = SimpleUploadedFile("list.csv", content)
    answer = fay_in.post(page("learner_list", course), {"do": "check", "file": file, "last_day": soon()})
    assert answer.status_code in (409, 422)
    assert answer.context["form"].errors
    assert not LearnerList.objects.exists()


def test_the_usual_last_day_lies_ahead(course: BuiltCourse, fay_in: Client) -> None:
    for name in ("invitations", "learner_list"):
        day = fay_in.get(page(name, course)).context["form"].initial["last_day"]
        assert day > timezone.now().date()
    Cohort.objects.update(enrolment_closes_at=timezone.now() - timedelta(hours=1))
    answer = upload(fay_in, course, "a@example.org")
    assert "too late" in answer.content.decode()
