"""Walking made-up learners through a course, through the actions, a while between one step and the next."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cms.users.models import User
from courses.actions import ask, enrol, quiz, study
from courses.assessment.models import Attempt
from courses.assessment.papers import Question
from courses.catalogue.outline import ActivityOutline, Kind, Outline, StageOutline
from courses.cohorts.models import Cohort
from courses.conversations.models import Conversation
from courses.enrolment.models import Enrolment
from courses.progress.models import Record

STEP = timedelta(hours=7)
FINISHED = ("done", "passed")


class Walk:
    """The steps of one learner in a cohort, from `at` on and never later than `until`."""

    def __init__(self, cohort: Cohort, *, at: datetime, until: datetime | None = None, seed: int = 1) -> None:
        self.cohort = cohort
        self.at = at
        self.until = until or at
        self.random = Random(seed)  # noqa: S311 - the same demo every time
        self.outline: Outline = cohort.edition.outline

    def _next(self) -> datetime:
        """The moment of the next step."""
        self.at = min(self.at + STEP, max(self.at, self.until))
        return self.at

    def lessons(self, email: str, *, count: int | None = None) -> Enrolment:
        """Join, and do the first `count` lessons of the first stage: all of them when it is None."""
        learner = User.objects.get(email=email)
        enrolment = enrol.start(cohort_id=self.cohort.pk, learner=learner, at=self.at)
        if count != 0:
            self.more_lessons(enrolment, count=count)
        return enrolment

    def more_lessons(self, enrolment: Enrolment, *, count: int | None = None) -> None:
        """Do the next lessons of the stage that the learner is in."""
        stage = self._stage(enrolment)
        done = self._finished(enrolment)
        waiting = [a for a in stage.activities if a.kind is Kind.LESSON and a.activity_id not in done]
        for lesson in waiting[:count]:
            study.mark_done(
                enrolment_id=enrolment.pk,
                activity_id=lesson.activity_id,
                learner=enrolment.learner,
                at=self._next(),
            )

    def stages(self, enrolment: Enrolment, *, count: int | None = None) -> Enrolment:
        """Finish this many more stages, quizzes passed at once: all of them when it is None."""
        left = len(self.outline.stages) if count is None else count
        while left and self._left(enrolment):
            stage = self._stage(enrolment)
            self.more_lessons(enrolment)
            if any(activity.kind is Kind.QUIZ for activity in stage.activities):
                self.quiz(enrolment, right=1.0)
            left -= 1
        return enrolment

    def until_gate(self, enrolment: Enrolment) -> Enrolment:
        """Everything before the first quiz with questions that must be right."""
        for stage in self.outline.stages:
            if any(a.quiz is not None and a.quiz.must_be_right for a in stage.activities):
                break
            self.stages(enrolment, count=1)
        self.more_lessons(enrolment)
        return enrolment

    def ask(self, enrolment: Enrolment, text: str) -> Conversation:
        """Ask about the first activity of the course."""
        return ask.start(
            enrolment_id=enrolment.pk,
            activity_id=self.outline.activities[0].activity_id,
            learner=enrolment.learner,
            text=text,
            token=uuid5(NAMESPACE_URL, text),
            at=self.at,
        )

    def answer(self, conversation: Conversation, text: str, *, by: Any) -> None:
        """The facilitator answers."""
        ask.answer(
            conversation_id=conversation.pk,
            by=by,
            text=text,
            token=uuid5(NAMESPACE_URL, text),
            seen=conversation.messages.get().pk,
            at=self.at + timedelta(minutes=30),
        )

    def begin(self, enrolment: Enrolment) -> Attempt:
        """Begin the next quiz that is not passed yet."""
        activity = next(a for a in self._left(enrolment) if a.kind is Kind.QUIZ)
        return quiz.begin(
            enrolment_id=enrolment.pk,
            activity_id=activity.activity_id,
            learner=enrolment.learner,
            at=self._next(),
            random=self.random,
        )

    def quiz(self, enrolment: Enrolment, *, right: float, is_safe: bool = True) -> Attempt:
        """Sit the next quiz with this share of right answers, and hand it in.

        Unless it `is_safe`, the first of the questions that must be right is wrong."""
        attempt = self.begin(enrolment)
        questions = attempt.paper.questions
        gate = next((question.slot for question in questions if question.must_be_right), 0)
        for question in questions:
            known = question.slot <= right * len(questions) and (is_safe or question.slot != gate)
            quiz.save_answer(
                attempt_id=attempt.pk,
                slot=question.slot,
                choice=right_choice(question) if known else wrong_choice(question),
                sequence=1,
                learner=enrolment.learner,
                at=self.at + timedelta(minutes=question.slot),
            )
        later = self.at + timedelta(minutes=20)
        return quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=later)

    def _finished(self, enrolment: Enrolment) -> set[int]:
        found = Record.objects.filter(enrolment=enrolment, outcome__in=FINISHED)
        return set(found.values_list("activity_id", flat=True))

    def _left(self, enrolment: Enrolment) -> list[ActivityOutline]:
        done = self._finished(enrolment)
        return [activity for activity in self.outline.activities if activity.activity_id not in done]

    def _stage(self, enrolment: Enrolment) -> StageOutline:
        """The first stage with anything left to do."""
        here = self._left(enrolment)[0]
        return next(stage for stage in self.outline.stages if here in stage.activities)


def right_choice(question: Question) -> list[str]:
    """The keys that are right."""
    return sorted(question.right_keys)


def wrong_choice(question: Question) -> list[str]:
    """One key that is wrong."""
    return sorted(question.keys - question.right_keys)[:1]
