"""A person's own account: details, what is kept, download, closing."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cms.users import accounts
from cms.users.forms import DetailsForm, PasswordForm
from cms.users.models import Consent, User

CONSENT_TITLES = {Consent.PRIVACY_NOTICE: _("Privacy notice")}


@require_http_methods(["GET", "HEAD"])
def staff_login(request: HttpRequest) -> HttpResponse:
    """Staff sign in where everybody does.

    Somebody who is signed in and may not enter the admin is told so: the sign-in page would send them
    back to where they came from, and round and round.
    """
    if request.user.is_authenticated and not request.user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied
    return redirect(f"{reverse('account_login')}?{request.GET.urlencode(safe='/')}")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def details(request: HttpRequest) -> HttpResponse:
    """The name that is printed, and the time zone."""
    user = _person(request)
    form = DetailsForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account:details")
    return render(request, "account/details.html", {"form": form})


@require_http_methods(["GET", "HEAD"])
@login_required
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a person, and what they can do about it."""
    return _privacy_page(request, PasswordForm(user=_person(request)))


def _person(request: HttpRequest) -> User:
    """The person's own row, fresh: never the lazy object of the request."""
    return User.objects.get(email=request.user.get_username())


def _privacy_page(request: HttpRequest, form: PasswordForm, status: int = 200) -> HttpResponse:
    user = _person(request)
    consents = [
        {"title": CONSENT_TITLES.get(c.kind, c.kind), "wording": c.wording, "given_at": c.given_at}
        for c in user.consents.all()
    ]
    context: dict[str, Any] = {"consents": consents, "closing": _closing(user), "form": form}
    return render(request, "account/privacy.html", context, status=status)


def _closing(user: User) -> dict[str, datetime] | None:
    if user.closing_asked_at is None:
        return None
    return {"asked_at": user.closing_asked_at, "closes_on": accounts.closes_at(user)}


@require_POST
@login_required
def download(request: HttpRequest) -> HttpResponse:
    """Everything about the person who asks, as one file."""
    content = accounts.archive(user=_person(request), at=timezone.now())
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return response


@require_POST
@login_required
def close(request: HttpRequest) -> HttpResponse:
    """Ask for the account to be closed, with the password again."""
    user = _person(request)
    form = PasswordForm(request.POST, user=user)
    if not form.is_valid():
        return _privacy_page(request, form, status=422)
    accounts.ask_to_close(user=user, at=timezone.now())
    messages.success(request, _("We have noted it. Until the date below you can change your mind."))
    return redirect("account:privacy")


@require_POST
@login_required
def keep(request: HttpRequest) -> HttpResponse:
    """Take back a request to close the account."""
    accounts.keep(user=_person(request))
    messages.success(request, _("Your account stays open."))
    return redirect("account:privacy")
