"""Handing in and deciding at the same moment: one hand-in, one decision, and both fit together."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from cms.users.models import User
from courses.actions import assess, coursework, study
from courses.actions.assess import DecisionRefused
from courses.actions.coursework import Work
from courses.actions.study import StudyRefused
from courses.assessment.coursework import Submission
from courses.enrolment.models import Enrolment
from courses.progress.models import Record
from tests.concurrency.racing import caught_by, errors, everybody_waits_after, race
from tests.factories import handing_in as make
from tests.factories.courses import BuiltCourse


@pytest.fixture
def works(now: datetime, transactional_db: None) -> BuiltCourse:
    return make.course(at=now)


@pytest.fixture
def which(works: BuiltCourse, ada: User, now: datetime) -> dict[str, Any]:
    enrolment = works.enrol(ada, at=now)
    return {"enrolment_id": enrolment.pk, "activity_id": make.work_id(works), "learner": ada, "at": now}


def statuses() -> list[str]:
    return list(Submission.objects.order_by("number").values_list("status", flat=True))


def hand_in_twice(which: dict[str, Any]) -> list[Any]:
    work = Work(text="My plan.")
    return race([partial(coursework.hand_in, **which, work=work)] * 2)


def test_a_double_press_hands_in_once(which: dict[str, Any]) -> None:
    with everybody_waits_after((coursework, "_latest"), people=2, locks=True):
        found = hand_in_twice(which)
    assert errors(found) == []
    assert statuses() == ["handed_in"]


def test_without_its_lock_only_the_database_stops_the_second_press(which: dict[str, Any]) -> None:
    with everybody_waits_after((coursework, "_latest"), people=2, locks=False):
        found = hand_in_twice(which)
    assert caught_by(found) in (["submission_number_once"], ["submission_one_waiting_or_signed_off"])
    assert statuses() == ["handed_in"]


def test_of_two_assessors_at_the_same_moment_one_decides(
    works: BuiltCourse, which: dict[str, Any], ana: User, fay: User, now: datetime
) -> None:
    make.staff(works, ana)
    make.staff(works, fay, "facilitator")
    waiting = coursework.hand_in(**which, work=Work(text="My plan."))
    found = race(
        [
            partial(assess.sign_off, submission_id=waiting.pk, by=ana, at=now),
            partial(assess.send_back, submission_id=waiting.pk, comment="Say more.", by=fay, at=now),
        ]
    )
    assert [type(error) for error in errors(found)] == [DecisionRefused]
    outcome = Record.objects.get(activity=which["activity_id"]).outcome
    assert (statuses(), outcome) in ((["signed_off"], "done"), (["sent_back"], "sent_back"))


def decide_and_hand_in(works: BuiltCourse, which: dict[str, Any], ana: User, now: datetime) -> list[Any]:
    make.staff(works, ana)
    waiting = coursework.hand_in(**which, work=Work(text="My plan."))
    return race(
        [
            partial(assess.sign_off, submission_id=waiting.pk, by=ana, at=now),
            partial(coursework.hand_in, **which, work=Work(text="A better plan.")),
        ]
    )


def test_signing_off_while_the_learner_hands_in_again_is_one_or_the_other(
    works: BuiltCourse, which: dict[str, Any], ana: User, now: datetime
) -> None:
    found = decide_and_hand_in(works, which, ana, now)
    (wrong,) = errors(found)
    assert isinstance(wrong, DecisionRefused | StudyRefused)
    outcome = Record.objects.get(activity=which["activity_id"]).outcome
    assert (statuses(), outcome) in ((["signed_off"], "done"), (["replaced", "handed_in"], "handed_in"))
    assert Enrolment.objects.count() == 1


def test_two_records_of_one_activity_at_the_same_moment_are_one(
    works: BuiltCourse, which: dict[str, Any], ana: User, now: datetime
) -> None:
    enrolment = Enrolment.objects.select_related("learner").get(pk=which["enrolment_id"])
    done = study.Outcome.DONE
    about: Any = {"enrolment": enrolment, "activity_id": which["activity_id"], "by": ana, "at": now}
    with everybody_waits_after((study, "outcomes_of"), people=2, locks=True):
        found = race([partial(study.record, outcome=done, **about)] * 2)
    assert errors(found) == []
    assert Record.objects.get().outcome == "done"
