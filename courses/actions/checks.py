"""Checks before joining, recorded by the people who look after a cohort: yes or no and the day, no more."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from courses.actions import enrol, tell
from courses.actions.refusals import ActionRefused
from courses.cohorts.prerequisites import Prerequisite
from courses.enrolment.models import Enrolment
from courses.enrolment.prerequisite_rules import Check, Facts, Rule, judge
from courses.enrolment.prerequisite_rules import State as Stand
from courses.enrolment.prerequisites import StaffCheck
from courses.enrolment.states import State
from courses.ledger import models as ledger
from courses.outbox import writing as outbox

MOST_PEOPLE = 100


class CheckRefused(ActionRefused):
    """Nothing was recorded."""


@transaction.atomic
def record(  # noqa: PLR0913 - all by keyword
    *,
    cohort_id: int,
    prerequisite_id: int,
    learners: Sequence[int],
    is_done: bool,
    checked_on: date,
    valid_until: date | None,
    by: Any,
    at: datetime,
) -> None:
    """Record a check of these people, in place of what was recorded here before. Safe to repeat.

    Each person is told if it changes how they stand: yes or no and the days. Nobody loses a place by a no:
    the lists of the team say that somebody is needed. Who waits and may now have a place is offered one.
    Raises CheckRefused when a day cannot be right or nobody is chosen, and Prerequisite.DoesNotExist.
    """
    cohort = enrol.lock_cohort(cohort_id)
    rule = _rule(cohort_id, prerequisite_id)
    today = at.astimezone(ZoneInfo(cohort.time_zone)).date()
    _check_days(checked_on, valid_until, today=today)
    fields = {
        "is_done": is_done,
        "checked_on": checked_on,
        # A no has no end: it stands until something else is recorded.
        "valid_until": valid_until if is_done else None,
        "by": by,
        "at": at,
    }
    people = _people(learners)
    before = _stand(cohort, rule, people, on=today)
    for learner in people:
        kept, _is_new = StaffCheck.objects.update_or_create(
            learner=learner, cohort_id=cohort_id, title=rule.words, defaults=fields
        )
        _write("check recorded", learner, cohort, by=by, at=at)
        if before[learner.pk] is not _judged(rule, kept, on=today):
            _tell(kept, at=at)
    if is_done:
        outbox.write(kind="place-freed", at=at, cohort=cohort_id)


@transaction.atomic
def take_back(
    *, cohort_id: int, prerequisite_id: int, learners: Sequence[int], by: Any, at: datetime
) -> None:
    """Delete what was recorded of a check of these people on this course, for example by a slip.

    Safe to repeat. Raises CheckRefused and Prerequisite.DoesNotExist like `record`.
    """
    cohort = enrol.lock_cohort(cohort_id)
    rule = _rule(cohort_id, prerequisite_id)
    recorded = StaffCheck.objects.filter(cohort__edition__course=cohort.edition.course_id, title=rule.words)
    for learner in _people(learners):
        gone, _kinds = recorded.filter(learner=learner).delete()
        if gone:
            _write("check taken back", learner, cohort, by=by, at=at)


def _rule(cohort_id: int, prerequisite_id: int) -> Prerequisite:
    found: Prerequisite = Prerequisite.objects.get(
        pk=prerequisite_id, cohort=cohort_id, kind=Prerequisite.Kind.CHECK
    )
    return found


def _check_days(checked_on: date, valid_until: date | None, *, today: date) -> None:
    if checked_on > today:
        raise CheckRefused(_("This day is still to come. Write the day on which the check was made."))
    if valid_until is not None and valid_until < checked_on:
        raise CheckRefused(_("It cannot run out before it was made. Please look at both days."))


def _people(learners: Sequence[int]) -> QuerySet[Any]:
    """The people who were chosen, in one order. Raises CheckRefused when that is nobody, or too many."""
    ids = set(learners)
    if not ids:
        raise CheckRefused(_("Nobody is ticked. Tick the people first, then press the button again."))
    if len(ids) > MOST_PEOPLE:
        raise CheckRefused(
            _("These are more people than can be done at once. Choose %(most)d at the most.")
            % {"most": MOST_PEOPLE}
        )
    return get_user_model().objects.filter(pk__in=ids, erased_at=None).order_by("pk")


def _stand(cohort: Any, rule: Prerequisite, people: QuerySet[Any], *, on: date) -> dict[int, Stand]:
    """How these people stand with one check on a day. One query, however many they are."""
    here = StaffCheck.objects.filter(
        learner__in=[person.pk for person in people],
        cohort__edition__course=cohort.edition.course_id,
        title=rule.words,
    )
    # The newest wins, as everywhere.
    newest = {check.learner_id: check for check in here.order_by("at", "pk")}
    return {person.pk: _judged(rule, newest.get(person.pk), on=on) for person in people}


def _judged(rule: Prerequisite, check: StaffCheck | None, *, on: date) -> Stand:
    checks = {rule.words: Check(check.is_done, check.checked_on, check.valid_until)} if check else {}
    (found,) = judge([Rule(rule.pk, rule.kind, rule.words)], Facts(checks=checks), on=on)
    return found.state


def _tell(check: StaffCheck, *, at: datetime) -> None:
    """Tell somebody what is on record of them now. The next change is told anew."""
    tell.later(
        kind="check_confirmed" if check.is_done else "check_not_confirmed",
        learner=check.learner_id,
        about=f"check:{check.pk}:{int(at.timestamp())}",
        at=at,
        check=check.pk,
    )


def _write(action: str, learner: Any, cohort: Any, *, by: Any, at: datetime) -> None:
    """That something was recorded and by whom, with the place of this person if they have one: never what."""
    here = Enrolment.objects.filter(learner=learner, cohort=cohort).exclude(status=State.ENDED.value).first()
    if here is not None:
        ledger.write(action=action, learner=learner, subject=here, by=by, at=at)
