"""Pages of secret links: an invitation or an offer that whoever holds the link can answer."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cms.core.rate_limits import is_too_often, too_often
from courses.web import lens

A_MINUTE = 30

LinkView = Callable[..., HttpResponse]


def link_page(what: str, *methods: str) -> Callable[[LinkView], LinkView]:
    """A page of a secret link: kept by nobody, found by nobody, and its address is told to nobody.

    `what` names the links that are counted together against guessing.
    """

    def decorate(view: LinkView) -> LinkView:
        @wraps(view)
        def wrapped(request: HttpRequest, token: str) -> HttpResponse:
            if is_too_often(request, what, A_MINUTE):
                return too_often(request)
            if request.method == "POST" and lens.of(request, at=timezone.now()) is not None:
                return lens.refuse_to_write(request)
            try:
                response = view(request, token)
            except ObjectDoesNotExist as nothing:
                raise Http404 from nothing
            response["Cache-Control"] = "no-store"
            response["Referrer-Policy"] = "no-referrer"
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return require_http_methods([*methods])(wrapped)

    return decorate
