"""The question bank, and the attempts that learners make at quizzes."""

from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Orderable

from courses.assessment import papers
from courses.assessment.states import MOVES, State
from courses.catalogue.models import Activity, Course
from courses.catalogue.pages import QuizPage
from courses.enrolment.models import Enrolment
from courses.moves.models import Moving


class OptionBlock(blocks.StructBlock):
    """One answer to choose from."""

    text = blocks.CharBlock(max_length=300)
    is_right = blocks.BooleanBlock(required=False, label=_("This is right"))
    feedback = blocks.TextBlock(
        max_length=500, help_text=_("Why it is right, or what may have led somebody here.")
    )

    class Meta:
        icon = "radio-empty"


class Question(models.Model):  # type: ignore[django-manager-missing]  # the rows of a page
    """A question of a course's bank. Its words may be mended; attempts keep the words they showed."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="questions")
    kind = models.CharField(
        max_length=20,
        choices=[
            (papers.QuestionKind.SINGLE.value, _("Choose one answer")),
            (papers.QuestionKind.MULTIPLE.value, _("Choose all the right answers")),
            (papers.QuestionKind.TRUE_FALSE.value, _("True or false")),
        ],
    )
    text = models.TextField(max_length=1000)
    options = StreamField([("option", OptionBlock())], max_num=12)
    feedback = models.TextField(
        max_length=1000, help_text=_("The idea behind the question. Everybody sees it after the quiz.")
    )
    marks = models.PositiveSmallIntegerField(default=1)
    shuffle_options = models.BooleanField(_("show the answers in a new order each time"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    panels: ClassVar[list[Panel]] = [
        FieldPanel("course"),
        FieldPanel("kind"),
        FieldPanel("text"),
        FieldPanel("options"),
        FieldPanel("feedback"),
        FieldPanel("marks"),
        FieldPanel("shuffle_options"),
    ]

    class Meta:
        ordering = ["course", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in papers.QuestionKind]),
                name="question_kind_known",
            ),
            models.CheckConstraint(condition=Q(marks__gte=1), name="question_earns_a_mark"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Count the versions, so that statistics can tell one wording from the next."""
        if self.pk and not self._state.adding:
            self.version += 1
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """A question must have the right number of right answers for its kind."""
        values = [child.value for child in self.options]
        right = sum(bool(value["is_right"]) for value in values)
        one = self.kind in (papers.QuestionKind.SINGLE.value, papers.QuestionKind.TRUE_FALSE.value)
        if len(values) < 2:  # noqa: PLR2004
            raise ValidationError({"options": _("Give at least two answers to choose from.")})
        if right == 0:
            raise ValidationError({"options": _("Mark at least one answer as right.")})
        if one and right > 1:
            raise ValidationError({"options": _("This kind of question has one right answer.")})


class QuizQuestion(Orderable):
    """That a quiz asks a question of the bank. Whether it must be right is a rule of this quiz alone:
    the same question may be an ordinary one elsewhere.
    """

    page = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="quiz_questions")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="asked_in")
    # The default stands in the database too: while a release is going on, the older code still adds rows.
    must_be_right = models.BooleanField(_("safety question: must be right"), default=False, db_default=False)

    panels: ClassVar[list[Panel]] = [FieldPanel("question"), FieldPanel("must_be_right")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "question"], name="quiz_asks_a_question_once")]

    def __str__(self) -> str:
        return str(self.question)


class Attempt(Moving):
    """One sitting of a quiz: the paper as it was shown, and a deadline fixed by the server at the start."""

    MOVES = MOVES

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, default=State.OPEN.value)
    paper_frozen = models.JSONField()
    pass_mark_percent = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    deadline = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    score = models.PositiveIntegerField(null=True, blank=True)
    max_score = models.PositiveIntegerField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["enrolment", "activity", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "handed_in", "timed_out"]), name="attempt_status_known"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "activity"],
                condition=Q(status="open"),
                name="attempt_one_open_per_quiz",
            ),
            models.UniqueConstraint(fields=["enrolment", "activity", "number"], name="attempt_number_once"),
            models.CheckConstraint(
                condition=Q(
                    status="open",
                    closed_at__isnull=True,
                    score__isnull=True,
                    max_score__isnull=True,
                    passed__isnull=True,
                )
                | (
                    ~Q(status="open")
                    & Q(
                        closed_at__isnull=False,
                        score__isnull=False,
                        max_score__isnull=False,
                        passed__isnull=False,
                    )
                ),
                name="attempt_closed_has_a_result",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=F("max_score")),
                name="attempt_score_within_reach",
            ),
        ]
        indexes = [
            models.Index(
                fields=["deadline"],
                condition=Q(status="open", deadline__isnull=False),
                name="attempt_open_deadline",
            )
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"

    @cached_property
    def paper(self) -> papers.Paper:
        """The questions as they were shown, read once."""
        return papers.from_json(self.paper_frozen)

    def question(self, slot: int) -> papers.Question | None:
        """One question of the paper, or None, without reading the others."""
        return papers.one_from_json(self.paper_frozen, slot)

    @property
    def question_count(self) -> int:
        """How many questions the paper has."""
        return papers.count_in_json(self.paper_frozen)


class AttemptAnswer(models.Model):
    """What was chosen for one question. A row is there from the start, blank, with sequence 0.

    `sequence` grows with every save from one page, so that an older save that arrives late, or a
    tab that was left open, cannot replace a newer answer.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    slot = models.PositiveSmallIntegerField()
    choice = models.JSONField(default=list)
    sequence = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["attempt", "slot"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "slot"], name="answer_one_per_question"),
            models.CheckConstraint(condition=Q(slot__gte=1), name="answer_slot_from_one"),
        ]

    def __str__(self) -> str:
        return f"answer {self.slot} of attempt {self.attempt_id}"
