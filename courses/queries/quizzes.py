"""A quiz as a learner meets it: before it, in it, and before handing in. No right answer is in here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cms.core.addresses import address
from cms.core.prepared import Prepared
from courses.actions.quiz import cannot_begin
from courses.assessment import marking
from courses.assessment.allowances import Allowance, rules_with
from courses.assessment.models import Attempt
from courses.assessment.papers import Question, QuestionKind
from courses.assessment.states import State
from courses.assessment.stored import answers_of
from courses.catalogue.outline import QuizRules
from courses.catalogue.pages import QuizPage
from courses.certificates.models import Certificate
from courses.progress import openings
from courses.progress.rules import Outcome
from courses.queries import lessons, safety
from courses.queries.access import OpenedActivity
from courses.queries.lessons import ActivityHead
from courses.queries.safety import SafetyRule


@dataclass(frozen=True, slots=True)
class PastAttempt:
    number: int
    percent: int
    passed: bool
    handed_in_at: datetime | None
    review_url: str


@dataclass(frozen=True, slots=True)
class QuizStart(ActivityHead):
    """A quiz before it is begun: its rules, and how this learner stands with it.

    `missed_safety_only`: a try reached the pass mark, and only safety questions kept it from being a pass.
    """

    intro: str
    question_count: int
    pass_mark_percent: int
    attempts_allowed: int | None
    attempts_used: int
    attempts_left: int | None
    time_limit_minutes: int | None
    best_percent: int | None
    has_passed: bool
    open_attempt_id: int | None
    can_begin: bool
    cannot_sentence: str
    past_attempts: list[PastAttempt]
    safety: SafetyRule | None
    missed_safety_only: bool
    usual_minutes: int | None
    extra_attempts: int


def start(opened: OpenedActivity) -> QuizStart:
    """Three queries on top of finding the activity."""
    usual = opened.activity.quiz
    if usual is None:
        raise ValueError("This activity is not a quiz.")
    given = _allowance(opened)
    rules = usual if given is None else _with(usual, given)
    attempts = list(
        Attempt.objects.filter(
            enrolment=opened.learning.enrolment, activity_id=opened.activity.activity_id
        ).defer("paper_frozen")
    )
    past = [_past(a) for a in attempts if a.status != State.OPEN.value]
    record = opened.learning.records.get(opened.activity.activity_id)
    outcome = Outcome(record.outcome) if record else None
    sentence = opened.lock_sentence or cannot_begin(rules, used=len(attempts), outcome=outcome)
    return QuizStart(
        **lessons.head(opened),
        intro=lessons.page_of(opened, QuizPage).intro,
        question_count=rules.question_count,
        pass_mark_percent=rules.pass_mark_percent,
        attempts_allowed=rules.attempts_allowed,
        attempts_used=len(attempts),
        attempts_left=attempts_left(rules, len(attempts)),
        time_limit_minutes=rules.time_limit_minutes,
        best_percent=_best_percent(past),
        has_passed=outcome is Outcome.PASSED,
        open_attempt_id=next((a.pk for a in attempts if a.status == State.OPEN.value), None),
        can_begin=not sentence,
        cannot_sentence=sentence,
        past_attempts=past,
        safety=safety.rule(rules, activity=opened.activity, outline=opened.learning.outline),
        missed_safety_only=outcome is Outcome.NOT_PASSED
        and any(attempt.percent >= rules.pass_mark_percent for attempt in past),
        usual_minutes=None
        if rules.time_limit_minutes == usual.time_limit_minutes
        else usual.time_limit_minutes,
        extra_attempts=given.extra_attempts if given and usual.attempts_allowed is not None else 0,
    )


def _allowance(opened: OpenedActivity) -> Allowance | None:
    """What the team allows this learner at this quiz."""
    found = Allowance.objects.filter(
        enrolment=opened.learning.enrolment.pk, activity=opened.activity.activity_id
    )
    return found.first()


def _with(usual: QuizRules, given: Allowance) -> QuizRules:
    return rules_with(
        usual, extra_attempts=given.extra_attempts, time_factor_percent=given.time_factor_percent
    )


def _best_percent(past: list[PastAttempt]) -> int | None:
    """The mark of the best try: a try that passed is better than any that did not."""
    best = max(past, key=lambda attempt: (attempt.passed, attempt.percent), default=None)
    return best.percent if best else None


def attempts_left(rules: QuizRules, used: int) -> int | None:
    """Attempts still to use; None when there is no limit."""
    return None if rules.attempts_allowed is None else max(0, rules.attempts_allowed - used)


def _past(attempt: Attempt) -> PastAttempt:
    return PastAttempt(
        number=attempt.number,
        percent=marking.percent(attempt.score or 0, attempt.max_score or 0),
        passed=bool(attempt.passed),
        handed_in_at=attempt.closed_at,
        review_url=address("learning:review", attempt.pk),
    )


@dataclass(frozen=True, slots=True)
class OptionShown:
    """An answer to choose from. It does not say whether it is right."""

    key: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SlotShown:
    slot: int
    url: str
    is_answered: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class QuestionShown:
    attempt_id: int
    slot: int
    total: int
    text: str
    kind: str
    instruction: str
    must_be_right: bool
    options: list[OptionShown]
    sequence: int
    saved_at: datetime | None
    deadline: datetime | None
    previous_url: str
    next_url: str
    check_url: str
    quiz_title: str
    course_title: str
    course_url: str
    answered_slots: list[SlotShown]


class NoSuchQuestionError(LookupError):
    """The paper has no question at this slot."""


def own_attempt(*, attempt_id: int, learner: Any) -> Attempt:
    """Raises Attempt.DoesNotExist when it is not this learner's. One query.

    It knows how many tries at its quiz count (`tries`: less those that were given besides), and the
    learner's certificate (`certificate_code`), and what says when stages open (`releases`).
    """
    return _own.get(attempt_id, learner.pk)


def _own_attempts(attempt: int, learner: int) -> QuerySet[Attempt]:
    same = Attempt.objects.filter(enrolment=OuterRef("enrolment"), activity=OuterRef("activity"))
    given = Allowance.objects.filter(
        enrolment=OuterRef("enrolment"), activity=OuterRef("activity")
    ).order_by()
    codes = Certificate.objects.filter(enrolment=OuterRef("enrolment"), superseded_by=None).order_by()
    return (
        Attempt.objects.filter(pk=attempt, enrolment__learner=learner)
        .select_related("enrolment__cohort__edition", "enrolment__completion")
        .defer("enrolment__cohort__edition__frozen")
        .annotate(
            tries=Subquery(same.order_by().values("activity").annotate(n=Count("pk")).values("n"))
            - Coalesce(Subquery(given.values("extra_attempts")[:1]), 0),
            certificate_code=Subquery(codes.values("code")[:1]),
            releases=openings.stored("enrolment__cohort"),
        )
    )


_own = Prepared(_own_attempts, int, int)


def question(attempt: Attempt, *, slot: int, typed: list[str] | None = None) -> QuestionShown:
    """One question to answer. `typed` is what was just sent and refused, shown again. One query."""
    asked = attempt.question(slot)
    if asked is None:
        raise NoSuchQuestionError(slot)
    answers = {a.slot: a for a in answers_of(attempt.pk)}
    answer, total = answers[slot], attempt.question_count
    chosen = answer.choice if typed is None else typed
    return QuestionShown(
        attempt_id=attempt.pk,
        slot=slot,
        total=total,
        text=asked.text,
        kind=asked.kind.value,
        instruction=instruction(asked.kind),
        must_be_right=asked.must_be_right,
        options=[OptionShown(o.key, o.text, o.key in chosen) for o in asked.options],
        sequence=answer.sequence + 1,
        saved_at=answer.saved_at,
        deadline=attempt.deadline,
        previous_url=_slot_url(attempt, slot - 1) if slot > 1 else "",
        next_url=_slot_url(attempt, slot + 1) if slot < total else "",
        check_url=address("learning:check", attempt.pk),
        quiz_title=quiz_title(attempt),
        course_title=attempt.enrolment.cohort.edition.outline.course_title,
        course_url=address("learning:course", attempt.enrolment_id),
        answered_slots=[
            SlotShown(number, _slot_url(attempt, number), bool(answers[number].choice), number == slot)
            for number in range(1, total + 1)
        ],
    )


def instruction(kind: QuestionKind) -> str:
    """How to answer a question of this kind."""
    return {
        QuestionKind.SINGLE: _("Choose one answer."),
        QuestionKind.MULTIPLE: _("Choose all the answers that are right. There may be more than one."),
        QuestionKind.TRUE_FALSE: _("Choose true or false."),
    }[kind]


def _slot_url(attempt: Attempt, slot: int) -> str:
    return address("learning:question", attempt.pk, slot)


def quiz_title(attempt: Attempt) -> str:
    """What the edition calls the quiz of an attempt."""
    activity = attempt.enrolment.cohort.edition.outline.activity(attempt.activity_id)
    return activity.title if activity else _("Quiz")


@dataclass(frozen=True, slots=True)
class CheckedQuestion:
    slot: int
    text: str
    answer_texts: list[str]
    is_answered: bool
    must_be_right: bool
    url: str


@dataclass(frozen=True, slots=True)
class CheckPage:
    attempt_id: int
    quiz_title: str
    questions: list[CheckedQuestion]
    unanswered_count: int
    deadline: datetime | None
    hand_in_url: str


def check(attempt: Attempt) -> CheckPage:
    """Everything that was answered, before it is handed in. One query."""
    choices = {answer.slot: answer.choice for answer in answers_of(attempt.pk)}
    questions = [_checked(attempt, q, choices.get(q.slot, [])) for q in attempt.paper.questions]
    return CheckPage(
        attempt_id=attempt.pk,
        quiz_title=quiz_title(attempt),
        questions=questions,
        unanswered_count=sum(not q.is_answered for q in questions),
        deadline=attempt.deadline,
        hand_in_url=address("learning:hand_in", attempt.pk),
    )


def _checked(attempt: Attempt, asked: Question, choice: list[str]) -> CheckedQuestion:
    texts = [option.text for option in asked.options if option.key in choice]
    return CheckedQuestion(
        slot=asked.slot,
        text=asked.text,
        answer_texts=texts,
        is_answered=bool(texts),
        must_be_right=asked.must_be_right,
        url=_slot_url(attempt, asked.slot),
    )
