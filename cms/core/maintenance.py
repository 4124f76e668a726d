"""Closing the site for a while. A file says so, because a database that is worked on cannot.

`manage.py maintenance on` writes the file, `off` takes it away; every process looks for it at each
request. With several machines, the environment variable MAINTENANCE=1 closes a machine as well.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

MINUTES = 10
# Those who watch the site must still hear that it lives, and the page needs its styles.
OPEN = ("/health/", "/ready/")
CLOSED = 503
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"


def close(*, words: str = "", minutes: int = MINUTES) -> None:
    """Close the site to everybody. Safe to repeat: the newest words hold."""
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"words": words, "minutes": minutes}), encoding="utf-8")
    draft.replace(path)


def open_again() -> None:
    """Open the site. Safe to repeat."""
    _file().unlink(missing_ok=True)


def is_closed() -> bool:
    """Whether visitors are asked to come back later."""
    return bool(settings.MAINTENANCE) or _file().exists()


class MaintenanceMiddleware:
    """Answers for the whole site while it is closed. Stands before all other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_closed() or request.path_info.startswith((*OPEN, settings.STATIC_URL)):
            return self.get_response(request)
        return _answer()


def _answer() -> HttpResponse:
    said = _said()
    response = HttpResponse(render_to_string("maintenance.html", said), status=CLOSED)
    response["Retry-After"] = str(60 * said["minutes"])
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _said() -> dict[str, Any]:
    """What the file says; the usual where there is none, or where it cannot be read."""
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
        return {"words": str(found["words"]), "minutes": max(1, int(found["minutes"]))}
    except (OSError, ValueError, TypeError, KeyError):
        return {"words": "", "minutes": MINUTES}


def _file() -> Path:
    return Path(settings.MAINTENANCE_FILE)
