"""Questions that learners ask their facilitators, and the answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.catalogue.models import Activity
from courses.conversations.states import MOVES, State
from courses.enrolment.models import Enrolment
from courses.moves.models import Moving

# Long enough for a page of typing; a longer letter can be sent in two parts.
LONGEST_MESSAGE = 4000


class Conversation(Moving):
    """One question of a learner with all that was written about it. It may be about an activity.

    `waiting_since` is the moment of the oldest message that nobody has answered; `last_at` that of the
    newest message. Why no subject line: it would be one more thing to fill in, and the first words of
    the question say what it is about.
    """

    MOVES = MOVES

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="conversations")
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, default=State.OPEN.value)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("question of a learner")
        verbose_name_plural = _("questions of learners")
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "answered", "closed"]), name="conversation_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="open", waiting_since__isnull=False)
                | (~Q(status="open") & Q(waiting_since__isnull=True)),
                name="conversation_waits_while_open",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
                name="conversation_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(last_at__gte=models.F("started_at")), name="conversation_ends_after_it_began"
            ),
        ]
        indexes = [
            models.Index(fields=["waiting_since"], condition=Q(status="open"), name="conversation_waiting")
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Message(models.Model):
    """What one person wrote, word for word. It is never changed; it goes with its conversation.

    `token` comes from the form that was sent: the same form sent twice makes one message. `read_at` is
    when the learner said, or showed by writing back, that they have read an answer.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages_written"
    )
    is_answer = models.BooleanField()
    text = models.TextField(max_length=LONGEST_MESSAGE)
    at = models.DateTimeField()
    token = models.UUIDField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["conversation", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "token"], name="message_sent_once"),
            models.CheckConstraint(condition=~Q(text=""), name="message_has_words"),
            models.CheckConstraint(
                condition=Q(is_answer=True) | Q(read_at__isnull=True), name="message_only_answers_are_read"
            ),
        ]
        indexes = [
            models.Index(
                fields=["conversation"],
                condition=Q(is_answer=True, read_at__isnull=True),
                name="message_unread",
            )
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
