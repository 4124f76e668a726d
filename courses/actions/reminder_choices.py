"""What somebody decides about reminders: a pause from all, or a week of quiet about one course."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions.refusals import ActionRefused
from courses.enrolment.models import Enrolment
from courses.messages.models import ReminderChoice

SNOOZE = timedelta(days=7)
LONGEST_PAUSE = timedelta(days=366)


class ChoiceRefused(ActionRefused):
    """This pause cannot be kept."""


@transaction.atomic
def pause(*, person: Any, last_day: date | None, at: datetime) -> ReminderChoice:
    """Send no reminders of any course: up to and with a day of the person's own time, or without end.

    Safe to repeat; a later choice takes the place of an earlier one. Raises ChoiceRefused for a day that
    is over or more than a year away.
    """
    until = None
    if last_day is not None:
        zone = ZoneInfo(person.time_zone)
        today = at.astimezone(zone).date()
        if last_day < today:
            raise ChoiceRefused(_("That day is over. Please choose today or a later day."))
        if last_day > today + LONGEST_PAUSE:
            raise ChoiceRefused(_("Please choose a day within a year, or switch reminders off."))
        until = datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=zone)
    return _keep(person, None, until)


def resume(*, person: Any) -> None:
    """Reminders come again, but for courses that are quiet for a week. Safe to repeat."""
    ReminderChoice.objects.filter(user=person, enrolment=None).delete()


@transaction.atomic
def snooze(*, enrolment_id: int, person: Any, at: datetime) -> ReminderChoice:
    """A week without reminders of one course. Raises Enrolment.DoesNotExist when it is not theirs."""
    enrolment = Enrolment.objects.get(pk=enrolment_id, learner=person)
    return _keep(person, enrolment, at + SNOOZE)


def wake(*, enrolment_id: int, person: Any) -> None:
    """End the week of quiet. Safe to repeat. Raises Enrolment.DoesNotExist when it is not theirs."""
    enrolment = Enrolment.objects.get(pk=enrolment_id, learner=person)
    ReminderChoice.objects.filter(user=person, enrolment=enrolment).delete()


def _keep(person: Any, enrolment: Enrolment | None, until: datetime | None) -> ReminderChoice:
    kept, _new = ReminderChoice.objects.update_or_create(
        user=person, enrolment=enrolment, defaults={"until": until}
    )
    return kept
