"""Serving uploaded files in the demo. In production the web server does it, with the same headers
(docs/operations/security.md)."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve

# Opened by itself, a file may draw itself and nothing more.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
SHOWN = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp")


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One uploaded file. What is not a plain picture is offered for saving, never opened."""
    answer = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    answer.headers["Content-Security-Policy"] = POLICY
    if not path.lower().endswith(SHOWN):
        answer.headers["Content-Disposition"] = "attachment"
    return answer
