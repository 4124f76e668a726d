"""The editions of a course, newest first, each with what it holds and what changed."""

from dataclasses import dataclass
from itertools import pairwise

from courses.catalogue import comparison
from courses.catalogue.models import Course, Edition
from courses.cohorts.models import Cohort
from courses.queries import differences
from courses.queries.contents import Contents, contents
from courses.queries.differences import Difference


@dataclass(frozen=True, slots=True)
class ListedEdition:
    """`differences` are from the edition before it; the first edition has none."""

    edition: Edition
    contents: Contents
    cohorts: list[Cohort]
    differences: list[Difference]
    is_first: bool


def editions_of(course: Course) -> list[ListedEdition]:
    """Every edition of a course. Two queries."""
    found = list(
        Edition.objects.filter(course=course).select_related("published_by", "course").order_by("-number")
    )
    cohorts: dict[int, list[Cohort]] = {edition.pk: [] for edition in found}
    for cohort in Cohort.objects.filter(edition__in=found).order_by("starts_on", "pk"):
        cohorts[cohort.edition_id].append(cohort)
    changes = [comparison.changes(older.outline, newer.outline) for newer, older in pairwise(found)]
    return [
        ListedEdition(
            edition,
            contents(edition.outline),
            cohorts[edition.pk],
            differences.in_words(changed),
            is_first=is_first,
        )
        for edition, changed, is_first in zip(
            found, [*changes, ()], [*(False for _change in changes), True], strict=False
        )
    ]
