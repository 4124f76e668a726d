"""What the lists of staff share: filters to choose, a cohort to choose, and how long ago something was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from courses.cohorts.models import Cohort

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter to choose: a value of the address, and its words."""

    value: str
    label: str
    is_chosen: bool


def shows(filters: Mapping[str, tuple[Any, Any]], *, chosen: str) -> list[Choice]:
    """The filters of a list; each has its words and what it filters by."""
    return [Choice(value, str(label), value == chosen) for value, (label, _by) in filters.items()]


def by_cohort(cohorts: QuerySet[Cohort], *, typed: str) -> tuple[str, list[Choice]]:
    """Which of these cohorts the address names (empty: none), and all of them to choose. One query."""
    found = list(cohorts.select_related("edition__course").defer("edition__frozen"))
    chosen = next((str(cohort.pk) for cohort in found if str(cohort.pk) == typed), "")
    return chosen, [
        Choice("", _("All cohorts"), not chosen),
        *[Choice(str(c.pk), f"{c.edition.course.title}: {c.name}", str(c.pk) == chosen) for c in found],
    ]


def ago(since: datetime, *, at: datetime) -> str:
    """How long ago something was, in one unit."""
    if at - since < MINUTE:
        return _("Just now")
    return _("%(time)s ago") % {"time": timesince(since, at, depth=1)}
