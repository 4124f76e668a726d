"""The enrolment codes of a cohort, for the people who look after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import gettext as _

from courses.cohorts.models import Cohort
from courses.enrolment.codes import CodeUse, EnrolmentCode

CODES_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class ShownCode:
    """One code. `uses` is how often it was used, `users` who did, with the day, the newest first."""

    id: int
    code: str
    state: str
    can_be_used: bool
    uses: int
    uses_allowed: int | None
    email_domain: str
    valid_until: datetime | None
    note: str
    made_by: str
    made_at: datetime
    users: list[tuple[str, datetime]]


@dataclass(frozen=True, slots=True)
class Codes:
    """One page of the codes of a cohort."""

    cohort: Cohort
    page: Page[Any]
    codes: list[ShownCode]


def of_cohort(*, cohort: Cohort, page: str | None, at: datetime) -> Codes:
    """Three queries, however many codes there are."""
    users = Prefetch(
        "uses", CodeUse.objects.select_related("enrolment__learner").order_by("-at", "-pk"), to_attr="used"
    )
    found = Paginator(_codes(cohort).prefetch_related(users), CODES_ON_A_PAGE).get_page(page)
    return Codes(cohort, found, [_shown(code, used=code.used, at=at) for code in found])


def all_of(*, cohort: Cohort, at: datetime) -> Iterable[ShownCode]:
    """Every code, for a table. One query."""
    return (_shown(code, used=[], at=at) for code in _codes(cohort).iterator())


def _codes(cohort: Cohort) -> QuerySet[Any]:
    # Counting drops the order of the model.
    counted = EnrolmentCode.objects.filter(cohort=cohort).annotate(number=Count("uses"))
    return counted.select_related("made_by").order_by("-made_at", "-pk")


def _shown(code: Any, *, used: list[CodeUse], at: datetime) -> ShownCode:
    state = _state(code, at=at)
    return ShownCode(
        id=code.pk,
        code=code.as_given,
        state=state or _("Can be used"),
        can_be_used=not state,
        uses=code.number,
        uses_allowed=code.uses_allowed,
        email_domain=code.email_domain,
        valid_until=code.valid_until,
        note=code.note,
        made_by=code.made_by.get_full_name(),
        made_at=code.made_at,
        users=[(use.enrolment.learner.get_full_name(), use.at) for use in used],
    )


def _state(code: Any, *, at: datetime) -> str:
    """Why a code cannot be used any more; empty while it can."""
    if code.revoked_at is not None:
        return _("Switched off")
    if code.valid_until is not None and at >= code.valid_until:
        return _("Its time is over")
    if code.uses_allowed is not None and code.number >= code.uses_allowed:
        return _("Used up")
    return ""
