"""Files of people, from private storage: to be saved, never to be shown by the browser on our site."""

from pathlib import PurePosixPath
from urllib.parse import quote

from django.core.files.storage import storages
from django.http import Http404, HttpResponse


def download(*, file_name: str, title: str) -> HttpResponse:
    """The bytes of a file, called by its title. Who may have it was asked before.

    Raises Http404 when it is gone.
    """
    try:
        with storages["private"].open(file_name) as stored:
            content = stored.read()
    except FileNotFoundError as gone:
        raise Http404 from gone
    return attachment(content=content, title=title)


def attachment(*, content: bytes, title: str, content_type: str = "application/octet-stream") -> HttpResponse:
    """Bytes to be saved under a title, kept by no cache on the way."""
    answer = HttpResponse(content, content_type=content_type)
    ending = PurePosixPath(title).suffix
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"file{ending}\"; filename*=UTF-8''{quote(title)}"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
