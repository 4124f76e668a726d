"""What is looked at for everybody who is signed in: the second step of staff, and the day of the session."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.users import second_step, sign_ins

Next = Callable[[HttpRequest], HttpResponseBase]


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
