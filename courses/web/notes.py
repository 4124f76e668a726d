"""Private notes: saved as they are typed (by lesson.js), or with any button of the lesson."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cms.core import typed
from courses.actions import notes as writing
from courses.actions.notes import Draft, NoteRefused, SavedNote
from courses.actions.study import StudyRefused
from courses.queries import access, notes
from courses.web import drafts, lesson_page, note_forms
from courses.web.people import LearnerRequest, learner_page

REFUSED, SIGNED_OUT = 409, 401


@learner_page("GET", "HEAD")
def show_notes(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """Everything that a learner wrote on one course."""
    found = notes.of_course(enrolment_id=enrolment, learner=request.user, at=timezone.now())
    return render(request, "learning/notes.html", {"page": found})


def tells_scripts(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A script whose reader is signed out is told so; the words stay in the reader's own browser."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_script(request) and not request.user.is_authenticated:
            return JsonResponse({"saved": False, "signed_out": True}, status=SIGNED_OUT)
        return view(request, *args, **kwargs)

    return wrapped


def is_script(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which wants an answer that it can read."""
    return request.headers.get("X-Requested-With") == "fetch"


@tells_scripts
@note_forms.keeps_notes
@learner_page("GET", "HEAD", "POST")
def note(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    """Save notes (POST): a script sends one, a button all. Show what waited for a sign-in (GET)."""
    if request.method != "POST":
        return _show_draft(request, enrolment, activity)
    now = timezone.now()
    if is_script(request):
        return _answer_script(request, enrolment, activity, now)
    saved, refused = note_forms.keep(request, enrolment=enrolment, activity=activity, at=now)
    if refused:
        return lesson_page.show_refused(request, enrolment, activity, refused)
    drafts.forget(request)
    if "go_on" in request.POST:
        return _on_to(enrolment, typed.number(request.POST["go_on"]))
    block = note_forms.block_of(request.POST.get("pressed", "")) or (saved[0] if saved else "")
    return _back_to(enrolment, activity, block)


def _answer_script(request: LearnerRequest, enrolment: int, activity: int, now: datetime) -> HttpResponse:
    draft = Draft(
        seal=request.POST.get("seal", ""),
        text=request.POST.get("text", ""),
        sequence=typed.number(request.POST.get("sequence")),
    )
    try:
        saved = writing.keep(
            enrolment_id=enrolment, activity_id=activity, draft=draft, learner=request.user, at=now
        )
    except (NoteRefused, StudyRefused) as refused:
        answer: dict[str, Any] = {"saved": False, "sentence": refused.sentence}
        kept = refused.kept if isinstance(refused, NoteRefused) else None
        if kept is not None:
            answer |= {"sequence": kept.sequence, "other": kept.text}
        return JsonResponse(answer, status=REFUSED)
    return JsonResponse({"saved": True, "sequence": saved.sequence, "sentence": _saved_at(saved)})


def _saved_at(saved: SavedNote) -> str:
    moment = formats.date_format(timezone.localtime(saved.at), "H:i")
    return _("Saved at %(time)s.") % {"time": moment}


def _on_to(enrolment: int, activity: int) -> HttpResponse:
    """To the step that the button named; to all steps after the last. That page says who may see it."""
    if activity:
        return redirect("learning:activity", enrolment, activity)
    return redirect("learning:course", enrolment)


def _back_to(enrolment: int, activity: int, block: str) -> HttpResponse:
    answer = redirect("learning:activity", enrolment, activity)
    answer.headers["Location"] += f"?version=full#prompt-{block}"
    return answer


def _show_draft(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    opened = access.open_activity(
        enrolment_id=enrolment, activity_id=activity, learner=request.user, at=timezone.now()
    )
    shown = note_forms.waiting(
        request, _("Your words were kept while you signed in. Press “Save” to save them.")
    )
    if not shown:
        return redirect("learning:activity", enrolment, activity)
    return lesson_page.show(request, opened, refused=shown)
