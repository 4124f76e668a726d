"""Private notes: what a learner writes at a prompt of a lesson, for themselves alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import connection
from django.utils.translation import gettext as _

from courses.actions import reading
from courses.actions.refusals import ActionRefused
from courses.catalogue import lesson_texts
from courses.progress.notes import Note

LONGEST = 10_000
LARGEST_SEQUENCE = 2_000_000_000
# One statement, so that a note written for the first time costs no more than any other save, and a
# request that comes late can never undo a later one.
SAVE = """
    INSERT INTO {table} (enrolment_id, activity_id, block, prompt, text, sequence, updated_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (enrolment_id, activity_id, block) DO UPDATE
    SET prompt = excluded.prompt, text = excluded.text, sequence = excluded.sequence,
        updated_at = excluded.updated_at
    WHERE {table}.sequence < excluded.sequence
"""


class NoteRefused(ActionRefused):
    """The note was not saved. `kept` is the newer note that stands in the way, if that is why."""

    def __init__(self, sentence: str, *, kept: Note | None = None) -> None:
        super().__init__(sentence)
        self.kept = kept


@dataclass(frozen=True, slots=True)
class SavedNote:
    """A note is in the database, with this sequence number."""

    block: str
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What a page sends. `seal` comes from the prompt; `sequence` counts the saves of this page."""

    seal: str
    text: str
    sequence: int


def keep(*, enrolment_id: int, activity_id: int, draft: Draft, learner: Any, at: datetime) -> SavedNote:
    """Save a note as it stands. Safe to repeat; an older sequence number never replaces a newer one.

    Raises Enrolment.DoesNotExist when it is not theirs, StudyRefused when the lesson is not open to
    them, and NoteRefused with what to do.
    """
    reading.open_lesson(enrolment_id=enrolment_id, activity_id=activity_id, learner=learner, at=at)
    block, title = _prompt(draft.seal, activity_id)
    note = Note(
        enrolment_id=enrolment_id,
        activity_id=activity_id,
        block=block,
        prompt=title,
        text=_tidy(draft.text),
        sequence=max(1, min(draft.sequence, LARGEST_SEQUENCE)),
        updated_at=at,
    )
    if len(note.text) > LONGEST:
        raise NoteRefused(
            _(
                "This note is %(over)d characters longer than the %(longest)d that fit. Nothing is lost: "
                "please move a part of it to a file of your own, then save again."
            )
            % {"over": len(note.text) - LONGEST, "longest": LONGEST}
        )
    if not _upsert(note):
        _check_same_again(note)
    return SavedNote(block=str(block), sequence=note.sequence, at=at)


def _prompt(seal: str, activity_id: int) -> tuple[UUID, str]:
    try:
        sealed_for, block, title = lesson_texts.unseal(seal)
        found = UUID(block)
    except (signing.BadSignature, ValueError) as wrong:
        raise NoteRefused(_not_known()) from wrong
    if sealed_for != activity_id:
        raise NoteRefused(_not_known())
    return found, title


def _not_known() -> str:
    return _(
        "We could not tell what this note belongs to, so it was not saved. Please copy your words, open the "
        "lesson again, and write them there."
    )


def _tidy(text: str) -> str:
    """Browsers send two characters for the end of a line; PostgreSQL cannot keep a NUL."""
    return text.replace("\r\n", "\n").replace("\x00", "").rstrip()


def _upsert(note: Note) -> bool:
    """Whether this call wrote it. Values go in as the database keeps them: SQLite has no times of its own."""
    fields: list[Any] = [f for f in Note._meta.local_concrete_fields if not f.primary_key]
    values = [field.get_db_prep_value(getattr(note, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(SAVE.format(table=connection.ops.quote_name(Note._meta.db_table)), values)
        return bool(cursor.rowcount == 1)


def _check_same_again(note: Note) -> None:
    """A save that changed nothing is a repeat if it says the same, and came too late if it does not."""
    kept = Note.objects.get(enrolment=note.enrolment_id, activity=note.activity_id, block=note.block)
    if kept.text != note.text:
        raise NoteRefused(
            _(
                "You wrote here in another window, or on another device, after you opened this page. Both "
                "are still here: choose which to keep."
            ),
            kept=kept,
        )
