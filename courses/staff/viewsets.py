"""Courses, cohorts and questions in Wagtail's admin, under Learning."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from courses.assessment.models import Question
from courses.catalogue.models import Course
from courses.cohorts.models import Cohort
from courses.staff.deletion import KeepsRecordsDeleteView


class CourseViewSet(ModelViewSet):
    """The identities of courses. A course with an edition cannot be deleted."""

    model = Course
    icon = "folder-open-inverse"
    menu_label = _("Courses")
    list_display = ("title", "code", "provider")
    search_fields = ("title", "code")
    copy_view_enabled = False
    delete_view_class = KeepsRecordsDeleteView


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
    items = (CourseViewSet, CohortViewSet, QuestionViewSet)
