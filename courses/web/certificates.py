"""Certificates: the public check, and the holder's own pages."""

from dataclasses import replace

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.html import escape
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms.core import page_cache
from cms.core.rate_limits import is_too_often, too_often
from courses.actions import certify
from courses.certificates.codes import grouped, normalised
from courses.queries import certificates
from courses.queries.certificates import Check
from courses.web.people import LearnerRequest, learner_page

# What stands in a kept page for the name of the holder, and for the token of whoever looks at it.
NAME, TOKEN = "name-of-the-holder-7f3a52c1d0", "token-of-the-visitor-51be90a4c8"


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
        return render(request, "certificates/verify.html", {"check": found}, status=404)
    if request.method != "POST":
        return _asked_first(request, found)
    form, answer = NameForm(request.POST), None
    if form.is_valid():
        answer = "match" if found.certificate.matches_name(form.cleaned_data["name"]) else "no_match"
    context = {"check": found, "form": form, "answer": answer}
    return render(request, "certificates/verify.html", context)


def _asked_first(request: HttpRequest, found: Check) -> HttpResponse:
    """The page before a name is checked: drawn once for all who are not signed in, until something happens.

    Its facts never change, and its log only grows. Kept is a page for stand-ins: the holder's name and the
    visitor's token are put in each time.
    """
    if not page_cache.may_be_kept(request):
        return render(request, "certificates/verify.html", {"check": found, "form": NameForm()})
    happened = "-".join(str(entry.pk) for entry in found.entries)
    shows = (bool(found.name), found.name_sentence, found.newer_code)
    site = f"{request.scheme}://{request.get_host()}"
    key = f"certificate:{found.code}:{happened}:{shows}:{get_current_timezone_name()}:{get_language()}:{site}"
    page = page_cache.kept(key, lambda: _drawn_for_stand_ins(request, found))
    body = page.replace(NAME, escape(found.name or ""))
    if TOKEN in body:
        body = body.replace(TOKEN, get_token(request))
    response = HttpResponse(body)
    patch_vary_headers(response, ["Cookie"])
    return response


def _drawn_for_stand_ins(request: HttpRequest, found: Check) -> str:
    shown = replace(found, name=NAME if found.name else None)
    context = {"check": shown, "form": NameForm(), "csrf_token": TOKEN}
    return render_to_string("certificates/verify.html", context, request)


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
