"""A course as large as the budgets name it: five stages of eight activities, all of them open.

Its texts are those of the demo's course, so that they are as long as in real life.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice
from typing import Any

from cms.users.models import User
from courses.actions import editions
from courses.assessment.models import Question, QuizQuestion
from courses.catalogue.models import Course, Edition
from courses.catalogue.outline import Kind, Outline
from courses.catalogue.pages import CoursePage, LessonPage, QuizPage, StagePage
from courses.cohorts.models import Cohort
from home.demo import people

STAGES = 5
LESSONS_A_STAGE = 7
QUESTIONS = 20
COHORTS_TO_JOIN = 8


@dataclass(frozen=True)
class BigCourse:
    """The course, the cohort of those who study, and the cohorts that people join."""

    page: CoursePage
    edition: Edition
    cohort: Cohort
    to_join: list[Cohort]

    @property
    def outline(self) -> Outline:
        """What the edition froze."""
        return self.edition.outline

    def activities(self, kind: Kind) -> list[int]:
        """The ids of all activities of a kind, in order."""
        return [activity.activity_id for activity in self.outline.activities if activity.kind is kind]


def build(*, at: datetime) -> BigCourse:
    """Make the pages, publish the edition, open the cohorts."""
    pattern = CoursePage.objects.live().order_by("path").first()
    if pattern is None:
        raise SystemExit("There is no course here to make a larger one of: run `manage.py demo` first.")
    identity = Course.objects.create(code="BENCH", title="A large course", provider=pattern.course.provider)
    page = _copy(
        pattern, to=pattern.get_parent(), title="A large course", course=identity, sessions_needed=None
    )
    questions = _questions(pattern.course, identity)
    for number in range(1, STAGES + 1):
        _stage(pattern, page, number, questions)
    editor = User.objects.get(email=people.EDITOR.email)
    edition = editions.publish(course_page=CoursePage.objects.get(pk=page.pk), by=editor, at=at)
    names = ["Those who study", *(f"To join {number}" for number in range(1, COHORTS_TO_JOIN + 1))]
    cohort, *to_join = [_cohort(edition, name, at) for name in names]
    return BigCourse(page=page, edition=edition, cohort=cohort, to_join=to_join)


def _stage(pattern: CoursePage, page: CoursePage, number: int, questions: list[Question]) -> None:
    """A stage with seven of the demo's lessons and one quiz of twenty questions."""
    stages = StagePage.objects.descendant_of(pattern).order_by("path")
    lessons = LessonPage.objects.descendant_of(pattern).order_by("path")
    stage = _copy(stages[0], to=page, title=f"Stage {number}", is_gated=False)
    for place, lesson in enumerate(islice(cycle(lessons), LESSONS_A_STAGE), start=1):
        _copy(lesson, to=stage, title=f"{lesson.title} ({number}.{place})")
    quiz = _copy(
        QuizPage.objects.descendant_of(pattern)[0],
        to=stage,
        title=f"Quiz {number}",
        attempts_allowed=None,
        time_limit_minutes=None,
    )
    QuizQuestion.objects.filter(page=quiz).delete()
    QuizQuestion.objects.bulk_create(
        QuizQuestion(page=quiz, question=question, sort_order=place)
        for place, question in enumerate(questions)
    )
    QuizPage.objects.get(pk=quiz.pk).save_revision().publish()


def _copy(page: Any, *, to: Any, title: str, **fields: Any) -> Any:
    to.refresh_from_db()
    slug = f"bench-{title.lower()}"
    slug = "".join(letter if letter.isalnum() else "-" for letter in slug)
    update = {"title": title, "slug": slug, **fields}
    return page.copy(to=to, update_attrs=update, copy_revisions=False, keep_live=True)


def _questions(pattern: Course, identity: Course) -> list[Question]:
    """Twenty questions like those of the demo."""
    made = []
    for number, question in enumerate(islice(cycle(pattern.questions.all()), QUESTIONS), start=1):
        question.pk = None
        question._state.adding = True
        question.course, question.text = identity, f"{number}. {question.text}"
        question.save()
        made.append(Question.objects.get(pk=question.pk))
    return made


def _cohort(edition: Edition, name: str, at: datetime) -> Cohort:
    cohort: Cohort = Cohort.objects.create(
        edition=edition,
        name=name,
        is_rolling=True,
        starts_on=at.date(),
        enrolment_opens_at=at,
        capacity=5_000,
    )
    return cohort
