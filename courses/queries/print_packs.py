"""A whole stage on paper, in large type, for those who read and write better away from a screen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from cms.core import glossary_words
from courses.catalogue import lesson_texts
from courses.catalogue.lesson_texts import PRINTED, LessonText
from courses.catalogue.outline import ActivityOutline, Kind
from courses.catalogue.public import kind_label
from courses.progress.notes import Note
from courses.progress.rules import StageStanding
from courses.queries import access, notes
from courses.queries.access import NotInThisCourseError


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """Drawn blocks; at a prompt, room to write, with what the learner wrote already."""

    html: SafeString
    has_room: bool
    note: str


# What some activities say beside their text.
BESIDES = {
    "bring": gettext_lazy("What to bring or read before"),
    "make_up": gettext_lazy("If you cannot come"),
    "looks_for": gettext_lazy("What the assessor looks for"),
}


@dataclass(frozen=True, slots=True)
class PrintedLesson:
    """A lesson, a live session or coursework. `number` counts the lessons; 0 for the others."""

    number: int
    kind_label: str
    title: str
    minutes: int
    parts: list[PrintedPart]
    besides: list[tuple[str, SafeString]]


@dataclass(frozen=True, slots=True)
class Word:
    """A glossary word of the stage."""

    term: str
    meaning: str


@dataclass(frozen=True, slots=True)
class PrintPack:
    """All lessons of a stage that the learner may open. `left_out` names what is not on the paper."""

    course_title: str
    course_url: str
    stage_title: str
    stage_number: int
    stage_summary: str
    notice: str
    lock_sentence: str
    lessons: list[PrintedLesson]
    left_out: list[str]
    words: list[Word]


def pack(
    *, enrolment_id: int, number: int, learner: Any, at: datetime, shows_notes: bool = True
) -> PrintPack:
    """One stage to print. Raises Enrolment.DoesNotExist, or NotInThisCourseError for another stage."""
    learning = access.learning(enrolment_id=enrolment_id, learner=learner, at=at)
    stage = next((s for s in learning.standing.stages if s.stage.number == number), None)
    if stage is None:
        raise NotInThisCourseError(number)
    lessons = _open_lessons(stage) if learning.may_study else []
    texts = lesson_texts.texts_of(lessons, PRINTED) if lessons else {}
    ids = [i for i, text in texts.items() if text.prompts]
    written = notes.by_block(enrolment_id=enrolment_id, activity_ids=ids) if ids and shows_notes else {}
    return PrintPack(
        course_title=learning.outline.course_title,
        course_url=reverse("learning:course", args=[enrolment_id]),
        stage_title=stage.stage.title,
        stage_number=number,
        stage_summary=stage.stage.summary,
        notice=learning.outline.certificate.notice,
        lock_sentence="" if lessons else _why_nothing(stage, may_study=learning.may_study),
        lessons=[
            _lesson(_number(lessons, activity), activity, texts[activity.activity_id], written)
            for activity in lessons
        ],
        left_out=[a.activity.title for a in stage.activities if a.activity not in lessons],
        words=_words(texts),
    )


def _open_lessons(stage: StageStanding) -> list[ActivityOutline]:
    return [a.activity for a in stage.activities if a.activity.kind is not Kind.QUIZ and not a.is_locked]


def _number(lessons: list[ActivityOutline], activity: ActivityOutline) -> int:
    """Which lesson of the paper it is; 0 for what is no lesson."""
    if activity.kind is not Kind.LESSON:
        return 0
    return [a for a in lessons if a.kind is Kind.LESSON].index(activity) + 1


def _why_nothing(stage: StageStanding, *, may_study: bool) -> str:
    return access.lock_sentence(stage) if may_study else access.not_active_sentence()


def _lesson(
    place: int, activity: ActivityOutline, text: LessonText, written: dict[tuple[int, str], Note]
) -> PrintedLesson:
    parts = []
    for part in text.parts:
        note = written.get((activity.activity_id, part.prompt.block)) if part.prompt else None
        parts.append(PrintedPart(part.html, part.prompt is not None, note.text if note else ""))
    return PrintedLesson(
        number=place,
        kind_label=kind_label(activity.kind),
        title=activity.title,
        minutes=activity.self_directed_minutes + activity.participatory_minutes,
        parts=parts,
        besides=[(str(BESIDES[name]), text.besides[name]) for name in BESIDES if name in text.besides],
    )


def _words(texts: dict[int, LessonText]) -> list[Word]:
    numbers = {number for text in texts.values() for number in text.words}
    if not numbers:
        return []
    known = glossary_words.meanings()
    found = [Word(known[n].term, known[n].text) for n in numbers if n in known]
    return sorted(found, key=lambda word: word.term.casefold())
