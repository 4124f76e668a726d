"""The time zones a person can choose from, from the system's own list."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

AREAS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    """Names and labels, by area: ("Europe/London", "Europe: London")."""
    names = sorted(name for name in available_timezones() if name.startswith(AREAS))
    return [(name, name.replace("/", ": ", 1).replace("_", " ")) for name in names]


def validate_time_zone(name: str) -> None:
    """Refuse a name that this machine does not know."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValidationError(_("Choose a time zone from the list.")) from None
