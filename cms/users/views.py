"""A person's own account: what there is, details, reading, e-mails, what is kept, download, closing."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cms.core import places as places_of_pages
from cms.core.statuses import MISTAKE
from cms.users import accounts, devices, notifications, second_step, sign_ins
from cms.users.forms import DetailsForm, NotificationsForm, PasswordForm, ReadingForm
from cms.users.models import Consent, TextSize, User
from cms.users.time_zones import time_zone_label

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


@require_http_methods(["GET", "HEAD"])
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Everything an account has, each with how it stands now."""
    user = _person(request)
    context = {
        "person": user,
        "time_zone": time_zone_label(user.time_zone),
        "text_size": TextSize(user.text_size).label if user.text_size in TextSize.values else "",
        "is_asked": notifications.is_asked(user),
        "has_second_step": second_step.is_on(user),
        "is_staff": user.has_perm("wagtailadmin.access_admin"),
        "places": len(_open_sign_ins(request, user)),
        "closing": _closing(user),
    }
    return render(request, "account/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def details(request: HttpRequest) -> HttpResponse:
    """The name that is printed, and the time zone."""
    user = _person(request)
    return _choices_page(request, DetailsForm(request.POST or None, instance=user), "details")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reading(request: HttpRequest) -> HttpResponse:
    """How large the letters are, and whether easy-read comes first."""
    posted = request.POST if request.method == "POST" else None
    return _choices_page(request, ReadingForm(posted, instance=_person(request)), "reading")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def emails(request: HttpRequest) -> HttpResponse:
    """Which e-mails somebody wants."""
    user = _person(request)
    # Boxes that are not ticked send nothing, so an empty form is an answer too.
    posted = request.POST if request.method == "POST" else None
    form = NotificationsForm(posted, instance=user, is_asked=notifications.is_asked(user))
    return _choices_page(request, form, "emails")


def _choices_page(request: HttpRequest, form: ModelForm[User], name: str) -> HttpResponse:
    """Show choices about oneself, or save them and show them again."""
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect(f"account:{name}")
    return render(request, f"account/{name}.html", {"form": form})


@require_http_methods(["GET", "HEAD"])
@login_required
def places(request: HttpRequest) -> HttpResponse:
    """Where somebody is signed in."""
    rows = _open_sign_ins(request, _person(request))
    context = {"rows": rows, "others": sum(not row.is_this_one for row in rows)}
    return render(request, "account/places.html", context)


def _open_sign_ins(request: HttpRequest, user: User) -> list[sign_ins.OpenSignIn]:
    return sign_ins.open_for(
        user=user,
        session_key=request.session.session_key or "",
        device=devices.recognise(request.headers.get("User-Agent", "")),
        at=timezone.now(),
    )


@require_POST
@login_required
def sign_out_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out at one other place."""
    if sign_ins.end_one(user=_person(request), pk=pk, but=request.session.session_key):
        messages.success(request, _("You are signed out there."))
    else:
        messages.info(request, _("You were signed out there already."))
    return redirect("account:places")


@require_POST
@login_required
def sign_out_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    sign_ins.end_others(user=_person(request), but=request.session.session_key)
    messages.success(request, _("You are signed out everywhere else. Here you are still signed in."))
    return redirect("account:places")


@require_http_methods(["GET", "HEAD"])
@login_required
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a person, and what they can do about it."""
    return _privacy_page(request, PasswordForm(user=_person(request)))


@require_POST
@login_required
def agree(request: HttpRequest) -> HttpResponse:
    """Agree to the privacy notice as it is now. Safe to repeat."""
    version = places_of_pages.privacy_version()
    if request.POST.get("version") != version:
        messages.info(request, _("The privacy notice has changed again. Please read it once more."))
        return redirect("account:privacy")
    accounts.record_consent(
        user=_person(request),
        kind=Consent.PRIVACY_NOTICE,
        version=version,
        wording=str(accounts.PRIVACY_WORDING),
        at=timezone.now(),
    )
    messages.success(request, _("Thank you. We have noted that you agree to the new privacy notice."))
    return redirect("account:privacy")


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
        return _privacy_page(request, form, status=MISTAKE)
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
