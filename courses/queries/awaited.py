"""Places that somebody does not have yet (to be paid for, kept for them, waited for, applied for), whom they
support, and whose seats they look after.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import CharField, F, IntegerField, Q, QuerySet, Value
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.core.addresses import address
from cms.core.prepared import PreparedRows
from courses.cohorts import telling_times
from courses.cohorts.organisations import OrganisationManager, looks_after
from courses.enrolment.applications import Application
from courses.enrolment.models import Offer, WaitingEntry
from courses.enrolment.states import UNDECIDED, ApplicationState, OfferState, WaitingState
from courses.enrolment.supporters import Supporter, going_on
from courses.payments.orders import Order
from courses.payments.states import OPEN, OrderState

OFFERED, WAITS, APPLIED, SUPPORTS = "offer", "waiting", "application", "supports"
ORDERED = "order"
MANAGES = "manages"
# Which is most urgent.
ORDER = (ORDERED, OFFERED, APPLIED, WAITS, SUPPORTS, MANAGES)


@dataclass(frozen=True, slots=True)
class Awaited:
    """One place to hope for, or one person or organisation to help, with the one thing to do about it."""

    title: str
    sentence: str
    url: str
    label: str
    is_urgent: bool
    # The name of the id in notices about it, and the id: what stands here need not stand there too.
    told_by: tuple[str, int] | None = None


class Row(NamedTuple):
    """What one query finds of each kind: the same columns, so that it can be one query.

    For somebody who is supported, `cohort` is their name; for an organisation, its name, and `pk` its own.
    """

    what: str
    pk: int
    cohort_id: int
    state: str
    course: str
    cohort: str
    zone: str
    moment: datetime | None


def of(*, person: Any, at: datetime) -> list[Awaited]:
    """What somebody waits for, the most urgent first. One query."""
    found = sorted(_rows(person.pk, at), key=lambda row: ORDER.index(row.what))
    return [_awaited(row, person) for row in found]


def _every_kind(person: int, at: datetime) -> Any:
    can_answer = Q(answer_by__isnull=True) | Q(answer_by__gt=at)
    offers = Offer.objects.filter(can_answer, learner=person, status=OfferState.OPEN.value)
    waiting = WaitingEntry.objects.filter(learner=person, status=WaitingState.WAITING.value)
    undecided = [state.value for state in UNDECIDED]
    applications = Application.objects.filter(applicant=person, status__in=undecided)
    supported = Supporter.objects.filter(going_on(), person=person)
    managed = OrganisationManager.objects.filter(looks_after(), user=person)
    return _columns(offers, OFFERED, "answer_by").union(
        _columns(waiting, WAITS, "joined_at"),
        _columns(applications, APPLIED, "waiting_since"),
        _columns(
            supported, SUPPORTS, "accepted_at", to="enrolment__", name="enrolment__learner__printed_name"
        ),
        _columns(_orders(person, at), ORDERED, "pay_by"),
        _organisations(managed),
        all=True,
    )


def _orders(person: int, at: datetime) -> QuerySet[Order]:
    """Orders with something to do: to be paid by card, or paid when the place was gone and nothing chosen."""
    own = Order.objects.filter(buyer=person, method=Order.Method.CARD)
    unpaid = Q(status__in=sorted(state.value for state in OPEN), is_slow=False, pay_by__gt=at)
    lost = Q(status=OrderState.ATTENTION.value, attention=Order.Attention.PLACE_LOST, wish="", returned=0)
    return own.filter(unpaid | lost)


def _organisations(rows: QuerySet[OrganisationManager]) -> Any:
    """The same columns, of which an organisation has few."""
    empty = {name: Value("", output_field=CharField()) for name in ("state", "course", "zone")}
    named = rows.order_by().annotate(
        what=Value(MANAGES, output_field=CharField()),
        cohort=Value(0, output_field=IntegerField()),
        moment=F("joined_at"),
        **empty,
    )
    return named.values_list(
        "what", "organisation", "cohort", "state", "course", "organisation__name", "zone", "moment"
    )


def _columns(rows: QuerySet[Any], what: str, moment: str, *, to: str = "", name: str = "cohort__name") -> Any:
    """`to` leads from a row to what has the cohort and the status."""
    course, zone = f"{to}cohort__edition__course__title", f"{to}cohort__time_zone"
    named = rows.order_by().annotate(what=Value(what, output_field=CharField()), moment=F(moment))
    return named.values_list("what", "pk", f"{to}cohort_id", f"{to}status", course, name, zone, "moment")


_rows = PreparedRows(Row, _every_kind, int, datetime)


def _awaited(row: Row, person: Any) -> Awaited:
    about = {"course": row.course, "cohort": row.cohort}
    own = ZoneInfo(person.time_zone)
    if row.what == ORDERED:
        return _ordered(about, row, own=own)
    if row.what == OFFERED:
        return Awaited(
            title=_("A place is kept for you"),
            sentence=_offered(about, row.moment, own=own, there=ZoneInfo(row.zone)),
            url=address("learning:offer", row.pk),
            label=_("Say yes or no"),
            is_urgent=True,
            told_by=("offer", row.pk),
        )
    if row.what == APPLIED:
        return _applied(about, row)
    if row.what == SUPPORTS:
        return Awaited(
            title=_("You support %(name)s") % {"name": row.cohort or _("A learner")},
            sentence=_("On the course %(course)s.") % about,
            url=address("learning:supporting", row.pk),
            label=_("See the dates and how far they are"),
            is_urgent=False,
        )
    if row.what == MANAGES:
        return Awaited(
            title=_("You look after places"),
            sentence=_("For %(organisation)s.") % {"organisation": row.cohort},
            url=address("learning:organisation", row.pk),
            label=_("See who has them"),
            is_urgent=False,
        )
    day = date_format(row.moment.astimezone(own), "DATE_FORMAT") if row.moment else ""
    return Awaited(
        title=_("You are on the waiting list"),
        sentence=_("%(course)s, %(cohort)s. You have waited since %(day)s.") % {**about, "day": day},
        url=address("learning:join", row.cohort_id),
        label=_("How the waiting list works"),
        is_urgent=False,
    )


def _ordered(about: dict[str, str], row: Row, *, own: ZoneInfo) -> Awaited:
    is_lost = row.state == OrderState.ATTENTION.value
    words = _("%(course)s, %(cohort)s. The place was gone when your money came.") % about
    return Awaited(
        title=_("You paid: please choose what happens now") if is_lost else _("Your place is not paid yet"),
        sentence=words if is_lost else _offered(about, row.moment, own=own, there=ZoneInfo(row.zone)),
        url=address("learning:order", row.pk),
        label=_("Choose") if is_lost else _("Pay now, or give the place up"),
        is_urgent=True,
        told_by=("order", row.pk),
    )


def _offered(about: dict[str, str], until: datetime | None, *, own: ZoneInfo, there: ZoneInfo) -> str:
    if until is None:
        return _("%(course)s, %(cohort)s.") % about
    words = {**about, "until": telling_times.until(until, own=own, there=there)}
    return _("%(course)s, %(cohort)s. We keep it for you until %(until)s.") % words


def _applied(about: dict[str, str], row: Row) -> Awaited:
    titles = {
        ApplicationState.DRAFT: (_("You have begun an application"), _("Go on with it")),
        ApplicationState.SUBMITTED: (_("We have your application"), _("See your application")),
        ApplicationState.MORE_INFORMATION: (_("A question about your application"), _("Answer it")),
    }
    title, label = titles[ApplicationState(row.state)]
    is_urgent = row.state != ApplicationState.SUBMITTED.value
    # The moment of an application is since when it waits for a place.
    if row.moment is not None and not is_urgent:
        title = _("You are on the waiting list")
    return Awaited(
        title=title,
        sentence=_("%(course)s, %(cohort)s.") % about,
        url=address("learning:application", row.pk),
        label=label,
        is_urgent=is_urgent,
        told_by=("application", row.pk),
    )
