"""Private notes: saved as they are typed (by lesson.js), or with the button below each."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cms.core import typed
from courses.actions import notes as writing
from courses.actions.notes import Draft, NoteRefused, SavedNote
from courses.actions.study import StudyRefused
from courses.catalogue import lesson_texts
from courses.queries import access, notes
from courses.queries.lessons import RefusedNote
from courses.web import drafts, lesson_page
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
@drafts.keeps_words("seal", "text", "sequence")
@learner_page("GET", "HEAD", "POST")
def note(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    """Save one note (POST); show what was typed while the session ended (GET)."""
    if request.method != "POST":
        return _show_draft(request, enrolment, activity)
    try:
        saved = writing.keep(
            enrolment_id=enrolment,
            activity_id=activity,
            draft=Draft(
                seal=request.POST.get("seal", ""),
                text=request.POST.get("text", ""),
                sequence=typed.number(request.POST.get("sequence")),
            ),
            learner=request.user,
            at=timezone.now(),
        )
    except (NoteRefused, StudyRefused) as refused:
        return _refuse(request, enrolment, activity, refused)
    if is_script(request):
        return JsonResponse({"saved": True, "sequence": saved.sequence, "sentence": _saved_at(saved)})
    drafts.forget(request)
    return _back_to(enrolment, activity, saved.block)


def _saved_at(saved: SavedNote) -> str:
    moment = formats.date_format(timezone.localtime(saved.at), "H:i")
    return _("Saved at %(time)s.") % {"time": moment}


def _back_to(enrolment: int, activity: int, block: str) -> HttpResponse:
    answer = redirect("learning:activity", enrolment, activity)
    answer.headers["Location"] += f"?version=full#prompt-{block}"
    return answer


def _refuse(
    request: LearnerRequest, enrolment: int, activity: int, refused: NoteRefused | StudyRefused
) -> HttpResponse:
    kept = refused.kept if isinstance(refused, NoteRefused) else None
    if is_script(request):
        answer = {"saved": False, "sentence": refused.sentence}
        if kept is not None:
            answer |= {"sequence": kept.sequence, "other": kept.text}
        return JsonResponse(answer, status=REFUSED)
    shown = RefusedNote(
        block=_block(request.POST.get("seal", "")),
        sentence=refused.sentence,
        typed=request.POST.get("text", ""),
        kept=kept,
    )
    opened = access.open_activity(
        enrolment_id=enrolment, activity_id=activity, learner=request.user, at=timezone.now()
    )
    return lesson_page.show(request, opened, refused=shown, status=REFUSED)


def _show_draft(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    opened = access.open_activity(
        enrolment_id=enrolment, activity_id=activity, learner=request.user, at=timezone.now()
    )
    draft = drafts.of(request)
    block = _block(draft.get("seal", ""))
    if not block:
        return redirect("learning:activity", enrolment, activity)
    shown = RefusedNote(
        block=block,
        sentence=_("Your words were kept while you signed in. Press “Save” to save them."),
        typed=draft.get("text", ""),
        kept=None,
    )
    return lesson_page.show(request, opened, refused=shown)


def _block(seal: str) -> str:
    try:
        return lesson_texts.unseal(seal)[1]
    except (signing.BadSignature, ValueError):
        return ""
