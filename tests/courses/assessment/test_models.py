"""The question bank: what a question must have, and that its versions are counted."""

import pytest
from django.core.exceptions import ValidationError

from courses.assessment.models import Attempt, AttemptAnswer, Question
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse


def make(course: BuiltCourse, kind: str, rights: list[bool]) -> Question:
    options = [
        ("option", {"text": f"option {n}", "is_right": right, "feedback": "Why."})
        for n, right in enumerate(rights)
    ]
    return Question(course=course.page.course, kind=kind, text="What?", options=options, feedback="So.")


@pytest.mark.parametrize(
    ("kind", "rights", "complaint"),
    [
        ("single", [True], "at least two answers"),
        ("single", [False, False], "at least one answer as right"),
        ("single", [True, True], "one right answer"),
        ("true_false", [True, True], "one right answer"),
        ("multiple", [False, False, False], "at least one answer as right"),
    ],
)
def test_a_question_nobody_could_answer_fairly_is_refused(
    course: BuiltCourse, kind: str, rights: list[bool], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        make(course, kind, rights).full_clean()


@pytest.mark.parametrize(
    ("kind", "rights"),
    [("single", [True, False]), ("multiple", [True, True, False]), ("true_false", [False, True])],
)
def test_a_good_question_is_accepted(course: BuiltCourse, kind: str, rights: list[bool]) -> None:
    make(course, kind, rights).full_clean()


def test_each_change_of_a_question_counts_one_version(course: BuiltCourse) -> None:
    question = build.question(course.page.course, "How many?")
    assert question.version == 1
    question.text = "How many now?"
    question.save()
    assert Question.objects.get(pk=question.pk).version == 2


def test_what_is_written_about_a_record_names_nobody(attempt: Attempt) -> None:
    answer = AttemptAnswer.objects.filter(attempt=attempt).first()
    question = Question.objects.first()
    assert question is not None
    assert str(attempt) == f"attempt {attempt.pk}"
    assert str(answer) == f"answer 1 of attempt {attempt.pk}"
    assert str(question.asked_in.get()) == str(question) == question.text
