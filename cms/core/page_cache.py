"""A cache of public pages for visitors who are not signed in, in front of everything else.

What is kept: answers of published pages (Wagtail's own view) that set no cookie, asked without a
query string and without a session. Every process keeps its own copies in memory, because fetching a
page from a shared cache costs more than all else here. They are forgotten:

- when a page is published, taken down or moved, or the site's details change: a number in the
  shared cache is raised, and every process looks at that number at most once a second;
- after a minute in any case, since some words depend on the time and on places taken.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase

GENERATION_KEY = "page-cache:generation"
KEPT_SECONDS = 60
LOOK_AGAIN_SECONDS = 1
MOST_PAGES = 500
PUBLIC_VIEW = "wagtail_serve"
OK = 200
# A notice for the next page waits in this cookie when there is no session.
NOTICE_COOKIE = "messages"


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer, as it left the site, and the moment it was made (monotonic seconds)."""

    content: bytes
    headers: list[tuple[str, str]]
    made_at: float


class PageStore:
    """The pages of one process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[str, Kept] = OrderedDict()
        self._generation: Any = None
        self._looked_at = float("-inf")

    def get(self, key: str, *, now: float) -> Kept | None:
        """The kept page, unless it is too old or something was published since."""
        self._look(now)
        with self._lock:
            kept = self._pages.get(key)
            return kept if kept is not None and now - kept.made_at < KEPT_SECONDS else None

    def keep(self, key: str, page: Kept, *, generation: Any) -> None:
        """Keep a page, unless something was published while it was drawn."""
        with self._lock:
            if generation != self._generation:
                return
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)

    def generation(self) -> Any:
        """The number under which pages are kept now."""
        self._look(time.monotonic())
        return self._generation

    def forget(self) -> None:
        """Drop every page of this process, and look at the shared number again."""
        with self._lock:
            self._pages.clear()
            self._generation = None
            self._looked_at = float("-inf")

    def _look(self, now: float) -> None:
        if now - self._looked_at < LOOK_AGAIN_SECONDS:
            return
        try:
            newest = cache.get(GENERATION_KEY, "first")
        except Exception:  # noqa: BLE001 - with the shared cache away, /health/ and /ready/ must still answer
            newest = None
        with self._lock:
            self._looked_at = now
            if newest != self._generation:
                self._pages.clear()
                self._generation = newest


store = PageStore()


def forget_pages(**kwargs: Any) -> None:
    """Make every process draw its public pages anew."""
    cache.set(GENERATION_KEY, secrets.token_hex(8), None)
    store.forget()


def kept(key: str, draw: Callable[[], str]) -> str:
    """A page that is kept like the public ones, by whoever knows all that it depends on (`key`)."""
    now = time.monotonic()
    found = store.get(key, now=now)
    if found is not None:
        return found.content.decode()
    generation = store.generation()
    drawn = draw()
    store.keep(key, Kept(drawn.encode(), [], now), generation=generation)
    return drawn


class PageCacheMiddleware:
    """Answers from the cache, and fills it. Stands before all other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not may_be_kept(request):
            return self.get_response(request)
        key = f"{request.scheme}://{request.META.get('HTTP_HOST', '')}{request.path}"
        now = time.monotonic()
        kept = store.get(key, now=now)
        if kept is not None:
            return _answer(request, kept)
        generation = store.generation()
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and _is_public(request, response):
            store.keep(key, Kept(response.content, list(response.items()), now), generation=generation)
        return response


def may_be_kept(request: HttpRequest) -> bool:
    """Whether this visitor sees what every visitor sees."""
    return (
        request.method in ("GET", "HEAD")
        and not request.META.get("QUERY_STRING")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and NOTICE_COOKIE not in request.COOKIES
    )


def _is_public(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    return (
        response.status_code == OK
        and request.method == "GET"
        and match is not None
        and match.view_name == PUBLIC_VIEW
        and not response.cookies
        and "private" not in response.headers.get("Cache-Control", "")
    )


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    response = HttpResponse(b"" if request.method == "HEAD" else kept.content)
    for name, value in kept.headers:
        response.headers[name] = value
    return response
