"""What courses add to Wagtail's admin."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page

from courses.actions import editions
from courses.catalogue.pages import CoursePage
from courses.queries import registers
from courses.staff import urls as staff_urls
from courses.staff.viewsets import LearningGroup


@hooks.register("register_admin_viewset")
def learning_group() -> LearningGroup:
    """Courses, cohorts and questions, under Learning."""
    return LearningGroup()


@hooks.register("register_admin_urls")
def staff_pages() -> list[Any]:
    """Publishing an edition, and the register of a cohort."""
    return [path("learning/", include((staff_urls.urlpatterns, "staff")))]


class RegistersMenuItem(MenuItem):
    """Only shown to people who look after a cohort, or after all of them."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(registers.cohorts_for(request.user).exists())


@hooks.register("register_admin_menu_item")
def registers_in_the_menu() -> MenuItem:
    """The way to the registers."""
    return RegistersMenuItem(_("Cohort registers"), reverse("staff:registers"), icon_name="group", order=140)


@hooks.register("register_page_header_buttons")
def publish_edition_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """On a course page: freeze it as an edition."""
    if isinstance(page.specific, CoursePage) and page.permissions_for_user(user).can_publish():
        yield Button(
            _("Publish an edition"),
            reverse("staff:publish_edition", args=[page.pk]),
            icon_name="success",
            priority=5,
        )


@hooks.register("before_delete_page")
def keep_pages_that_editions_name(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Say why a page that learners need cannot be deleted, before the database has to."""
    return _refuse_deletion(request, [page])


@hooks.register("before_bulk_action")
def keep_pages_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """The same for several pages at once."""
    if action_type != "delete" or not objects or not isinstance(objects[0], Page):
        return None
    return _refuse_deletion(request, objects)


def _refuse_deletion(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    ids = [found.pk for page in pages for found in page.get_descendants(inclusive=True)]
    sentence = editions.deletion_refusal(ids)
    if not sentence:
        return None
    messages.error(request, sentence)
    parent = pages[0].get_parent()
    return redirect("wagtailadmin_explore", parent.pk if parent else pages[0].pk)
