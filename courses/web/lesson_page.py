"""Showing a lesson, whether it was asked for or comes back with a note that could not be saved."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cms.core import frames
from cms.core.statuses import REFUSED
from courses.catalogue.outline import Kind
from courses.queries import access, lessons
from courses.queries.access import NotInThisCourseError, OpenedActivity
from courses.queries.lessons import RefusedNote
from courses.web import drawn
from courses.web.people import LearnerRequest

OK, FORBIDDEN = 200, 403


def show(
    request: LearnerRequest,
    opened: OpenedActivity,
    *,
    refused: Sequence[RefusedNote] = (),
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
        locked = {"activity": lessons.locked(opened), "unsaved": refused}
        return render(request, "learning/locked.html", locked, status=FORBIDDEN)
    likes_easy = request.learner.prefers_easy_read
    wanted = {"easy": True, "full": False}.get(request.GET.get("version", ""), likes_easy)
    lesson = lessons.lesson(
        opened,
        wants_easy_read=wanted and not refused,
        refused=refused,
        shows_notes=request.lens is None,
    )
    shown = {"lesson": lesson, "contents": drawn.contents(opened)}
    answer = render(request, "learning/lesson.html", shown, status=status)
    frames.allow(answer, lesson.players)
    return answer


def show_refused(
    request: LearnerRequest, enrolment: int, activity: int, refused: Sequence[RefusedNote]
) -> HttpResponse:
    """The lesson again, with the notes that could not be saved where they were typed."""
    opened = access.open_activity(
        enrolment_id=enrolment, activity_id=activity, learner=request.learner, at=timezone.now()
    )
    return show(request, opened, refused=refused, status=REFUSED)
