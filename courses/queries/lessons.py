"""One activity as a learner meets it: a lesson, a quiz before it is begun, or why it is locked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import caches
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Revision

from courses.catalogue.pages import LessonPage, QuizPage
from courses.queries import access, steps
from courses.queries.access import OpenedActivity
from courses.queries.steps import NextStep

# Links in a text name pages by number; a page that moved is found again after this long.
KEPT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Neighbour:
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
    minutes: int
    notice: str
    position_sentence: str
    previous: Neighbour | None
    next: Neighbour | None
    is_locked: bool
    lock_sentence: str


@dataclass(frozen=True, slots=True)
class Lesson(ActivityHead):
    """A lesson to read. `body` is drawn HTML, the same for every learner."""

    body: SafeString
    is_done: bool
    done_on: datetime | None


@dataclass(frozen=True, slots=True)
class LockedActivity:
    title: str
    lock_sentence: str
    course_title: str
    course_url: str
    next_step: NextStep | None


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
        "course_url": reverse("learning:course", args=[enrolment_id]),
        "enrolment_id": enrolment_id,
        "activity_id": activity.activity_id,
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
        Neighbour(a.title, steps.activity_url(enrolment_id, a.activity_id)) if a else None for a in found
    )
    return before, after


def lesson(opened: OpenedActivity) -> Lesson:
    """A lesson with its text. One query when the text was drawn before."""
    record = opened.learning.records.get(opened.activity.activity_id)
    return Lesson(
        **head(opened),
        body=body_of(opened),
        is_done=opened.standing.is_finished,
        done_on=record.at if record else None,
    )


def locked(opened: OpenedActivity) -> LockedActivity:
    """Why an activity is locked, and what to do instead."""
    top = ActivityHead(**head(opened))
    return LockedActivity(
        title=top.title,
        lock_sentence=top.lock_sentence,
        course_title=top.course_title,
        course_url=top.course_url,
        next_step=steps.next_step(opened.learning),
    )


def body_of(opened: OpenedActivity) -> SafeString:
    """The drawn text of a lesson, kept by page and moment of publication, so it is never out of date."""
    page_id = opened.activity.page_id
    published = LessonPage.objects.filter(pk=page_id, live=True).values_list("last_published_at").first()
    stamp = published[0] if published else opened.activity.revision_id
    key = f"lesson:{page_id}:{stamp}".replace(" ", "_")
    drawn: SafeString | None = caches["local"].get(key)
    if drawn is None:
        drawn = mark_safe(page_of(opened, LessonPage).body.render_as_block())  # noqa: S308 - the editor's own
        caches["local"].set(key, drawn, KEPT_SECONDS)
    return drawn


def page_of(opened: OpenedActivity, model: type[LessonPage] | type[QuizPage]) -> Any:
    """The live words while the page is published, else the words that the edition froze."""
    page = model.objects.filter(pk=opened.activity.page_id, live=True).first()
    if page is not None:
        return page
    return Revision.objects.get(pk=opened.activity.revision_id).as_object()
