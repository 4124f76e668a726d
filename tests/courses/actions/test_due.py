"""Everything that falls due, in one run."""

import logging
from datetime import datetime, timedelta

import pytest

from cms.users import accounts
from cms.users.models import User
from courses.actions import certify, due
from courses.certificates.models import Certificate
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse


def test_one_run_does_everything_that_is_due_and_the_next_has_nothing_to_do(
    course: BuiltCourse, ada: User, ben: User, cleo: User, now: datetime
) -> None:
    course.complete(ada, at=now)
    timed = build.course(at=now, code="TIMED", time_limit_minutes=10)
    enrolment = timed.enrol(ben, at=now)
    timed.do_lessons(enrolment, at=now)
    timed.begin(enrolment, at=now)
    accounts.ask_to_close(user=cleo, at=now)
    later = now + timedelta(days=14)
    done, failed = due.run(at=later)
    assert failed == []
    # Three entries were waiting (two welcomes and a completion); the certificate's own come next time.
    assert done["attempts closed"] == 1
    assert done["outbox entries handled"] == 3
    assert done["accounts erased"] == 1
    assert Certificate.objects.count() == 1
    due.run(at=later + timedelta(minutes=5))
    done, failed = due.run(at=later + timedelta(minutes=10))
    assert (set(done.values()), failed) == ({0}, [])


def test_one_part_that_fails_stops_no_other(
    course: BuiltCourse,
    ada: User,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    course.complete(ada, at=now)

    def broken(*, at: datetime) -> int:
        raise RuntimeError("canary-secret")

    parts = {**due.PARTS, "attempts closed": broken, "outbox entries handled": broken}
    monkeypatch.setattr(due, "PARTS", parts)
    with caplog.at_level(logging.ERROR):
        done, failed = due.run(at=now)
    assert failed == ["attempts closed", "outbox entries handled"]
    others = dict.fromkeys(set(parts) - set(failed), 0)
    assert done == {**others, "certificates issued": 1}
    assert [record.part for record in caplog.records] == failed


def test_a_completion_without_a_certificate_is_the_work_list(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    """The outbox entry was lost; the sweep still finds the completion."""
    course.complete(ada, at=now)
    assert certify.issue_missing(at=now) == 1
