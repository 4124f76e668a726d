"""The demo's courses: brought in with the site's own import, published, and opened to learners.

Safe to repeat: what has not changed gets no new revision and no new edition.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.models import Page

from courses.actions import editions
from courses.catalogue.models import Edition
from courses.catalogue.pages import CoursePage
from courses.cohorts.models import Cohort
from courses.exchange import updating
from courses.exchange.format import CourseFileRefused
from courses.exchange.updating import Updated
from home.demo import changes, groups
from home.demo.course_file import CourseFile
from home.demo.text import TextUnreadableError

COHORT = "Start any time"
OPEN_FOR = timedelta(days=180)


def bring_in(file: CourseFile, *, here: Mapping[str, int], by: Any) -> CoursePage:
    """Bring the pages and questions of a course up to date, and publish them.

    Raises TextUnreadableError naming the places where the texts are wrong."""
    try:
        updated = updating.update_course(file=BytesIO(file.content), by=by, here=here)
    except CourseFileRefused as refused:
        raise _told(file.told(remark) for remark in refused.remarks) from refused
    if updated.remarks:
        raise _told(file.told(remark) for remark in updated.remarks)
    for page in updated.gone:
        if page.live:
            page.unpublish(user=by)
    _publish(updated, by=by, file=file)
    course_page: CoursePage = CoursePage.objects.get(pk=updated.page.pk)
    return course_page


def _told(sentences: Iterable[str]) -> TextUnreadableError:
    return TextUnreadableError("\n".join(sentences))


def _publish(updated: Updated, *, by: Any, file: CourseFile) -> None:
    """Publish every page of the course that has something to publish."""
    # What was just written need not be read again from its draft.
    drafts = {page.pk: page for page in updated.changed.values()}
    waiting = Page.objects.descendant_of(updated.page, inclusive=True)
    waiting = waiting.exclude(pk__in=[page.pk for page in updated.gone])
    for page in waiting.order_by("path").select_related("latest_revision"):
        if page.live and not page.has_unpublished_changes:
            continue
        revision = page.latest_revision
        try:
            (drafts.get(page.pk) or revision.as_object()).full_clean()
        except ValidationError as wrong:
            place = file.places.get(page.title[:80], file.code)
            raise _told(f"{place}: {sentence}" for sentence in changes.sentences(wrong)) from wrong
        revision.publish(user=by)


def has_begun(code: str) -> bool:
    """Whether a course has an edition yet."""
    return Edition.objects.filter(course__code=code).exists()


def open_cohorts(course_page: CoursePage, *, by: Any, at: datetime) -> list[Cohort]:
    """Publish the edition, if there is anything new, and give people ways to join.

    An edition without meetings can be joined at any time. One with meetings has groups with dates, and
    leaves those who learn at their own pace on the newest edition without.
    """
    now = at
    if not has_begun(course_page.course.code):
        # The first one, half a year ago: the people of the demo have been here for a while.
        at -= OPEN_FOR
    edition = editions.publish(course_page=course_page, by=by, at=at)
    if not edition.outline.planned_sessions:
        return [_open_at_any_time(edition, at=at)]
    alone = Cohort.objects.filter(edition__course=edition.course, name=COHORT)
    newest = alone.order_by("-edition__number")[:1]
    return [*newest, *groups.make(edition, at=now)]


def _open_at_any_time(edition: Edition, *, at: datetime) -> Cohort:
    _close_older(edition, at=at)
    cohort: Cohort = Cohort.objects.get_or_create(
        edition=edition,
        name=COHORT,
        defaults={"is_rolling": True, "starts_on": at.date(), "enrolment_opens_at": at},
    )[0]
    return cohort


def _close_older(edition: Edition, *, at: datetime) -> None:
    """Who comes now joins the newest edition; who is on an older one stays there."""
    older = Cohort.objects.filter(edition__course=edition.course, name=COHORT).exclude(edition=edition)
    older.filter(enrolment_closes_at=None, enrolment_opens_at__lt=at).update(enrolment_closes_at=at)
