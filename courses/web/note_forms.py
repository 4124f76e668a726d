"""The notes of a lesson's form. Every button of a lesson sends them all, so that no button loses words."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from itertools import zip_longest
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from cms.core import typed
from courses.actions import notes as writing
from courses.actions.notes import Draft, NoteRefused
from courses.actions.study import StudyRefused
from courses.catalogue import lesson_texts
from courses.queries.lessons import RefusedNote, digest
from courses.web import drafts
from courses.web.people import LearnerRequest

View = Callable[..., HttpResponseBase]
# One of each for every box of notes, in the order of the lesson.
FIELDS = ("seal", "text", "sequence")


def keeps_notes(view: View) -> View:
    """Notes that arrive without a session wait for the sign-in, whichever button sent them."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated or not _drafts(request):
            return view(request, *args, **kwargs)
        at = reverse("learning:note", args=[kwargs["enrolment"], kwargs["activity"]])
        return drafts.keep_lists(request, at, FIELDS)

    return wrapped


def keep(
    request: LearnerRequest, *, enrolment: int, activity: int, at: datetime
) -> tuple[list[str], list[RefusedNote]]:
    """Save every note that was changed: the blocks that are saved, and what was refused with its words.

    Raises Enrolment.DoesNotExist when the place is not theirs. Boxes left as they were cost nothing.
    """
    saved: list[str] = []
    refused: list[RefusedNote] = []
    for draft in _drafts(request):
        try:
            note = writing.keep(
                enrolment_id=enrolment, activity_id=activity, draft=draft, learner=request.user, at=at
            )
        except (NoteRefused, StudyRefused) as why:
            kept = why.kept if isinstance(why, NoteRefused) else None
            refused.append(RefusedNote(block_of(draft.seal), why.sentence, draft.text, kept))
        else:
            saved.append(note.block)
    return saved, refused


def waiting(request: HttpRequest, sentence: str) -> list[RefusedNote]:
    """What was typed while the session ended, to show again where it was typed."""
    kept = drafts.lists_of(request)
    pairs = zip(kept.get("seal", []), kept.get("text", []), strict=False)
    return [RefusedNote(block, sentence, text, None) for seal, text in pairs if (block := block_of(seal))]


def block_of(seal: str) -> str:
    """The prompt that a seal was made for; empty for what is no seal of ours."""
    try:
        return lesson_texts.unseal(seal)[1]
    except (signing.BadSignature, ValueError):
        return ""


def _drafts(request: HttpRequest) -> list[Draft]:
    sent = request.POST
    rows = zip_longest(
        *(sent.getlist(name)[: drafts.MOST_FIELDS] for name in (*FIELDS, "before")), fillvalue=""
    )
    return [
        Draft(seal=seal, text=text, sequence=typed.number(sequence))
        for seal, text, sequence, before in rows
        if before != digest(text)
    ]
