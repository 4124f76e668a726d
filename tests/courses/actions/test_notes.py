"""Private notes: nothing older replaces anything newer, and nobody writes where they may not."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core import signing

from cms.users.models import User
from courses.actions import notes
from courses.actions.notes import Draft, NoteRefused, SavedNote
from courses.actions.study import StudyRefused
from courses.catalogue import lesson_texts
from courses.enrolment.models import Enrolment
from courses.progress.notes import Note
from tests.factories import lessons
from tests.factories.courses import BuiltCourse


@pytest.fixture(autouse=True)
def words(course: BuiltCourse) -> None:
    lessons.write(course, body=lessons.body())


def save(
    course: BuiltCourse,
    enrolment: Enrolment,
    text: str,
    *,
    at: datetime,
    sequence: int = 1,
    learner: User | None = None,
    seal: str | None = None,
    activity_id: int | None = None,
) -> SavedNote:
    return notes.keep(
        enrolment_id=enrolment.pk,
        activity_id=course.lesson_id if activity_id is None else activity_id,
        draft=Draft(lessons.prompts(course)[0].seal if seal is None else seal, text, sequence),
        learner=learner or enrolment.learner,
        at=at,
    )


def test_a_note_is_kept_with_its_prompt(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    save(course, enrolment, "The members decide.", at=now)
    note = Note.objects.get()
    assert (note.text, note.prompt, note.updated_at) == ("The members decide.", "Look at a group", now)
    assert str(note.block) == lessons.prompts(course)[0].block


def test_a_prompt_without_a_title_is_named_by_its_words(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    save(course, enrolment, "I would ask.", at=now, seal=lessons.prompts(course)[1].seal)
    assert Note.objects.get().prompt == "What would you say?"


def test_a_newer_save_replaces_an_older_one(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    save(course, enrolment, "One", at=now, sequence=1)
    save(course, enrolment, "One two", at=now + timedelta(seconds=9), sequence=2)
    note = Note.objects.get()
    assert (note.text, note.sequence, note.updated_at) == ("One two", 2, now + timedelta(seconds=9))


def test_saving_the_same_twice_is_one_note(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    first = save(course, enrolment, "The same", at=now, sequence=4)
    assert save(course, enrolment, "The same", at=now, sequence=4) == first
    assert Note.objects.count() == 1


def test_a_late_save_never_replaces_what_was_written_elsewhere(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    save(course, enrolment, "From the tablet", at=now, sequence=5)
    with pytest.raises(NoteRefused, match="another window") as refused:
        save(course, enrolment, "From the phone", at=now, sequence=5)
    assert refused.value.kept == Note.objects.get()
    assert Note.objects.get().text == "From the tablet"


def test_a_note_that_is_too_long_says_by_how_much(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    save(course, enrolment, "x" * notes.LONGEST, at=now, sequence=1)
    with pytest.raises(NoteRefused, match="This note is 2 characters longer than the 10000 that fit"):
        save(course, enrolment, "x" * (notes.LONGEST + 2), at=now, sequence=2)
    assert len(Note.objects.get().text) == notes.LONGEST


def test_ends_of_lines_count_once_and_odd_characters_do_no_harm(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    save(course, enrolment, "one\r\ntwo\x00 🙂  \r\n", at=now)
    assert Note.objects.get().text == "one\ntwo 🙂"


def test_a_note_can_be_emptied(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    save(course, enrolment, "Something", at=now, sequence=1)
    save(course, enrolment, "", at=now, sequence=2)
    assert Note.objects.get().text == ""


@pytest.mark.parametrize("sequence", [-5, 0, 10**15])
def test_odd_numbers_of_saves_do_no_harm(
    course: BuiltCourse, enrolment: Enrolment, now: datetime, sequence: int
) -> None:
    save(course, enrolment, "Words", at=now, sequence=sequence)
    assert 1 <= Note.objects.get().sequence <= notes.LARGEST_SEQUENCE


def test_nobody_writes_into_the_notes_of_somebody_else(
    course: BuiltCourse, enrolment: Enrolment, ben: User, amy: User, now: datetime
) -> None:
    course.enrol(ben, at=now)
    for person in (ben, amy):
        with pytest.raises(Enrolment.DoesNotExist):
            save(course, enrolment, "Not mine", at=now, learner=person)
    assert not Note.objects.exists()


def test_only_prompts_that_were_offered_take_notes(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    """Otherwise anybody could fill the table with notes for prompts that never were."""
    forged = signing.dumps([course.lesson_id, str(uuid4()), "x"], salt="something else")
    other = signing.dumps([course.lesson_id + 1, str(uuid4()), "x"], salt=lesson_texts.SALT)
    broken = signing.dumps([course.lesson_id, "no block", "x"], salt=lesson_texts.SALT)
    for seal in ("", "made up", forged, other, broken):
        with pytest.raises(NoteRefused, match="could not tell"):
            save(course, enrolment, "Words", at=now, seal=seal)
    assert not Note.objects.exists()


def test_a_prompt_that_was_taken_out_meanwhile_still_takes_the_words(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    """The editor's change must not cost the learner who is just writing."""
    seal = lessons.prompts(course)[0].seal
    lessons.write(course, body=[("paragraph", "<p>Nothing to try.</p>")])
    save(course, enrolment, "Words", at=now, seal=seal)
    assert Note.objects.get().text == "Words"


def test_no_notes_where_the_course_is_locked_or_the_place_has_ended(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    with pytest.raises(StudyRefused, match="still locked"):
        save(course, enrolment, "Words", at=now, activity_id=course.quiz_id)
    seal = lessons.prompts(course)[0].seal
    Enrolment.objects.update(status="suspended")
    with pytest.raises(StudyRefused, match="not active"):
        save(course, enrolment, "Words", at=now, seal=seal)
    assert not Note.objects.exists()
