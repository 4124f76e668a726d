"""What courses add to Wagtail's admin."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Page

from courses.actions import cohort_notices, cohorts, editions, look, message_words
from courses.catalogue.pages import CoursePage
from courses.queries import registers
from courses.staff import editions as staff_editions
from courses.staff import exchange, history, orders, questions, today, vouchers, work
from courses.staff import messages as told
from courses.staff import urls as staff_urls
from courses.staff.viewsets import LearningGroup
from courses.web import documents


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


@hooks.register("register_learning_menu_item")
def questions_in_the_menu() -> MenuItem:
    """The way to learners' questions, with the number that wait."""
    return questions.menu_item()


@hooks.register("register_learning_menu_item")
def work_in_the_menu() -> MenuItem:
    """The way to what was handed in, with the number that waits."""
    return work.menu_item()


@hooks.register("register_learning_menu_item")
def words_in_the_menu() -> MenuItem:
    """The way to the words of messages."""
    return told.menu_item()


@hooks.register("register_permissions")
def permissions_about_vouchers() -> Any:
    """What the form of a group can give about vouchers."""
    return vouchers.permissions()


@hooks.register("construct_homepage_panels")
def questions_waiting(request: HttpRequest, panels: list[Any]) -> None:
    """Who looks after cohorts sees first what comes next, and which questions have waited longest."""
    task = questions.task_of(request)
    if task.is_theirs:
        panels.insert(0, questions.WaitingPanel(request))
    if task.is_theirs or task.assesses:
        panels.insert(0, today.TodayPanel(request))


@hooks.register("register_admin_menu_item")
def payments_in_the_menu() -> MenuItem:
    """The way to orders and takings, for who looks after payments."""
    return orders.menu_item()


@hooks.register("register_permissions")
def permissions_about_orders() -> Any:
    """What the form of a group can give about payments."""
    return orders.permissions()


@hooks.register("construct_homepage_panels")
def payments_waiting(request: HttpRequest, panels: list[Any]) -> None:
    """Who settles orders sees first which of them need a person."""
    if request.user.has_perm(orders.SEES) and request.user.has_perm(orders.SETTLES):
        panels.insert(0, orders.PaymentsPanel())


@hooks.register("register_page_header_buttons")
def course_page_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """On a course page: freeze it as an edition, see its editions, and look at it as a learner."""
    if not isinstance(page.specific, CoursePage):
        return
    may = page.permissions_for_user(user)
    if may.can_publish():
        yield _button(_("Publish an edition"), "staff:publish_edition", page, "success", 5)
    if may.can_edit():
        yield _button(_("Editions"), "staff:editions", page, "history", 6)
        yield _button(_("Look as a learner"), "staff:look", page, "view", 7)
    if may.can_edit() and user.has_perm(exchange.MAY_EXPORT):
        yield _button(_("Export"), "staff:export_course", page, "download", 8)


def _button(label: Any, name: str, page: Page, icon: str, priority: int) -> Button:
    return Button(label, reverse(name, args=[page.pk]), icon_name=icon, priority=priority)


class LookedAsLearner(LogFormatter):
    """How the history of a cohort tells that somebody looked as one of its learners."""

    label = _("Look as a learner")

    def format_message(self, log_entry: Any) -> str:
        return str(gettext("Looked as a learner (enrolment %s)") % log_entry.data.get("enrolment", ""))


class NoticePosted(LogFormatter):
    """That everybody on a cohort was told something."""

    label = _("Post a notice")

    def format_message(self, log_entry: Any) -> str:
        return str(gettext("Told everybody something (notice %s)") % log_entry.data.get("notice", ""))


class NoticeRemoved(LogFormatter):
    """That a notice was taken away."""

    label = _("Take a notice away")

    def format_message(self, log_entry: Any) -> str:
        return str(gettext("Took a notice away (notice %s)") % log_entry.data.get("notice", ""))


class OpenedAgain(LogFormatter):
    """That a cohort was opened from an earlier one."""

    label = _("Open from an earlier cohort")

    def format_message(self, log_entry: Any) -> str:
        return str(gettext("Opened from cohort %s") % log_entry.data.get("from", ""))


class TakenToNewerEdition(LogFormatter):
    """That people of a cohort went on with a newer edition."""

    label = _("Go on with a newer edition")

    def format_message(self, log_entry: Any) -> str:
        said = {"people": log_entry.data.get("people", ""), "to": log_entry.data.get("to", "")}
        return str(gettext("%(people)s people went on with a newer edition in cohort %(to)s") % said)


@hooks.register("register_log_actions")
def name_what_is_logged(actions: Any) -> None:
    """Words for what our own actions write into Wagtail's log."""
    actions.register_action(cohort_notices.POSTED)(NoticePosted)
    actions.register_action(cohort_notices.REMOVED)(NoticeRemoved)
    actions.register_action(cohorts.OPENED)(OpenedAgain)
    actions.register_action(cohorts.TAKEN_OVER)(TakenToNewerEdition)
    actions.register_action(look.LOOKED)(LookedAsLearner)
    history.name_actions(actions)
    actions.register_action(message_words.CHANGED, _("Change the words of a message"), _("Words changed"))
    actions.register_action(
        message_words.STANDARD, _("Take the standard words"), _("Standard words taken again")
    )


@hooks.register("after_publish_page")
def tell_what_waits_for_an_edition(request: HttpRequest, page: Page) -> None:
    """Who publishes new minutes or rules hears that learners get them with the next edition."""
    staff_editions.tell_what_waits(request, page)


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


@hooks.register("before_serve_document", order=-10)
def ask_who_may_have_a_file(document: Any, request: HttpRequest) -> None:
    """Files that only lessons use are not for the public."""
    documents.check(document, request)
