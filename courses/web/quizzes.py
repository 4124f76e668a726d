"""Sitting a quiz, page by page. Every button works without JavaScript; quiz.js only saves earlier."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.core.statuses import REFUSED
from courses.actions import quiz
from courses.actions.quiz import AnswerRefused, QuizRefused, Saved
from courses.actions.study import StudyRefused
from courses.assessment.models import Attempt
from courses.assessment.states import State
from courses.queries import quizzes, reviews
from courses.web import drawn
from courses.web.people import LearnerRequest, learner_page

LARGEST_SEQUENCE = 2_000_000_000


@learner_page("POST")
def begin(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    """Start an attempt, or go on with the one that is open."""
    try:
        attempt = quiz.begin(
            enrolment_id=enrolment, activity_id=activity, learner=request.user, at=timezone.now()
        )
    except (QuizRefused, StudyRefused) as refused:
        messages.warning(request, refused.sentence)
        return redirect("learning:activity", enrolment, activity)
    return redirect("learning:question", attempt.pk, 1)


@learner_page("GET", "HEAD", "POST")
def question(request: LearnerRequest, attempt: int, slot: int) -> HttpResponse:
    """One question: show it, or save its answer and go where the button says."""
    # The moment of arrival counts, so that a slow server never costs anybody an answer.
    arrived_at = timezone.now()
    if request.method == "POST":
        return _save(request, attempt, slot, arrived_at)
    found = quizzes.own_attempt(attempt_id=attempt, learner=request.user)
    if found.status != State.OPEN.value:
        return _closed(request, found)
    return _show(request, found, slot)


def _show(
    request: LearnerRequest,
    attempt: Attempt,
    slot: int,
    *,
    refused: AnswerRefused | None = None,
    typed: list[str] | None = None,
) -> HttpResponse:
    shown = quizzes.question(attempt, slot=slot, typed=typed)
    stale = refused is not None and refused.is_stale
    context = {
        "question": shown,
        "error": refused.sentence if refused and not stale else None,
        "stale": stale,
    }
    return render(request, "learning/question.html", context, status=REFUSED if refused else 200)


def _save(request: LearnerRequest, attempt_id: int, slot: int, arrived_at: datetime) -> HttpResponse:
    wants_json = request.headers.get("X-Requested-With") == "fetch"
    typed = request.POST.getlist("choice")
    try:
        saved = quiz.save_answer(
            attempt_id=attempt_id,
            slot=slot,
            choice=typed,
            sequence=_sequence(request),
            learner=request.user,
            at=arrived_at,
        )
    except AnswerRefused as refused:
        if wants_json:
            answer = {"saved": False, "sentence": refused.sentence, "sequence": refused.sequence}
            return JsonResponse(answer, status=REFUSED)
        return _refuse(request, attempt_id, slot, refused, typed)
    if wants_json:
        return JsonResponse({"saved": True, "sequence": saved.sequence, "sentence": _("Saved.")})
    return redirect(_where_to(request, attempt_id, saved))


def _refuse(
    request: LearnerRequest, attempt_id: int, slot: int, refused: AnswerRefused, typed: list[str]
) -> HttpResponse:
    found = quizzes.own_attempt(attempt_id=attempt_id, learner=request.user)
    if found.status != State.OPEN.value or quiz.is_overdue(found, timezone.now()):
        messages.warning(request, refused.sentence)
        return _closed(request, found)
    return _show(request, found, slot, refused=refused, typed=None if refused.is_stale else typed)


def _closed(request: LearnerRequest, attempt: Attempt) -> HttpResponse:
    """A closed attempt shows its result; one whose time is up can only be handed in."""
    if attempt.status == State.OPEN.value:
        return redirect("learning:check", attempt.pk)
    return redirect("learning:review", attempt.pk)


def _sequence(request: LearnerRequest) -> int:
    """The number the page counts its saves with; anything odd counts as the oldest."""
    typed = request.POST.get("sequence", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 11 else 0  # noqa: PLR2004
    return min(number, LARGEST_SEQUENCE)


def _where_to(request: LearnerRequest, attempt_id: int, saved: Saved) -> str:
    go = request.POST.get("go", "next")
    steps = {"next": saved.slot + 1, "previous": saved.slot - 1}
    slot = steps.get(go, 0)
    if 1 <= slot <= saved.of:
        return reverse("learning:question", args=[attempt_id, slot])
    return reverse("learning:check", args=[attempt_id])


@learner_page("GET", "HEAD")
def check(request: LearnerRequest, attempt: int) -> HttpResponse:
    """All answers on one page, before they are handed in."""
    found = quizzes.own_attempt(attempt_id=attempt, learner=request.user)
    if found.status != State.OPEN.value:
        return redirect("learning:review", found.pk)
    return render(request, "learning/check.html", {"check": quizzes.check(found)})


@learner_page("POST")
def hand_in(request: LearnerRequest, attempt: int) -> HttpResponse:
    """Hand in an attempt. Pressing twice gives the same result."""
    closed = quiz.hand_in(attempt_id=attempt, learner=request.user, at=timezone.now())
    return redirect("learning:review", closed.pk)


@learner_page("GET", "HEAD", for_onlookers=True)
def review(request: LearnerRequest, attempt: int) -> HttpResponse:
    """The result, with feedback."""
    found = quizzes.own_attempt(attempt_id=attempt, learner=request.learner)
    if found.status == State.OPEN.value:
        return redirect("learning:check", found.pk)
    shown = reviews.review(found, at=timezone.now())
    return render(request, "learning/review.html", {"review": shown, "answers": drawn.answers(shown)})
