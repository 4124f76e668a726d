"""Checks before joining, in Wagtail's admin: how people stand, and recording a check of one or of many."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from cms.core import typed
from cms.core.statuses import refuse, status_of
from courses.actions import checks as recording
from courses.actions.checks import CheckRefused
from courses.cohorts.prerequisites import Prerequisite
from courses.queries import before_joining
from courses.staff.theirs import not_theirs_is_not_there

YES, NO, TAKE_BACK = "yes", "no", "take_back"


class CheckForm(forms.Form):
    """What was checked, what came of it, and on which day: nothing else is kept."""

    rule = forms.TypedChoiceField(label=gettext_lazy("Which check"), coerce=int)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Is it confirmed?"),
        choices=[
            (YES, gettext_lazy("Yes")),
            (NO, gettext_lazy("No")),
            (TAKE_BACK, gettext_lazy("Take back what was recorded")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one.")},
    )
    checked_on = forms.DateField(
        required=False,
        label=gettext_lazy("Day of the check"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    valid_until = forms.DateField(
        required=False,
        label=gettext_lazy("Counts until"),
        help_text=gettext_lazy("Leave empty if it does not run out."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    email = forms.EmailField(
        required=False,
        label=gettext_lazy("Somebody who is not on the list"),
        help_text=gettext_lazy("The confirmed address of their account. Leave empty for those you tick."),
    )

    def __init__(self, *args: Any, rules: list[Prerequisite], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [(rule.pk, rule.words) for rule in rules]  # type: ignore[attr-defined]

    def clean_email(self) -> int | None:
        """The account behind the address."""
        address = str(self.cleaned_data["email"])
        if not address:
            return None
        found = EmailAddress.objects.filter(email__iexact=address, verified=True, user__is_active=True)
        person: int | None = found.values_list("user", flat=True).first()
        if person is None:
            raise forms.ValidationError(
                _(
                    "No account has confirmed this address. "
                    "Check for a mistake, or ask the person for another one."
                )
            )
        return person

    def clean(self) -> None:
        chosen = self.cleaned_data
        needs_day = chosen.get("outcome") in (YES, NO) and "checked_on" not in self.errors
        if needs_day and not chosen.get("checked_on"):
            self.add_error("checked_on", _("Please write the day of the check."))


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def show(request: HttpRequest, cohort: int) -> HttpResponse:
    """How people stand with what is asked for (GET); record a check of those who are ticked (POST)."""
    found = before_joining.cohort_for(cohort_id=cohort, person=request.user)
    at = timezone.now()
    if request.method != "POST":
        return _show(request, found, at)
    rules = list(
        Prerequisite.objects.filter(cohort=found, kind=Prerequisite.Kind.CHECK).order_by("sort_order")
    )
    form = CheckForm(request.POST, rules=rules)
    sent = [typed.number(one) for one in request.POST.getlist("people")[: recording.MOST_PEOPLE + 1]]
    if not form.is_valid():
        return _show(request, found, at, form=form, ticked=sent)
    people = before_joining.ids_of(cohort=found, sent=sent) if sent else []
    if form.cleaned_data["email"]:
        people.append(form.cleaned_data["email"])
    try:
        _record(request, cohort, form.cleaned_data, people, at)
    except CheckRefused as refused:
        refuse(form, None, refused.sentence)
        return _show(request, found, at, form=form, ticked=sent)
    count = len(set(people))
    said = ngettext("Recorded for %(count)d person.", "Recorded for %(count)d people.", count)
    messages.success(request, said % {"count": count})
    return redirect(f"{reverse('staff:checks', args=[cohort])}?{_chosen(request).urlencode()}")


def _record(
    request: HttpRequest, cohort: int, chosen: dict[str, Any], people: list[int], at: datetime
) -> None:
    which: dict[str, Any] = {
        "cohort_id": cohort,
        "prerequisite_id": chosen["rule"],
        "learners": people,
        "by": request.user,
        "at": at,
    }
    if chosen["outcome"] == TAKE_BACK:
        recording.take_back(**which)
        return
    recording.record(
        **which,
        is_done=chosen["outcome"] == YES,
        checked_on=chosen["checked_on"],
        valid_until=chosen["valid_until"],
    )


def _chosen(request: HttpRequest) -> Any:
    """Whom the list shows, as it stands in the address."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in ("show", "search", "p"):
            del kept[name]
    return kept


def _show(
    request: HttpRequest, cohort: Any, at: datetime, *, form: CheckForm | None = None, ticked: Any = ()
) -> HttpResponse:
    found = before_joining.checks_of(
        cohort=cohort,
        show=request.GET.get("show", ""),
        search=request.GET.get("search", ""),
        page=request.GET.get("p", "1"),
        at=at,
    )
    initial = {"checked_on": timezone.localdate(), "rule": found.rules[0].pk if found.rules else None}
    context = {
        "found": found,
        "cohort": cohort,
        "form": form or CheckForm(rules=found.rules, initial=initial),
        "ticked": ticked,
        "header_title": _("Checks"),
        "page_title": _("Before joining: %(cohort)s") % {"cohort": cohort.name},
        "page_subtitle": str(cohort.edition),
        "header_icon": "tick-inverse",
    }
    response = render(request, "courses/staff/checks.html", context, status=status_of(context["form"]))
    response["Cache-Control"] = "no-store"
    return response
