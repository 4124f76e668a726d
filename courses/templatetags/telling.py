"""Moments in the words of this site, for templates of staff."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from courses.cohorts import telling_times

register = template.Library()


@register.filter
def until(at: datetime | None, time_zone: str) -> str:
    """Until when something is possible, in the reader's time and in the one named; empty without a moment."""
    if at is None:
        return ""
    own = ZoneInfo(timezone.get_current_timezone_name())
    return telling_times.until(at, own=own, there=ZoneInfo(time_zone))
