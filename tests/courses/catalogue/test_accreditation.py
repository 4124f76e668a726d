"""Accreditation: only what a record covers is claimed, on the days it covers and no other."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import editions
from courses.catalogue import accreditation
from courses.catalogue.accreditation import AccreditationRecord
from courses.catalogue.models import Course
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def identity(db: None) -> Course:
    return Course.objects.create(code="ACC", title="A course", provider="Somebody")


@pytest.mark.parametrize(
    ("days", "is_claimed"),
    [
        ((date(2025, 12, 31),), False),
        ((FIRST,), True),
        ((LAST,), True),
        ((date(2027, 1, 1),), False),
        ((FIRST, LAST), True),
        ((LAST, date(2027, 1, 1)), False),
    ],
)
def test_a_record_is_claimed_on_its_days_only(
    identity: Course, days: tuple[date, ...], is_claimed: bool
) -> None:
    build.accreditation(identity, first=FIRST, last=LAST)
    found = accreditation.sentences(course_id=identity.pk, days=days)
    assert ("Example Body" in found) == is_claimed
    assert accreditation.sentences(course_id=identity.pk + 1, days=days) == ""


def test_the_claim_names_body_reference_days_and_nothing_that_was_not_given(identity: Course) -> None:
    plain = build.accreditation(identity, first=FIRST, last=LAST)
    assert plain.sentence == (
        "Accredited by Example Body. Reference EB-1, valid from 1 January 2026 to 31 December 2026."
    )
    full = build.accreditation(
        identity,
        first=FIRST,
        last=LAST,
        body="Other Body",
        kind="level 3",
        credits="6 credits",
        statement="It covers the taught part.",
    )
    assert full.sentence == (
        "Accredited by Other Body: level 3, 6 credits. Reference EB-1, valid from 1 January 2026 to "
        "31 December 2026. It covers the taught part."
    )
    assert str(full) == "Other Body, EB-1"


def test_the_day_is_the_site_s_and_not_the_visitor_s() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert accreditation.today(late) == date(2026, 7, 1)


def test_a_record_cannot_end_before_it_begins(identity: Course) -> None:
    record = AccreditationRecord(course=identity, body="B", reference="1", valid_from=LAST, valid_until=FIRST)
    with pytest.raises(ValidationError, match="must not be before"):
        record.full_clean()


@pytest.mark.parametrize(
    ("body", "first", "last", "is_refused"),
    [
        ("Example Body", date(2026, 12, 31), date(2027, 5, 1), True),
        ("example  BODY", date(2026, 3, 1), date(2026, 4, 1), True),
        ("Example Body", date(2027, 1, 1), date(2027, 5, 1), False),
        ("Other Body", FIRST, LAST, False),
    ],
)
def test_one_body_has_one_record_a_day(
    identity: Course, body: str, first: date, last: date, is_refused: bool
) -> None:
    build.accreditation(identity, first=FIRST, last=LAST)
    record = AccreditationRecord(
        course=identity, body=body, reference="2", valid_from=first, valid_until=last
    )
    if is_refused:
        with pytest.raises(ValidationError, match="same body"):
            record.full_clean()
    else:
        record.full_clean()


def form_data(*records: tuple[str, str, str]) -> dict[str, str]:
    """The form of a course in the admin, with new records: body, first day, last day."""
    data = {
        "title": "A course",
        "code": "ACC",
        "provider": "Somebody",
        "delivery_partner": "Somebody Else",
        "accreditations-TOTAL_FORMS": str(len(records)),
        "accreditations-INITIAL_FORMS": "0",
        "accreditations-MIN_NUM_FORMS": "0",
        "accreditations-MAX_NUM_FORMS": "1000",
    }
    for place, (body, first, last) in enumerate(records):
        data |= {
            f"accreditations-{place}-body": body,
            f"accreditations-{place}-reference": "EB-1",
            f"accreditations-{place}-valid_from": first,
            f"accreditations-{place}-valid_until": last,
            f"accreditations-{place}-id": "",
            f"accreditations-{place}-DELETE": "",
        }
    return data


def test_an_editor_keeps_records_with_the_course(identity: Course, ed: User, client: Client) -> None:
    client.force_login(ed)
    address = reverse("course:edit", args=[identity.pk])
    assert "Accreditation" in client.get(address).content.decode()
    answer = client.post(address, form_data(("Example Body", "2026-01-01", "2026-12-31")))
    assert answer.status_code == 302
    assert identity.accreditations.get().body == "Example Body"
    identity.refresh_from_db()
    assert identity.delivery_partner == "Somebody Else"


def test_two_new_records_that_overlap_are_refused_together(
    identity: Course, ed: User, client: Client
) -> None:
    client.force_login(ed)
    typed = form_data(
        ("Example Body", "2026-01-01", "2026-12-31"), ("Example Body", "2026-06-01", "2027-05-31")
    )
    answer = client.post(reverse("course:edit", args=[identity.pk]), typed)
    assert answer.status_code == 200
    assert "Two records of the same body cover the same days." in answer.content.decode()
    assert not AccreditationRecord.objects.exists()


def test_an_edition_freezes_what_the_records_say_on_the_day_it_is_published(
    course: BuiltCourse, ed: User, now: datetime
) -> None:
    assert course.outline.certificate.accreditation == ""
    build.accreditation(course.edition.course, first=FIRST, last=LAST)
    second = editions.publish(course_page=course.page, by=ed, at=now)
    assert second.number == 2
    assert second.outline.certificate.accreditation.startswith("Accredited by Example Body")
    over = editions.publish(course_page=course.page, by=ed, at=datetime(2027, 2, 1, tzinfo=UTC))
    assert over.outline.certificate.accreditation == ""
