"""The page of a learner's group: who looks after it, when it meets, what is new, and who else is there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.core.addresses import address
from courses.cohorts.models import Cohort, CohortStaff
from courses.cohorts.notices import CohortNotice
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.queries import access, sessions
from courses.queries.dashboard import dates_sentence
from courses.queries.sessions import SessionForLearner

# More names than anybody reads; a group that learns together is far smaller.
MOST_NAMES = 200
MOST_NOTICES = 50


@dataclass(frozen=True, slots=True)
class TeamMember:
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class NoticeShown:
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CohortPage:
    """`members` are the others who agreed to be named; None where people go at their own pace.

    Who has left sees neither the link to meet nor other people's names; `away` says that they have.
    `organisation` is the name of the one whose seat the learner has, if it is one.
    """

    enrolment_id: int
    course_title: str
    course_url: str
    ask_url: str
    name: str
    dates: str
    place: str
    online_link: str
    access_notes: str
    away: str
    team: list[TeamMember]
    sessions: list[SessionForLearner]
    notices: list[NoticeShown]
    members: list[str] | None
    shows_name: bool
    own_name: str
    organisation: str
    shares_progress: bool


def cohort_page(*, enrolment_id: int, learner: Any, at: datetime) -> CohortPage:
    """Five queries. Raises Enrolment.DoesNotExist when it is not theirs."""
    related = ("cohort__edition__course", "completion", "learner", "place__allocation__organisation")
    enrolment: Any = Enrolment.objects.select_related(*related).get(pk=enrolment_id, learner=learner)
    cohort: Cohort = enrolment.cohort
    is_here = enrolment.status != State.ENDED.value
    return CohortPage(
        enrolment_id=enrolment_id,
        course_title=cohort.edition.outline.course_title,
        course_url=address("learning:course", enrolment_id),
        ask_url=address("learning:ask", enrolment_id),
        name=cohort.name,
        dates=dates_sentence(enrolment, time_zone=learner.time_zone, at=at),
        place=cohort.place,
        online_link=cohort.online_link if is_here else "",
        access_notes=cohort.access_notes,
        away="" if is_here else access.away_sentence(enrolment),
        team=_team(cohort),
        sessions=sessions.of_cohort(enrolment, at) if is_here else [],
        notices=_notices(enrolment),
        members=_members(enrolment) if is_here and not cohort.is_rolling else None,
        shows_name=enrolment.shows_name_to_cohort,
        own_name=learner.printed_name,
        organisation=_organisation(enrolment),
        shares_progress=enrolment.shares_progress_with_organisation,
    )


def _organisation(enrolment: Any) -> str:
    """Who has left has no place, and so no organisation."""
    place = getattr(enrolment, "place", None)
    allocation = place.allocation if place is not None else None
    return str(allocation.organisation) if allocation is not None else ""


def _team(cohort: Cohort) -> list[TeamMember]:
    """Who looks after the cohort, by the name they chose; whoever chose none is only called by the role."""
    found = CohortStaff.objects.filter(cohort=cohort, user__is_active=True, user__erased_at=None)
    rows = found.select_related("user").order_by("role", "user__printed_name", "pk")
    by_role = sorted(rows, key=lambda row: list(CohortStaff.Role).index(CohortStaff.Role(row.role)))
    return [TeamMember(row.user.printed_name, str(row.get_role_display())) for row in by_role]


def _notices(enrolment: Enrolment) -> list[NoticeShown]:
    """The newest first. Who has left does not read what came after."""
    found = CohortNotice.objects.filter(cohort=enrolment.cohort_id).select_related("by")
    if enrolment.ended_at is not None:
        found = found.filter(at__lte=enrolment.ended_at)
    return [
        NoticeShown(row.text, row.by.printed_name or _("Your course team"), row.at)
        for row in found[:MOST_NOTICES]
    ]


def _members(enrolment: Enrolment) -> list[str]:
    """The names of the others who agreed to it and are still there; never an address."""
    others = Enrolment.objects.filter(
        cohort=enrolment.cohort_id, shows_name_to_cohort=True, learner__erased_at=None
    ).exclude(pk=enrolment.pk)
    named = others.exclude(status=State.ENDED.value).exclude(learner__printed_name="")
    names = named.order_by("learner__printed_name", "pk").values_list("learner__printed_name", flat=True)
    return list(names[:MOST_NAMES])
