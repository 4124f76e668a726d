"""Who is on a cohort, in the order and with the filters that staff chose: for the register and the matrix.

Everything is asked of the database, page by page, so that a cohort of a hundred thousand is as quick to
look at as one of twelve.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from cms.core.typed import number
from courses.assessment import assessors
from courses.assessment.coursework import Submission
from courses.assessment.models import Attempt
from courses.assessment.states import WorkState
from courses.catalogue.outline import Outline
from courses.cohorts import staffing
from courses.cohorts.models import Cohort
from courses.conversations import people
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress.models import Completion, Record
from courses.progress.rules import FINISHED, Outcome
from courses.queries import access, before_joining

QUIET_AFTER = timedelta(days=14)
LONGEST_SEARCH = 80
MOST_SENT = 500
BY_NAME = ("learner__printed_name", "learner__email", "pk")

SHOWS = {
    "all": _("Everybody"),
    "needs": _("Needs somebody"),
    "not_begun": _("Has not begun"),
    "quiet": _("Quiet for 14 days"),
    "finished": _("Has finished"),
    "left": _("Has left"),
}
SORTS = {
    "needs": _("Who needs somebody first"),
    "name": _("By name"),
    "joined": _("Who joined last first"),
    "active": _("Who was active last first"),
    "progress": _("Who is furthest first"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff chose to see. Whatever is typed into an address gives something to show."""

    show: str = "all"
    sort: str = "name"
    search: str = ""
    stage: int | None = None
    page: str = "1"

    @classmethod
    def read(cls, query: Mapping[str, str], *, sort: str = "name") -> Self:
        """From the query string of a request."""
        show, chosen = query.get("show", ""), query.get("sort", "")
        stage = query.get("stage", "")
        return cls(
            show=show if show in SHOWS else "all",
            sort=chosen if chosen in SORTS else sort,
            search=" ".join(query.get("search", "").replace("\0", "").split())[:LONGEST_SEARCH],
            stage=number(stage) if stage.isascii() and stage.isdigit() else None,
            page=query.get("p", "1"),
        )

    @property
    def query(self) -> str:
        """The same as a query string, without the page."""
        chosen = {"show": self.show, "sort": self.sort, "search": self.search, "stage": self.stage}
        return urlencode({name: value for name, value in chosen.items() if value not in ("", None)})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search) or self.show != "all"


def roster(*, cohort: Any, person: Any, wanted: Wanted, at: datetime) -> QuerySet[Enrolment]:
    """The enrolments of a cohort that were asked for, in the order that was asked for.

    Each with what waits longest for this person: `question` for an answer, `work` for a decision; and where
    the cohort asks for something before joining with `missing_check`. `cohort` comes from
    `registers.cohorts_for`.
    """
    found: QuerySet[Any] = cohort.enrolments.annotate(
        question=waiting_question(person), work=waiting_work(person)
    )
    if _keeps_checks(cohort, person):
        found = found.annotate(missing_check=before_joining.first_missing_check(at=at))
    needs = _needs(cohort, person, at)
    found = found.filter(needs) if wanted.show == "needs" else _shown(found, wanted.show, at)
    if wanted.search:
        found = found.filter(
            Q(learner__printed_name__icontains=wanted.search) | Q(learner__email__icontains=wanted.search)
        )
    if wanted.sort == "needs":
        return found.annotate(needs=Case(When(needs, then=0), default=1)).order_by("needs", *BY_NAME)
    return _sorted(found, cohort.edition.outline, wanted.sort)


def counts(*, cohort: Any, person: Any, at: datetime) -> tuple[int, int]:
    """How many have finished, and how many need somebody. One query."""
    needing = Count("pk", filter=_needs(cohort, person, at))
    found = cohort.enrolments.order_by().aggregate(completed=Count("completion"), needing=needing)
    return found["completed"], found["needing"]


def ids_of(*, cohort: Cohort, typed: Sequence[str]) -> list[int]:
    """Which of the numbers that were sent are enrolments of this cohort, in the order of their names."""
    sent = {number(one) for one in typed[:MOST_SENT]}
    return list(cohort.enrolments.filter(pk__in=sent).order_by(*BY_NAME).values_list("pk", flat=True))


def names_of(ids: Sequence[int]) -> dict[int, str]:
    """The names behind these enrolments. One query."""
    rows = Enrolment.objects.filter(pk__in=ids).values_list("pk", "learner__printed_name", "learner__email")
    return {pk: name or email for pk, name, email in rows}


def waiting_question(person: Any) -> Subquery:
    """The question of a learner that has waited longest, if this person may answer it."""
    waiting = people.answerable(person).filter(enrolment=OuterRef("pk"), waiting_since__isnull=False)
    return Subquery(waiting.order_by("waiting_since", "pk").values("pk")[:1])


def waiting_work(person: Any) -> Subquery:
    """The hand-in of a learner that has waited longest, if this person may decide about it."""
    waiting = _undecided(person).filter(enrolment=OuterRef("pk"))
    return Subquery(waiting.order_by("handed_in_at", "pk").values("pk")[:1])


def _undecided(person: Any) -> QuerySet[Submission]:
    return assessors.assessable(person).filter(status=WorkState.HANDED_IN.value)


def last_active() -> Greatest:
    """When somebody last did something: joined, did a step, began or handed in a quiz."""
    records = Record.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    tries = Attempt.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    done = Subquery(records.annotate(last=Max("at")).values("last"))
    tried = Subquery(tries.annotate(last=Max(Coalesce("closed_at", "started_at"))).values("last"))
    return Greatest(F("started_at"), Coalesce(done, F("started_at")), Coalesce(tried, F("started_at")))


def _needs(cohort: Any, person: Any, at: datetime) -> Q:
    """Who has a question or work that waits for this person, no try left at a quiz, or lacks a check.

    The first lists are short, and made once: not looked up anew for each learner. Checks are only looked
    for where the cohort asks for something.
    """
    asked = people.answerable(person).filter(enrolment__cohort=cohort, waiting_since__isnull=False)
    handed_in = _undecided(person).filter(enrolment__cohort=cohort)
    waiting = Q(pk__in=asked.order_by().values("enrolment")) | Q(
        pk__in=handed_in.order_by().values("enrolment")
    )
    if _keeps_checks(cohort, person):
        waiting |= before_joining.lacks_a_check(at=at)
    limits = {
        a.activity_id: a.quiz.attempts_allowed
        for a in cohort.edition.outline.activities
        if a.is_required and a.quiz and a.quiz.attempts_allowed is not None
    }
    if not limits:
        return waiting
    allowed = Case(*(When(activity=activity, then=Value(limit)) for activity, limit in limits.items()))
    failed = Record.objects.filter(
        enrolment__cohort=cohort, activity__in=limits, outcome=Outcome.NOT_PASSED.value
    ).order_by()
    used_up = access.with_tries(failed).annotate(allowed=allowed).filter(tries__gte=F("allowed"))
    return waiting | Q(pk__in=used_up.values("enrolment"), status=State.ACTIVE.value)


def _keeps_checks(cohort: Any, person: Any) -> bool:
    """Whether the cohort asks for something, and this person sees who lacks it. One query where it asks."""
    return bool(cohort.asks) and staffing.run_by(person).filter(pk=cohort.pk).exists()


def _shown(found: QuerySet[Enrolment], show: str, at: datetime) -> QuerySet[Enrolment]:
    """What each choice means. Who has finished or left is not quiet, and needs no reminder to begin."""
    if show == "finished":
        return found.filter(_has_finished())
    if show == "left":
        return found.filter(~_has_finished(), status=State.ENDED.value)
    under_way = ~_has_finished() & ~Q(status=State.ENDED.value)
    if show == "not_begun":
        return found.filter(under_way, ~Exists(_records()), ~Exists(_tries()))
    if show == "quiet":
        since = at - QUIET_AFTER
        tried_since = _tries().filter(Q(started_at__gt=since) | Q(closed_at__gt=since))
        return found.filter(
            under_way,
            ~Exists(_records().filter(at__gt=since)),
            ~Exists(tried_since),
            started_at__lte=since,
        )
    return found


def _records() -> QuerySet[Record]:
    return Record.objects.filter(enrolment=OuterRef("pk"))


def _tries() -> QuerySet[Attempt]:
    return Attempt.objects.filter(enrolment=OuterRef("pk"))


def _has_finished() -> Exists:
    return Exists(Completion.objects.filter(enrolment=OuterRef("pk")))


def _sorted(found: QuerySet[Enrolment], outline: Outline, sort: str) -> QuerySet[Enrolment]:
    if sort == "joined":
        return found.order_by("-started_at", *BY_NAME)
    if sort == "active":
        return found.annotate(active=last_active()).order_by("-active", *BY_NAME)
    if sort == "progress":
        return found.annotate(done=Coalesce(_done(outline), 0)).order_by("-done", *BY_NAME)
    return found.order_by(*BY_NAME)


def _done(outline: Outline) -> Subquery:
    """How many of the required steps are finished."""
    required = [a.activity_id for a in outline.activities if a.is_required]
    done = _records().filter(activity__in=required, outcome__in=[one.value for one in FINISHED])
    return Subquery(done.order_by().values("enrolment").annotate(n=Count("pk")).values("n"))
