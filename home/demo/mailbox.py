"""The demo's e-mails, to be read in the browser instead of sent."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

LINK = re.compile(r"https?://\S+")
NEWEST = 50


@dataclass(frozen=True, slots=True)
class Message:
    name: str
    to: str
    subject: str
    at: datetime
    body: str
    links: list[str]


@require_http_methods(["GET", "HEAD"])
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest e-mails of the demo."""
    files = sorted(_folder().glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    return render(request, "demo/mailbox.html", {"messages": [_read(path) for path in files[:NEWEST]]})


@require_http_methods(["GET", "HEAD"])
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One e-mail, with its links to click."""
    path = next((path for path in _folder().glob("*.log") if path.stem == name), None)
    if path is None:
        raise Http404
    return render(request, "demo/message.html", {"message": _read(path)})


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def _read(path: Path) -> Message:
    # Django's file back end writes each connection's messages one after another, with a line between.
    raw = path.read_bytes().split(b"\n" + b"-" * 79)[0]
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)  # noqa: S101 - the policy above makes it one
    part = parsed.get_body(preferencelist=("plain",))
    body = part.get_content() if part else ""
    at = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
    return Message(path.stem, str(parsed["to"]), str(parsed["subject"]), at, body, LINK.findall(body))
