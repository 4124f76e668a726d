"""The time zones a person can choose from, from the system's own list."""

from functools import cache
from zoneinfo import available_timezones

AREAS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    """Names and labels, by area: ("Europe/London", "Europe: London")."""
    names = sorted(name for name in available_timezones() if name.startswith(AREAS))
    return [(name, name.replace("/", ": ", 1).replace("_", " ")) for name in names]
