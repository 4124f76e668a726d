"""Cohorts: one run of an edition, and the people who look after it."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, Panel

from cms.core.clusters import Cluster
from courses.catalogue.models import Edition
from courses.cohorts.application_forms import ApplicationForm


class Cohort(Cluster):
    """One run of an edition. A rolling cohort is self-paced: it has no last day of teaching."""

    class Joining(models.TextChoices):
        OPEN = "open", _("Anybody may join")
        APPLICATION = "application", _("People apply, and the team chooses")
        INVITATION = "invitation", _("Only people who were invited")

    class WaitingOrder(models.TextChoices):
        FIRST_COME = "first_come", _("Who has waited longest comes first")
        NEW_FIRST = "new_first", _("People who have never had a place on this course come first")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="Europe/London")
    is_rolling = models.BooleanField(_("self-paced, always running"), default=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text=_("Leave empty for a self-paced cohort."))
    enrolment_opens_at = models.DateTimeField()
    enrolment_closes_at = models.DateTimeField(null=True, blank=True)
    capacity = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many learners may be there at once. Leave empty for no limit."),
    )

    joining = models.CharField(
        _("how people join"), max_length=20, choices=Joining.choices, default=Joining.OPEN, db_default="open"
    )
    application_form = models.ForeignKey(
        ApplicationForm,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cohorts",
        help_text=_("What people are asked who apply. Only needed where people apply."),
    )
    language = models.CharField(
        max_length=10, default="en-gb", db_default="en-gb", help_text=_("In which people meet.")
    )
    place = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text=_("Where people meet, if they do.")
    )
    online_link = models.URLField(
        blank=True,
        default="",
        db_default="",
        help_text=_("Where people meet online. Only who is on the cohort sees it."),
    )
    access_notes = models.TextField(
        _("getting in and taking part"),
        max_length=2000,
        blank=True,
        default="",
        db_default="",
        help_text=_("Steps, lifts, hearing loops, breaks, parking, captions: what people ask about."),
    )
    has_waiting_list = models.BooleanField(
        default=True, db_default=True, help_text=_("When it is full, people can wait for a place.")
    )
    waiting_order = models.CharField(
        _("who comes first on the waiting list"),
        max_length=20,
        choices=WaitingOrder.choices,
        default=WaitingOrder.FIRST_COME,
        db_default="first_come",
        help_text=_("People who wait are told this rule."),
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to answer an offer"),
        default=168,
        db_default=168,
        validators=[MinValueValidator(1)],
        help_text=_(
            "A place is kept so long for the person it is offered to. From 24 hours on: until the end of "
            "that day. 168 hours are 7 days."
        ),
    )
    offers_until = models.DateTimeField(
        _("no more offers after"),
        null=True,
        blank=True,
        help_text=_("When it is too late to join. Empty: when joining closes."),
    )
    access_days = models.PositiveSmallIntegerField(
        _("days of access"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Self-paced: how many days after joining the course stays open. Empty: no end."),
    )
    access_ends_on = models.DateField(
        _("last day of access"),
        null=True,
        blank=True,
        help_text=_("With dates: until when learners can go on after the last day. Empty: no end."),
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("edition"),
        FieldPanel("name"),
        MultiFieldPanel(
            [
                FieldPanel("is_rolling"),
                FieldPanel("starts_on"),
                FieldPanel("ends_on"),
                FieldPanel("time_zone"),
                FieldPanel("access_days"),
                FieldPanel("access_ends_on"),
            ],
            _("When"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("joining"),
                FieldPanel("application_form"),
                FieldPanel("enrolment_opens_at"),
                FieldPanel("enrolment_closes_at"),
                FieldPanel("capacity"),
                InlinePanel("reserves", label=_("Places kept back")),
                InlinePanel("prerequisites", label=_("Asked for before joining")),
            ],
            _("Joining"),
        ),
        InlinePanel("prices", label=_("Price"), help_text=_("A cohort without a price is free.")),
        MultiFieldPanel(
            [
                FieldPanel("has_waiting_list"),
                FieldPanel("waiting_order"),
                FieldPanel("offer_hours"),
                FieldPanel("offers_until"),
            ],
            _("Waiting list"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("place"),
                FieldPanel("online_link"),
                FieldPanel("language"),
                FieldPanel("access_notes"),
            ],
            _("Where"),
        ),
        InlinePanel("staff", label=_("Facilitator, assessor or buddy")),
    ]

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(is_rolling=True) | Q(ends_on__isnull=False),
                name="cohort_dated_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=1), name="cohort_capacity_from_one"
            ),
            models.CheckConstraint(
                condition=Q(enrolment_closes_at__isnull=True)
                | Q(enrolment_closes_at__gt=F("enrolment_opens_at")),
                name="cohort_enrolment_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(joining__in=["open", "application", "invitation"]), name="cohort_joining_known"
            ),
            models.CheckConstraint(
                condition=Q(waiting_order__in=["first_come", "new_first"]), name="cohort_waiting_order_known"
            ),
            models.CheckConstraint(condition=Q(offer_hours__gte=1), name="cohort_offer_hours_from_one"),
            models.CheckConstraint(
                condition=Q(access_ends_on__isnull=True)
                | Q(access_ends_on__gte=Coalesce("ends_on", "starts_on")),
                name="cohort_access_ends_after_it",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def dates_sentence(self) -> str:
        """When it runs, in words."""
        if self.ends_on is None:
            return str(_("Start when you like and go at your own pace"))
        days = {"from": date_format(self.starts_on), "to": date_format(self.ends_on)}
        return str(_("From %(from)s to %(to)s") % days)

    def clean(self) -> None:
        """Say the database's rules in words an administrator can act on."""
        wrong: dict[str, Any] = {}
        if self.ends_on and self.starts_on and self.ends_on < self.starts_on:
            wrong["ends_on"] = _("The last day must not be before the first day.")
        if not self.is_rolling and not self.ends_on:
            wrong["ends_on"] = _("A cohort with dates needs a last day.")
        if self.time_zone not in available_timezones():
            wrong["time_zone"] = _("This time zone is not known. Write it like Europe/London.")
        last_day = self.ends_on or self.starts_on
        if self.access_ends_on and last_day and self.access_ends_on < last_day:
            wrong["access_ends_on"] = _("Access must not end before the last day of the cohort.")
        if self.joining == Cohort.Joining.APPLICATION and self.application_form_id is None:
            wrong["application_form"] = _("Choose the form that people fill in when they apply.")
        opens, closes = self.enrolment_opens_at, self.enrolment_closes_at
        if opens and closes and closes <= opens:
            wrong["enrolment_closes_at"] = _("Joining must close after it opens.")
        if self.pk is not None:
            wrong |= self._wrong_for_its_learners()
        if wrong:
            raise ValidationError(wrong)

    def _wrong_for_its_learners(self) -> dict[str, Any]:
        """What a change would do to people who are already there."""
        wrong: dict[str, Any] = {}
        stored = Cohort.objects.get(pk=self.pk)
        if stored.edition_id != self.edition_id and self.enrolments.exists():
            wrong["edition"] = _(
                "Learners are on this cohort, so it keeps its edition. Open a new cohort instead."
            )
        learners = self.places.filter(held_until__isnull=True, over_capacity=False).count()
        if self.capacity is not None and self.capacity < learners:
            wrong["capacity"] = _("%d learners have a place already. Choose that number or more.") % learners
        return wrong


class CohortReserve(models.Model):
    """Places of a cohort that are kept back for a reason. Who joins in the ordinary way does not get them."""

    class Reason(models.TextChoices):
        FUNDED = "funded", _("Funded places")
        ORGANISATION = "organisation", _("Places of organisations")

    cohort = ParentalKey(Cohort, on_delete=models.CASCADE, related_name="reserves")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    places = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "reason"], name="cohort_reserve_once_per_reason"),
            models.CheckConstraint(
                condition=Q(reason__in=["funded", "organisation"]), name="cohort_reserve_reason_known"
            ),
            models.CheckConstraint(condition=Q(places__gte=1), name="cohort_reserve_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.places} {self.reason}"


class CohortStaff(models.Model):
    """That a person looks after a cohort, and as what."""

    class Role(models.TextChoices):
        FACILITATOR = "facilitator", _("Facilitator")
        ASSESSOR = "assessor", _("Assessor")
        BUDDY = "buddy", _("Buddy or mentor")

    cohort = ParentalKey(Cohort, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cohort_roles")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        verbose_name_plural = "cohort staff"
        constraints = [
            models.UniqueConstraint(fields=["cohort", "user", "role"], name="cohort_role_once"),
            models.CheckConstraint(
                condition=Q(role__in=["facilitator", "assessor", "buddy"]), name="cohort_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.cohort}"
