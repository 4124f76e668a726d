"""`manage.py run_due`: what it says, and how it ends."""

from datetime import datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from cms.users.models import User
from courses.actions import due
from courses.certificates.models import Certificate
from courses.management.commands import run_due
from tests.factories.courses import BuiltCourse


def test_it_tells_what_was_done(course: BuiltCourse, ada: User, now: datetime) -> None:
    course.complete(ada, at=now)
    out = StringIO()
    # The entry of the outbox is not due yet: the sweep finds the missing certificate.
    with time_machine.travel(now, tick=False):
        call_command("run_due", stdout=out)
    assert "certificates issued: 1" in out.getvalue()
    assert Certificate.objects.exists()


def test_it_ends_with_an_error_when_a_part_failed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*, at: datetime) -> int:
        raise RuntimeError

    monkeypatch.setattr(due, "PARTS", {**due.PARTS, "attempts closed": broken})
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("run_due", stdout=out, stderr=err)
    assert ended.value.code == 1
    assert "failed, see the log: attempts closed" in err.getvalue()
    assert "accounts erased: 0" in out.getvalue()


def test_beside_the_demo_it_goes_on_and_on(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[int] = []

    def sleep(seconds: int) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(run_due.time, "sleep", sleep)
    monkeypatch.setattr(run_due, "close_old_connections", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        call_command("run_due", "--every", "20", stdout=StringIO())
    assert pauses == [20, 20, 20]
