"""Counting places. A hold past its time does not count, whether or not a job has run."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from cms.core.prepared import PreparedRows
from courses.cohorts.models import Cohort, CohortReserve
from courses.cohorts.prerequisites import Prerequisite
from courses.cohorts.prices import Price
from courses.enrolment import rules
from courses.enrolment.models import Place, WaitingEntry
from courses.enrolment.rules import Answer, Seats, Window, may_join
from courses.enrolment.states import State, WaitingState

FUNDED, ORGANISATION = CohortReserve.Reason.FUNDED.value, CohortReserve.Reason.ORGANISATION.value


def counts_at(at: datetime) -> Q:
    """The places that count against capacity at this moment."""
    return Q(held_until__isnull=True) | Q(held_until__gt=at)


def with_promises(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Each with how many wait for a place (`waiting_count`), how many places are kept back for what,
    whether anything is asked for before joining (`asks`), and whether a place costs money (`costs`).
    """
    waiting = WaitingEntry.objects.filter(cohort=OuterRef("pk"), status=WaitingState.WAITING.value)
    kept = {
        f"kept_{reason}": Coalesce(
            Subquery(
                CohortReserve.objects.filter(cohort=OuterRef("pk"), reason=reason).values("places")[:1],
                output_field=IntegerField(),
            ),
            0,
        )
        for reason in (FUNDED, ORGANISATION)
    }
    found: QuerySet[Cohort] = cohorts.annotate(
        waiting_count=_number_of(waiting),
        asks=asks_of(OuterRef("pk")),
        costs=Exists(Price.objects.filter(cohort=OuterRef("pk"))),
        **kept,
    )
    return found


def asks_of(cohort: Any) -> Exists:
    """Whether a cohort asks for something before joining, as part of another query."""
    return Exists(Prerequisite.objects.filter(cohort=cohort))


def taken_by_reserve(at: datetime) -> dict[str, Count]:
    """Aggregates of places: how many count now, and how many of them fill the places kept back."""
    counts = counts_at(at)
    found = {"taken": Count("pk", filter=counts)}
    for reason in (FUNDED, ORGANISATION):
        found[f"filled_{reason}"] = Count("pk", filter=counts & Q(reserve=reason))
    return found


def with_taken(cohorts: QuerySet[Cohort], *, at: datetime) -> QuerySet[Cohort]:
    """Each with the same numbers; nothing is counted where there is no limit.

    Counted beside the cohorts: joined to them, each place would be a row.
    """
    here = Place.objects.filter(counts_at(at), cohort=OuterRef("pk"))
    filled = {f"filled_{reason}": here.filter(reserve=reason) for reason in (FUNDED, ORGANISATION)}
    found: QuerySet[Cohort] = cohorts.annotate(
        **{
            name: Case(When(capacity=None, then=0), default=_number_of(rows), output_field=IntegerField())
            for name, rows in {"taken": here, **filled}.items()
        }
    )
    return found


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("cohort").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def seats_of(cohort: Any, *, at: datetime, taken: dict[str, int]) -> Seats:
    """How full a cohort is. The cohort comes from `with_promises`, the numbers from `taken_by_reserve`."""
    if cohort.capacity is None:
        return Seats(capacity=None, taken=0)
    pairs = [
        (getattr(cohort, f"kept_{reason}"), taken[f"filled_{reason}"]) for reason in (FUNDED, ORGANISATION)
    ]
    end = offers_end(cohort)
    return Seats(
        capacity=cohort.capacity,
        taken=taken["taken"],
        kept_back=rules.kept_back(pairs),
        # Once nothing is offered any more, those who still wait hold nobody up.
        waiting=cohort.waiting_count if end is None or at < end else 0,
    )


@dataclass(frozen=True, slots=True)
class Fullness:
    """How full a locked cohort is; `mine` is the live enrolment in it of the person who asks."""

    seats: Seats
    mine: int | None
    unfilled: dict[str, int]


def fullness(cohort: Any, *, at: datetime, learner: Any = None) -> Fullness:
    """How full a cohort is. One query; call it under the cohort's lock before giving a place."""
    person = learner.pk if learner is not None else NOBODY
    if cohort.capacity is None and not (cohort.kept_funded or cohort.kept_organisation):
        # Nothing is to be counted, however many people are there.
        found = _Counted(mine=next(iter(_mine(cohort.pk, person)), _Mine()).enrolment_id)
    else:
        found = next(iter(_counted(cohort.pk, at, person)), _Counted())
    taken = found._asdict()
    unfilled = {
        reason: max(0, getattr(cohort, f"kept_{reason}") - taken[f"filled_{reason}"])
        for reason in (FUNDED, ORGANISATION)
    }
    return Fullness(seats_of(cohort, at=at, taken=taken), found.mine, unfilled)


# The account of nobody: none has this number.
NOBODY = 0


class _Counted(NamedTuple):
    """The numbers of `taken_by_reserve`, and the enrolment of the person who asks."""

    taken: int = 0
    filled_funded: int = 0
    filled_organisation: int = 0
    mine: int | None = None


class _Mine(NamedTuple):
    enrolment_id: int | None = None


def _of(learner: int) -> Q:
    return Q(enrolment__learner=learner) & ~Q(enrolment__status=State.ENDED.value)


_counted: PreparedRows[_Counted] = PreparedRows(
    _Counted,
    lambda cohort, at, learner: (
        Place.objects.filter(cohort=cohort)
        .order_by()
        .values("cohort")
        .annotate(**taken_by_reserve(at), mine=Max("enrolment_id", filter=_of(learner)))
        .values_list(*_Counted._fields)
    ),
    int,
    datetime,
    int,
)
_mine: PreparedRows[_Mine] = PreparedRows(
    _Mine,
    lambda cohort, learner: (
        Place.objects.filter(_of(learner), cohort=cohort)
        .order_by("-enrolment_id")
        .values_list("enrolment_id")
    ),
    int,
    int,
)


def seats(*, cohort: Cohort, at: datetime) -> Seats:
    """How full a cohort is, read anew. Two queries."""
    if cohort.capacity is None:
        return Seats(capacity=None, taken=0)
    return fullness(with_promises(Cohort.objects.all()).get(pk=cohort.pk), at=at).seats


def window(cohort: Cohort) -> Window:
    """When a cohort can be joined: never after its last day, whatever else was typed."""
    closes_at = cohort.enrolment_closes_at
    if cohort.ends_on is not None:
        end = rules.end_of_day(cohort.ends_on, time_zone=cohort.time_zone)
        closes_at = min(closes_at, end) if closes_at else end
    return Window(opens_at=cohort.enrolment_opens_at, closes_at=closes_at)


def offers_end(cohort: Cohort) -> datetime | None:
    """After this no place of a cohort is offered any more. Never after its last day."""
    ends = rules.offers_end(window=window(cohort), offers_until=cohort.offers_until)
    if cohort.ends_on is None or ends is None:
        return ends
    return min(ends, rules.end_of_day(cohort.ends_on, time_zone=cohort.time_zone))


def may_wait(cohort: Any, *, answer: Answer, seats: Seats, at: datetime) -> bool:
    """Whether somebody can put themselves on the waiting list of a cohort that gives this answer.

    Also while joining has closed, as long as places that come free are still offered. Where people apply
    or are invited there is no list: it would be a way past those who choose.
    """
    end = offers_end(cohort)
    if not keeps_a_list(cohort):
        return False
    if end is not None and at >= end:
        return False
    return answer is Answer.FULL or (answer is Answer.CLOSED and seats.for_newcomers == 0)


def keeps_a_list(cohort: Cohort) -> bool:
    """Whether people wait for places of a cohort, so that one that is not taken goes to the next person."""
    return cohort.has_waiting_list and cohort.joining == Cohort.Joining.OPEN.value


def access_until(cohort: Cohort, *, joined_at: datetime) -> datetime | None:
    """Until when somebody who joins now has access. None: no end."""
    return rules.access_until(
        joined_at=joined_at,
        time_zone=cohort.time_zone,
        days=cohort.access_days if cohort.is_rolling else None,
        last_day=cohort.access_ends_on,
    )


def answer(*, cohort: Cohort, at: datetime) -> tuple[Answer, Seats]:
    """What the cohort says to somebody who wants to join now."""
    now = seats(cohort=cohort, at=at)
    return may_join(window=window(cohort), seats=now, at=at, joining=cohort.joining), now
