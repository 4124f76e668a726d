"""Joining with a code: a page that asks for it (GET), and the joining itself (POST)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cms.core.rate_limits import is_too_often, too_often
from courses.actions import codes
from courses.actions.codes import CodeRefused
from courses.actions.enrol import EnrolmentRefused, PrerequisitesMissing
from courses.queries import before_joining
from courses.web import lens
from courses.web.agreeing import ticked
from courses.web.arriving import after_joining

REFUSED = 409
# A whole room may sit behind one address, so codes are counted for each person.
CODES_A_MINUTE = 10
LONGEST_TYPED = 60


class CodeForm(forms.Form):
    """The code that somebody was given."""

    code = forms.CharField(
        label=gettext_lazy("Your code"),
        max_length=LONGEST_TYPED,
        help_text=gettext_lazy("Small or capital letters, with or without dashes: all are fine."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Please type the code that you were given.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def use_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code (GET; a link may bring it along), or join with it (POST)."""
    if request.method != "POST":
        return _show(request, CodeForm(initial={"code": request.GET.get("code", "")[:LONGEST_TYPED]}))
    if lens.of(request, at=timezone.now()) is not None:
        return lens.refuse_to_write(request)
    if not request.user.is_authenticated:
        return redirect_to_login(_here(request.POST.get("code", "")[:LONGEST_TYPED]))
    return _join(request)


def _join(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if is_too_often(request, f"code-{request.user.pk}", CODES_A_MINUTE):
        return too_often(request)
    if not form.is_valid():
        return _show(request, form, status=REFUSED)
    at, agreed = timezone.now(), ticked(request)
    try:
        enrolment = codes.use(code=form.cleaned_data["code"], learner=request.user, at=at, agreed=agreed)
    except PrerequisitesMissing as refused:
        # The code fits: the page comes back with it, and says what is asked for.
        messages.warning(request, refused.sentence)
        before = before_joining.of_cohort(cohort_id=refused.cohort_id, person=request.user, at=at)
        return _show(request, form, status=REFUSED, before=before, agreed=agreed)
    except (CodeRefused, EnrolmentRefused) as refused:
        form.add_error("code", refused.sentence)
        return _show(request, form, status=REFUSED)
    return after_joining(request, enrolment, got=_("You have a place."))


def _here(code: str) -> str:
    query = QueryDict(mutable=True)
    query["code"] = code
    here = reverse("learning:use_code")
    return f"{here}?{query.urlencode()}" if code else here


def _show(request: HttpRequest, form: CodeForm, *, status: int = 200, **asked: Any) -> HttpResponse:
    """`asked` is what the cohort of the code asks for before joining, when that is what was refused."""
    context: dict[str, Any] = {"form": form, **asked}
    if not request.user.is_authenticated:
        query = QueryDict(mutable=True)
        query["next"] = _here(str(form["code"].value() or ""))
        context["ways"] = {
            "sign_in_url": f"{reverse('account_login')}?{query.urlencode()}",
            "sign_up_url": f"{reverse('account_signup')}?{query.urlencode()}",
        }
    response = render(request, "learning/use_code.html", context, status=status)
    # A code in the address of the page is told to nobody else.
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
