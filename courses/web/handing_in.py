"""Live sessions and coursework: their pages, and handing in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cms.core import frames, typed
from cms.core.private_downloads import download
from cms.core.statuses import REFUSED
from courses.actions import coursework as handing_in
from courses.actions.coursework import Upload, Work, WorkRefused
from courses.actions.study import StudyRefused
from courses.assessment.work_files import LARGEST
from courses.catalogue.outline import Kind
from courses.queries import access, coursework, lessons
from courses.queries.access import NotInThisCourseError, OpenedActivity
from courses.queries.coursework import RefusedWork
from courses.web import drafts, drawn
from courses.web.notes import is_script, tells_scripts
from courses.web.people import LearnerRequest, learner_page

OK, FORBIDDEN = 200, 403
KINDS = (Kind.LIVE_SESSION, Kind.COURSEWORK)


def show(
    request: LearnerRequest,
    opened: OpenedActivity,
    *,
    refused: RefusedWork | None = None,
    status: int = OK,
) -> HttpResponse:
    """A live session or coursework. Raises NotInThisCourseError for an activity of another kind."""
    if opened.activity.kind not in KINDS:
        raise NotInThisCourseError(opened.activity.activity_id)
    is_session = opened.activity.kind is Kind.LIVE_SESSION
    may_look_back = opened.standing.is_finished and opened.learning.may_study
    # The day of a meeting comes whether or not earlier stages are finished: its time and place are shown.
    is_shut = bool(opened.lock_sentence) and not may_look_back
    if is_shut and not (is_session and opened.learning.may_study):
        return render(request, "learning/locked.html", {"activity": lessons.locked(opened)}, status=FORBIDDEN)
    shows_work, contents = request.lens is None, drawn.contents(opened)
    shown: Any
    if is_session:
        shown = coursework.session(opened, at=timezone.now(), refused=refused, shows_work=shows_work)
        answer = render(
            request,
            "learning/live_session.html",
            {"session": shown, "contents": contents},
            status=status,
        )
    else:
        shown = coursework.coursework(opened, refused=refused, shows_work=shows_work)
        answer = render(
            request,
            "learning/coursework.html",
            {"coursework": shown, "contents": contents},
            status=status,
        )
    frames.allow(answer, shown.players)
    return answer


@tells_scripts
@drafts.keeps_words("text", "sequence")
@learner_page("GET", "HEAD", "POST")
def work(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    """Save what was written and chosen, or hand it in (POST); show what was typed meanwhile (GET)."""
    if request.method != "POST":
        return _show_draft(request, enrolment, activity)
    which: Any = {"enrolment_id": enrolment, "activity_id": activity, "learner": request.user}
    sent = Work(
        text=request.POST.get("text", ""),
        sequence=typed.number(request.POST.get("sequence")),
        token=typed.token(request.POST.get("token")),
        again=[typed.number(one) for one in request.POST.getlist("again")],
    )
    now = timezone.now()
    try:
        if is_script(request):
            kept = handing_in.keep(**which, work=sent, at=now)
            at = formats.date_format(timezone.localtime(kept.at), "H:i")
            sentence = _("Saved at %(time)s. It is not handed in yet.") % {"time": at}
            return JsonResponse({"saved": True, "sequence": kept.sequence, "sentence": sentence})
        return _keep_or_hand_in(request, which, sent, now)
    except (WorkRefused, StudyRefused) as refused:
        return _refuse(request, enrolment, activity, refused)


def _keep_or_hand_in(request: LearnerRequest, which: dict[str, Any], sent: Work, now: Any) -> HttpResponse:
    """What each button of the form does. Words are saved first, whatever becomes of the files."""
    enrolment, activity = which["enrolment_id"], which["activity_id"]
    if taken_away := typed.number(request.POST.get("remove")):
        handing_in.keep(**which, work=sent, at=now)
        handing_in.remove_file(**which, file_id=taken_away, at=now)
        return _back_to(enrolment, activity)
    wrong: tuple[str, ...] = ()
    if files := request.FILES.getlist("files"):
        # One after the other, so that only one of them is in memory.
        uploads = (Upload(one.name or "", one.read(LARGEST + 1)) for one in files)
        wrong = handing_in.keep_files(**which, files=uploads, token=sent.token, at=now)
    is_final = request.POST.get("do") == "hand_in"
    if not is_final or wrong:
        kept = handing_in.keep(**which, work=sent, at=now)
        if wrong:
            back = RefusedWork(typed=sent.text, errors=wrong, sequence=kept.sequence)
            return _again(request, enrolment, activity, back)
        drafts.forget(request)
        messages.success(request, _("Saved. It is not handed in yet."))
        return _back_to(enrolment, activity)
    handing_in.hand_in(**which, work=sent, at=now)
    drafts.forget(request)
    messages.success(request, _("It is handed in. We tell you when somebody has looked at it."))
    return _back_to(enrolment, activity)


def _back_to(enrolment: int, activity: int) -> HttpResponse:
    answer = redirect("learning:activity", enrolment, activity)
    answer.headers["Location"] += "#your-work"
    return answer


def _refuse(
    request: LearnerRequest, enrolment: int, activity: int, refused: WorkRefused | StudyRefused
) -> HttpResponse:
    kept = refused.kept if isinstance(refused, WorkRefused) else None
    sequence = refused.sequence if isinstance(refused, WorkRefused) else 0
    if is_script(request):
        answer: dict[str, Any] = {"saved": False, "sentence": refused.sentence}
        if kept is not None:
            answer |= {"sequence": sequence, "other": kept}
        return JsonResponse(answer, status=REFUSED)
    shown = RefusedWork(
        typed=request.POST.get("text", ""), errors=(refused.sentence,), sequence=sequence, other=kept
    )
    return _again(request, enrolment, activity, shown)


def _again(request: LearnerRequest, enrolment: int, activity: int, refused: RefusedWork) -> HttpResponse:
    opened = access.open_activity(
        enrolment_id=enrolment, activity_id=activity, learner=request.user, at=timezone.now()
    )
    return show(request, opened, refused=refused, status=REFUSED)


def _show_draft(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    opened = access.open_activity(
        enrolment_id=enrolment, activity_id=activity, learner=request.user, at=timezone.now()
    )
    draft = drafts.of(request)
    if not draft:
        return redirect("learning:activity", enrolment, activity)
    sentence = _(
        "Your words were kept while you signed in. Press “Save” to save them. Files must be chosen again."
    )
    return show(request, opened, refused=RefusedWork(typed=draft.get("text", ""), errors=(sentence,)))


@learner_page("GET", "HEAD")
def work_file(request: LearnerRequest, enrolment: int, file: int) -> HttpResponse:
    """One of the learner's own files."""
    found = coursework.file_of(enrolment_id=enrolment, file_id=file, learner=request.user)
    return download(file_name=found.file_name, title=found.title)
