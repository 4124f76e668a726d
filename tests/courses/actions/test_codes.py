"""Enrolment codes: made by the team, used by people, never more often than they allow."""

from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from hypothesis import given
from hypothesis import strategies as st

from cms.users.models import User
from courses.actions import codes, enrol, waiting
from courses.actions.codes import CodeRefused
from courses.actions.enrol import EnrolmentRefused
from courses.catalogue.pages import CoursePage
from courses.cohorts.models import Cohort
from courses.enrolment import code_words
from courses.enrolment.codes import CodeUse, EnrolmentCode
from courses.enrolment.models import Enrolment, Grant
from courses.ledger.models import LedgerEntry
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

HOUR = timedelta(hours=1)


@pytest.fixture
def fay(db: None) -> User:
    return people.person("fay", "Fay Cilitator")


def code_for(course: BuiltCourse, by: User, at: datetime, **fields: object) -> EnrolmentCode:
    (made,) = codes.make(cohort_id=course.cohort.pk, number=1, by=by, at=at, **fields)  # type: ignore[arg-type]
    return made


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    found = code_words.normalised(typed)
    assert found is None or set(found) <= set(code_words.ALPHABET)


@given(st.text(alphabet=code_words.ALPHABET, min_size=12, max_size=12))
def test_a_code_is_read_however_it_is_written(code: str) -> None:
    given_out = code_words.grouped(code)
    lookalike = given_out.replace("1", "l").replace("0", "o")
    for typed in (given_out, given_out.lower(), f" {code[:5]} {code[5:]} ", lookalike):
        assert code_words.normalised(typed) == code


def test_a_code_opens_a_cohort_that_is_for_invited_people(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(joining="invitation")
    code = code_for(course, fay, now)
    with pytest.raises(EnrolmentRefused):
        enrol.start(cohort_id=course.cohort.pk, learner=ada, at=now)
    enrolment = codes.use(code=code.as_given.lower(), learner=ada, at=now)
    assert (enrolment.cohort, Grant.objects.get().kind) == (course.cohort, "code")
    assert CodeUse.objects.get().enrolment == enrolment
    assert [e.action for e in LedgerEntry.objects.filter(learner=ada)] == ["enrolled", "used a code"]


def test_the_same_person_again_stays_and_spends_nothing(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    code = code_for(course, fay, now, uses_allowed=2)
    first = codes.use(code=code.code, learner=ada, at=now)
    assert codes.use(code=code.code, learner=ada, at=now + HOUR) == first
    assert CodeUse.objects.count() == 1
    codes.use(code=code.code, learner=ben, at=now)
    assert CodeUse.objects.count() == 2


def test_who_joined_another_way_spends_no_use(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    code = code_for(course, fay, now)
    enrolment = course.enrol(ada, at=now)
    assert codes.use(code=code.code, learner=ada, at=now) == enrolment
    assert not CodeUse.objects.exists()


def test_a_code_of_one_use_is_used_up_even_when_its_user_has_left(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    code = code_for(course, fay, now)
    enrolment = codes.use(code=code.code, learner=ada, at=now)
    enrol.withdraw(enrolment_id=enrolment.pk, by=ada, at=now + HOUR)
    for person in (ada, ben):
        with pytest.raises(CodeRefused, match="as often as it can be"):
            codes.use(code=code.code, learner=person, at=now + HOUR)
    assert Enrolment.objects.count() == 1


def test_unknown_and_malformed_codes_get_the_same_answer(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    sentences = set()
    for typed in ("", "x", "0000-0000-0000", "1" * 60, "ÄÖÜ", "'; drop table", "\x00"):
        with pytest.raises(CodeRefused) as refused:
            codes.use(code=typed, learner=ada, at=now)
        sentences.add(refused.value.sentence)
    assert sentences == {codes.unknown_sentence()}


def test_a_code_of_a_course_that_is_not_published_is_unknown(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    code = code_for(course, fay, now)
    CoursePage.objects.update(live=False)
    with pytest.raises(CodeRefused, match="do not know this code"):
        codes.use(code=code.code, learner=ada, at=now)


def test_only_a_confirmed_address_at_the_domain_counts(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    code = code_for(course, fay, now, email_domain="@Trust.Example")
    typed = EmailAddress.objects.create(user=ada, email="ada@TRUST.example", verified=False)
    lookalike = EmailAddress.objects.create(user=ada, email="ada@nottrust.example", verified=True)
    with pytest.raises(CodeRefused, match=r"trust\.example"):
        codes.use(code=code.code, learner=ada, at=now)
    lookalike.delete()
    EmailAddress.objects.filter(pk=typed.pk).update(verified=True)
    assert codes.use(code=code.code, learner=ada, at=now).learner == ada


def test_a_code_ends_on_time_and_when_it_is_switched_off(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    timed = code_for(course, fay, now, valid_until=now + HOUR)
    with pytest.raises(CodeRefused, match="time of this code is over"):
        codes.use(code=timed.code, learner=ada, at=now + HOUR)
    other = code_for(course, fay, now)
    codes.revoke(code_id=other.pk, cohort_id=course.cohort.pk, by=fay, at=now)
    codes.revoke(code_id=other.pk, cohort_id=course.cohort.pk, by=fay, at=now + HOUR)
    other.refresh_from_db()
    assert (other.revoked_at, other.revoked_by) == (now, fay)
    with pytest.raises(CodeRefused, match="does not work any more"):
        codes.use(code=other.code, learner=ada, at=now)
    assert codes.use(code=timed.code, learner=ada, at=now).learner == ada


def test_a_code_is_no_way_past_a_full_cohort_or_those_who_wait(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=1)
    course.enrol(ben, at=now)
    code = code_for(course, fay, now)
    with pytest.raises(CodeRefused, match="waiting list"):
        codes.use(code=code.code, learner=ada, at=now)
    waiting.join(cohort_id=course.cohort.pk, learner=fay, at=now)
    Cohort.objects.update(capacity=2)
    with pytest.raises(CodeRefused, match="waiting list"):
        codes.use(code=code.code, learner=ada, at=now)
    Cohort.objects.update(joining="invitation", capacity=1)
    with pytest.raises(CodeRefused, match="gave you the code"):
        codes.use(code=code.code, learner=ada, at=now)


@pytest.mark.parametrize("late", [True, False])
def test_a_code_works_only_while_joining_is_open(
    course: BuiltCourse, ada: User, fay: User, now: datetime, late: bool
) -> None:
    code = code_for(course, fay, now)
    Cohort.objects.update(enrolment_closes_at=now + HOUR)
    at = now + HOUR if late else now - timedelta(days=2)
    with pytest.raises(CodeRefused, match="Joining has closed" if late else "You can join from"):
        codes.use(code=code.code, learner=ada, at=at)


def test_who_was_taken_off_the_course_does_not_come_back_by_code(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    removed = course.enrol(ada, at=now)
    enrol.remove(enrolment_id=removed.pk, by=fay, at=now, reason="Why")
    with pytest.raises(EnrolmentRefused, match="ended by its team"):
        codes.use(code=code_for(course, fay, now).code, learner=ada, at=now)
    assert not CodeUse.objects.exists()


def test_a_place_in_another_group_of_the_course_is_not_doubled(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    spring = build.cohort(course.edition, at=now, name="Spring")
    (code,) = codes.make(cohort_id=spring.pk, number=1, by=fay, at=now)
    course.enrol(ada, at=now)
    with pytest.raises(EnrolmentRefused, match="another group"):
        codes.use(code=code.code, learner=ada, at=now)
    assert not CodeUse.objects.exists()


def test_many_codes_differ_and_are_limited(course: BuiltCourse, fay: User, now: datetime) -> None:
    made = codes.make(cohort_id=course.cohort.pk, number=500, by=fay, at=now)
    assert len({code.code for code in made}) == EnrolmentCode.objects.count() == 500
    for number in (0, 501):
        with pytest.raises(CodeRefused):
            codes.make(cohort_id=course.cohort.pk, number=number, by=fay, at=now)
    with pytest.raises(CodeRefused, match="over already"):
        codes.make(cohort_id=course.cohort.pk, number=1, by=fay, at=now, valid_until=now)
