"""Pages of allauth that behave differently here: looking at them changes nothing."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import ConfirmEmailView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import flows as passkeys
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

OF_ALLAUTH = "allauth.mfa"


class ConfirmAddress(ConfirmEmailView):
    """The link of an e-mail. allauth would sign out whoever is signed in as somebody else, on sight.

    Here the page says so, and only the button does it: programs that look at e-mails open links too.
    """

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.object = self.get_object()
        except Http404:
            self.object = None
        response: HttpResponse = self.render_to_response(self.get_context_data())
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.request.user
        owner = self.object.email_address.user_id if self.object else None
        context["signs_out"] = bool(owner) and user.is_authenticated and user.pk != owner
        return context


class SecondStep(AuthenticateView):
    """The second step while signing in, which says what this person can use."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        owned = Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True)
        context["has_app"] = Authenticator.Type.TOTP in owned
        context["has_passkey"] = Authenticator.Type.WEBAUTHN in owned
        return context


class PasskeySignIn(LoginWebAuthnView):
    """Signing in with a passkey alone, which goes on to where somebody wanted to go."""

    def form_valid(self, form: Any) -> HttpResponse:
        passkey = form.cleaned_data["credential"]
        login = Login(user=passkey.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = passkeys.perform_passwordless_login(self.request, passkey, login)
        return response


def _recovery_codes(request: HttpRequest) -> list[str]:
    """The codes that were not used yet. Raises Http404 for somebody who has none at all.

    allauth's own view notes that they were seen, which would be a write by looking.
    """
    kept = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.RECOVERY_CODES)
    row = kept.first()
    if row is None:
        raise Http404
    raise_if_reauthentication_required(request, app=OF_ALLAUTH)
    codes: list[str] = row.wrap().get_unused_codes()
    return [f"{code[:4]} {code[4:]}" for code in codes]


@require_http_methods(["GET", "HEAD"])
@login_required
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes for the day when phone and passkey are gone."""
    return render(request, "mfa/recovery_codes/index.html", {"codes": _recovery_codes(request)})


@require_http_methods(["GET", "HEAD"])
@login_required
def download_recovery_codes(request: HttpRequest) -> HttpResponse:
    """The same as a text file."""
    context = {"codes": _recovery_codes(request)}
    response = render(
        request, "mfa/recovery_codes/download.txt", context, content_type="text/plain; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


confirm_address = ConfirmAddress.as_view()
second_step = SecondStep.as_view()
passkey_sign_in = PasskeySignIn.as_view()
