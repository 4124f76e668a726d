"""Certificates: the public check, and the holder's own pages."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms.core.kept import kept_by_language
from cms.core.rate_limits import is_too_often, too_often
from courses.actions import certify
from courses.certificates.codes import grouped, normalised
from courses.queries import certificates
from courses.web.people import LearnerRequest, learner_page


class NumberForm(forms.Form):
    """The number on a certificate, however it is typed."""

    code = forms.CharField(
        label=gettext_lazy("Certificate number"),
        max_length=120,
        help_text=gettext_lazy("You find it on the certificate. Spaces and dashes do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class NameForm(forms.Form):
    """The name on the certificate that somebody was shown."""

    name = forms.CharField(
        label=gettext_lazy("Name on the certificate"),
        max_length=200,
        help_text=gettext_lazy("We do not keep what you type."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Find the check page of a certificate by its number."""
    form = NumberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        code = normalised(form.cleaned_data["code"])
        return redirect("certificates:verify", code or "unknown")
    return render(request, "certificates/look_up.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What anybody may know about a certificate. A POST checks a name, and keeps nothing."""
    found = certificates.check(typed=code)
    # Only guesses are counted, at numbers and at names: an employer may check many real certificates.
    is_guess = found.certificate is None or request.method == "POST"
    if is_guess and is_too_often(request, "certificates", settings.CERTIFICATE_CHECKS_A_MINUTE):
        return too_often(request)
    if found.certificate is None:
        context = {"check": found, **_unchanging(found)}
        return render(request, "certificates/verify.html", context, status=404)
    form, answer = None, None
    if request.method == "POST":
        form = NameForm(request.POST)
        if form.is_valid():
            answer = "match" if found.certificate.matches_name(form.cleaned_data["name"]) else "no_match"
    context = {
        "check": found,
        "form": form,
        "fields": _name_fields(form) if form else _blank_name_fields(),
        "answer": answer,
        **_unchanging(found),
    }
    return render(request, "certificates/verify.html", context)


def _name_fields(form: NameForm) -> SafeString:
    return render_to_string("certificates/name_fields.html", {"form": form})


@kept_by_language(1)
def _blank_name_fields() -> SafeString:
    """The empty form, which is the same for everybody."""
    return _name_fields(NameForm())


def _unchanging(found: certificates.Check) -> dict[str, SafeString]:
    """What stands above and below the holder, drawn once until something happens to the certificate.

    Its facts never change, and its log only grows. No name is in here: the holder may hide it at any time.
    """
    happened = "-".join(str(entry.pk) for entry in found.entries)
    zone = get_current_timezone_name()
    key = f"certificate:{found.code}:{happened}:{found.newer_code}:{zone}:{get_language()}"
    drawn: dict[str, SafeString] | None = caches["local"].get(key)
    if drawn is None:
        parts = {"head": "check_head", "verdict": "verdict", "record": "record"}
        drawn = {
            name: render_to_string(f"certificates/{file}.html", {"check": found})
            for name, file in parts.items()
        }
        caches["local"].set(key, drawn, None)
    return drawn


@learner_page("GET", "HEAD")
def view(request: LearnerRequest, code: str) -> HttpResponse:
    """The certificate as a page, for its holder."""
    held = certificates.held(code=code, learner=request.user)
    return render(request, "certificates/view.html", {"certificate": held})


@learner_page("GET", "HEAD")
def pdf(request: LearnerRequest, code: str) -> HttpResponse:
    """The certificate as a tagged PDF, for its holder."""
    certificate = certificates.own(code=code, learner=request.user)
    response = HttpResponse(certify.pdf(certificate=certificate), content_type="application/pdf")
    name = f"certificate-{grouped(certificate.code)}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@learner_page("POST")
def show_name(request: LearnerRequest, code: str) -> HttpResponse:
    """The holder decides whether the public check page shows their name."""
    is_shown = request.POST.get("show") == "yes"
    certificate = certify.show_name(code=code, learner=request.user, is_shown=is_shown, at=timezone.now())
    shown, hidden = _("Your name is now shown."), _("Your name is now hidden.")
    messages.success(request, shown if is_shown else hidden)
    return redirect("certificates:view", certificate.code)
