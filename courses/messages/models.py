"""What is kept about messages: notices, staff's own words, choices, and addresses that refuse."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment


class Notice(models.Model):
    """Something to tell a person on the site. Its words are drawn from `ids` whenever it is shown."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.SlugField(max_length=60)
    about = models.CharField(max_length=80)
    ids = models.JSONField(default=dict)
    # Named beside the title, so that a list of notices costs one query.
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "about"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=models.F("at")),
                name="notice_read_after_it_was_made",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-at"], condition=Q(read_at__isnull=True), name="notice_unread")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class MessageTemplate(models.Model):
    """Staff's own words for a kind of message. Without a row, the standard words are sent."""

    kind = models.SlugField(_("message"), max_length=60, unique=True)
    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("words"), max_length=5000)

    class Meta:
        ordering = ["kind"]
        verbose_name = _("words of a message")
        verbose_name_plural = _("words of messages")

    def __str__(self) -> str:
        return self.kind


class ReminderChoice(models.Model):
    """That a person wants no reminders: of one course, or of any. `until` of None: until they say so."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_choices"
    )
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.CASCADE, related_name="reminder_choices"
    )
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "enrolment"],
                condition=Q(enrolment__isnull=False),
                name="reminder_choice_once_per_course",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(enrolment__isnull=True), name="reminder_choice_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"reminder choice {self.pk}"


class ReminderRun(models.Model):
    """How far the reminders of one day are: `upto` is the last person who was looked at.

    Why a row and not the notices: most people are reminded of nothing, and leave no trace.
    """

    day = models.DateField(unique=True)
    upto = models.PositiveBigIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"reminders of {self.day}"


class MailTrouble(models.Model):
    """That the mail server of somebody's address refuses our e-mails. Gone when the address changes.

    Not the address, only its SHA-256: enough to see that it is another one now.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_trouble"
    )
    address_digest = models.CharField(max_length=64)
    failures = models.PositiveSmallIntegerField()
    last_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "mail troubles"
        constraints = [
            models.CheckConstraint(condition=Q(failures__gte=1), name="mail_trouble_failed_once"),
        ]

    def __str__(self) -> str:
        return f"mail trouble {self.pk}"
