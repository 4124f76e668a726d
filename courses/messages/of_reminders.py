"""What people are reminded of: a sentence for each rule, and the one e-mail of a day that gathers them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from courses.cohorts import schedule
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.messages import times, writing
from courses.messages.kinds import Said, message
from courses.messages.models import Notice
from courses.messages.rules import Rule

PREFIX = "reminder_"
TITLES = {
    Rule.NOT_BEGUN: lazy("You can begin whenever you are ready"),
    Rule.QUIET: lazy("You can go on where you stopped"),
    Rule.NEARLY_THERE: lazy("Only a few steps are left"),
    Rule.DEADLINE_NEAR: lazy("Something should be done soon"),
    Rule.OVERDUE: lazy("The day for something has gone by"),
    Rule.PLANNED: lazy("A reminder from your team"),
    Rule.SESSION_TOMORROW: lazy("Your group meets soon"),
}
# These bring people back to the site; whoever reads a notice is there already.
ONLY_BY_EMAIL = frozenset({Rule.NOT_BEGUN, Rule.QUIET, Rule.NEARLY_THERE})


def kind_of(rule: Rule) -> str:
    """The kind of message in which a rule speaks."""
    return rule.value if rule is Rule.ACCESS_ENDING else f"{PREFIX}{rule.value}"


KINDS = tuple(kind_of(rule) for rule in Rule)
Told = tuple[str, str]


def _reminder(
    rule: Rule, *, person: Any, at: datetime, enrolment: int, target: int | None = None
) -> Said | None:
    """One reminder, while the course is under way and what it is about still stands."""
    found = Enrolment.objects.select_related("cohort__edition__course", "completion").get(pk=enrolment)
    if found.status != State.ACTIVE.value or hasattr(found, "completion"):
        return None
    told = SENTENCES[rule](found, target, person, at)
    if told is None:
        return None
    sentence, url = told
    words = {"course_title": found.cohort.edition.course.title, "sentence": sentence}
    return Said(words, url, found.cohort_id)


def _not_begun(enrolment: Enrolment, _target: int | None, person: Any, _at: datetime) -> Told:
    on = times.day(enrolment.started_at, person)
    sentence = _("You joined on %(date)s. The first step is here whenever you are ready.") % {"date": on}
    return sentence, _course(enrolment)


def _quiet(enrolment: Enrolment, _target: int | None, _person: Any, _at: datetime) -> Told:
    return _("It has been quiet for a while. Everything is as you left it."), _course(enrolment)


def _nearly(enrolment: Enrolment, _target: int | None, _person: Any, _at: datetime) -> Told:
    return _("You have done most of the course. Only a few steps are left."), _course(enrolment)


def _soon(enrolment: Enrolment, target: int | None, person: Any, _at: datetime) -> Told | None:
    return _of_date(enrolment, target, person, _("“%(what)s” should be done by %(moment)s."))


def _overdue(enrolment: Enrolment, target: int | None, person: Any, _at: datetime) -> Told | None:
    said = _("The day for “%(what)s” was %(moment)s. You can still do it, and you can ask for help.")
    return _of_date(enrolment, target, person, said)


def _planned(enrolment: Enrolment, target: int | None, person: Any, _at: datetime) -> Told | None:
    return _of_date(enrolment, target, person, "%(what)s")


def _of_date(enrolment: Enrolment, target: int | None, person: Any, said: str) -> Told | None:
    dates = schedule.of_cohorts([enrolment.cohort])[enrolment.cohort_id]
    fallen = next((row for row in dates if row.date.pk == target and row.at is not None), None)
    if fallen is None or fallen.at is None:
        return None
    words = {"what": _what(fallen.date, enrolment), "moment": times.moment(fallen.at, person)}
    return said % words, _to(enrolment, fallen.date.activity_id)


def _what(date: CohortDate, enrolment: Enrolment) -> str:
    if date.text:
        return date.text
    if date.activity_id is not None:
        found = enrolment.cohort.edition.outline.activity(date.activity_id)
        return found.title if found else str(date.activity)
    stages = enrolment.cohort.edition.outline.stages
    return next((stage.title for stage in stages if stage.number == date.stage_number), "")


def _meeting(enrolment: Enrolment, target: int | None, person: Any, at: datetime) -> Told | None:
    session = LiveSession.objects.filter(
        pk=target or 0, cohort=enrolment.cohort_id, cancelled_at=None
    ).first()
    if session is None or session.starts_at <= at:
        return None
    words = {"title": session.title, "moment": times.moment(session.starts_at, person)}
    return _("“%(title)s” begins on %(moment)s.") % words, _to(enrolment, session.activity_id)


def _access(enrolment: Enrolment, _target: int | None, person: Any, at: datetime) -> Told | None:
    if enrolment.access_until is None or enrolment.access_until <= at:
        return None
    until = times.until(enrolment.access_until, person, enrolment.cohort.time_zone)
    return _("The course is open to you until %(moment)s.") % {"moment": until}, _course(enrolment)


def _course(enrolment: Enrolment) -> str:
    return reverse("learning:course", args=[enrolment.pk])


def _to(enrolment: Enrolment, activity: int | None) -> str:
    if activity is None:
        return _course(enrolment)
    return reverse("learning:activity", args=[enrolment.pk, activity])


SENTENCES: dict[Rule, Callable[[Enrolment, int | None, Any, datetime], Told | None]] = {
    Rule.NOT_BEGUN: _not_begun,
    Rule.QUIET: _quiet,
    Rule.NEARLY_THERE: _nearly,
    Rule.DEADLINE_NEAR: _soon,
    Rule.OVERDUE: _overdue,
    Rule.PLANNED: _planned,
    Rule.SESSION_TOMORROW: _meeting,
    Rule.ACCESS_ENDING: _access,
}
for _rule, _title in TITLES.items():
    message(
        kind_of(_rule), _title, placeholders=("course_title", "sentence"), words_of="reminder", is_choice=True
    )(partial(_reminder, _rule))


@message(
    "reminders",
    lazy("What is coming up on your courses"),
    placeholders=("lines",),
    needs=("lines",),
    in_site=False,
    is_choice=True,
)
def reminders(*, person: Any, at: datetime, day: int) -> Said | None:
    """Everything of one day (as 20261123) in one e-mail: what still holds, and nothing else."""
    lines = [line for notice in notices_of(person, day) if (line := _line(notice, person, at))]
    if not lines:
        return None
    return Said({"lines": "\n\n".join(lines)}, reverse("learning:dashboard"))


def notices_of(person: Any, day: int) -> list[Notice]:
    """The reminders that were written for somebody on one day of the site."""
    zone = ZoneInfo(settings.TIME_ZONE)
    begins = datetime.strptime(str(day), "%Y%m%d").replace(tzinfo=zone)
    found = Notice.objects.filter(
        user=person, kind__in=KINDS, at__gte=begins, at__lt=begins + timedelta(days=1)
    )
    return list(found.order_by("at", "pk"))


def _line(notice: Notice, person: Any, at: datetime) -> str:
    """A sentence with its course, and the address on the next line."""
    try:
        rule = Rule(notice.kind.removeprefix(PREFIX))
        said = _reminder(rule, person=person, at=at, **notice.ids)
    except ObjectDoesNotExist:
        return ""
    if said is None:
        return ""
    words = {key: writing.one_line(text) for key, text in said.words.items()}
    return f"{words['course_title']}: {words['sentence']}\n{writing.full(said.url)}"
