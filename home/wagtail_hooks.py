"""What the site's own pages add to Wagtail's admin."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from home.accessibility import AccessibilityStatementPage
from home.notices import NoticePage, NoticeVersion


class ReviewsOverdue(Component):
    """The statements whose review is overdue, at the top of the admin's first page."""

    name = "reviews_overdue"
    template_name = "home/panels/reviews_overdue.html"
    order = 40

    def __init__(self, pages: list[AccessibilityStatementPage]) -> None:
        self.pages = pages

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"pages": self.pages}


@hooks.register("construct_homepage_panels")
def say_what_is_overdue(request: HttpRequest, panels: list[Any]) -> None:
    """Nothing while all is reviewed."""
    late = AccessibilityStatementPage.objects.live().filter(review_due_on__lt=timezone.localdate())
    pages = [page for page in late if page.permissions_for_user(request.user).can_edit()]
    if pages:
        panels.append(ReviewsOverdue(pages))


@hooks.register("before_delete_page")
def keep_notices(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A notice that was published is taken down, never deleted: people may still need its words."""
    return _refuse(request, [page])


@hooks.register("before_bulk_action")
def keep_notices_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """The same for several pages at once."""
    if action_type != "delete" or not objects or not isinstance(objects[0], Page):
        return None
    return _refuse(request, objects)


def _refuse(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    paths = [page.path for page in pages]
    below = [
        notice
        for notice in NoticePage.objects.all()
        if any(notice.path.startswith(path) for path in paths)
        and NoticeVersion.objects.filter(notice=notice.translation_key).exists()
    ]
    if not below:
        return None
    messages.error(
        request,
        _("“%s” was published, and people may still need to read it. Unpublish it instead.") % below[0].title,
    )
    parent = pages[0].get_parent()
    return redirect("wagtailadmin_explore", parent.pk if parent else pages[0].pk)
