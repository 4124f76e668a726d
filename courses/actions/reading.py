"""How a learner reads: where they stopped, and which version they like. Never a sign of progress."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.users.models import User
from courses.actions import study
from courses.actions.study import StudyRefused
from courses.catalogue import lesson_texts
from courses.catalogue.lesson_texts import EASY, FULL
from courses.catalogue.outline import ActivityOutline, Kind, Outline
from courses.enrolment.models import Enrolment
from courses.progress import openings, rules
from courses.progress.notes import ReadingPlace


def open_lesson(*, enrolment_id: int, activity_id: int, learner: Any, at: datetime) -> ActivityOutline:
    """The lesson, if the learner may read it. Two queries.

    Raises Enrolment.DoesNotExist when it is not theirs, and StudyRefused when it is not open to them.
    """
    found = Enrolment.objects.select_related("cohort__edition").annotate(releases=openings.stored())
    enrolment = found.get(pk=enrolment_id, learner=learner)
    outline: Outline = enrolment.cohort.edition.outline
    standing = rules.standing(outline, study.outcomes_of(enrolment), shut=study.shut_to(enrolment, at))
    study.check_may_do(enrolment=enrolment, activity_id=activity_id, standing=standing)
    activity = outline.activity(activity_id)
    if activity is None or activity.kind is not Kind.LESSON:
        raise StudyRefused(_("This part of the course is not a lesson."))
    return activity


def keep_place(
    *, enrolment_id: int, activity_id: int, anchor: str, is_easy: bool, learner: Any, at: datetime
) -> ReadingPlace:
    """Remember where in a lesson the learner is. Safe to repeat: the latest is the one kept.

    `anchor` names a heading of the lesson; anything else counts as its beginning. Raises as
    `open_lesson` does.
    """
    activity = open_lesson(enrolment_id=enrolment_id, activity_id=activity_id, learner=learner, at=at)
    text = lesson_texts.text_of(activity, EASY if is_easy else FULL)
    heading = next((found for found in text.headings if found.anchor == anchor), None)
    place = ReadingPlace(
        enrolment_id=enrolment_id,
        activity_id=activity_id,
        anchor=heading.anchor if heading else "",
        heading=heading.text[:120] if heading else "",
        kept_at=at,
    )
    ReadingPlace.objects.bulk_create(
        [place],
        update_conflicts=True,
        unique_fields=["enrolment"],
        update_fields=["activity", "anchor", "heading", "kept_at"],
    )
    return place


def choose_version(*, learner: User, is_easy: bool) -> None:
    """Show easy-read versions first, or the full text, from now on and everywhere. Safe to repeat."""
    User.objects.filter(pk=learner.pk).update(prefers_easy_read=is_easy)
