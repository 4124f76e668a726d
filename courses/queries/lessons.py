"""One activity as a learner meets it: a lesson, a quiz before it is begun, or why it is locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms.core.addresses import address
from courses.catalogue import lesson_texts
from courses.catalogue.lesson_texts import EASY, FULL, Heading, LessonText, Part
from courses.catalogue.pages import LessonPage, QuizPage
from courses.enrolment.models import Enrolment
from courses.progress.notes import Note
from courses.progress.rules import ActivityStanding, Standing
from courses.queries import access, conversations, notes, places, steps
from courses.queries.access import OpenedActivity
from courses.queries.dashboard import state_label
from courses.queries.places import Place
from courses.queries.steps import NextStep


@dataclass(frozen=True, slots=True)
class Neighbour:
    activity_id: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ActivityHead:
    """What every activity page says about where it stands."""

    title: str
    stage_title: str
    stage_number: int
    course_title: str
    course_url: str
    enrolment_id: int
    activity_id: int
    page_id: int
    minutes: int
    notice: str
    position_sentence: str
    previous: Neighbour | None
    next: Neighbour | None
    is_locked: bool
    lock_sentence: str


@dataclass(frozen=True, slots=True)
class RefusedNote:
    """What somebody typed that was not saved, and why. It is shown again where they typed it."""

    block: str
    sentence: str
    typed: str
    kept: Note | None


@dataclass(frozen=True, slots=True)
class NoteBox:
    """Room for notes at one prompt. `text` is what stands in it; `other` a newer note in its way.

    `before` is the digest of what is kept, so that a box which nobody touched is not sent as new.
    """

    block: str
    title: str
    seal: str
    text: str
    before: str
    sequence: int
    saved_at: datetime | None
    error: str
    other: str


@dataclass(frozen=True, slots=True)
class LessonPart:
    """Drawn blocks; at a prompt, with room for notes below."""

    html: SafeString
    note: NoteBox | None


@dataclass(frozen=True, slots=True)
class ActivityInStage:
    """A line of the contents. `url` is empty for what is locked."""

    title: str
    url: str
    state: str
    state_label: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class StageInContents:
    """A stage of the contents; only the reader's own stage lists its activities."""

    number: int
    title: str
    done: int
    total: int
    is_open: bool
    activities: list[ActivityInStage]


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in the course, beside a lesson."""

    stage_number: int
    activity_id: int
    stages: list[StageInContents]


@dataclass(frozen=True, slots=True)
class Lesson(ActivityHead):
    """A lesson to read, with the learner's own notes."""

    parts: list[LessonPart]
    headings: tuple[Heading, ...]
    players: frozenset[str]
    is_easy: bool
    has_easy_read: bool
    wants_easy_read: bool
    has_prompts: bool
    place: Place | None
    is_done: bool
    done_on: datetime | None

    @property
    def has_boxes(self) -> bool:
        """Whether there is a box to write in, on the version that is shown."""
        return any(part.note for part in self.parts)


@dataclass(frozen=True, slots=True)
class Away:
    """Why nothing opens for somebody whose place is not active, and who can help."""

    title: str
    sentence: str
    has_ended: bool
    who_helps: str
    ask_url: str
    notes_url: str


@dataclass(frozen=True, slots=True)
class LockedActivity:
    """`away` is there while the place on the course is not active: then no step opens anything."""

    title: str
    lock_sentence: str
    course_title: str
    course_url: str
    next_step: NextStep | None
    away: Away | None


def head(opened: OpenedActivity) -> dict[str, Any]:
    """The fields of ActivityHead, for the pages that build on it. No query."""
    learning, activity = opened.learning, opened.activity
    enrolment_id = learning.enrolment.pk
    previous, following = _neighbours(opened)
    return {
        "title": activity.title,
        "stage_title": opened.stage.stage.title,
        "stage_number": opened.stage.stage.number,
        "course_title": learning.outline.course_title,
        "course_url": address("learning:course", enrolment_id),
        "enrolment_id": enrolment_id,
        "activity_id": activity.activity_id,
        "page_id": activity.page_id,
        "minutes": activity.self_directed_minutes + activity.participatory_minutes,
        "notice": learning.outline.certificate.notice,
        "position_sentence": access.position_sentence(opened.stage.stage, activity.activity_id),
        "previous": previous,
        "next": following,
        "is_locked": bool(opened.lock_sentence),
        "lock_sentence": opened.lock_sentence,
    }


def _neighbours(opened: OpenedActivity) -> tuple[Neighbour | None, Neighbour | None]:
    activities = opened.learning.outline.activities
    place = [a.activity_id for a in activities].index(opened.activity.activity_id)
    around = (place - 1, place + 1)
    found = [activities[i] if 0 <= i < len(activities) else None for i in around]
    enrolment_id = opened.learning.enrolment.pk
    before, after = (
        Neighbour(a.activity_id, a.title, steps.activity_url(enrolment_id, a.activity_id)) if a else None
        for a in found
    )
    return before, after


def lesson(
    opened: OpenedActivity,
    *,
    wants_easy_read: bool = False,
    refused: Sequence[RefusedNote] = (),
    shows_notes: bool = True,
) -> Lesson:
    """A lesson with its text. One query when the text was drawn before, and one for notes if it asks any.

    `shows_notes` is False for staff who look at a learner's pages: notes are the learner's alone.
    """
    record = opened.learning.records.get(opened.activity.activity_id)
    text = lesson_texts.text_of(opened.activity, EASY if wants_easy_read else FULL)
    kept = places.of(opened.learning)
    return Lesson(
        **head(opened),
        parts=_parts(opened, text, refused, shows_notes=shows_notes),
        headings=text.headings,
        players=text.players,
        is_easy=text.is_easy,
        has_easy_read=text.has_easy_read,
        wants_easy_read=wants_easy_read,
        has_prompts=bool(text.prompts),
        place=kept
        if shows_notes and kept and kept.activity_id == opened.activity.activity_id and kept.heading
        else None,
        is_done=opened.standing.is_finished,
        done_on=record.at if record else None,
    )


def _parts(
    opened: OpenedActivity, text: LessonText, refused: Sequence[RefusedNote], *, shows_notes: bool
) -> list[LessonPart]:
    activity_id = opened.activity.activity_id
    written: dict[tuple[int, str], Note] = {}
    if text.prompts and shows_notes:
        written = notes.by_block(enrolment_id=opened.learning.enrolment.pk, activity_ids=[activity_id])
    return [
        LessonPart(part.html, _box(part, written.get((activity_id, part.prompt.block)), refused))
        if part.prompt
        else LessonPart(part.html, None)
        for part in text.parts
    ]


def _box(part: Part, note: Note | None, refused: Sequence[RefusedNote]) -> NoteBox | None:
    prompt = part.prompt
    if prompt is None:
        return None
    back = next((one for one in refused if one.block == prompt.block), None)
    text = note.text if note else ""
    return NoteBox(
        block=prompt.block,
        title=prompt.title,
        seal=prompt.seal,
        text=back.typed if back else text,
        before="" if back else digest(text),
        sequence=note.sequence + 1 if note else 1,
        saved_at=note.updated_at if note and not back else None,
        error=back.sentence if back else "",
        other=back.kept.text if back and back.kept else "",
    )


def digest(text: str) -> str:
    """A short name for some words, whatever ends their lines: the same words have the same."""
    return sha256("\n".join(text.rstrip().splitlines()).encode()).hexdigest()[:16]


def contents(standing: Standing, *, activity_id: int, enrolment_id: int) -> Contents:
    """What is in the course, seen from one activity of it. Raises LookupError when it has no such one."""
    here = standing.stage_of(activity_id)
    if here is None:
        raise LookupError(activity_id)
    return Contents(
        stage_number=here.stage.number,
        activity_id=activity_id,
        stages=[
            StageInContents(
                number=stage.stage.number,
                title=stage.stage.title,
                done=stage.done,
                total=stage.total,
                is_open=stage.is_open,
                activities=[_line(a, activity_id, enrolment_id) for a in stage.activities]
                if stage is here
                else [],
            )
            for stage in standing.stages
        ],
    )


def _line(found: ActivityStanding, here: int, enrolment_id: int) -> ActivityInStage:
    activity_id = found.activity.activity_id
    return ActivityInStage(
        title=found.activity.title,
        url="" if found.is_locked else steps.activity_url(enrolment_id, activity_id),
        state=found.state.value,
        state_label=state_label(found.state),
        is_here=activity_id == here,
    )


def locked(opened: OpenedActivity) -> LockedActivity:
    """Why an activity is locked, and what to do instead. One query while the place is not active."""
    top = ActivityHead(**head(opened))
    return LockedActivity(
        title=top.title,
        lock_sentence=top.lock_sentence,
        course_title=top.course_title,
        course_url=top.course_url,
        next_step=steps.next_step(opened.learning),
        away=None if opened.learning.may_study else _away(opened.learning.enrolment),
    )


def _away(enrolment: Enrolment) -> Away:
    ended_at = enrolment.ended_at
    title, sentence = _("This is not open at the moment"), access.away_sentence(enrolment)
    if ended_at is not None:
        title = _("Your place on this course ended on %(date)s") % {"date": access.ended_on(ended_at)}
        sentence = _("What you have done is kept, and so are your notes.")
    return Away(
        title=title,
        sentence=sentence,
        has_ended=ended_at is not None,
        who_helps=conversations.who_answers(enrolment),
        ask_url=steps.ask_url(enrolment.pk),
        notes_url=address("learning:notes", enrolment.pk),
    )


def page_of(opened: OpenedActivity, model: type[LessonPage] | type[QuizPage]) -> Any:
    """The live words while the page is published, else the words that the edition froze."""
    page = model.objects.filter(pk=opened.activity.page_id, live=True).first()
    if page is not None:
        return page
    return Revision.objects.get(pk=opened.activity.revision_id).as_object()
