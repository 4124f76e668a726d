"""The first panel of the admin's first page: what comes next, and what waits."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.ui.components import Component

from courses.queries import team_today
from courses.staff import questions


class TodayPanel(Component):
    """The next meetings with their attendance lists, applications to decide, and work that was handed in."""

    name = "team_today"
    template_name = "courses/staff/today_panel.html"
    order = 40

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        work = questions.task_of(self.request).work
        return {"today": team_today.today(person=self.request.user, work=work, at=timezone.now())}
