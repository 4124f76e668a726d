"""What a session keeps about somebody who looks as a learner, and until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest

from courses.queries.looking import Sight

KEY = "looking"
LASTS = timedelta(minutes=60)


def begin(request: HttpRequest, sight: Sight, *, back: str, at: datetime) -> None:
    """Look at this from now on, in this session; `back` is where to go afterwards."""
    cohort_id = sight.enrolment.cohort_id
    request.session[KEY] = {
        "by": request.user.pk,
        "edition": sight.edition.pk,
        "cohort": cohort_id or None,
        "enrolment": None if sight.is_sample else sight.enrolment.pk,
        "everything": sight.opens_everything,
        "back": back,
        "until": int((at + LASTS).timestamp()),
    }


def end(request: HttpRequest) -> None:
    """Look as oneself again. Safe to repeat."""
    request.session.pop(KEY, None)


def ends_at(request: HttpRequest) -> datetime | None:
    """When the looking of this session ends; None when nobody looks. No query beyond the session."""
    user: Any = request.user
    kept = request.session.get(KEY) if user.is_authenticated else None
    if not kept or kept["by"] != user.pk:
        return None
    return datetime.fromtimestamp(kept["until"], tz=UTC)
