"""Live sessions: the dated meetings of a cohort, each bound to one live-session activity of its edition."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from courses.catalogue.models import Activity
from courses.cohorts.models import Cohort

# Longer than any meeting of a day: more is a slip in the date.
LONGEST = timedelta(hours=14)
FEATURES = ["bold", "italic", "ol", "ul", "link"]


class LiveSession(models.Model):
    """One meeting. It is cancelled and never deleted, so that calendars and registers can follow.

    `uid` names it in calendars for ever; `sequence` rises with every change that they must take over.
    `word` is what is shown in the room, for learners who note themselves that they are there.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="sessions")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=255)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(
        _("place"), max_length=200, blank=True, help_text=_("The address, and how to find the room.")
    )
    link = models.URLField(
        _("link"), blank=True, help_text=_("Where people meet online. Only who is on the cohort sees it.")
    )
    capacity = models.PositiveSmallIntegerField(
        _("room for"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many people fit in. Leave empty if it does not matter."),
    )
    materials = RichTextField(
        _("materials"),
        features=FEATURES,
        blank=True,
        help_text=_("What to read or bring, with links. Learners of the cohort see it."),
    )
    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancel_reason = models.CharField(max_length=300, blank=True, editable=False)
    changed_at = models.DateTimeField(editable=False)
    word = models.CharField(max_length=12, blank=True, editable=False)

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["cohort", "starts_at"], name="session_by_cohort_and_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=1), name="session_capacity_from_one"
            ),
            models.UniqueConstraint(
                fields=["cohort", "activity"],
                condition=Q(cancelled_at__isnull=True),
                name="session_one_live_per_activity",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def minutes(self) -> int:
        """How long it is planned to last, in whole minutes."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its cohort."""
        return ZoneInfo(self.cohort.time_zone)

    def clean(self) -> None:
        """What cannot be, in words that say what to do. Warnings are `remarks`."""
        if not self.starts_at or not self.ends_at:
            return
        wrong: dict[str, Any] = {}
        if self.ends_at <= self.starts_at:
            wrong["ends_at"] = _("The end must be after the beginning.")
        elif self.ends_at - self.starts_at > LONGEST:
            wrong["ends_at"] = _("This session would last longer than a day. Please check the dates.")
        elif (other := self._at_the_same_time()) is not None:
            said = _("“%(title)s” takes place at that time. Choose another time, or move that one first.")
            wrong["starts_at"] = said % {"title": other.title}
        if wrong:
            raise ValidationError(wrong)

    def _at_the_same_time(self) -> "LiveSession | None":
        overlapping = LiveSession.objects.filter(
            cohort=self.cohort_id, cancelled_at=None, starts_at__lt=self.ends_at, ends_at__gt=self.starts_at
        )
        return overlapping.exclude(pk=self.pk).first()

    def remarks(self, *, learners: int, at: datetime) -> list[str]:
        """What is possible and yet worth a second look, as sentences."""
        found = []
        first, last = self.cohort.starts_on, self.cohort.ends_on
        day = self.starts_at.astimezone(self.zone).date()
        if day < first or (last is not None and day > last):
            found.append(str(_("This day is outside the dates of the cohort.")))
        if self.starts_at < at:
            found.append(str(_("This time has passed already.")))
        if self.capacity is not None and self.capacity < learners:
            said = _("There is room for %(room)d people, and %(learners)d learners are on the cohort.")
            found.append(str(said % {"room": self.capacity, "learners": learners}))
        return found
