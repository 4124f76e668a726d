"""What every answer gets: a policy for the admin, no storing of private pages, the person's own time."""

from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

Next = Callable[[HttpRequest], HttpResponseBase]


class SiteLanguageMiddleware:
    """Every answer is in the site's language, said once: Django otherwise works it out at every word."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        translation.activate(settings.LANGUAGE_CODE)
        return self.get_response(request)


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's own. The site's policy is put together once: nearly every answer has the same."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if (
            settings.DEBUG
            or hasattr(request, "_csp_nonce")
            or any(n.startswith("_csp") for n in vars(response))
        ):
            return super().process_response(request, response)
        if HEADER not in response.headers:
            response.headers[HEADER] = _site_policy()
        return response


@cache
def _site_policy() -> str:
    return build_policy()


class AdminContentPolicyMiddleware:
    """Wagtail's editor needs inline scripts; the public site never gets that looser policy.

    Stands inside the policy's own middleware, which reads `_csp_update` when the answer leaves.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(settings.ADMIN_PREFIX):
            _let_previews_be_framed(response)
            response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response


def _let_previews_be_framed(response: HttpResponseBase) -> None:
    """A preview was answered as a public page, under the public policy. Only its editor may frame it."""
    policy = response.headers.get("Content-Security-Policy")
    if policy:
        response.headers["Content-Security-Policy"] = policy.replace(
            "frame-ancestors 'none'", "frame-ancestors 'self'"
        )


class OddCookiesMiddleware:
    """Throws away cookies that hold a NUL: PostgreSQL cannot look such a session up, and would fail."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]
        return self.get_response(request)


class PrivatePagesMiddleware:
    """Pages of somebody who is signed in, and pages that set a cookie, are never stored by a cache."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or response.cookies:
            response.headers["Cache-Control"] = "no-store, private"
        return response


class PersonsTimeZoneMiddleware:
    """Times are shown in the time zone that the person chose. Anonymous visitors get the site's."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        with timezone.override(_zone(user.time_zone)):
            return self.get_response(request)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
