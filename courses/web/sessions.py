"""Live sessions for learners: sending word, saying "I am here", and calendars."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cms.core.rate_limits import is_too_often, too_often
from cms.core.statuses import REFUSED, refuse, status_of
from courses.actions import attendance, calendars
from courses.actions.attendance import AttendanceRefused
from courses.cohorts.calendar_feeds import CalendarFeed
from courses.cohorts.calendar_files import CONTENT_TYPE
from courses.cohorts.sessions import LiveSession
from courses.queries import calendars as calendar_queries
from courses.queries import sessions
from courses.web.people import LearnerRequest, learner_page

# A whole room may sit behind one address, so words are counted for each person.
WORDS_A_MINUTE = 10
FEEDS_A_MINUTE = 60


class WordForm(forms.Form):
    """The word that is shown in the room."""

    word = forms.CharField(
        label=gettext_lazy("The word that is shown in the room"),
        max_length=40,
        help_text=gettext_lazy("Small or capital letters, with or without spaces: all are fine."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


@learner_page("POST")
def apologise(request: LearnerRequest, enrolment: int, session: int) -> HttpResponse:
    """The learner tells the team that they cannot come."""

    def change() -> str:
        attendance.apologise(
            session_id=session, enrolment_id=enrolment, learner=request.user, at=timezone.now()
        )
        return _("Thank you for telling us. We are sorry that you cannot come.")

    return _send_word(request, enrolment, session, change)


@learner_page("POST")
def come_after_all(request: LearnerRequest, enrolment: int, session: int) -> HttpResponse:
    """The learner can come after all."""

    def change() -> str:
        attendance.come_after_all(
            session_id=session, enrolment_id=enrolment, learner=request.user, at=timezone.now()
        )
        return _("Thank you. We are glad that you can come.")

    return _send_word(request, enrolment, session, change)


def _send_word(
    request: LearnerRequest, enrolment: int, session: int, change: Callable[[], str]
) -> HttpResponse:
    try:
        messages.success(request, change())
    except AttendanceRefused as refused:
        messages.warning(request, refused.sentence)
    activity = LiveSession.objects.values_list("activity", flat=True).get(pk=session)
    return redirect("learning:activity", enrolment, activity)


@learner_page("GET", "HEAD", "POST")
def check_in(request: LearnerRequest, session: int, word: str) -> HttpResponse:
    """Where the code in the room leads: one button (GET), and the mark in the register (POST)."""
    if request.method != "POST":
        return _show_check_in(request, session, word)
    if is_too_often(request, f"check-in-{request.user.pk}", WORDS_A_MINUTE):
        return too_often(request)
    try:
        found = attendance.check_in(session_id=session, word=word, learner=request.user, at=timezone.now())
    except AttendanceRefused as refused:
        return _show_check_in(request, session, word, refused=refused.sentence, status=REFUSED)
    if found.is_new:
        messages.success(request, _("Welcome. You are in the register of “%s”.") % found.session.title)
    else:
        messages.success(request, _("You are in the register of “%s” already.") % found.session.title)
    return redirect("learning:activity", found.enrolment_id, found.session.activity_id)


def _show_check_in(
    request: LearnerRequest, session: int, word: str, *, refused: str = "", status: int = 200
) -> HttpResponse:
    found = sessions.checking_in(session_id=session, learner=request.user, at=timezone.now())
    context = {"page": found, "word": word, "refused": refused}
    return render(request, "learning/check_in.html", context, status=status)


@learner_page("GET", "HEAD", "POST")
def word(request: LearnerRequest) -> HttpResponse:
    """For a phone that reads no codes: type the word (GET), and go to the session that shows it (POST)."""
    if request.method != "POST":
        return render(request, "learning/word.html", {"form": WordForm()})
    if is_too_often(request, f"check-in-{request.user.pk}", WORDS_A_MINUTE):
        return too_often(request)
    form = WordForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data["word"]
        found = sessions.with_word(word=typed, learner=request.user, at=timezone.now())
        if found is not None:
            return redirect("learning:check_in", found, attendance.tidy_word(typed))
        refuse(
            form,
            "word",
            _(
                "No meeting of yours shows this word now. Please look at it again. It works from 15 minutes "
                "before the meeting until its end."
            ),
        )
    return render(request, "learning/word.html", {"form": form}, status=status_of(form))


@learner_page("GET", "HEAD")
def session_calendar(request: LearnerRequest, session: int) -> HttpResponse:
    """One session as a file for a calendar."""
    found = calendar_queries.of_session(session_id=session, person=request.user)
    return _calendar(found, f"meeting-{session}.ics")


def _calendar(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@learner_page("GET", "HEAD", "POST")
def calendar(request: LearnerRequest) -> HttpResponse:
    """The address for the learner's own calendar program (GET); make it, renew it or end it (POST)."""
    if request.method == "POST":
        if request.POST.get("do") == "stop":
            calendars.stop(user=request.user)
            messages.success(request, _("The address is off. Calendars that used it get nothing any more."))
        else:
            calendars.make(user=request.user, at=timezone.now())
            messages.success(request, _("Here is your address. If you had one before, it is off now."))
        return redirect("learning:calendar")
    context = {"feed_address": calendar_queries.feed_address(request.user)}
    return render(request, "learning/calendar.html", context)


@require_http_methods(["GET", "HEAD"])
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program gets at a learner's address. It knows nobody; the address is the key."""
    if is_too_often(request, "calendar-feed", FEEDS_A_MINUTE):
        return too_often(request)
    try:
        found = calendar_queries.of_token(token)
    except CalendarFeed.DoesNotExist as nothing:
        raise Http404 from nothing
    response = _calendar(found, "meetings.ics")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
