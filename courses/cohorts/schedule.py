"""What is planned in a cohort beside its sessions: releases, deadlines and reminders."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.catalogue.models import Activity
from courses.cohorts.dates import Anchor, Anchors, DaysOff, Rule, What, falls_at, shifted
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession

WHAT_LABELS = {
    What.RELEASE: _("A stage begins"),
    What.DEADLINE: _("Something should be done by then"),
    What.REMINDER: _("A reminder"),
}
ANCHOR_LABELS = {
    Anchor.START: _("The first day of the cohort"),
    Anchor.END: _("The last day of the cohort"),
    Anchor.SESSION: _("A live session"),
    Anchor.DATE: _("A fixed date"),
}
DAYS_OFF_LABELS = {
    DaysOff.NONE: _("None: any day will do"),
    DaysOff.WEEKENDS: _("Saturdays and Sundays"),
    DaysOff.ENGLAND_AND_WALES: _("Weekends and bank holidays in England and Wales"),
    DaysOff.SCOTLAND: _("Weekends and bank holidays in Scotland"),
    DaysOff.NORTHERN_IRELAND: _("Weekends and bank holidays in Northern Ireland"),
}


class CohortDate(models.Model):
    """One date of the run sheet. It holds how the date is worked out, never the date itself.

    Why not the session it hangs on but the activity: a session that is cancelled and planned anew is
    another session, and the same date must follow it. A fixed date has `on`, and no offset.
    """

    WHATS: ClassVar[list[str]] = [what.value for what in What]

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="dates")
    what = models.CharField(max_length=20)
    stage_number = models.PositiveSmallIntegerField(null=True, blank=True)
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=200, blank=True)
    anchor = models.CharField(max_length=20)
    session_activity = models.ForeignKey(
        Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    offset_days = models.SmallIntegerField(default=0)
    local_time = models.TimeField()
    on = models.DateField(null=True, blank=True)
    days_off = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["cohort", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["release", "deadline", "reminder"]), name="date_what_known"
            ),
            models.CheckConstraint(
                condition=Q(days_off__in=["", "weekends", "GB-ENG", "GB-SCT", "GB-NIR"]),
                name="date_days_off_known",
            ),
            models.CheckConstraint(
                condition=Q(anchor__in=["start", "end"], session_activity__isnull=True, on__isnull=True)
                | Q(anchor="session", session_activity__isnull=False, on__isnull=True)
                | Q(anchor="date", session_activity__isnull=True, on__isnull=False, offset_days=0),
                name="date_has_its_anchor",
            ),
            models.CheckConstraint(
                condition=~Q(what="release") | Q(stage_number__isnull=False), name="date_releases_a_stage"
            ),
            models.CheckConstraint(
                condition=Q(stage_number__isnull=False) | Q(activity__isnull=False) | ~Q(text=""),
                name="date_says_of_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.pk}"

    @property
    def rule(self) -> Rule:
        """How it is worked out."""
        return Rule(
            anchor=Anchor(self.anchor),
            offset_days=self.offset_days,
            at_time=self.local_time,
            on=self.on,
            activity_id=self.session_activity_id,
            days_off=DaysOff(self.days_off),
        )


def anchors(cohort: Cohort, sessions: Iterable[LiveSession]) -> Anchors:
    """What the dates of a cohort hang on. No query. Cancelled sessions do not count."""
    held = {s.activity_id: s.starts_at for s in sessions if not s.is_cancelled}
    return Anchors(ZoneInfo(cohort.time_zone), cohort.starts_on, cohort.ends_on, held)


@dataclass(frozen=True, slots=True)
class Fallen:
    """One planned date of a cohort with the moment at which it falls; None while that is not fixed."""

    date: CohortDate
    at: datetime | None


def of_cohorts(cohorts: Iterable[Cohort]) -> dict[int, list[Fallen]]:
    """The planned dates of these cohorts, by the cohort's id, the first to come first. Two queries."""
    by_id = {cohort.pk: cohort for cohort in cohorts}
    held: dict[int, list[LiveSession]] = defaultdict(list)
    for session in LiveSession.objects.filter(cohort__in=by_id, cancelled_at=None):
        held[session.cohort_id].append(session)
    found: dict[int, list[Fallen]] = {pk: [] for pk in by_id}
    known = {pk: anchors(cohort, held[pk]) for pk, cohort in by_id.items()}
    for planned in CohortDate.objects.filter(cohort__in=by_id).select_related("activity"):
        found[planned.cohort_id].append(Fallen(planned, falls_at(planned.rule, known[planned.cohort_id])))
    return {pk: sorted(rows, key=_by_time) for pk, rows in found.items()}


def _by_time(row: Fallen) -> tuple[bool, float, int]:
    return row.at is None, row.at.timestamp() if row.at else 0.0, row.date.pk


Times = tuple[datetime, datetime]


def times_after_move(
    *, cohort: Cohort, sessions: Iterable[LiveSession], starts_on: date, at: datetime
) -> dict[int, Times]:
    """When the sessions take place if the cohort begins on another day: as many days later, at the same
    time of the clock. What is over or cancelled stays where it was, and is not in the answer."""
    days, zone = (starts_on - cohort.starts_on).days, ZoneInfo(cohort.time_zone)
    return {
        session.pk: (shifted(session.starts_at, days, zone), shifted(session.ends_at, days, zone))
        for session in sessions
        if not session.is_cancelled and session.starts_at > at
    }
