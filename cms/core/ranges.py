"""Answering a request for a part of a file: without it, some browsers play no video, none skips ahead."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from wagtail.documents.views import serve

RANGE = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})")
CHUNK = 64 * 1024
OK, PARTIAL, OUT_OF_REACH = 200, 206, 416


class Slice:
    """The next `length` bytes of an open file, read in chunks; the file is closed with it."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self.file = file
        self.length = length

    def __iter__(self) -> Iterator[bytes]:
        left = self.length
        while left > 0:
            chunk = self.file.read(min(CHUNK, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self.file.close()


def serve_file(request: HttpRequest, document_id: str, document_filename: str) -> HttpResponseBase:
    """Wagtail's own view of an uploaded file, with parts of it for players."""
    whole: HttpResponseBase = serve.serve(request, document_id, document_filename)
    return part_of(request, whole)


def part_of(request: HttpRequest, whole: Any) -> HttpResponseBase:
    """The bytes that were asked for; everything when none, or several ranges at once, were."""
    file = getattr(whole, "file_to_stream", None)
    if whole.status_code != OK or file is None:
        return whole  # type: ignore[no-any-return]
    whole.headers["Accept-Ranges"] = "bytes"
    wanted = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or wanted is None or not _is_the_same(request, whole):
        return whole  # type: ignore[no-any-return]
    size = int(whole.headers["Content-Length"])
    found = _bounds(wanted["first"], wanted["last"], size)
    if found is None:
        whole.close()
        return HttpResponse(status=OUT_OF_REACH, headers={"Content-Range": f"bytes */{size}"})
    first, last = found
    file.seek(first)
    part = StreamingHttpResponse(Slice(file, last - first + 1), status=PARTIAL)
    for name, value in whole.items():
        part.headers[name] = value
    part.headers["Content-Length"] = str(last - first + 1)
    part.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return part


def _is_the_same(request: HttpRequest, whole: Any) -> bool:
    """Whether the reader's earlier part came from this very file (RFC 9110, If-Range)."""
    stamp = request.headers.get("If-Range")
    return stamp is None or stamp in (whole.headers.get("ETag"), whole.headers.get("Last-Modified"))


def _bounds(first: str, last: str, size: int) -> tuple[int, int] | None:
    """The first and last byte; None when nothing of the file is meant."""
    if not first:
        start, end = max(size - int(last or 0), 0), size - 1
        return (start, end) if last and int(last) > 0 and size else None
    start, end = int(first), min(int(last) if last else size - 1, size - 1)
    return (start, end) if start <= end else None
