"""What a course team meets first in the admin: the next meetings, and what waits to be decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.cohorts import staffing, telling_times
from courses.cohorts.sessions import LiveSession
from courses.enrolment.applications import Application, to_decide

MEETINGS = 3


@dataclass(frozen=True, slots=True)
class NextMeeting:
    """`word_url` leads to the word and the QR code for the room."""

    title: str
    when: str
    course_title: str
    cohort: str
    register_url: str
    word_url: str


@dataclass(frozen=True, slots=True)
class Waits:
    """A sentence with a number, and where to go."""

    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class Today:
    meetings: list[NextMeeting]
    waits: list[Waits]

    @property
    def has_any(self) -> bool:
        return bool(self.meetings or self.waits)


def today(*, person: Any, work: int, at: datetime) -> Today:
    """The next meetings of a person's cohorts, applications to decide, and `work` that was handed in.

    Two queries.
    """
    theirs = staffing.run_by(person)
    coming = LiveSession.objects.filter(cohort__in=theirs, cancelled_at=None, ends_at__gt=at)
    meetings = coming.select_related("cohort__edition__course").defer("cohort__edition__frozen")
    waits = [_to_decide(row) for row in _undecided(theirs)]
    if work:
        sentence = ngettext(
            "%(n)d piece of work waits to be read.", "%(n)d pieces of work wait to be read.", work
        )
        waits.append(Waits(sentence % {"n": work}, reverse("staff:work")))
    return Today([_meeting(one) for one in meetings.order_by("starts_at", "pk")[:MEETINGS]], waits)


def _undecided(cohorts: Any) -> Any:
    """How many applications wait for a decision, by cohort."""
    waiting = Application.objects.filter(to_decide(), cohort__in=cohorts)
    counted = waiting.order_by("cohort__starts_on", "cohort").values("cohort", "cohort__name")
    return counted.annotate(number=Count("pk"))


def _to_decide(row: dict[str, Any]) -> Waits:
    words = {"n": row["number"], "cohort": row["cohort__name"]}
    sentence = ngettext(
        "%(n)d application to decide: %(cohort)s.", "%(n)d applications to decide: %(cohort)s.", row["number"]
    )
    return Waits(sentence % words, reverse("staff:applications", args=[row["cohort"]]))


def _meeting(one: LiveSession) -> NextMeeting:
    zone = one.zone
    return NextMeeting(
        title=one.title or _("Meeting"),
        when=telling_times.span(one.starts_at, one.ends_at, own=zone, there=zone),
        course_title=one.cohort.edition.course.title,
        cohort=one.cohort.name,
        register_url=reverse("staff:session_register", args=[one.pk]),
        word_url=reverse("staff:session_word", args=[one.pk]),
    )
