"""What a course page shows about this visitor, so that the page itself stays the same for everybody."""

from typing import Any

from django import template
from django.utils import timezone

from courses.catalogue.pages import CoursePage
from courses.queries import catalogue

register = template.Library()


@register.inclusion_tag("courses/includes/joining_panel.html", takes_context=True)
def joining_panel(context: Any, page: CoursePage) -> dict[str, Any]:
    """Go on, join, or why joining is not possible."""
    request = context["request"]
    panel = catalogue.joining_panel(course_id=page.course_id, visitor=request.user, at=timezone.now())
    return {
        "state": panel.state,
        "sentence": panel.sentence,
        "enrolment_id": panel.enrolment_id,
        "cohort": {
            "id": panel.cohort_id,
            "name": panel.cohort_name,
            "places_sentence": panel.places_sentence,
            "dates_sentence": panel.dates_sentence,
        },
    }


@register.simple_tag
def course_cards() -> list[catalogue.CourseCard]:
    """Every published course, those with open places first."""
    return catalogue.course_cards(at=timezone.now())
