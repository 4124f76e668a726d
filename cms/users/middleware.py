"""What is looked at for everybody signed in: whose session it is, the second step of staff, and the day."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from cms.users import second_step, sign_ins
from cms.users.backends import AccountBackend

Next = Callable[[HttpRequest], HttpResponseBase]
ACCOUNT_BACKEND = f"{AccountBackend.__module__}.{AccountBackend.__qualname__}"


class SessionsAccountMiddleware(AuthenticationMiddleware):
    """Django's own, but the account that came along with the session is not asked for again."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _account_of(request))  # type: ignore[assignment]


def _account_of(request: HttpRequest) -> Any:
    """Whose session it is. Whatever does not agree is left to Django, which looks closer and may end it."""
    session = request.session
    number, keeper = session.get(auth.SESSION_KEY), session.get(auth.BACKEND_SESSION_KEY)
    sign_in = getattr(session, "sign_in", None)
    if sign_in is None or number != str(sign_in.user_id) or keeper != ACCOUNT_BACKEND:
        return auth.get_user(request)
    account = sign_in.user
    if account.is_active and constant_time_compare(
        session.get(auth.HASH_SESSION_KEY, ""), account.get_session_auth_hash()
    ):
        return account
    return auth.get_user(request)


class SignedInMiddleware:
    """Costs no SQL, unless the site asks its staff for a second step: then one statement in the admin."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        if _must_set_up_a_second_step(request):
            messages.warning(request, _("Please set up a second step first. Then you can go to the admin."))
            return redirect("mfa_index")
        if request.session.session_key:
            sign_ins.seen(session_key=request.session.session_key, on=timezone.now().date())
        return self.get_response(request)


def _must_set_up_a_second_step(request: HttpRequest) -> bool:
    user: Any = request.user
    return (
        settings.REQUIRE_SECOND_STEP_FOR_STAFF
        and request.path.startswith(settings.ADMIN_PREFIX)
        and user.has_perm("wagtailadmin.access_admin")
        and not second_step.is_on(user)
    )
