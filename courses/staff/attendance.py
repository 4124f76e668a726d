"""The register of a session, on a phone in the room or afterwards, and how a cohort attends."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from cms.core import typed
from cms.core.spreadsheets import BYTE_ORDER_MARK, safe_cell
from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import attendance
from courses.actions.attendance import AttendanceRefused
from courses.cohorts.sessions import LiveSession
from courses.progress import lists
from courses.progress.attendance import Attendance, WalkIn
from courses.progress.lists import Wrong
from courses.progress.turnout import Mark, Status
from courses.queries import attendance as registers
from courses.queries import team
from courses.queries.attendance import LineOfRegister, Register
from courses.staff.sessions import header
from courses.staff.theirs import not_theirs_is_not_there

# Spreadsheets take a file for UTF-8 only when it begins like this.
SHORT = {
    Status.ATTENDED: gettext_lazy("Attended"),
    Status.PARTLY: gettext_lazy("Partly"),
    Status.APOLOGISED: gettext_lazy("Apologised"),
    Status.ABSENT: gettext_lazy("Absent"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool
    is_possible: bool


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A learner's line as the page shows it: what is stored, or what was typed and refused."""

    line: LineOfRegister
    choices: tuple[Choice, ...]
    minutes: str
    error: str


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def register(request: HttpRequest, session: int) -> HttpResponse:
    """The register of one session (GET); write what was chosen into it (POST)."""
    found = registers.register(session_id=session, person=request.user, at=timezone.now())
    if request.method != "POST":
        return _show(request, found)
    others = request.POST.get("do") == "others"
    try:
        marks = _chosen(request.POST, found, others=others)
        attendance.mark_many(session_id=session, marks=marks, by=request.user, at=timezone.now())
    except AttendanceRefused as refused:
        return _show(request, found, refused=refused, status=REFUSED)
    messages.success(
        request,
        ngettext("%(count)d mark is saved.", "%(count)d marks are saved.", len(marks)) % {"count": len(marks)}
        if marks
        else _("Nothing was changed."),
    )
    return redirect(reverse("staff:session_register", args=[session]) + _place(request.POST.get("do", "")))


def _place(do: str) -> str:
    """Back to the line whose button was pressed, which then says that it is saved."""
    line = typed.number(do.removeprefix("row-"))
    return f"?saved={line}#learner-{line}" if do.startswith("row-") else ""


def _chosen(posted: Mapping[str, Any], found: Register, *, others: bool) -> dict[int, Mark]:
    """The lines that were changed on the page. What another person wrote meanwhile is left alone.

    Raises AttendanceRefused when something was typed that is no mark.
    """
    marks: dict[int, Mark] = {}
    for line in found.lines:
        status = posted.get(f"status-{line.enrolment_id}", "")
        minutes = posted.get(f"minutes-{line.enrolment_id}", "").strip()
        if others and not status and not line.has_left:
            status = Status.ATTENDED.value
        said = f"{status}:{minutes if status == Status.PARTLY else ''}"
        if status and said != posted.get(f"seen-{line.enrolment_id}", ""):
            marks[line.enrolment_id] = _mark(status, minutes, line.enrolment_id)
    return marks


def _mark(status: str, minutes: str, line: int) -> Mark:
    try:
        found = Status(status)
    except ValueError as wrong:
        raise AttendanceRefused(_("Please choose one of the four."), line=line) from wrong
    if found is not Status.PARTLY:
        return Mark(found)
    return Mark(found, typed.number(minutes[:9]) if minutes else None)


def _show(
    request: HttpRequest, found: Register, *, refused: AttendanceRefused | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "register": found,
        "lines": [_shown(line, request.POST, refused, may_mark=found.may_mark) for line in found.lines],
        "refused": refused,
        "saved": typed.number(request.GET.get("saved")) if request.method == "GET" else 0,
        "people": registers.people_to_join(found.cohort.pk) if found.walk_ins else [],
        "walk_in": {name: request.POST.get(name, "") for name in ("name", "email")},
        **header(found.session.title, found.cohort, "tick"),
    }
    return render(request, "courses/staff/session_register.html", context, status=status)


def _shown(
    line: LineOfRegister, posted: Mapping[str, Any], refused: AttendanceRefused | None, *, may_mark: bool
) -> ShownLine:
    pk = line.enrolment_id
    chosen = posted.get(f"status-{pk}", line.status)
    is_wrong = refused is not None and refused.line == pk
    return ShownLine(
        line=line,
        choices=tuple(
            Choice(
                s.value,
                str(label),
                is_chosen=s.value == chosen,
                # What stands there can stay; before the meeting only an apology can be new.
                is_possible=may_mark or s is Status.APOLOGISED or s.value in (chosen, line.status),
            )
            for s, label in SHORT.items()
        ),
        minutes=posted.get(f"minutes-{pk}", str(line.minutes or "")),
        error=refused.sentence if refused and is_wrong else "",
    )


@require_http_methods(["POST"])
@not_theirs_is_not_there
def add_walk_in(request: HttpRequest, session: int) -> HttpResponse:
    """Note somebody who came without an account."""
    form = WalkInForm(request.POST)
    if not form.is_valid():
        said = " ".join(str(e) for errors in form.errors.values() for e in errors)
        return _refuse_walk_in(request, session, said, status=MISTAKE)
    try:
        attendance.add_walk_in(
            session_id=session,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            by=request.user,
            at=timezone.now(),
        )
    except AttendanceRefused as refused:
        return _refuse_walk_in(request, session, refused.sentence)
    messages.success(request, _("They are noted. You can join them up with a learner later."))
    return redirect("staff:session_register", session)


def _refuse_walk_in(
    request: HttpRequest, session: int, sentence: str, *, status: int = REFUSED
) -> HttpResponse:
    found = registers.register(session_id=session, person=request.user, at=timezone.now())
    return _show(request, found, refused=AttendanceRefused(sentence), status=status)


class WalkInForm(forms.Form):
    """A name, and an address if they want to hear from the team."""

    name = forms.CharField(
        max_length=200,
        error_messages={"required": gettext_lazy("Please write the name of the person who came.")},
    )
    email = forms.EmailField(required=False)


@require_http_methods(["POST"])
@not_theirs_is_not_there
def settle_walk_in(request: HttpRequest, walk_in: int) -> HttpResponse:
    """Join a walk-in up with a learner (asks before, unless `confirm`), or take them off the register."""
    session = WalkIn.objects.values_list("session", flat=True).get(pk=walk_in)
    chosen = typed.number(request.POST.get("enrolment"))
    if request.POST.get("do") != "remove" and request.POST.get("confirm") != "yes":
        return _ask_to_join(request, session, walk_in, chosen)
    try:
        if request.POST.get("do") == "remove":
            attendance.remove_walk_in(walk_in_id=walk_in, by=request.user)
            messages.success(request, _("They are off the attendance list."))
        else:
            attendance.join_walk_in(
                walk_in_id=walk_in,
                enrolment_id=chosen,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("They are joined up. The learner is marked as having been there."))
    except AttendanceRefused as refused:
        messages.warning(request, refused.sentence)
    return redirect("staff:session_register", session)


def _ask_to_join(request: HttpRequest, session: int, walk_in: int, enrolment: int) -> HttpResponse:
    """Whose attendance this will be, before it is. Raises LiveSession.DoesNotExist when it is not theirs."""
    found = team.session_of(session_id=session, person=request.user)
    person = WalkIn.objects.filter(pk=walk_in, enrolment=None).first()
    learner = dict(registers.people_to_join(found.cohort_id)).get(enrolment)
    if person is None or learner is None:
        messages.warning(request, _("Please choose the learner first. Nothing was changed."))
        return redirect("staff:session_register", session)
    context = {
        "person": person,
        "learner": learner,
        "enrolment": enrolment,
        "session": found,
        **header(found.title, found.cohort, "tick"),
    }
    return render(request, "courses/staff/join_walk_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def word(request: HttpRequest, session: int) -> HttpResponse:
    """The word and the code for the room (GET); make a new word (POST)."""
    if request.method == "POST":
        try:
            attendance.renew_word(session_id=session, by=request.user, at=timezone.now())
        except AttendanceRefused as refused:
            messages.warning(request, refused.sentence)
        return redirect("staff:session_word", session)
    found = registers.in_the_room(session_id=session, person=request.user, at=timezone.now())
    context = {"room": found, **header(found.session.title, found.session.cohort, "key")}
    return render(request, "courses/staff/session_word.html", context)


class ListForm(forms.Form):
    """A register from a spreadsheet: a file, or its lines."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy(
            "A CSV file. Each line has an e-mail address, a status and, if partly, minutes."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or the lines themselves"),
        required=False,
        strip=False,
        max_length=lists.MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("The status is attended, partly, apologised or absent."),
    )

    def clean(self) -> None:
        file = self.cleaned_data.get("file")
        if file is not None and file.size > lists.MOST_BYTES:
            self.add_error(
                "file", _("This file is too large for an attendance list. Please look at it again.")
            )
        elif file is not None:
            self.cleaned_data["text"] = lists.decoded(file.read())
        elif not self.cleaned_data.get("text", "").strip():
            self.add_error("file", _("Please choose a file, or paste the lines."))


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def bring_in(request: HttpRequest, session: int) -> HttpResponse:
    """Ask for a list (GET), say line by line what it would do, and then do all of it or nothing (POST)."""
    found = team.session_of(session_id=session, person=request.user)
    if request.method != "POST":
        return _show_list(request, found, ListForm())
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_list(request, found, form, status=MISTAKE)
    text = form.cleaned_data["text"]
    matched = registers.matched(session=found, text=text)
    # The text stands in the form from now on: nobody has to choose the file again.
    shown = ListForm(initial={"text": text})
    report = {"matched": matched, "lines": [(line, _sentence(line)) for line in matched.lines]}
    if request.POST.get("do") != "save" or not matched.is_right:
        return _show_list(request, found, shown, status=200 if matched.is_right else MISTAKE, **report)
    try:
        attendance.mark_many(
            session_id=session,
            marks=matched.marks,
            by=request.user,
            at=timezone.now(),
            source=Attendance.Source.CSV,
        )
    except AttendanceRefused as refused:
        return _show_list(request, found, shown, status=REFUSED, refused=refused.sentence, **report)
    messages.success(
        request,
        ngettext("%(count)d mark is saved.", "%(count)d marks are saved.", len(matched.marks))
        % {"count": len(matched.marks)},
    )
    return redirect("staff:session_register", session)


def _sentence(line: lists.Line) -> str:
    sentences = {
        Wrong.NO_ADDRESS: _("There is no e-mail address in the first column."),
        Wrong.UNKNOWN: _("Nobody on this cohort has this address. Check it, or note a walk-in."),
        Wrong.TWICE: _("This address stands further up already."),
        Wrong.STATUS: _("The second column must be attended, partly, apologised or absent."),
        Wrong.MINUTES: _("“Partly” needs the minutes in the third column, as a number."),
        Wrong.TOO_LONG: _("The list is too long. It can have %(most)d lines.") % {"most": lists.MOST_LINES},
    }
    if line.wrong is not None:
        return sentences[line.wrong]
    if line.mark is None:
        return ""
    label = str(SHORT[line.mark.status])
    return (
        _("%(mark)s, %(minutes)d minutes") % {"mark": label, "minutes": line.mark.minutes}
        if line.mark.minutes
        else label
    )


def _show_list(
    request: HttpRequest, session: LiveSession, form: ListForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "session": session,
        **header(_("Bring in a list"), session.cohort, "upload"),
        **more,
    }
    return render(request, "courses/staff/session_list.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
@not_theirs_is_not_there
def report(request: HttpRequest, cohort: int) -> HttpResponse:
    """Attendance and commitment of a cohort, as a page or (`as=csv`) as a table to take along."""
    found = registers.report(cohort_id=cohort, person=request.user, at=timezone.now())
    if request.GET.get("as") == "csv":
        return _as_csv(found)
    context = {"report": found, **header(_("Attendance"), found.cohort, "tick")}
    return render(request, "courses/staff/attendance.html", context)


def _as_csv(found: registers.Report) -> HttpResponse:
    written = StringIO()
    table = csv.writer(written)
    totals = [_("Attended"), _("Made up"), _("Apologised"), _("Missed"), _("Minutes together")]
    rates = [_("Attendance, per cent"), _("Commitment, per cent")]
    table.writerow(map(safe_cell, [_("Learner"), _("E-mail"), *found.sessions, *totals, *rates]))
    for line in found.lines:
        stands = line.turnout
        numbers = [stands.attended, stands.made_up, stands.apologised, stands.missed, line.minutes]
        rates_of = [line.attendance_percent, line.commitment_percent]
        table.writerow(map(safe_cell, [line.name, line.email, *line.marks, *numbers, *rates_of]))
    response = HttpResponse(BYTE_ORDER_MARK + written.getvalue(), content_type="text/csv; charset=utf-8")
    name = slugify(found.cohort.name) or "cohort"
    response["Content-Disposition"] = f'attachment; filename="attendance-{name}.csv"'
    return response
