"""Uploaded files: what only a lesson uses is only for those who learn with it."""

from typing import Any

from django.http import Http404, HttpRequest

from courses.queries import documents


def check(document: Any, request: HttpRequest) -> None:
    """Before a file is served. A file that is not for this person is, to them, not there."""
    if not documents.may_have(document=document, person=request.user):
        raise Http404
