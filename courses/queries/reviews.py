"""The result of a quiz, with feedback. Nothing else tells a learner which answers are right."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.addresses import address
from courses.assessment import marking
from courses.assessment.models import Attempt
from courses.assessment.papers import Question
from courses.assessment.states import State
from courses.assessment.stored import answers_of
from courses.catalogue.outline import Kind
from courses.progress.rules import Outcome
from courses.queries import access, safety, steps
from courses.queries.access import Learning
from courses.queries.quizzes import attempts_left, quiz_title
from courses.queries.safety import SafetyResult
from courses.queries.steps import NextStep


@dataclass(frozen=True, slots=True)
class OptionReviewed:
    text: str
    is_chosen: bool
    is_right: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class LessonToRead:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class QuestionReviewed:
    """One question with its answer. `is_right_so_far`: what was chosen is right, but more belongs to it."""

    slot: int
    text: str
    kind: str
    must_be_right: bool
    is_right: bool
    is_right_so_far: bool
    mark: int
    options: tuple[OptionReviewed, ...]
    feedback: str


@dataclass(frozen=True, slots=True)
class Review:
    """The result. `questions` tell right from wrong only when `shows_answers` is true.

    `lessons` are those of the stage, to read again before the next try; none when there is no next try.
    """

    quiz_title: str
    course_url: str
    percent: int
    score: int
    max_score: int
    pass_mark_percent: int
    points_needed: int
    passed: bool
    sentence: str
    handed_in_at: datetime | None
    attempts_left: int | None
    can_try_again: bool
    try_again_url: str
    ask_url: str
    shows_answers: bool
    questions: list[QuestionReviewed]
    next_step: NextStep | None
    closed_by_time: bool
    certificate_code: str | None
    safety: SafetyResult | None
    lessons: list[LessonToRead]


def review(attempt: Attempt, *, at: datetime) -> Review:
    """The result of a closed attempt, with feedback as far as the review rules allow.

    What was chosen, and whether it was right, is always shown. Which other options are right is
    shown when the quiz is passed or no attempt is left: until then it would answer the next attempt.
    """
    learning = _reviewed_learning(attempt, at)
    activity = learning.outline.activity(attempt.activity_id)
    rules = activity.quiz if activity else None
    tries: int = attempt.tries  # type: ignore[attr-defined]
    left = attempts_left(rules, tries) if rules else 0
    record = learning.records.get(attempt.activity_id)
    has_passed = record is not None and record.outcome == Outcome.PASSED.value
    shows_answers = has_passed or left == 0
    enrolment_id = attempt.enrolment_id
    percent = marking.percent(attempt.score or 0, attempt.max_score or 0)
    choices, result = _marked(attempt)
    about_safety = safety.result(result)
    can_try_again = not has_passed and left != 0 and learning.may_study
    return Review(
        quiz_title=quiz_title(attempt),
        course_url=address("learning:course", enrolment_id),
        percent=percent,
        score=attempt.score or 0,
        max_score=attempt.max_score or 0,
        pass_mark_percent=attempt.pass_mark_percent,
        points_needed=marking.points_needed(attempt.max_score or 0, attempt.pass_mark_percent),
        passed=bool(attempt.passed),
        sentence=_result_sentence(attempt, left, about_safety, has_passed=has_passed),
        handed_in_at=attempt.closed_at,
        attempts_left=left,
        can_try_again=can_try_again,
        try_again_url=steps.activity_url(enrolment_id, attempt.activity_id),
        ask_url=steps.ask_url(enrolment_id, attempt.activity_id),
        shows_answers=shows_answers,
        questions=_reviewed(attempt, choices, result, shows_answers=shows_answers),
        next_step=steps.next_step(learning),
        closed_by_time=attempt.status == State.TIMED_OUT.value,
        certificate_code=attempt.certificate_code,  # type: ignore[attr-defined]
        safety=about_safety,
        lessons=_lessons_to_read(learning, attempt.activity_id) if can_try_again else [],
    )


def _reviewed_learning(attempt: Any, at: datetime) -> Learning:
    attempt.enrolment.releases = attempt.releases
    return access.with_records(attempt.enrolment, at=at)


def _lessons_to_read(learning: Learning, activity_id: int) -> list[LessonToRead]:
    """The lessons of the stage that a quiz belongs to. No query."""
    stage = learning.outline.stage_of(activity_id)
    return [
        LessonToRead(lesson.title, steps.activity_url(learning.enrolment.pk, lesson.activity_id))
        for lesson in (stage.activities if stage else ())
        if lesson.kind is Kind.LESSON
    ]


def _result_sentence(
    attempt: Attempt, left: int | None, about_safety: SafetyResult | None, *, has_passed: bool
) -> str:
    """What this try came to. When safety questions are missing, that is said first."""
    if has_passed and not attempt.passed:
        return _("This try was not a pass. But you have passed the quiz.")
    if about_safety and about_safety.missing:
        return f"{about_safety.sentence} {_more_tries_sentence(left)}"
    sentence = _tries_sentence(attempt, left)
    goes_on = attempt.passed or left != 0
    return f"{sentence} {about_safety.sentence}" if about_safety and goes_on else sentence


def _more_tries_sentence(left: int | None) -> str:
    if left is None:
        return _("You can try again as often as you like.")
    if left == 0:
        return _(
            "You have used all your tries. Please ask your facilitator: a person will look at it with you."
        )
    return ngettext("You can try again %d more time.", "You can try again %d more times.", left) % left


def _tries_sentence(attempt: Attempt, left: int | None) -> str:
    if attempt.passed:
        return _("Well done. You have passed.")
    return _more_tries_sentence(left)


def _marked(attempt: Attempt) -> tuple[dict[int, marking.Choice], marking.Result]:
    """What was chosen, and what it earned. One query."""
    choices = {answer.slot: frozenset(answer.choice) for answer in answers_of(attempt.pk)}
    return choices, marking.mark(attempt.paper, choices, pass_mark_percent=attempt.pass_mark_percent)


def _reviewed(
    attempt: Attempt, choices: dict[int, marking.Choice], result: marking.Result, *, shows_answers: bool
) -> list[QuestionReviewed]:
    marked = {question.slot: question for question in result.questions}
    return [
        QuestionReviewed(
            slot=asked.slot,
            text=asked.text,
            kind=asked.kind.value,
            must_be_right=asked.must_be_right,
            is_right=marked[asked.slot].is_right,
            is_right_so_far=_is_right_so_far(asked, choices.get(asked.slot, frozenset())),
            mark=marked[asked.slot].mark,
            options=_options(asked, choices.get(asked.slot, frozenset()), shows_answers=shows_answers),
            feedback=asked.feedback,
        )
        for asked in attempt.paper.questions
    ]


def _is_right_so_far(asked: Question, chosen: marking.Choice) -> bool:
    """Whether every option chosen is right and some are missing: only where several belong together."""
    return bool(chosen) and chosen < asked.right_keys


def _options(asked: Question, chosen: frozenset[str], *, shows_answers: bool) -> tuple[OptionReviewed, ...]:
    return tuple(
        OptionReviewed(
            text=option.text,
            is_chosen=option.key in chosen,
            is_right=option.is_right and (shows_answers or option.key in chosen),
            feedback=option.feedback if option.key in chosen or shows_answers else "",
        )
        for option in asked.options
    )
