"""What the core adds to Wagtail's admin."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from cms.core.templatetags import navigation


@hooks.register("after_edit_setting")
def forget_site_details(request: HttpRequest, instance: Any) -> None:
    """The foot of every page shows the new details at once."""
    navigation.forget()
