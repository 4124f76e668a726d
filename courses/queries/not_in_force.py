"""What an editor has just published that the newest edition of the course does not ask yet.

New words reach everybody at once; minutes, titles and rules are frozen until the next edition.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from courses.actions import editions
from courses.catalogue import comparison
from courses.catalogue.comparison import Change, Happened, Subject
from courses.catalogue.models import Edition
from courses.catalogue.outline import Outline
from courses.catalogue.pages import ActivityPage, CoursePage, StagePage
from courses.queries import differences
from courses.queries.differences import Difference

LONGEST_VALUES = 80
OF_THE_COURSE = (Subject.COURSE, Subject.OUTCOME, Subject.CERTIFICATE)


@dataclass(frozen=True, slots=True)
class NotInForce:
    """What a page says and the newest edition does not."""

    course_page: CoursePage
    edition: Edition
    differences: list[Difference]

    @property
    def sentence(self) -> str:
        said = _("Edition %(number)d stays as it is until you publish a new one. Not in it yet: %(what)s.")
        return said % {"number": self.edition.number, "what": "; ".join(map(_line, self.differences))}


def of(*, page: Any, at: datetime) -> NotInForce | None:
    """None for what no edition asks, and where the newest one asks the same. Ten queries at the most."""
    course_page = _course_page(page)
    if course_page is None or not page.live:
        return None
    course = course_page.course
    edition = Edition.objects.filter(course=course).order_by("-number").first()
    if edition is None:
        return None
    pages = editions.course_tree(course_page).published
    drawn = editions.draw_outline(course_page=course_page, course=course, pages=pages, at=at)
    changes = comparison.changes(edition.outline, drawn)
    found = [change for change in changes if _is_about(page, change, drawn)]
    return NotInForce(course_page, edition, differences.in_words(found)) if found else None


def _course_page(page: Any) -> CoursePage | None:
    if not isinstance(page, ActivityPage | StagePage | CoursePage):
        return None
    found: CoursePage | None = CoursePage.objects.ancestor_of(page, inclusive=True).last()
    return found


def _is_about(page: Any, change: Change, drawn: Outline) -> bool:
    if isinstance(page, CoursePage):
        return change.subject in OF_THE_COURSE
    if isinstance(page, StagePage):
        return change.subject is Subject.STAGE and change.title == page.title
    if change.subject is not Subject.ACTIVITY:
        return False
    known = next((a.activity_id for a in drawn.activities if a.page_id == page.pk), 0)
    # An activity that was never in an edition has no number yet.
    return change.key == known if known else change.happened is Happened.ADDED and change.title == page.title


def _line(one: Difference) -> str:
    """One change in a few words. Long texts are read where editions are published."""
    if not one.after or len(one.before) + len(one.after) > LONGEST_VALUES:
        return one.sentence
    return _("%(what)s, %(after)s instead of %(before)s") % {
        "what": one.sentence,
        "after": one.after,
        "before": one.before,
    }
