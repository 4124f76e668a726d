"""What changes from visitor to visitor or from minute to minute, so that pages themselves need no clock."""

from typing import Any

from django import template
from django.utils import timezone

from courses.catalogue.pages import CatalogueIndexPage, CoursePage
from courses.queries import catalogue, course_page

register = template.Library()


@register.simple_tag(takes_context=True)
def course_facts(context: Any, page: CoursePage) -> course_page.CourseFacts:
    """The facts of a course, and whether this visitor can go on, join, or why not."""
    return course_page.course_facts(page=page, visitor=context["request"].user, at=timezone.now())


@register.simple_tag(takes_context=True)
def course_listing(context: Any, page: CatalogueIndexPage) -> catalogue.Listing:
    """The courses that the address of this request asks for."""
    asked = dict(context["request"].GET.lists())
    return catalogue.listing(asked=asked, url=page.url or "", at=timezone.now())


@register.simple_tag
def course_cards() -> list[catalogue.CourseCard]:
    """Every published course, those with open places first."""
    return catalogue.course_cards(at=timezone.now())
