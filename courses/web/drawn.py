"""What learners share, drawn once: the outline of a course, and questions that were marked alike.

At the same place of a course, what they see differs in one thing only: the number of their enrolment, which
stands in the addresses. So it is drawn for a stand-in, and each learner's own number is put in.
"""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from cms.core.addresses import STAND_IN
from cms.core.kept import kept_by_language
from courses.progress.rules import StageStanding, Standing
from courses.queries import dashboard, lessons, steps
from courses.queries.access import Learning, OpenedActivity
from courses.queries.reviews import QuestionReviewed, Review


def stages(learning: Learning) -> SafeString:
    """Every stage with its activities, for the page of the course."""
    used_up = steps.used_up(learning)
    drawn = (_stage(stage, used_up, learning.may_study) for stage in learning.standing.stages)
    return _own("".join(drawn), learning)


def answers(review: Review) -> SafeString:
    """The marked questions of a review, each drawn once for its words and what was chosen."""
    return mark_safe("".join(map(_answer, review.questions)))  # noqa: S308 - drawn by templates


def contents(opened: OpenedActivity) -> SafeString:
    """What is in the course, beside a lesson: the reader's own stage with its activities."""
    return _own(_contents(opened.learning.standing, opened.activity.activity_id), opened.learning)


@kept_by_language(1024)
def _stage(stage: StageStanding, used_up: frozenset[int], may_study: bool) -> str:  # noqa: FBT001
    shown = dashboard.stage_in_course(stage, enrolment_id=STAND_IN, used_up=used_up)
    context = {"stage": shown, "enrolment_id": STAND_IN if may_study else None}
    return render_to_string("components/stage_progress.html", context)


@kept_by_language(512)
def _contents(standing: Standing, activity_id: int) -> str:
    shown = lessons.contents(standing, activity_id=activity_id, enrolment_id=STAND_IN)
    return render_to_string("learning/contents.html", {"contents": shown, "enrolment_id": STAND_IN})


@kept_by_language(1024)
def _answer(question: QuestionReviewed) -> str:
    return render_to_string("learning/marked_question.html", {"question": question})


def _own(drawn: str, learning: Learning) -> SafeString:
    own = drawn.replace(str(STAND_IN), str(learning.enrolment.pk))
    return mark_safe(own)  # noqa: S308 - drawn by templates; a number was put in
