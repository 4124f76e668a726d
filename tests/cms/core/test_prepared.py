"""Queries whose SQL is written once give what the ordinary queryset gives."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import Length
from django.db.transaction import TransactionManagementError

from cms.core.prepared import NotPreparableError, Prepared
from cms.users.models import User
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
