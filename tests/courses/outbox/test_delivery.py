"""Delivering the outbox: after commit, at least once, with growing pauses, and never for ever."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from hypothesis import given
from hypothesis import strategies as st

from cms.users.models import User
from courses.outbox import delivery, writing
from courses.outbox.delivery import FIRST_WAIT, LONGEST_WAIT, wait_before
from courses.outbox.models import OutboxEntry

pytestmark = pytest.mark.django_db
KIND = "test-work"


class Work:
    """A handler that counts its calls, and fails as often as it is told."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.failures = 0

    def __call__(self, payload: dict[str, Any], at: datetime) -> None:
        self.calls.append(payload)
        if self.failures:
            self.failures -= 1
            raise OSError("canary-secret: the mail server is away")


@pytest.fixture
def work() -> Iterator[Work]:
    handler = Work()
    delivery.register(KIND)(handler)
    yield handler
    del delivery._handlers[KIND]


def write(now: datetime, **payload: Any) -> OutboxEntry:
    return writing.write(kind=KIND, at=now, **payload)


def test_an_entry_is_handled_once(work: Work, now: datetime) -> None:
    entry = write(now, number=7)
    assert str(entry) == f"test-work {entry.pk}"
    assert delivery.deliver(entry_id=entry.pk, at=now)
    assert not delivery.deliver(entry_id=entry.pk, at=now)
    assert delivery.sweep(at=now + timedelta(days=1)) == 0
    assert work.calls == [{"number": 7}]


def test_it_is_delivered_after_the_commit_and_not_before(
    work: Work, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        write(now)
        assert work.calls == []
    assert len(work.calls) == 1


def test_a_change_that_is_taken_back_takes_its_work_along(
    work: Work, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    def change() -> None:
        with transaction.atomic():
            write(now)
            raise LookupError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(LookupError):
        change()
    assert work.calls == []
    assert not OutboxEntry.objects.exists()


def test_a_delivery_that_breaks_off_breaks_nothing_and_the_sweep_delivers(
    work: Work, now: datetime, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*, entry_id: int, at: datetime) -> bool:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "deliver", away)
        with django_capture_on_commit_callbacks(execute=True):
            write(now)
    assert work.calls == []
    assert delivery.sweep(at=now) == 0  # the ordinary delivery gets a head start
    assert delivery.sweep(at=now + writing.HEAD_START) == 1


def test_where_a_worker_delivers_an_entry_is_due_at_once_and_left_to_it(
    work: Work, now: datetime, django_capture_on_commit_callbacks: Any, settings: Any
) -> None:
    settings.OUTBOX_AT_ONCE = False
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        write(now)
    assert (callbacks, work.calls) == ([], [])
    assert delivery.sweep(at=now) == 1


def test_a_failure_is_tried_again_after_growing_pauses(work: Work, now: datetime) -> None:
    entry = write(now)
    work.failures = 3
    at = now
    pauses = []
    for _time in range(3):
        assert not delivery.deliver(entry_id=entry.pk, at=at)
        entry.refresh_from_db()
        pauses.append(entry.due_at - at)
        assert delivery.sweep(at=entry.due_at - timedelta(seconds=1)) == 0
        at = entry.due_at
    assert pauses == [timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8)]
    assert delivery.sweep(at=at) == 1
    entry.refresh_from_db()
    assert (entry.handled_at, entry.attempts, entry.last_error) == (at, 3, "")
    assert len(work.calls) == 4


def test_only_the_type_of_an_error_is_kept(work: Work, now: datetime) -> None:
    entry = write(now)
    work.failures = 1
    delivery.deliver(entry_id=entry.pk, at=now)
    entry.refresh_from_db()
    assert entry.last_error == "OSError"


def test_it_gives_up_after_the_limit(work: Work, now: datetime, settings: Any) -> None:
    settings.OUTBOX_ATTEMPTS = 3
    entry = write(now)
    work.failures = 99
    for day in range(1, 9):
        delivery.sweep(at=now + timedelta(days=day))
    entry.refresh_from_db()
    assert (entry.attempts, len(work.calls)) == (3, 3)
    assert entry.given_up_at == now + timedelta(days=3)
    assert entry.handled_at is None


def test_what_a_failed_handler_changed_is_taken_back(now: datetime, ada: User) -> None:
    def half(payload: dict[str, Any], at: datetime) -> None:
        User.objects.filter(pk=ada.pk).update(printed_name="half done")
        raise OSError

    delivery.register("test-half")(half)
    entry = writing.write(kind="test-half", at=now)
    assert not delivery.deliver(entry_id=entry.pk, at=now)
    ada.refresh_from_db()
    assert ada.printed_name == "Ada Lerner"
    del delivery._handlers["test-half"]


def test_one_entry_that_fails_stops_no_other(work: Work, now: datetime) -> None:
    work.failures = 1
    entries = [write(now, number=n) for n in range(3)]
    assert delivery.sweep(at=now + timedelta(hours=1)) == 2
    assert OutboxEntry.objects.filter(pk__in=[e.pk for e in entries], handled_at=None).count() == 1


def test_a_kind_that_nobody_handles_waits_for_a_newer_version(now: datetime) -> None:
    entry = writing.write(kind="from-the-future", at=now)
    assert not delivery.deliver(entry_id=entry.pk, at=now)
    entry.refresh_from_db()
    assert (entry.last_error, entry.attempts, entry.handled_at) == ("KeyError", 1, None)


def test_a_failure_that_another_worker_mended_meanwhile_is_not_noted(work: Work, now: datetime) -> None:
    entry = write(now)
    OutboxEntry.objects.filter(pk=entry.pk).update(handled_at=now)
    delivery._note_failure(entry_id=entry.pk, error=OSError(), at=now)
    entry.refresh_from_db()
    assert entry.attempts == 0


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_pause_grows_and_never_exceeds_the_longest(one: int, other: int) -> None:
    few, many = sorted((one, other))
    assert FIRST_WAIT <= wait_before(few) <= wait_before(many) <= LONGEST_WAIT


@pytest.mark.parametrize(("attempt", "minutes"), [(0, 1), (1, 2), (2, 4), (8, 256), (9, 360), (1000, 360)])
def test_the_pause_doubles(attempt: int, minutes: int) -> None:
    assert wait_before(attempt) == timedelta(minutes=minutes)
