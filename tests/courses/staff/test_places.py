"""The places of a cohort for its team: who waits, what is offered, and a place by hand."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.users.models import User
from courses.actions import enrol, offers, waiting
from courses.cohorts.models import Cohort, CohortReserve, CohortStaff
from courses.enrolment.models import Enrolment, Offer, Place
from courses.ledger.models import LedgerEntry
from courses.queries import seats
from tests.factories import courses, people
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cohort(course: BuiltCourse, fay: User, ana: User) -> Cohort:
    for person, role in ((fay, "facilitator"), (ana, "assessor")):
        CohortStaff.objects.create(cohort=course.cohort, user=person, role=role)
    Cohort.objects.filter(pk=course.cohort.pk).update(capacity=1)
    return Cohort.objects.get(pk=course.cohort.pk)


@pytest.fixture
def staff(cohort: Cohort, sign_in: SignIn, fay: User) -> Client:
    return sign_in(fay)


@pytest.fixture
def stranger(cohort: Cohort, now: datetime) -> User:
    """The facilitator of another cohort."""
    gus = people.staff("gus", "Gus Other", group="Course team")
    elsewhere = courses.course(at=now, code="ELSE").cohort
    CohortStaff.objects.create(cohort=elsewhere, user=gus, role="facilitator")
    return gus


def url(cohort: Cohort) -> str:
    return f"/admin/learning/registers/{cohort.pk}/places/"


def take_back(offer: Offer) -> str:
    return f"/admin/learning/offers/{offer.pk}/take-back/"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def make(cohort: Cohort, at: datetime, **fields: Any) -> Offer:
    with transaction.atomic():
        locked = enrol.lock_cohort(cohort.pk)
        return offers.make(cohort=locked, **{"kind": "invitation", "at": at, **fields})[0]


def give(email: str, **more: str) -> dict[str, str]:
    return {"do": "give", "email": email, "reason": "Was promised", **more}


def test_the_page_says_how_full_it_is_and_who_waits_in_which_order(
    cohort: Cohort, staff: Client, ada: User, ben: User, cleo: User, now: datetime
) -> None:
    Cohort.objects.update(waiting_order="new_first")
    earlier = enrol.start(cohort_id=cohort.pk, learner=ben, at=now)
    enrol.withdraw(enrolment_id=earlier.pk, by=ben, at=now)
    enrol.start(cohort_id=cohort.pk, learner=ada, at=now)
    waiting.join(cohort_id=cohort.pk, learner=ben, at=now)
    waiting.join(cohort_id=cohort.pk, learner=cleo, at=now + timedelta(hours=1))
    CohortReserve.objects.create(cohort=cohort, reason="funded", places=1)
    shown = words(staff.get(url(cohort)))
    assert "1 of 1 places are taken or held, 1 are kept back, 0 can be given." in shown
    assert "Funded places: 1 place is kept back." in shown
    assert shown.index("Cleo Else") < shown.index("Ben Lerner")
    assert "had a place on this course before" in shown
    assert "Nobody can be asked out of turn" in shown


def test_giving_a_place_by_hand(cohort: Cohort, staff: Client, ada: User, fay: User) -> None:
    answer = staff.post(url(cohort), give("ADA@example.org"))
    assert answer.headers["Location"] == url(cohort)
    assert Enrolment.objects.get().learner == ada
    entry = LedgerEntry.objects.get(action="enrolled")
    assert (entry.by, entry.reason) == (fay, "Was promised")


def test_beyond_the_number_needs_a_tick_and_a_reason(
    cohort: Cohort, staff: Client, ada: User, ben: User
) -> None:
    staff.post(url(cohort), give("ada@example.org"))
    refused = staff.post(url(cohort), give("ben@example.org"))
    assert refused.status_code == 409
    assert "All places are taken" in words(refused)
    assert 'value="ben@example.org"' in words(refused)
    no_reason = staff.post(url(cohort), give("ben@example.org", over_capacity="on", reason=" "))
    assert no_reason.status_code == 422
    assert Enrolment.objects.count() == 1
    assert staff.post(url(cohort), give("ben@example.org", over_capacity="on")).status_code == 302
    assert Place.objects.filter(over_capacity=True).count() == 1
    assert "1 place was given beyond the number." in words(staff.get(url(cohort)))


@pytest.mark.parametrize("address", ["", "nobody", "nobody@example.org", "x" * 300 + "@example.org"])
def test_an_address_without_an_account_is_refused_with_a_next_step(
    cohort: Cohort, staff: Client, address: str
) -> None:
    refused = staff.post(url(cohort), give(address))
    assert refused.status_code == 422
    assert not Enrolment.objects.exists()


def test_an_address_that_nobody_confirmed_is_nobodys(cohort: Cohort, staff: Client, ada: User) -> None:
    ada.emailaddress_set.update(verified=False)
    refused = staff.post(url(cohort), give("ada@example.org"))
    assert "No account has confirmed this address." in words(refused)
    assert not Enrolment.objects.exists()


def test_an_open_offer_is_sent_again(
    cohort: Cohort, staff: Client, ada: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    offer = make(cohort, now, learner=ada)
    shown = words(staff.get(url(cohort)))
    assert "Ada Lerner" in shown
    with django_capture_on_commit_callbacks(execute=True):
        for _press in range(2):
            staff.post(url(cohort), {"do": "send_again", "offer": offer.pk})
    assert [m.to for m in mail.outbox] == [["ada@example.org"]]
    assert f"/learning/offers/{offer.pk}/" in mail.outbox[0].body


def test_an_invitation_that_is_sent_again_has_a_new_link(
    cohort: Cohort, staff: Client, now: datetime
) -> None:
    offer = make(cohort, now, email="somebody@example.org")
    before = offer.token_hash
    assert "somebody@example.org" in words(staff.get(url(cohort)))
    staff.post(url(cohort), {"do": "send_again", "offer": offer.pk})
    offer.refresh_from_db()
    assert offer.token_hash not in ("", before)


def test_nobody_learns_whether_an_invited_address_has_an_account(
    cohort: Cohort, staff: Client, ada: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=2)
    with_account = make(cohort, now, learner=ada, email="ada@example.org")
    without = make(cohort, now, email="somebody@example.org")
    for offer in (with_account, without):
        pages = (staff.get(url(cohort)), staff.get(take_back(offer)))
        assert [offer.email in words(page) for page in pages] == [True, True]
        assert "Ada Lerner" not in "".join(words(page) for page in pages)
        before = offer.token_hash
        staff.post(url(cohort), {"do": "send_again", "offer": offer.pk})
        offer.refresh_from_db()
        assert offer.token_hash != before


def test_taking_an_offer_back_asks_why_and_frees_the_place(
    cohort: Cohort, staff: Client, ada: User, fay: User, now: datetime
) -> None:
    offer = make(cohort, now, learner=ada)
    assert "goes to the next person at once" in words(staff.get(take_back(offer)))
    assert staff.post(take_back(offer), {"reason": ""}).status_code == 422
    assert Place.objects.exists()
    for _press in range(2):
        assert staff.post(take_back(offer), {"reason": "A slip"}).headers["Location"] == url(cohort)
    offer.refresh_from_db()
    assert offer.status == "withdrawn"
    assert not Place.objects.exists()
    entry = LedgerEntry.objects.get(action="offer taken back")
    assert (entry.by, entry.reason) == (fay, "A slip")


def test_an_offer_that_was_accepted_is_not_taken_back(
    cohort: Cohort, staff: Client, ada: User, now: datetime
) -> None:
    offer = make(cohort, now, learner=ada)
    offers.accept(offer_id=offer.pk, learner=ada, at=now)
    refused = staff.post(take_back(offer), {"reason": "A slip"})
    assert refused.status_code == 409
    assert "This offer was accepted" in words(refused)
    staff.post(url(cohort), {"do": "send_again", "offer": offer.pk})
    assert Enrolment.objects.get().status == "active"


def test_only_facilitators_of_the_cohort_and_administrators(
    cohort: Cohort, sign_in: SignIn, ada: User, stranger: User, ana: User, ed: User
) -> None:
    offer = make(cohort, timezone.now(), learner=ada)
    for person in (ana, ed, stranger):
        browser = sign_in(person)
        assert browser.get(url(cohort)).status_code == 404
        assert browser.post(url(cohort), give("ada@example.org")).status_code == 404
        assert browser.get(take_back(offer)).status_code == 404
        assert browser.post(take_back(offer), {"reason": "x"}).status_code == 404
    assert sign_in(people.person("amy", "Amy Min", is_superuser=True)).get(url(cohort)).status_code == 200
    # Nor does an offer of somebody else's cohort answer to the page of one's own.
    forged = sign_in(stranger).post(
        url(stranger.cohort_roles.get().cohort), {"do": "send_again", "offer": offer.pk}
    )
    assert forged.status_code == 404
    offer.refresh_from_db()
    assert offer.status == "open"


@pytest.mark.parametrize("sent", [{}, {"do": "x"}, {"do": "__class__"}])
def test_nonsense_does_nothing(cohort: Cohort, staff: Client, sent: dict[str, str]) -> None:
    assert staff.post(url(cohort), sent).status_code == 200
    assert not Enrolment.objects.exists()


def test_five_and_fifty_cost_the_same(cohort: Cohort, fay: User, now: datetime) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            seats.of_cohort(cohort_id=cohort.pk, person=fay, at=now)
        return len(captured)

    def grow(start: int, end: int) -> None:
        for number in range(start, end):
            person = people.person(f"p{number}", f"Person {number}")
            waiting.join(cohort_id=cohort.pk, learner=person, at=now)
            make(cohort, now, email=f"q{number}@example.org", over_capacity=True)

    enrol.start(cohort_id=cohort.pk, learner=people.person("first", "First Here"), at=now)
    grow(0, 5)
    fay.has_perm("courses.change_cohort")  # read once a request
    few = counted()
    grow(5, 50)
    assert counted() == few
