"""Planning the meetings of a cohort, in Wagtail's admin."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cms.core.statuses import MISTAKE, REFUSED, refuse, status_of
from courses.actions import sessions
from courses.actions.sessions import IN_CALENDARS, SessionRefused
from courses.catalogue.outline import Kind
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession
from courses.queries import run_sheets, team
from courses.staff.session_forms import SessionForm, initial_of
from courses.staff.theirs import not_theirs_is_not_there


def header(title: str, cohort: Cohort, icon: str = "date") -> dict[str, Any]:
    """What the top of a cohort's page says, and its tabs need."""
    return {
        "cohort": cohort,
        "header_title": title,
        "page_title": title,
        "page_subtitle": f"{cohort.edition.outline.course_title}, {cohort.name}",
        "header_icon": icon,
    }


class ReasonForm(forms.Form):
    """Why a session is cancelled. Learners read it."""

    reason = forms.CharField(
        label=gettext_lazy("Why it does not take place"),
        max_length=300,
        help_text=gettext_lazy("One or two sentences. Learners read it, so name nobody else."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Please say why. Learners read it.")},
    )


@require_http_methods(["GET", "HEAD"])
@not_theirs_is_not_there
def list_sessions(request: HttpRequest, cohort: int) -> HttpResponse:
    """Every meeting of a cohort: planned, to be planned, over or cancelled."""
    found = run_sheets.meetings(cohort_id=cohort, person=request.user, at=timezone.now())
    context = {"meetings": found, **header(_("Meetings"), found.cohort)}
    return render(request, "courses/staff/sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def add(request: HttpRequest, cohort: int, activity: int) -> HttpResponse:
    """Plan the session of one meeting."""
    found = team.cohort_of(cohort_id=cohort, person=request.user, runs=True)
    outline = found.edition.outline.activity(activity)
    if outline is None or outline.kind is not Kind.LIVE_SESSION:
        raise Http404
    if request.method != "POST":
        form = SessionForm(cohort=found, initial={"title": outline.title, "place": found.place})
        return _show(request, form, found)
    form = SessionForm(request.POST, cohort=found)
    if not form.is_valid():
        return _show(request, form, found, status=MISTAKE)
    try:
        session = sessions.add(
            cohort_id=cohort,
            activity_id=activity,
            details=form.details,
            by=request.user,
            at=timezone.now(),
        )
    except SessionRefused as refused:
        form.add_error(None, refused.sentence)
        return _show(request, form, found, status=REFUSED)
    _say(request, session, _("“%s” is planned.") % session.title)
    return redirect("staff:sessions", cohort)


def _show(
    request: HttpRequest, form: SessionForm, cohort: Cohort, *, status: int = 200, **more: Any
) -> HttpResponse:
    session = more.get("session")
    title = _("Change a meeting") if session else _("Plan a meeting")
    context = {"form": form, **header(title, cohort), **more}
    return render(request, "courses/staff/session_form.html", context, status=status)


def _say(request: HttpRequest, session: LiveSession, done: str) -> None:
    messages.success(request, done)
    learners = run_sheets.told_of(session.cohort_id)
    for sentence in session.remarks(learners=learners, at=timezone.now()):
        messages.warning(request, sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def change(request: HttpRequest, session: int) -> HttpResponse:
    """Change a session: say what follows first (POST), and save it when that was confirmed (POST)."""
    found = team.session_of(session_id=session, person=request.user)
    if found.is_cancelled:
        messages.warning(request, _("This meeting was cancelled. You can plan it anew."))
        return redirect("staff:sessions", found.cohort_id)
    seen: dict[str, Any] = {"session": found, "seen": found.sequence}
    if request.method != "POST":
        return _show(
            request, SessionForm(cohort=found.cohort, initial=initial_of(found)), found.cohort, **seen
        )
    form = SessionForm(request.POST, cohort=found.cohort)
    if not form.is_valid():
        return _show(request, form, found.cohort, status=MISTAKE, **seen)
    if request.POST.get("do") == "back":
        return _show(request, form, found.cohort, **seen)
    if request.POST.get("do") != "save" and _is_for_calendars(found, form):
        return _say_what_follows(request, form, found)
    return _save(request, form, found)


def _is_for_calendars(session: LiveSession, form: SessionForm) -> bool:
    """Whether learners are told of this change."""
    return any(getattr(session, name) != getattr(form.details, name) for name in IN_CALENDARS)


def _say_what_follows(request: HttpRequest, form: SessionForm, session: LiveSession) -> HttpResponse:
    times = (form.details.starts_at, form.details.ends_at)
    following = run_sheets.after_change(session=session, times=times, at=timezone.now())
    context = {
        "following": following,
        "remarks": _remarks_after(session, form, following.told),
        # As they came: the editor's own way of writing must arrive once more.
        "typed": [(name, request.POST.get(name, "")) for name in form.fields],
        "session": session,
        "seen": request.POST.get("seen", ""),
        **header(_("Change a meeting"), session.cohort),
    }
    return render(request, "courses/staff/session_confirm.html", context)


def _remarks_after(session: LiveSession, form: SessionForm, learners: int) -> list[str]:
    as_it_would_be = LiveSession(
        cohort=session.cohort,
        starts_at=form.details.starts_at,
        ends_at=form.details.ends_at,
        capacity=form.details.capacity,
    )
    return as_it_would_be.remarks(learners=learners, at=timezone.now())


def _save(request: HttpRequest, form: SessionForm, session: LiveSession) -> HttpResponse:
    try:
        sessions.change(
            session_id=session.pk,
            details=form.details,
            seen=_seen(request),
            by=request.user,
            at=timezone.now(),
        )
    except SessionRefused as refused:
        form.add_error(None, refused.sentence)
        fresh = LiveSession.objects.get(pk=session.pk).sequence
        return _show(request, form, session.cohort, status=REFUSED, session=session, seen=fresh)
    messages.success(request, _("“%s” is saved.") % form.details.title)
    return redirect("staff:sessions", session.cohort_id)


def _seen(request: HttpRequest) -> int:
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1  # noqa: PLR2004


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def cancel(request: HttpRequest, session: int) -> HttpResponse:
    """Say who will be told, and ask why (GET); cancel the session (POST)."""
    found = team.session_of(session_id=session, person=request.user)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sessions.cancel(
                session_id=session, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
        except SessionRefused as refused:
            refuse(form, "reason", refused.sentence)
        else:
            messages.success(request, _("“%s” is cancelled. Its learners are being told.") % found.title)
            return redirect("staff:sessions", found.cohort_id)
    context = {
        "form": form,
        "session": found,
        "told": run_sheets.told_of(found.cohort_id),
        **header(_("Cancel a meeting"), found.cohort, "warning"),
    }
    return render(request, "courses/staff/session_cancel.html", context, status=status_of(form))
