"""The same thing for several people of a cohort: first who and what, then all of it or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cms.core import typed
from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import bulk
from courses.actions.bulk import BulkRefused, Tried
from courses.cohorts.models import Cohort
from courses.enrolment.team_messages import LONGEST_SUBJECT, LONGEST_TEXT
from courses.queries import looking, registers, rosters
from courses.staff.doings import LONGEST_REASON, moves_to


class WhyForm(forms.Form):
    """Why it is done."""

    reason = forms.CharField(
        label=lazy("Why"),
        max_length=LONGEST_REASON,
        help_text=lazy("Kept with the record of each person, who can see it in the download of their data."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": lazy("Please say why, in a few words.")},
    )

    def __init__(self, *args: Any, cohort: Cohort, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort, self.by = cohort, by
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices."""


class MoveForm(WhyForm):
    to_cohort = forms.TypedChoiceField(label=lazy("To which cohort"), coerce=int)
    field_order = ("to_cohort", "reason")

    def prepare(self) -> None:
        moves_to(self.fields, self.cohort, by=self.by)


class MessageForm(WhyForm):
    reason = None  # type: ignore[assignment]  # a message says by itself why it was written
    subject = forms.CharField(label=lazy("Subject"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=lazy("Your words"),
        max_length=LONGEST_TEXT,
        strip=False,
        help_text=lazy(
            "Plain text. Each person gets it alone, on the site and by e-mail, with no other names."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": lazy("Please write something first.")},
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be done to several people."""

    title: Any
    sentences: tuple[Any, ...]
    button: Any
    form: type[WhyForm]
    action: Callable[..., None] | None = None


KINDS: dict[str, Kind] = {
    "message": Kind(
        title=lazy("Write to people"),
        sentences=(
            lazy("Each of them gets your words as a notice and by e-mail, and sees no other names."),
            lazy("They can answer by asking a question on the site."),
        ),
        button=lazy("Send it"),
        form=MessageForm,
    ),
    "pause": Kind(
        title=lazy("Pause places"),
        sentences=(
            lazy("They keep their places and what they have done, and can do nothing new for now."),
            lazy("No reminders are sent."),
        ),
        button=lazy("Pause these places"),
        form=WhyForm,
        action=bulk.pause,
    ),
    "move": Kind(
        title=lazy("Move people to another cohort"),
        sentences=(
            lazy("Their places here end, and new ones begin there. What they did goes along."),
            lazy("They are told."),
        ),
        button=lazy("Move them"),
        form=MoveForm,
        action=bulk.move,
    ),
    "withdraw": Kind(
        title=lazy("End places"),
        sentences=(
            lazy("Their places are free for others at once. What they did stays on record."),
            lazy("They are told, and may join again."),
        ),
        button=lazy("End these places"),
        form=WhyForm,
        action=bulk.withdraw,
    ),
}


@require_POST
def chosen(request: HttpRequest, cohort: int) -> HttpResponse:
    """Show who was ticked and what would happen; with `confirm`, do it to all of them or to nobody."""
    try:
        found = registers.cohorts_for(request.user).get(pk=cohort)
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing
    name = request.POST.get("do", "")
    kind = KINDS.get(name)
    if kind is None or not looking.may_look_as(person=request.user, cohort_id=cohort):
        raise Http404
    ids = rosters.ids_of(cohort=found, typed=request.POST.getlist("people"))
    if not ids:
        messages.warning(request, _("Nobody is ticked. Tick the people first, then press the button again."))
        return redirect("staff:register", cohort)
    if len(ids) > bulk.MOST_PEOPLE:
        most = {"most": bulk.MOST_PEOPLE}
        messages.warning(request, _("Please tick %(most)d people at the most, and do the rest after.") % most)
        return redirect("staff:register", cohort)
    page = Confirmation(request, found, name, kind, ids)
    return page.confirmed() if request.POST.get("confirm") == "yes" else page.shown()


class Confirmation:
    """One page of this kind, between the two presses."""

    def __init__(self, request: HttpRequest, cohort: Cohort, name: str, kind: Kind, ids: list[int]) -> None:
        self.request, self.cohort, self.name, self.kind, self.ids = request, cohort, name, kind, ids
        self.at: datetime = timezone.now()
        self.people = rosters.names_of(ids)

    def form(self, data: Any = None) -> WhyForm:
        return self.kind.form(data, cohort=self.cohort, by=self.request.user)

    def shown(self) -> HttpResponse:
        """Who it is, and who cannot be reached by it."""
        return self._show(self.form(), self._tried({}))

    def confirmed(self) -> HttpResponse:
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self._show(form, self._tried({}), status=MISTAKE)
        try:
            self._do(form.cleaned_data)
        except BulkRefused as refused:
            form.add_error(None, refused.sentence)
            tried = Tried([pk for pk in self.ids if pk not in refused.cannot], refused.cannot)
            return self._show(form, tried, status=REFUSED)
        count = len(self.ids)
        done = ngettext("Done for %(count)d person.", "Done for %(count)d people.", count) % {"count": count}
        messages.success(self.request, done)
        return redirect("staff:register", self.cohort.pk)

    def _do(self, chosen: dict[str, Any]) -> None:
        if self.kind.action is None:
            bulk.write(
                cohort_id=self.cohort.pk,
                enrolment_ids=self.ids,
                subject=chosen["subject"],
                text=chosen["text"],
                token=typed.token(self.request.POST.get("token")),
                by=self.request.user,
                at=self.at,
            )
            return
        self.kind.action(enrolment_ids=self.ids, by=self.request.user, at=self.at, **self._what(chosen))

    def _what(self, chosen: dict[str, Any]) -> dict[str, Any]:
        what = {"reason": chosen.get("reason", "")}
        if "to_cohort" in chosen:
            what["to_cohort_id"] = chosen["to_cohort"]
            what["past_prerequisites"] = chosen.get("past_prerequisites", False)
        return what

    def _tried(self, cannot: dict[int, str]) -> Tried:
        """Ending and pausing can be tried at once; moving needs to know where to, and is judged when sent."""
        if self.kind.action in (bulk.pause, bulk.withdraw):
            return bulk.rehearse(
                self.kind.action,
                enrolment_ids=self.ids,
                by=self.request.user,
                at=self.at,
                reason=_("Only tried."),
            )
        return Tried([pk for pk in self.ids if pk not in cannot], cannot)

    def _show(self, form: WhyForm, tried: Tried, *, status: int = 200) -> HttpResponse:
        names = self.people
        context = {
            "cohort": self.cohort,
            "do": self.name,
            "kind": self.kind,
            "form": form,
            "can": [(pk, names[pk]) for pk in tried.can],
            "cannot": [(names[pk], why) for pk, why in tried.cannot.items()],
            "token": self.request.POST.get("token") or uuid4(),
            "header_title": self.kind.title,
            "page_title": self.kind.title,
            "page_subtitle": self.cohort.name,
            "header_icon": "group",
        }
        return render(self.request, "courses/staff/bulk.html", context, status=status)
