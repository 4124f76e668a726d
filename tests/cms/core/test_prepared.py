"""Queries whose SQL is written once give what the ordinary queryset gives."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import NotSupportedError, connection
from django.db.models import Count, QuerySet
from django.db.models.functions import Length
from django.db.transaction import TransactionManagementError

from cms.core import prepared
from cms.core.prepared import SMALL, NotPreparableError, Prepared, PreparedRows
from cms.core.prepared_writing import PreparedInsert, PreparedUpdate
from cms.users.models import User
from courses.assessment.models import Attempt, AttemptAnswer
from courses.enrolment.models import Enrolment
from courses.progress.models import Record
from tests.factories.courses import BuiltCourse

pytestmark = pytest.mark.django_db

_theirs = Prepared(
    lambda learner: (
        Enrolment.objects.select_related("cohort__edition", "completion")
        .defer("cohort__edition__frozen")
        .annotate(n=Count("records"), letters=Length("cohort__name"))
        .filter(learner_id=learner, status="active")
        .order_by("pk")
    ),
    int,
)
_by_address = Prepared(lambda email, number: User.objects.filter(email=email, pk=number), str, int)


def _everything(enrolment: Any) -> dict[str, Any]:
    return {
        "row": {field.attname: getattr(enrolment, field.attname) for field in Enrolment._meta.fields},
        "cohort": enrolment.cohort.name,
        "opens": enrolment.cohort.enrolment_opens_at,
        "edition": (enrolment.cohort.edition.number, enrolment.cohort.edition.published_at),
        "deferred": enrolment.cohort.edition.get_deferred_fields(),
        "completed": getattr(enrolment, "completion", None),
        "annotations": (enrolment.n, enrolment.letters),
    }


def test_a_prepared_query_gives_what_the_queryset_gives(
    enrolment: Enrolment, course: BuiltCourse, ben: User, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    for learner in (enrolment.learner_id, ben.pk, 0):
        expected = [_everything(found) for found in _theirs.queryset(learner)]
        assert [_everything(found) for found in _theirs(learner)] == expected
    assert [found.n for found in _theirs(enrolment.learner_id)] == [Record.objects.count()]


def test_it_is_one_statement_every_time(
    enrolment: Enrolment, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for _ in range(2):
        with django_assert_num_queries(1):
            assert _theirs(enrolment.learner_id)[0].cohort.edition.number == 1


def test_values_go_to_their_own_places(ada: User, ben: User) -> None:
    assert _by_address(ada.email, ada.pk) == [ada]
    assert _by_address(ada.email, ben.pk) == []


def test_a_value_is_never_read_as_sql(ada: User) -> None:
    assert _by_address("' OR 1=1 --", ada.pk) == []


def test_what_was_found_can_be_saved(enrolment: Enrolment) -> None:
    found = _theirs(enrolment.learner_id)[0]
    assert found == enrolment
    assert not found._state.adding


def test_a_lock_is_refused_outside_a_transaction() -> None:
    locked = Prepared(lambda pk: User.objects.select_for_update().filter(pk=pk), int)
    assert locked(0) == []
    connection.in_atomic_block = False
    try:
        with pytest.raises(TransactionManagementError):
            locked(0)
    finally:
        connection.in_atomic_block = True


@pytest.mark.parametrize("number", [2**63, -(2**70), 10**40])
def test_a_number_that_no_row_can_have_finds_nothing(ada: User, number: int) -> None:
    assert _by_address(ada.email, number) == []


def _any_of(number: int) -> QuerySet[User]:
    return User.objects.filter(is_active=True)


def _values(number: int) -> Any:
    return User.objects.filter(pk=number).values("email")


@pytest.mark.parametrize("build", [_any_of, _values])
def test_what_cannot_be_prepared_says_so(build: Callable[[int], Any]) -> None:
    with pytest.raises(NotPreparableError):
        Prepared(build, int)(1)


class _Row(NamedTuple):
    activity_id: int
    outcome: str
    at: datetime


_rows = PreparedRows(
    _Row,
    lambda pk: Record.objects.filter(enrolment=pk).order_by("pk").values_list("activity_id", "outcome", "at"),
    int,
)


def test_prepared_rows_are_those_of_the_queryset(
    enrolment: Enrolment, course: BuiltCourse, now: datetime, django_assert_num_queries: Callable[[int], Any]
) -> None:
    course.do_lessons(enrolment, at=now)
    _rows(0)
    with django_assert_num_queries(1):
        found = _rows(enrolment.pk)
    assert found
    assert found == [_Row(*row) for row in _rows.queryset(enrolment.pk)]


def test_days_and_moments_are_values_too(enrolment: Enrolment, now: datetime) -> None:
    until = Prepared(
        lambda moment, day: Enrolment.objects.filter(started_at__lt=moment, cohort__starts_on__lte=day),
        datetime,
        date,
    )
    day = enrolment.cohort.starts_on
    started = Enrolment.objects.values_list("started_at", flat=True).get()
    assert until(started + timedelta(seconds=1), day) == [enrolment]
    assert until(started, day) == []
    assert until(started + timedelta(seconds=1), day - timedelta(days=1)) == []


_answer = PreparedUpdate(
    lambda attempt, slot: AttemptAnswer.objects.filter(attempt=attempt, slot=slot),
    int,
    SMALL,
    sets={"choice": [], "saved_at": datetime(2026, 1, 1, tzinfo=UTC)},
)
_add = PreparedInsert(AttemptAnswer, "attempt_id", "slot", "choice", "sequence")


@pytest.fixture
def attempt(enrolment: Enrolment, course: BuiltCourse, now: datetime) -> Attempt:
    course.do_lessons(enrolment, at=now)
    begun = course.begin(enrolment, at=now)
    AttemptAnswer.objects.filter(attempt=begun).delete()
    return begun


@pytest.mark.parametrize("count", [1, 2, 20])
def test_rows_that_are_added_hold_what_was_given(
    attempt: Attempt, count: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    rows = [(attempt.pk, slot, [f"{slot}", "“"], slot * 2) for slot in range(1, count + 1)]
    with django_assert_num_queries(1):
        numbers = _add(rows)
    kept = AttemptAnswer.objects.filter(pk__in=numbers).in_bulk()
    found = [kept[number] for number in numbers]
    assert [(a.attempt_id, a.slot, a.choice, a.sequence) for a in found] == rows
    assert {answer.saved_at for answer in found} == {None}


def test_an_update_changes_the_rows_it_names_and_says_how_many(
    attempt: Attempt, now: datetime, django_assert_num_queries: Callable[[int], Any]
) -> None:
    _add([(attempt.pk, slot, [], 0) for slot in (1, 2)])
    with django_assert_num_queries(1):
        assert _answer(attempt.pk, 2, choice=["b", "a"], saved_at=now) == 1
    assert _answer(attempt.pk, 3, choice=["c"], saved_at=now) == 0
    found = AttemptAnswer.objects.filter(attempt=attempt).order_by("slot")
    assert [(answer.choice, answer.saved_at) for answer in found] == [([], None), (["b", "a"], now)]


def test_an_update_of_several_tables_is_refused(db: None) -> None:
    through = PreparedUpdate(
        lambda learner: AttemptAnswer.objects.filter(attempt__enrolment__learner=learner),
        int,
        sets={"sequence": 0},
    )
    with pytest.raises(NotPreparableError):
        through(1, sequence=2)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL keeps plans")
def test_postgresql_keeps_the_plan(ada: User) -> None:
    assert _by_address(ada.email, ada.pk) == [ada]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%users_user%'")
        assert cursor.fetchone()[0] >= 1


def test_a_plan_that_did_not_survive_a_migration_is_made_anew(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched, broken = prepared._fetched, [True]

    def breaks_once(*args: Any) -> list[Any]:
        if broken:
            broken.pop()
            raise NotSupportedError("cached plan must not change result type")
        return fetched(*args)

    monkeypatch.setattr(prepared, "_fetched", breaks_once)
    connection.in_atomic_block = False
    try:
        assert _by_address(ada.email, ada.pk) == [ada]
    finally:
        connection.in_atomic_block = True
    assert not broken
    broken.append(True)
    with pytest.raises(NotSupportedError):
        _by_address(ada.email, ada.pk)
