"""A learner's own notes. Nothing else in the code reads them, but for the person's download."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from cms.core.prepared import Prepared
from courses.catalogue import lesson_texts
from courses.progress.notes import Note
from courses.queries import access, steps
from courses.queries.access import Learning


@dataclass(frozen=True, slots=True)
class NoteInList:
    """One note. `url` leads back to its prompt; empty when the prompt is not in the lesson any more."""

    prompt: str
    text: str
    updated_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class LessonNotes:
    """The notes of one lesson. `url` is empty when the lesson is not in the learner's course any more."""

    title: str
    url: str
    notes: list[NoteInList]


@dataclass(frozen=True, slots=True)
class CourseNotes:
    """All notes of one course, in the order of the course."""

    course_title: str
    course_url: str
    enrolment_id: int
    lessons: list[LessonNotes]

    @property
    def has_any(self) -> bool:
        return bool(self.lessons)


_of_one = Prepared(
    lambda enrolment, activity: Note.objects.filter(enrolment=enrolment, activity=activity), int, int
)


def by_block(*, enrolment_id: int, activity_ids: Iterable[int]) -> dict[tuple[int, str], Note]:
    """The notes at the prompts of some lessons, by activity and block. One query."""
    wanted = list(activity_ids)
    found = (
        _of_one(enrolment_id, wanted[0])
        if len(wanted) == 1
        else Note.objects.filter(enrolment=enrolment_id, activity__in=wanted)
    )
    return {(note.activity_id, str(note.block)): note for note in found}


def of_course(*, enrolment_id: int, learner: Any, at: datetime) -> CourseNotes:
    """Everything that was written. Raises Enrolment.DoesNotExist when it is not theirs."""
    learning = access.learning(enrolment_id=enrolment_id, learner=learner, at=at)
    written = Note.objects.filter(enrolment=enrolment_id).exclude(text="").select_related("activity")
    by_activity: dict[int, list[Note]] = {}
    for note in written:
        by_activity.setdefault(note.activity_id, []).append(note)
    return CourseNotes(
        course_title=learning.outline.course_title,
        course_url=reverse("learning:course", args=[enrolment_id]),
        enrolment_id=enrolment_id,
        lessons=_lessons(learning, by_activity),
    )


def _lessons(learning: Learning, by_activity: dict[int, list[Note]]) -> list[LessonNotes]:
    named = [a for a in learning.outline.activities if a.activity_id in by_activity]
    texts = lesson_texts.texts_of(named) if named else {}
    found = []
    for activity in named:
        url = steps.activity_url(learning.enrolment.pk, activity.activity_id)
        order = [prompt.block for prompt in texts[activity.activity_id].prompts]
        notes = by_activity.pop(activity.activity_id)
        found.append(LessonNotes(activity.title, url, _in_order(notes, order, url)))
    # What is left belongs to lessons that the course does not have any more: the words stay.
    return found + [LessonNotes(n[0].activity.title, "", _in_order(n, [], "")) for n in by_activity.values()]


def _in_order(notes: list[Note], order: list[str], url: str) -> list[NoteInList]:
    def place(note: Note) -> int:
        return order.index(str(note.block)) if str(note.block) in order else len(order)

    return [
        NoteInList(
            prompt=note.prompt,
            text=note.text,
            updated_at=note.updated_at,
            url=f"{url}#prompt-{note.block}" if str(note.block) in order else "",
        )
        for note in sorted(notes, key=place)
    ]
