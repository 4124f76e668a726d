"""When we write by ourselves, in plain words, and what a person has chosen about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.messages import rules
from courses.messages.models import ReminderChoice


@dataclass(frozen=True, slots=True)
class CourseChoice:
    """One course that is under way; `quiet_until` is there while it is snoozed."""

    enrolment_id: int
    title: str
    quiet_until: datetime | None


@dataclass(frozen=True, slots=True)
class Choices:
    """`is_paused` without `paused_until`: until the person switches reminders on again."""

    is_paused: bool
    paused_until: datetime | None
    courses: list[CourseChoice]
    rules: list[str]


def choices(*, person: Any, at: datetime) -> Choices:
    """The rules in words, the pause, and each course that is under way. Two queries."""
    kept = {row.enrolment_id: row.until for row in ReminderChoice.objects.filter(user=person)}
    live = {pk: until for pk, until in kept.items() if until is None or until > at}
    found = Enrolment.objects.filter(learner=person, status=State.ACTIVE.value, completion=None)
    related = found.select_related("cohort__edition__course").defer("cohort__edition__frozen")
    return Choices(
        is_paused=None in live,
        paused_until=live.get(None),
        courses=[CourseChoice(row.pk, row.cohort.edition.course.title, live.get(row.pk)) for row in related],
        rules=sentences(),
    )


def sentences() -> list[str]:
    """Each rule as the end of "We write if ..."."""
    return [
        _("you have not begun %(days)d days after you joined.") % {"days": rules.NOT_BEGUN.days},
        _("you have done nothing on a course for %(days)d days.") % {"days": rules.QUIET.days},
        _("you have done %(percent)d%% or more of a course, and then nothing for %(days)d days.")
        % {"percent": rules.NEARLY_PERCENT, "days": rules.NEARLY_QUIET.days},
        _("something should be done within %(days)d days, or its day has just gone by.")
        % {"days": rules.NEAR.days},
        _("a meeting of your group is tomorrow."),
        _("your team planned a reminder for your group."),
    ]
