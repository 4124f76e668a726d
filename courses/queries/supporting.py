"""Supporters: whom a learner has invited, and what a supporter sees. Each reading asks the row anew."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.core.addresses import address
from cms.core.secret_links import hash_of
from courses.cohorts import schedule, telling_times
from courses.cohorts.dates import What
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.enrolment.supporters import ANSWER_WITHIN, MOST_SUPPORTERS, Supporter, can_answer, going_on
from courses.progress import openings
from courses.progress.stored import records_of
from courses.queries import access
from courses.queries.access import Learning
from courses.queries.coming import about_sentence
from courses.queries.sessions import own_zone
from courses.queries.ways_in import LeadsBack

# Of those that are over, only the last are shown.
MOST_EARLIER = 5


@dataclass(frozen=True, slots=True)
class OwnSupporter:
    """One supporter, as the learner sees them: by the address they wrote, which may not be the account's."""

    id: int
    email: str
    sentence: str
    is_live: bool


@dataclass(frozen=True, slots=True)
class OwnSupporters:
    """The learner's page. `can_invite` is False when there is no room for more, or the place ended."""

    enrolment_id: int
    course_title: str
    course_url: str
    has_ended: bool
    can_invite: bool
    most: int
    live: list[OwnSupporter]
    earlier: list[OwnSupporter]


@dataclass(frozen=True, slots=True)
class Invitation(LeadsBack):
    """An invitation to support somebody. `supporting_url` is there once this person has accepted."""

    learner_name: str
    course_title: str
    is_open: bool
    is_own_course: bool
    needs_sign_in: bool
    accept_url: str
    decline_url: str
    supporting_url: str


@dataclass(frozen=True, slots=True)
class StageSeen:
    """How much of a stage is done. Never how well."""

    number: int
    title: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class DateSeen:
    """A meeting or something to finish by, still to come."""

    title: str
    when: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Supported:
    """All that a supporter sees of somebody."""

    id: int
    learner_name: str
    course_title: str
    state_sentence: str
    done: int
    total: int
    percent: int
    next_title: str
    stages: list[StageSeen]
    meetings: list[DateSeen]
    deadlines: list[DateSeen]
    wants_reminders: bool


def own(*, enrolment_id: int, learner: Any, at: datetime) -> OwnSupporters:
    """Two queries. Raises Enrolment.DoesNotExist when it is not theirs."""
    enrolment = (
        Enrolment.objects.select_related("cohort__edition__course")
        .defer("cohort__edition__frozen")
        .get(pk=enrolment_id, learner=learner)
    )
    has_ended = enrolment.status == State.ENDED.value
    rows = [
        _own(row, has_ended=has_ended, at=at)
        for row in Supporter.objects.filter(enrolment=enrolment_id).order_by("-invited_at", "-pk")
    ]
    live = [row for row in rows if row.is_live]
    return OwnSupporters(
        enrolment_id=enrolment_id,
        course_title=enrolment.cohort.edition.course.title,
        course_url=address("learning:course", enrolment_id),
        has_ended=has_ended,
        can_invite=not has_ended and len(live) < MOST_SUPPORTERS,
        most=MOST_SUPPORTERS,
        live=live,
        earlier=[row for row in rows if not row.is_live][:MOST_EARLIER],
    )


def _own(row: Supporter, *, has_ended: bool, at: datetime) -> OwnSupporter:
    is_open = row.invited_at > at - ANSWER_WITHIN
    is_live = row.ended_at is None and not has_ended and (row.accepted_at is not None or is_open)
    return OwnSupporter(row.pk, row.email, _stands(row, is_live=is_live), is_live)


def _stands(row: Supporter, *, is_live: bool) -> str:
    if is_live and row.accepted_at is not None:
        return _("Has seen your dates and how far you are since %(day)s.") % {"day": _day(row.accepted_at)}
    if is_live:
        return _("Invited on %(day)s. There is no answer yet.") % {"day": _day(row.invited_at)}
    if row.ended_at is not None and row.accepted_at is None:
        return _("The invitation ended on %(day)s.") % {"day": _day(row.ended_at)}
    if row.ended_at is not None:
        return _("Sees nothing any more since %(day)s.") % {"day": _day(row.ended_at)}
    return _("Sees nothing any more.") if row.accepted_at else _("There was no answer in time.")


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def invitation(*, token: str, person: Any, at: datetime) -> Invitation:
    """Two queries. Raises Supporter.DoesNotExist when the link leads nowhere."""
    found = _rows().exclude(token_hash="").get(token_hash=hash_of(token))
    learner = found.enrolment.learner
    is_theirs = (
        person.is_authenticated
        and found.person_id == person.pk
        and Supporter.objects.filter(going_on(), pk=found.pk).exists()
    )
    is_open = not is_theirs and Supporter.objects.filter(can_answer(at), pk=found.pk).exists()
    return Invitation(
        learner_name=name_of(learner),
        course_title=found.enrolment.cohort.edition.course.title,
        is_open=is_open,
        is_own_course=person.is_authenticated and learner.pk == person.pk,
        needs_sign_in=not person.is_authenticated,
        accept_url=reverse("learning:supporter_link", args=[token]),
        decline_url=reverse("learning:decline_support", args=[token]),
        supporting_url=address("learning:supporting", found.pk) if is_theirs else "",
    )


def supported(*, supporter_id: int, person: Any, at: datetime) -> Supported:
    """Five queries, however much there is. Raises Supporter.DoesNotExist when they may not see it now."""
    rows = _rows().filter(going_on()).annotate(releases=openings.stored("enrolment__cohort"))
    row = rows.get(pk=supporter_id, person=person)
    enrolment = row.enrolment
    enrolment.releases = row.releases
    learning = access.learning_of(enrolment, {r.activity_id: r for r in records_of(enrolment.pk)}, at=at)
    standing = learning.standing
    cohort = enrolment.cohort
    return Supported(
        id=row.pk,
        learner_name=name_of(enrolment.learner),
        course_title=learning.outline.course_title,
        state_sentence=_state(enrolment),
        done=standing.done,
        total=standing.total,
        percent=standing.percent,
        next_title=_next(learning),
        stages=[StageSeen(one.stage.number, one.stage.title, one.done, one.total) for one in standing.stages],
        meetings=_meetings(cohort, at),
        deadlines=_deadlines(cohort, learning, at),
        wants_reminders=row.wants_reminders,
    )


def name_of(learner: Any) -> str:
    """As they chose to be called, never an address."""
    return learner.printed_name or _("A learner")


def _rows() -> Any:
    related = ("enrolment__learner", "enrolment__cohort__edition__course", "enrolment__completion")
    return Supporter.objects.select_related(*related).defer("enrolment__cohort__edition__frozen")


def _state(enrolment: Enrolment) -> str:
    if hasattr(enrolment, "completion"):
        return _("The course is finished.")
    return "" if enrolment.status == State.ACTIVE.value else _("The place is paused at the moment.")


def _next(learning: Learning) -> str:
    """By its title only. A task that came back and a quiz to take again are simply what is next."""
    found = learning.standing.next_activity if learning.may_study else None
    return found.activity.title if found and not learning.standing.is_complete else ""


def _meetings(cohort: Cohort, at: datetime) -> list[DateSeen]:
    """Time and place. The link to a meeting is for those who take part; who came is nobody else's affair."""
    found = LiveSession.objects.filter(cohort=cohort.pk, cancelled_at=None, ends_at__gt=at)
    there = ZoneInfo(cohort.time_zone)
    return [
        DateSeen(
            one.title,
            telling_times.span(one.starts_at, one.ends_at, own=own_zone(), there=there),
            one.place,
        )
        for one in found.order_by("starts_at", "pk")
    ]


def _deadlines(cohort: Cohort, learning: Learning, at: datetime) -> list[DateSeen]:
    """Those of the whole group; whether this person has done it is not said."""
    there = ZoneInfo(cohort.time_zone)
    return [
        DateSeen(
            about_sentence(
                learning.outline, fallen.date.stage_number, fallen.date.activity_id, fallen.date.text
            ),
            telling_times.moment(fallen.at, own=own_zone(), there=there),
        )
        for fallen in schedule.of_cohorts([cohort])[cohort.pk]
        if fallen.date.what == What.DEADLINE.value and fallen.at is not None and fallen.at > at
    ]
