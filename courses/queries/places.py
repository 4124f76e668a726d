"""Where a learner stopped reading, on whichever device it was."""

from dataclasses import dataclass
from datetime import datetime

from courses.progress.notes import ReadingPlace
from courses.queries import steps
from courses.queries.access import Learning


@dataclass(frozen=True, slots=True)
class Place:
    """ "You were reading “title”, at “heading”". `heading` is empty at the top; `url` leads right there."""

    activity_id: int
    title: str
    heading: str
    anchor: str
    url: str
    kept_at: datetime


def of(learning: Learning) -> Place | None:
    """Where the learner stopped in this course; None when there is nothing worth going back to.

    No query: `access` fetches the row with the enrolment. A lesson that was finished since, or that
    is no longer open or in the course, is not offered.
    """
    kept: ReadingPlace | None = getattr(learning.enrolment, "reading_place", None)
    if kept is None:
        return None
    found = learning.standing.of(kept.activity_id)
    if found is None or found.is_finished or found.is_locked or not learning.may_study:
        return None
    url = steps.activity_url(learning.enrolment.pk, kept.activity_id)
    return Place(
        activity_id=kept.activity_id,
        title=found.activity.title,
        heading=kept.heading,
        anchor=kept.anchor,
        url=f"{url}#{kept.anchor}" if kept.anchor else url,
        kept_at=kept.kept_at,
    )
