"""`manage.py deliver`: does what is due, and goes on until it is stopped."""

import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError

from courses.management.commands import deliver
from courses.outbox import delivery, writing

pytestmark = pytest.mark.django_db
KIND = "test-worker"


@pytest.fixture
def handled() -> Iterator[list[int]]:
    """The numbers of the work that was done."""
    numbers: list[int] = []
    delivery.register(KIND)(lambda payload, at: numbers.append(payload["number"]))
    yield numbers
    del delivery._handlers[KIND]


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """A worker beside the web processes; signals are put back as they were."""
    settings.OUTBOX_AT_ONCE = False
    monkeypatch.setattr(deliver, "close_old_connections", lambda: None)
    monkeypatch.setattr(deliver, "PAUSE", 0)
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


def test_once_does_what_is_due_and_ends(handled: list[int], now: datetime) -> None:
    writing.write(kind=KIND, at=now, number=1)
    writing.write(kind=KIND, at=now + timedelta(days=9999), number=2)
    call_command("deliver", "--once")
    assert handled == [1]


def test_it_goes_on_when_the_database_was_away_and_ends_when_told(
    handled: list[int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[str] = []
    sweep = delivery.sweep

    def swept(*, at: datetime) -> int:
        rounds.append("")
        if len(rounds) == 1:
            raise OperationalError
        if len(rounds) == 3:
            writing.write(kind=KIND, at=now, number=3)
        if len(rounds) == 5:
            signal.raise_signal(signal.SIGTERM)
        return sweep(at=at)

    monkeypatch.setattr(delivery, "sweep", swept)
    call_command("deliver")
    assert handled == [3]
    assert len(rounds) == 5
