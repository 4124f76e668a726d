"""Courses, cohorts and questions in Wagtail's admin, under Learning."""

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic import EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import Button, HeaderButton

from courses.assessment.models import Question
from courses.catalogue.models import Course
from courses.catalogue.topics import Topic
from courses.cohorts.application_forms import ApplicationForm
from courses.cohorts.models import Cohort
from courses.cohorts.organisations import Organisation
from courses.exchange import importing
from courses.staff.deletion import KeepsRecordsDeleteView


class CourseIndexView(IndexView):
    """The list of courses, and the way to bring in one from another site."""

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons: list[Any] = list(super().header_buttons)
        if importing.may_import(self.request.user):
            label = _("Import a course")
            buttons.append(HeaderButton(label, url=reverse("staff:import_course"), icon_name="download"))
        return buttons


class CourseViewSet(ModelViewSet):
    """The identities of courses. A course with an edition cannot be deleted."""

    model = Course
    index_view_class = CourseIndexView
    icon = "folder-open-inverse"
    menu_label = _("Courses")
    list_display = ("title", "code", "provider")
    search_fields = ("title", "code")
    copy_view_enabled = False
    delete_view_class = KeepsRecordsDeleteView


class TopicViewSet(ModelViewSet):
    """The topics by which visitors look for courses."""

    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    list_display = ("name", "slug", "description")
    search_fields = ("name", "description")
    add_to_reference_index = False
    copy_view_enabled = False


class CohortViewSet(ModelViewSet):
    """Runs of editions."""

    model = Cohort
    icon = "group"
    menu_label = _("Cohorts")
    list_display = ("name", "edition", "starts_on", "capacity")
    search_fields = ("name",)
    add_to_reference_index = False
    copy_view_enabled = False
    delete_view_class = KeepsRecordsDeleteView


class ApplicationFormViewSet(ModelViewSet):
    """What people are asked who apply for a place."""

    model = ApplicationForm
    icon = "form"
    menu_label = _("Application forms")
    list_display = ("title",)
    search_fields = ("title",)
    add_to_reference_index = False
    copy_view_enabled = False
    delete_view_class = KeepsRecordsDeleteView


def _managers_url(organisation: Organisation) -> str:
    return reverse("staff:organisation_managers", args=[organisation.pk])


class OrganisationIndexView(IndexView):
    """The list of organisations, with the way to the managers of each."""

    def get_list_more_buttons(self, instance: Organisation) -> list[Any]:
        buttons: list[Any] = list(super().get_list_more_buttons(instance))
        return [*buttons, Button(_("Managers"), _managers_url(instance), icon_name="user", priority=20)]


class OrganisationEditView(EditView):
    """An organisation, with the way to its managers."""

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons: list[Any] = list(super().header_buttons)
        return [*buttons, HeaderButton(_("Managers"), url=_managers_url(self.object), icon_name="user")]


class OrganisationViewSet(ModelViewSet):
    """Those that have seats for others. Seats are given on the page of a cohort's places."""

    model = Organisation
    icon = "home"
    menu_label = _("Organisations")
    list_display = ("name",)
    search_fields = ("name",)
    index_view_class = OrganisationIndexView
    edit_view_class = OrganisationEditView
    add_to_reference_index = False
    copy_view_enabled = False
    delete_view_class = KeepsRecordsDeleteView


class QuestionViewSet(ModelViewSet):
    """The question bank. Attempts that are under way keep the words they showed."""

    model = Question
    icon = "help"
    menu_label = _("Questions")
    list_display = ("text", "kind", "course", "version")
    list_filter: Any = ("course", "kind")
    search_fields = ("text",)
    copy_view_enabled = False
    delete_view_class = KeepsRecordsDeleteView


class LearningGroup(ModelViewSetGroup):
    """Everything a course team looks after."""

    menu_label = _("Learning")
    menu_icon = "success"
    menu_order = 150
    submenu_hook = "register_learning_menu_item"
    items = (
        CourseViewSet,
        TopicViewSet,
        CohortViewSet,
        ApplicationFormViewSet,
        OrganisationViewSet,
        QuestionViewSet,
    )
