"""Sitting a quiz: begin, save each answer, hand in; and closing what was left open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random, SystemRandom
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cms.core.batches import work_through
from cms.core.prepared import SMALL, Prepared
from cms.core.prepared_writing import PreparedInsert, PreparedUpdate
from courses.actions import study
from courses.actions.refusals import ActionRefused
from courses.assessment import bank, marking, papers
from courses.assessment.allowances import Allowance, rules_with
from courses.assessment.models import Attempt, AttemptAnswer
from courses.assessment.states import State
from courses.assessment.stored import answers_of
from courses.catalogue.outline import Kind, Outline, QuizRules
from courses.enrolment.models import Enrolment
from courses.ledger import models as ledger
from courses.progress import openings, rules
from courses.progress.models import Record
from courses.progress.rules import Outcome
from courses.progress.stored import StoredRecord, records_of

# Answers that were on their way when time ran out are still taken, for this long.
GRACE = timedelta(seconds=60)


_own_locked = Prepared(
    lambda pk, learner: Attempt.objects.select_for_update(of=("self",)).filter(
        pk=pk, enrolment__learner_id=learner
    ),
    int,
    int,
)


_earlier: Prepared[Attempt] = Prepared(
    lambda enrolment, activity: Attempt.objects.filter(enrolment=enrolment, activity=activity).only("status"),
    int,
    int,
)


def _enrolment(pk: int, learner: int, activity: int) -> QuerySet[Enrolment]:
    """As study.locked_enrolment, with what the team allows this learner at this quiz."""
    found = Allowance.objects.filter(enrolment=OuterRef("pk"), activity=activity).order_by()
    extra, percent = found.values("extra_attempts")[:1], found.values("time_factor_percent")[:1]
    return (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("cohort__edition", "learner")
        .defer("cohort__edition__frozen")
        .annotate(
            extra_attempts=Coalesce(Subquery(extra), Value(0)),
            time_factor_percent=Coalesce(Subquery(percent), Value(100)),
            releases=openings.stored(),
        )
        .filter(pk=pk, learner=learner)
    )


_enrolment_locked: Prepared[Enrolment] = Prepared(_enrolment, int, int, int)

# Only a newer answer takes the place of the one that is there.
_answer = PreparedUpdate(
    lambda attempt, slot, sequence: AttemptAnswer.objects.filter(
        attempt=attempt, slot=slot, sequence__lt=sequence
    ),
    int,
    SMALL,
    int,
    sets={"choice": [], "sequence": 0, "saved_at": datetime(2026, 1, 1, tzinfo=UTC)},
)


ATTEMPT = (
    *("enrolment_id", "activity_id", "number", "status"),
    *("paper_frozen", "pass_mark_percent", "started_at", "deadline"),
)
_add_attempt = PreparedInsert(Attempt, *ATTEMPT)
_add_answers = PreparedInsert(AttemptAnswer, "attempt_id", "slot", "choice", "sequence")


class QuizRefused(ActionRefused):
    """The quiz cannot be begun or answered now."""


class AnswerRefused(QuizRefused):
    """An answer was not saved. `is_stale` says that a newer answer, with `sequence`, was kept."""

    def __init__(self, sentence: str, *, is_stale: bool = False, sequence: int | None = None) -> None:
        super().__init__(sentence)
        self.is_stale = is_stale
        self.sequence = sequence


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer is in the database, with this sequence number; it is one `of` so many."""

    slot: int
    of: int
    sequence: int
    at: datetime


@transaction.atomic
def begin(
    *,
    enrolment_id: int,
    activity_id: int,
    learner: Any,
    at: datetime,
    random: Random | None = None,
) -> Attempt:
    """Freeze a paper and fix its deadline. Safe to repeat: an open attempt is given back.

    Raises Enrolment.DoesNotExist when it is not theirs; StudyRefused or QuizRefused with the reason.
    """
    enrolment: Any = _enrolment_locked.get(enrolment_id, learner.pk, activity_id)
    outline = enrolment.cohort.edition.outline
    outcomes = study.outcomes_of(enrolment)
    standing = rules.standing(outline, outcomes, shut=study.shut_to(enrolment, at))
    study.check_may_do(enrolment=enrolment, activity_id=activity_id, standing=standing)
    activity = outline.activity(activity_id)
    if activity is None or activity.kind is not Kind.QUIZ or activity.quiz is None:
        raise QuizRefused(_("This part of the course is not a quiz."))
    allowed = rules_with(
        activity.quiz,
        extra_attempts=enrolment.extra_attempts,
        time_factor_percent=enrolment.time_factor_percent,
    )
    earlier = _earlier(enrolment.pk, activity_id)
    still_open = next((a for a in earlier if a.status == State.OPEN.value), None)
    if still_open is not None:
        return still_open
    sentence = cannot_begin(allowed, used=len(earlier), outcome=outcomes.get(activity_id))
    if sentence:
        raise QuizRefused(sentence)
    paper = bank.draw_paper(
        page_id=activity.page_id,
        # To mix answers, not to guard anything: only the seed comes from the system.
        random=random or Random(SystemRandom().getrandbits(64)),  # noqa: S311
        must_be_right=activity.quiz.must_be_right,
    )
    if not paper.questions:
        raise QuizRefused(_("This quiz has no questions at the moment. Please try again later."))
    return _open_attempt(
        enrolment=enrolment,
        activity_id=activity_id,
        number=len(earlier) + 1,
        quiz=allowed,
        paper=paper,
        at=at,
    )


def cannot_begin(quiz: QuizRules, *, used: int, outcome: Outcome | None) -> str:
    """Why no new attempt can be begun; empty when one can."""
    if outcome is Outcome.PASSED:
        return _("You have passed this quiz, so there is nothing more to do here.")
    if quiz.attempts_allowed is not None and used >= quiz.attempts_allowed:
        return _(
            "You have used all your tries at this quiz. Please ask your facilitator: "
            "a person will look at it with you."
        )
    return ""


def _open_attempt(
    *,
    enrolment: Enrolment,
    activity_id: int,
    number: int,
    quiz: QuizRules,
    paper: papers.Paper,
    at: datetime,
) -> Attempt:
    limit = quiz.time_limit_minutes
    values = {
        "enrolment_id": enrolment.pk,
        "activity_id": activity_id,
        "number": number,
        "status": State.OPEN.value,
        "paper_frozen": papers.to_json(paper),
        "pass_mark_percent": quiz.pass_mark_percent,
        "started_at": at,
        "deadline": at + timedelta(minutes=limit) if limit else None,
    }
    [pk] = _add_attempt([[values[column] for column in ATTEMPT]])
    _add_answers([(pk, question.slot, [], 0) for question in paper.questions])
    attempt = Attempt(pk=pk, **values)
    attempt._state.adding = False
    return attempt


@transaction.atomic
def save_answer(
    *,
    attempt_id: int,
    slot: int,
    choice: Sequence[str],
    sequence: int,
    learner: Any,
    at: datetime,
) -> Saved:
    """Save one answer. Safe to repeat; an older sequence number never replaces a newer one.

    `at` is when the request arrived. Raises Attempt.DoesNotExist when it is not theirs, and
    AnswerRefused when the attempt is closed, time is up, or the answer does not fit the question.
    """
    # The lock makes "is it still open?" and the save one step: nothing is saved behind a hand-in.
    attempt = _own_locked.get(attempt_id, learner.pk)
    question = attempt.question(slot)
    _check_can_answer(attempt, question, choice, at)
    keys = sorted(set(choice))
    saved = _answer(attempt.pk, slot, sequence, choice=keys, sequence=sequence, saved_at=at)
    if not saved:
        _check_same_again(attempt, slot, keys)
    return Saved(slot=slot, of=attempt.question_count, sequence=sequence, at=at)


def _check_can_answer(
    attempt: Attempt, question: papers.Question | None, choice: Sequence[str], at: datetime
) -> None:
    if attempt.status != State.OPEN.value:
        raise AnswerRefused(_("This quiz has already been handed in, so this answer was not added."))
    if attempt.deadline is not None and at > attempt.deadline + GRACE:
        raise AnswerRefused(_("Time is up. The answers you saved in time will be counted."))
    if question is None or not set(choice) <= question.keys:
        raise AnswerRefused(_("That answer does not belong to this question. Please choose again."))
    if question.kind is not papers.QuestionKind.MULTIPLE and len(set(choice)) > 1:
        raise AnswerRefused(_("Please choose only one answer."))


def _check_same_again(attempt: Attempt, slot: int, keys: list[str]) -> None:
    """A save that changed nothing is a repeat when it says the same, and stale when it does not."""
    kept = AttemptAnswer.objects.get(attempt=attempt, slot=slot)
    if kept.choice != keys:
        raise AnswerRefused(
            _(
                "You answered this question in another window after you opened this page. We kept that "
                "newer answer. It is shown below, and you can still change it."
            ),
            is_stale=True,
            sequence=kept.sequence,
        )


@transaction.atomic
def hand_in(*, attempt_id: int, learner: Any, at: datetime) -> Attempt:
    """Mark an attempt and record the outcome. Safe to repeat: the first hand-in decides.

    Raises Attempt.DoesNotExist when it is not theirs.
    """
    attempt = _own_with_enrolment.get(attempt_id, learner.pk)
    if attempt.status == State.OPEN.value:
        late = attempt.deadline is not None and at > attempt.deadline + GRACE
        _close(attempt, target=State.TIMED_OUT if late else State.HANDED_IN, by=learner, at=at)
    return attempt


@transaction.atomic
def close_at_deadline(*, attempt_id: int, at: datetime) -> bool:
    """Close an attempt whose time is up, with the answers saved in time. Safe to repeat."""
    attempt = _with_enrolment.get(attempt_id)
    if attempt.status != State.OPEN.value or not is_overdue(attempt, at):
        return False
    _close(attempt, target=State.TIMED_OUT, by=None, at=at)
    return True


def is_overdue(attempt: Attempt, at: datetime) -> bool:
    """Whether the time for this attempt, with the grace for a slow network, is over."""
    return attempt.deadline is not None and at > attempt.deadline + GRACE


def close_overdue(*, at: datetime) -> int:
    """Close every attempt whose time is up; return how many this call closed.

    Raises BatchIncomplete when some could not be closed; all others are.
    """
    due = Attempt.objects.filter(status=State.OPEN.value, deadline__lt=at - GRACE)
    found = list(due.values_list("pk", flat=True))
    return work_through(found, lambda pk: close_at_deadline(attempt_id=pk, at=at))


def _locked() -> QuerySet[Attempt]:
    """Attempts and their enrolments, both locked, so that two last steps cannot miss each other."""
    return (
        Attempt.objects.select_for_update(of=("self", "enrolment"))
        .select_related("enrolment__cohort__edition", "enrolment__learner")
        .defer("enrolment__cohort__edition__frozen")
    )


_with_enrolment: Prepared[Attempt] = Prepared(lambda pk: _locked().filter(pk=pk), int)
_own_with_enrolment: Prepared[Attempt] = Prepared(
    lambda pk, learner: _locked().filter(pk=pk, enrolment__learner=learner), int, int
)


def _close(attempt: Attempt, *, target: State, by: Any, at: datetime) -> None:
    choices = {answer.slot: frozenset(answer.choice) for answer in answers_of(attempt.pk)}
    result = marking.mark(attempt.paper, choices, pass_mark_percent=attempt.pass_mark_percent)
    closed_at = min(at, attempt.deadline) if target is State.TIMED_OUT and attempt.deadline else at
    moved = attempt.move_to(
        target,
        closed_at=closed_at,
        score=result.score,
        max_score=result.max_score,
        passed=result.passed,
    )
    if not moved:
        return
    _record(attempt, result, at=at)
    ledger.write(
        action="quiz marked",
        learner=attempt.enrolment.learner,
        subject=attempt,
        by=by,
        at=at,
        score=result.score,
        max_score=result.max_score,
        passed=result.passed,
    )


def _record(attempt: Attempt, result: marking.Result, *, at: datetime) -> None:
    """Keep the best outcome: what was passed stays passed, and a better failed mark is kept."""
    enrolment = attempt.enrolment
    outline: Outline = enrolment.cohort.edition.outline
    rows = {record.activity_id: record for record in records_of(enrolment.pk)}
    old = rows.get(attempt.activity_id)
    reached = Outcome.PASSED if result.passed else Outcome.NOT_PASSED
    outcome = rules.better(Outcome(old.outcome) if old else None, reached)
    fields = {
        "outcome": outcome.value,
        "score": result.score,
        "max_score": result.max_score,
        "at": at,
        "by": enrolment.learner,
    }
    if old is None:
        Record.objects.create(enrolment=enrolment, activity_id=attempt.activity_id, **fields)
    elif _is_better(old, reached, result):
        Record.objects.filter(pk=old.pk).update(**fields)
    outcomes = {activity_id: Outcome(record.outcome) for activity_id, record in rows.items()}
    outcomes[attempt.activity_id] = outcome
    study.refresh(enrolment=enrolment, outline=outline, outcomes=outcomes, at=at)


def _is_better(old: StoredRecord, reached: Outcome, result: marking.Result) -> bool:
    """A pass before a fail, then the higher mark: a fail can earn more than a pass that got all safety
    questions right, and its mark must not stand beside the pass.
    """
    if reached.value != old.outcome:
        return reached is Outcome.PASSED
    return result.percent > marking.percent(old.score or 0, old.max_score or 0)
