"""What somebody typed while their session ended: kept until they have signed in again.

The words wait in the session of the browser that sent them, under the address they were sent to. That
address opens only for the person it belongs to, so nobody else who signs in there sees them.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from cms.core.rate_limits import is_too_often, too_often

KEY = "draft"
# No form here takes more; what is longer is somebody playing.
LONGEST = 20_000
MOST_FIELDS = 60
A_MINUTE = 10

View = Callable[..., HttpResponseBase]


def keeps_words(*fields: str) -> Callable[[View], View]:
    """Keep these fields of a form that arrives without a session, and ask the sender to sign in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST" or request.user.is_authenticated:
                return view(request, *args, **kwargs)
            if is_too_often(request, "drafts", A_MINUTE):
                return too_often(request)
            words = {name: request.POST.get(name, "")[:LONGEST] for name in fields}
            return _wait(request, request.get_full_path(), words)

        return wrapped

    return decorate


def keep_lists(request: HttpRequest, path: str, fields: Iterable[str]) -> HttpResponseBase:
    """The same for a form with several boxes of one name; `path` is the page that shows them again."""
    if is_too_often(request, "drafts", A_MINUTE):
        return too_often(request)
    return _wait(
        request,
        path,
        {name: [one[:LONGEST] for one in request.POST.getlist(name)[:MOST_FIELDS]] for name in fields},
    )


def _wait(request: HttpRequest, path: str, words: dict[str, Any]) -> HttpResponseBase:
    request.session[KEY] = {"path": path, "words": words}
    messages.info(request, _("Please sign in again. What you wrote is kept for you."))
    return redirect_to_login(path)


def keeps_form(*, prefix: str) -> Callable[[View], View]:
    """The same for a form whose fields are not known before: those whose names begin with `prefix`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            names = [name for name in request.POST if name.startswith(prefix)][:MOST_FIELDS]
            return keeps_words(*names)(view)(request, *args, **kwargs)

        return wrapped

    return decorate


def of(request: HttpRequest) -> dict[str, str]:
    """What was kept for this page; empty when nothing was."""
    return _kept(request)


def lists_of(request: HttpRequest) -> dict[str, list[str]]:
    """The same for a form with several boxes of one name."""
    return _kept(request)


def _kept(request: HttpRequest) -> dict[str, Any]:
    kept = request.session.get(KEY) or {}
    if kept.get("path") != request.get_full_path():
        return {}
    words: dict[str, Any] = kept["words"]
    return words


def forget(request: HttpRequest) -> None:
    """The words have arrived. Call it in answer to a POST only."""
    request.session.pop(KEY, None)
