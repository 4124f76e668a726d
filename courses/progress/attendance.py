"""Who was at a live session, who sent word, and who came without being on the cohort."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.progress import turnout
from courses.progress.models import Record
from courses.progress.turnout import Mark, Status, Turnout


class Attendance(models.Model):
    """One learner at one session. Corrections are in the ledger, with what stood there before."""

    class Status(models.TextChoices):
        ATTENDED = "attended", _("Attended")
        PARTLY = "partly", _("There for a part")
        APOLOGISED = "apologised", _("Apologised")
        ABSENT = "absent", _("Absent")

    class Source(models.TextChoices):
        REGISTER = "register"
        SELF = "self"
        CSV = "csv"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attendances")
    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="attendances")
    status = models.CharField(max_length=20, choices=Status.choices)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=Source.choices)

    class Meta:
        ordering = ["session", "pk"]
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "session"], name="attendance_one_per_session"),
            models.CheckConstraint(
                condition=Q(status__in=["attended", "partly", "apologised", "absent"]),
                name="attendance_status_known",
            ),
            models.CheckConstraint(
                condition=Q(source__in=["register", "self", "csv"]), name="attendance_source_known"
            ),
            models.CheckConstraint(
                condition=Q(status="partly", minutes__isnull=False, minutes__gte=1)
                | (~Q(status="partly") & Q(minutes__isnull=True)),
                name="attendance_minutes_of_a_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status}: session {self.session_id}"


class WalkIn(models.Model):
    """Somebody who came without an account. Once joined to an enrolment, the name and address are emptied."""

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="walk_ins")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="walk_ins"
    )

    class Meta:
        ordering = ["session", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolment__isnull=True) & ~Q(name="")
                | Q(enrolment__isnull=False, name="", email=""),
                name="walk_in_named_until_joined",
            )
        ]

    def __str__(self) -> str:
        return f"walk-in {self.pk}"


def minutes_attended(enrolment_id: int) -> int:
    """The minutes a learner was at live sessions: whole ones as their edition plans them.

    A session that was made up by a task counts for passing, and adds no minutes together. Work follows a
    learner to another cohort, and so does having been there. Two queries, and one more for each cohort
    that they were moved from.
    """
    enrolment = Enrolment.objects.select_related("cohort__edition").get(pk=enrolment_id)
    outline, best = enrolment.cohort.edition.outline, dict[int, int]()
    for activity_id, mark in _marks(_chain(enrolment)):
        activity = outline.activity(activity_id)
        if activity is not None:
            there = turnout.minutes(mark, activity.participatory_minutes)
            best[activity_id] = max(there, best.get(activity_id, 0))
    return sum(best.values())


def _chain(enrolment: Enrolment) -> list[int]:
    """The enrolment and those it was moved from, by id."""
    chain, earlier = [enrolment.pk], enrolment.moved_from_id
    while earlier is not None and earlier not in chain:
        chain.append(earlier)
        earlier = Enrolment.objects.values_list("moved_from", flat=True).get(pk=earlier)
    return chain


def _marks(enrolments: list[int]) -> list[tuple[int, Mark]]:
    """What the registers say, with the activity of each session. Cancelled sessions say nothing."""
    rows = Attendance.objects.filter(enrolment__in=enrolments, session__cancelled_at=None)
    found = rows.values_list("session__activity", "status", "minutes")
    return [(activity, Mark(Status(status), minutes)) for activity, status, minutes in found]


def marks_of(enrolment: Enrolment) -> dict[int, Mark]:
    """What the registers of a learner's own cohort say, by the activity of the session. One query."""
    return dict(_marks([enrolment.pk]))


def turnout_of(enrolment: Enrolment) -> Turnout:
    """How a learner stands with all planned sessions of their edition. Two queries.

    Only the marks of this cohort: what was missed in an earlier one is held again here.
    """
    rows = Record.objects.filter(enrolment=enrolment, outcome="done").values_list("activity", flat=True)
    return turnout.turnout(enrolment.cohort.edition.outline, marks_of(enrolment), frozenset(rows))
