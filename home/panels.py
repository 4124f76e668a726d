"""What editors see in Wagtail besides the fields."""

from typing import Any

from django.utils import timezone
from wagtail.admin.panels import Panel


class ReviewOverduePanel(Panel):
    """A warning at the top of a statement whose review is overdue; nothing otherwise."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "home/panels/review_overdue.html"

        def is_shown(self) -> bool:
            return bool(
                super().is_shown() and self.instance.pk and self.instance.is_overdue(on=timezone.localdate())
            )

        def get_context_data(self, parent_context: Any = None) -> Any:
            context = super().get_context_data(parent_context)
            context["page"] = self.instance
            return context
