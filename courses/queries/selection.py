"""Applications as the people see them who choose."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.actions import before_joining
from courses.actions.before_joining import Asked
from courses.cohorts import staffing
from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.applications import Application, kept
from courses.enrolment.rules import Seats
from courses.enrolment.states import UNDECIDED, ApplicationState, OfferState
from courses.queries import applications
from courses.queries.applications import Line

A_PAGE = 40
# A draft is the applicant's alone, also one that was thrown away before it was sent.
SENT = Q(submitted_at__isnull=False)
LABELS = {
    ApplicationState.DRAFT: gettext_lazy("Not sent yet"),
    ApplicationState.SUBMITTED: gettext_lazy("To decide"),
    ApplicationState.MORE_INFORMATION: gettext_lazy("Waits for the applicant’s answer"),
    ApplicationState.OFFERED: gettext_lazy("Offered a place"),
    ApplicationState.JOINED: gettext_lazy("Has a place"),
    ApplicationState.DECLINED: gettext_lazy("Declined"),
    ApplicationState.WITHDRAWN: gettext_lazy("Taken back"),
}
EVERY, KEPT = "all", "waiting"
WORDS = {**{state.value: label for state, label in LABELS.items()}, KEPT: gettext_lazy("On the waiting list")}
# The same as one column: an application that is kept is not among those to decide.
STANDS = Case(When(kept(), then=Value(KEPT)), default=F("status"))


# The filters, in the order of the work. Each is how it stands; "all" is every one that was sent.
SHOWS = (
    ApplicationState.SUBMITTED.value,
    ApplicationState.MORE_INFORMATION.value,
    KEPT,
    ApplicationState.OFFERED.value,
    ApplicationState.JOINED.value,
    ApplicationState.DECLINED.value,
    ApplicationState.WITHDRAWN.value,
)


@dataclass(frozen=True, slots=True)
class Show:
    """One filter with how many it shows."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class InList:
    id: int
    name: str
    email: str
    submitted_at: datetime
    status_label: str
    note_count: int
    url: str
    seen: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Applications:
    """The applications of one cohort, the one that was sent first on top; of those that wait for a place,
    the one that waits longest.
    """

    cohort: Cohort
    seats: Seats
    shows: list[Show]
    show: str
    page: Page[Any]
    rows: list[InList]

    @property
    def is_of_kept(self) -> bool:
        return self.show == KEPT

    @property
    def kept(self) -> int:
        """How many wait for a place that may come free."""
        return next(show.count for show in self.shows if show.value == KEPT)

    @property
    def has_room(self) -> bool:
        return self.seats.left is None or self.seats.left > 0


@dataclass(frozen=True, slots=True)
class Written:
    """A note, or a message, with who wrote it."""

    author: str
    text: str
    at: datetime
    is_from_team: bool = True


@dataclass(frozen=True, slots=True)
class ForReview:
    """One application as its reviewers see it. `seen` is the version that is shown.

    `asked` is what the cohort asks for before joining, and how the applicant stands with it.
    `is_undecided` also when an offer was not answered in time, whether or not a job has run.
    """

    application: Application
    cohort: Cohort
    course_title: str
    name: str
    email: str
    status_label: str
    lines: list[Line]
    notes: list[Written]
    messages: list[Written]
    seats: Seats
    unfilled: dict[str, int]
    decided_by: str
    is_undecided: bool
    asked: list[Asked]

    @property
    def id(self) -> int:
        return self.application.pk

    @property
    def seen(self) -> int:
        return self.application.version

    @property
    def offer_until(self) -> datetime | None:
        offer = self.application.offer
        return offer.answer_by if offer else None

    @property
    def open_offer_id(self) -> int | None:
        """The offer that the applicant can still answer, and the team can take back."""
        offer = self.application.offer
        is_open = offer is not None and not self.is_undecided and offer.status == OfferState.OPEN.value
        return offer.pk if offer is not None and is_open else None


def cohort_for(*, cohort_id: int, person: Any) -> Cohort:
    """One query. Raises Cohort.DoesNotExist when the person does not choose for it."""
    return _chosen_by(person).get(pk=cohort_id)


def _chosen_by(person: Any) -> QuerySet[Cohort]:
    cohorts = staffing.run_by(person).select_related("edition__course", "application_form")
    return cohorts.defer("edition__frozen")


def of_cohort(*, cohort_id: int, person: Any, show: str, page: str | int, at: datetime) -> Applications:
    """Five queries. Raises Cohort.DoesNotExist when it is not theirs."""
    cohort: Any = places.with_promises(_chosen_by(person)).get(pk=cohort_id)
    sent = Application.objects.filter(SENT, cohort=cohort).annotate(stands=STANDS)
    counts = dict(sent.order_by().values("stands").annotate(n=Count("pk")).values_list("stands", "n"))
    show = show if show in {*SHOWS, EVERY} else ApplicationState.SUBMITTED.value
    rows = sent if show == EVERY else sent.filter(stands=show)
    first = "waiting_since" if show == KEPT else "submitted_at"
    found = Paginator(rows.order_by(first, "submitted_at", "pk"), A_PAGE)
    # The counts are known already, so the pages need not be counted again.
    found.__dict__["count"] = sum(counts.values()) if show == EVERY else counts.get(show, 0)
    chosen = found.get_page(page)
    chosen.object_list = (
        chosen.object_list.select_related("applicant").annotate(note_count=Count("notes"))  # type: ignore[attr-defined]
    )
    shows = [Show(one, str(WORDS[one]), counts.get(one, 0), one == show) for one in SHOWS]
    shows.append(Show(EVERY, _("All"), sum(counts.values()), show == EVERY))
    seats = places.fullness(cohort, at=at).seats
    return Applications(cohort, seats, shows, show, chosen, [_in_list(one) for one in chosen.object_list])


def _in_list(one: Any) -> InList:
    return InList(
        id=one.pk,
        name=one.applicant.get_full_name(),
        email=one.applicant.email,
        submitted_at=one.submitted_at,
        status_label=str(WORDS[one.stands]),
        note_count=one.note_count,
        url=reverse("staff:application", args=[one.pk]),
        seen=one.version,
        waiting_since=one.waiting_since if one.is_kept else None,
    )


def for_review(*, application_id: int, person: Any, at: datetime) -> ForReview:
    """Five queries, and five more at the most where something is asked for before joining.

    Raises Application.DoesNotExist when it is not theirs, or was never sent."""
    found: Any = (
        Application.objects.filter(SENT, cohort__in=staffing.run_by(person))
        .select_related("applicant", "cohort__edition__course", "offer", "decided_by")
        .defer("cohort__edition__frozen")
        .get(pk=application_id)
    )
    has_lapsed = found.offer is not None and not found.offer.is_open_at(at)
    is_lapsed = found.status == ApplicationState.OFFERED.value and has_lapsed
    stands = WORDS[KEPT if found.is_kept else found.status]
    label = _("The offer was not answered in time") if is_lapsed else stands
    promised: Any = places.with_promises(Cohort.objects.all()).get(pk=found.cohort_id)
    promised.edition = found.cohort.edition
    now = places.fullness(promised, at=at)
    return ForReview(
        application=found,
        cohort=found.cohort,
        course_title=found.cohort.edition.course.title,
        name=found.applicant.get_full_name(),
        email=found.applicant.email,
        status_label=str(label),
        lines=applications.lines(found),
        notes=[
            Written(note.author.get_full_name(), note.text, note.at)
            for note in found.notes.select_related("author")
        ],
        messages=[
            Written(said.author.get_full_name(), said.text, said.at, said.is_from_team)
            for said in found.messages.select_related("author")
        ],
        seats=now.seats,
        unfilled={reason: left for reason, left in now.unfilled.items() if left},
        decided_by=found.decided_by.get_full_name() if found.decided_by else "",
        is_undecided=is_lapsed or ApplicationState(found.status) in UNDECIDED,
        asked=before_joining.asked_of(promised, found.applicant, at=at),
    )


@dataclass(frozen=True, slots=True)
class Table:
    """Every application of a cohort for a spreadsheet: one column for each question that was asked."""

    heads: list[str]
    keys: list[str]
    cohort: Cohort


def table(*, cohort_id: int, person: Any) -> Table:
    """Two queries. Raises Cohort.DoesNotExist when it is not theirs."""
    cohort = cohort_for(cohort_id=cohort_id, person=person)
    asked: dict[str, str] = {}
    for answers in Application.objects.filter(SENT, cohort=cohort).values_list("answers", flat=True):
        for one in answers:
            asked.setdefault(one["key"], one["question"])
    return Table(heads=list(asked.values()), keys=list(asked), cohort=cohort)


def lines_of(found: Table) -> Iterator[list[str]]:
    """One line for each application, as it goes along. One query."""
    sent = Application.objects.filter(SENT, cohort=found.cohort).order_by("submitted_at", "pk")
    rows = sent.annotate(stands=STANDS).values_list(
        F("applicant__printed_name"), "applicant__email", "submitted_at", "stands", "answers"
    )
    for name, email, submitted_at, stands, answers in rows.iterator():
        said = {one["key"]: applications.in_words(one["answer"]) for one in answers}
        label = str(WORDS[stands])
        yield [name, email, submitted_at.isoformat(), label, *(said.get(key, "") for key in found.keys)]
