"""How allauth behaves here: addresses on the configured host, safe ways on, and our words."""

import logging
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context as allauth_context
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from cms.users import devices, first_page, sign_ins

log = logging.getLogger(__name__)

WAYS_TO_SHOW_IT_IS_YOU = {
    "reauthenticate": _("Use my password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


def on_this_site(url: str) -> str:
    """The same path on the configured host, whatever host the request claimed to be for."""
    parts = urlsplit(url)
    return settings.SITE_URL + parts.path + (f"?{parts.query}" if parts.query else "")


class AccountAdapter(DefaultAccountAdapter):
    """Links in e-mails never take their host from the request, which anybody can forge."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. If you think this is a mistake, please write to us."),
        "duplicate_email": _("This is your address already, or it waits for you to confirm it."),
        "email_password_mismatch": _(
            "The e-mail address or the password is not right. Please check both and try again."
        ),
        "email_taken": _("Another account uses this address. Please use another one."),
        "enter_current_password": _("This is not the password you have now. Please try again."),
        "incorrect_password": _("That is not your password. Please try again."),
        "incorrect_code": _("This code is not right, or it was used already. Please wait for the next one."),
        "invalid_or_expired_key": _("This link does not work any more. Please ask for a new one."),
        "invalid_password_reset": _("This link does not work any more. Please ask for a new one."),
        "too_many_login_attempts": _(
            "There were too many tries. Please wait five minutes, then try again. Your account is safe."
        ),
        "unknown_email": _("We have no account with this address."),
        "same_as_current": _("This is the same as before. Please type a new one."),
        "rate_limited": _("There were too many tries. Please wait a few minutes, then try again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        links = {key: on_this_site(url) for key, url in context.items() if key.endswith("_url") and url}
        super().send_mail(template_prefix, email, {**context, **links, "site_name": settings.SITE_NAME})

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the owner what changed. A mail server that is down must not undo the change."""
        user_agent = self.request.headers.get("User-Agent", "")
        words = {**(context or {}), "device": devices.words(devices.recognise(user_agent))}
        try:
            super().send_notification_mail(template_prefix, user, words, email)
        except OSError:
            log.exception("an account message could not be sent", extra={"kind": template_prefix})

    def is_safe_url(self, url: str | None) -> bool:
        """Only paths of this site: no other host, no scheme, no trick with slashes."""
        if not url or not url.startswith("/") or url.startswith(("//", "/\\")):
            return False
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who works here and learns nothing starts with their work."""
        of_team = first_page.of_team(request.user, at=timezone.now())
        return of_team or str(super().get_login_redirect_url(request))

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and note whether it is the first time: nobody is welcomed back who was never here."""
        is_first = user.last_login is None
        super().login(request, user)
        user.signs_in_for_the_first_time = is_first

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Note the sign-in for the list "Where you are signed in"."""
        if request.session.session_key:
            user_agent = request.headers.get("User-Agent", "")
            sign_ins.note(
                user=user,
                session_key=request.session.session_key,
                user_agent=user_agent,
                at=timezone.now(),
            )
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def set_password(self, user: Any, password: str) -> None:
        """Every other session is dead from now on; they leave the list too."""
        super().set_password(user, password)
        sign_ins.end_others(user=user, but=allauth_context.request.session.session_key)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has signed in a moment ago is not asked for the same again."""
        required = bool(super().is_reauthentication_required(app=app, **kwargs))
        return required and not _signed_in_just_now(allauth_context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [{**m, "description": WAYS_TO_SHOW_IT_IS_YOU.get(m["id"], m["description"])} for m in methods]


def _signed_in_just_now(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
