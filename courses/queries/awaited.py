"""Places that somebody does not have yet: kept for them, waited for, or applied for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.core.addresses import address
from courses.cohorts import telling_times
from courses.enrolment.applications import Application
from courses.enrolment.models import Offer, WaitingEntry
from courses.enrolment.states import UNDECIDED, ApplicationState, OfferState, WaitingState

OFFERED, WAITS, APPLIED = "offer", "waiting", "application"
# Which is most urgent.
ORDER = (OFFERED, APPLIED, WAITS)


@dataclass(frozen=True, slots=True)
class Awaited:
    """One place to hope for, with the one thing to do about it."""

    title: str
    sentence: str
    url: str
    label: str
    is_urgent: bool


def of(*, person: Any, at: datetime) -> list[Awaited]:
    """What somebody waits for, the most urgent first. One query."""
    can_answer = Q(answer_by__isnull=True) | Q(answer_by__gt=at)
    offers = Offer.objects.filter(can_answer, learner=person, status=OfferState.OPEN.value)
    waiting = WaitingEntry.objects.filter(learner=person, status=WaitingState.WAITING.value)
    undecided = [state.value for state in UNDECIDED]
    applications = Application.objects.filter(applicant=person, status__in=undecided)
    rows = _rows(offers, OFFERED, "answer_by").union(
        _rows(waiting, WAITS, "joined_at"), _rows(applications, APPLIED, "changed_at"), all=True
    )
    return [_awaited(row, person) for row in sorted(rows, key=lambda row: ORDER.index(row["what"]))]


def _rows(rows: QuerySet[Any], kind: str, moment: str) -> Any:
    """The same columns of each kind, so that one query can fetch them all."""
    return (
        rows.order_by()
        .annotate(
            what=Value(kind, output_field=CharField()),
            moment=Cast(F(moment), DateTimeField()),
            state=F("status"),
            course=F("cohort__edition__course__title"),
            cohort_name=F("cohort__name"),
            zone=F("cohort__time_zone"),
        )
        .values("what", "pk", "cohort_id", "state", "course", "cohort_name", "zone", "moment")
    )


def _awaited(row: Mapping[str, Any], person: Any) -> Awaited:
    about = {"course": row["course"], "cohort": row["cohort_name"]}
    own = ZoneInfo(person.time_zone)
    if row["what"] == OFFERED:
        return Awaited(
            title=_("A place is kept for you"),
            sentence=_kept(about, row["moment"], own=own, there=ZoneInfo(row["zone"])),
            url=address("learning:offer", row["pk"]),
            label=_("Say yes or no"),
            is_urgent=True,
        )
    if row["what"] == APPLIED:
        return _applied(about, row["state"], address("learning:application", row["pk"]))
    day = date_format(row["moment"].astimezone(own), "DATE_FORMAT")
    return Awaited(
        title=_("You are on the waiting list"),
        sentence=_("%(course)s, %(cohort)s. You have waited since %(day)s.") % {**about, "day": day},
        url=address("learning:join", row["cohort_id"]),
        label=_("How the waiting list works"),
        is_urgent=False,
    )


def _kept(about: dict[str, str], until: datetime | None, *, own: ZoneInfo, there: ZoneInfo) -> str:
    if until is None:
        return _("%(course)s, %(cohort)s.") % about
    words = {**about, "until": telling_times.moment(until, own=own, there=there)}
    return _("%(course)s, %(cohort)s. We keep it for you until %(until)s.") % words


def _applied(about: dict[str, str], state: str, url: str) -> Awaited:
    titles = {
        ApplicationState.DRAFT: (_("You have begun an application"), _("Go on with it")),
        ApplicationState.SUBMITTED: (_("We have your application"), _("See your application")),
        ApplicationState.MORE_INFORMATION: (_("A question about your application"), _("Answer it")),
    }
    title, label = titles[ApplicationState(state)]
    is_urgent = state != ApplicationState.SUBMITTED.value
    return Awaited(title, _("%(course)s, %(cohort)s.") % about, url, label, is_urgent)
