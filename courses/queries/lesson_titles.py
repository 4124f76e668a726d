"""The titles of lessons that course pages show to everybody. Never a word of a lesson itself."""

from typing import Any

from django.db.models import Exists, JSONField, OuterRef, Subquery
from django.db.models.functions import Now

from courses.catalogue import outline
from courses.catalogue.models import Edition
from courses.catalogue.outline import Kind
from courses.catalogue.pages import CoursePage
from courses.cohorts.models import Cohort


def by_page(pages: Any) -> dict[int, tuple[str, ...]]:
    """The titles by the number of the course page, for the course pages among these pages. One query.

    They are those of the edition that the course page tells of: one that somebody can join, else the newest.
    """
    joinable = Cohort.objects.filter(edition=OuterRef("pk")).exclude(enrolment_closes_at__lte=Now())
    editions = Edition.objects.filter(course=OuterRef("course")).annotate(is_joinable=Exists(joinable))
    shown = editions.order_by("-is_joinable", "-number").values("frozen")[:1]
    found = CoursePage.objects.filter(pk__in=pages.order_by().values("pk"))
    rows = found.annotate(shown=Subquery(shown, output_field=JSONField())).values_list("pk", "shown")
    return {pk: _titles(frozen) for pk, frozen in rows if frozen is not None}


def _titles(frozen: dict[str, Any]) -> tuple[str, ...]:
    activities = outline.from_json(frozen).activities
    return tuple(activity.title for activity in activities if activity.kind is Kind.LESSON)
