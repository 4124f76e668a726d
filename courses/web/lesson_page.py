"""Showing a lesson, whether it was asked for or comes back with a note that could not be saved."""

from django.http import HttpResponse
from django.shortcuts import render

from cms.core import frames
from courses.catalogue.outline import Kind
from courses.queries import lessons
from courses.queries.access import NotInThisCourseError, OpenedActivity
from courses.queries.lessons import RefusedNote
from courses.web import drawn
from courses.web.people import LearnerRequest

OK, FORBIDDEN = 200, 403


def show(
    request: LearnerRequest,
    opened: OpenedActivity,
    *,
    refused: RefusedNote | None = None,
    status: int = OK,
) -> HttpResponse:
    """The lesson in the version that the learner likes, or in the one that the address names.

    A note that comes back is shown in the full text, for only that has prompts. Raises
    NotInThisCourseError for an activity of another kind.
    """
    if opened.activity.kind is not Kind.LESSON:
        raise NotInThisCourseError(opened.activity.activity_id)
    may_look_back = opened.standing.is_finished and opened.learning.may_study
    if opened.lock_sentence and not may_look_back:
        return render(request, "learning/locked.html", {"activity": lessons.locked(opened)}, status=FORBIDDEN)
    likes_easy = request.learner.prefers_easy_read
    wanted = {"easy": True, "full": False}.get(request.GET.get("version", ""), likes_easy)
    lesson = lessons.lesson(
        opened,
        wants_easy_read=wanted and refused is None,
        refused=refused,
        shows_notes=request.lens is None,
    )
    shown = {"lesson": lesson, "contents": drawn.contents(opened)}
    answer = render(request, "learning/lesson.html", shown, status=status)
    frames.allow(answer, lesson.players)
    return answer
