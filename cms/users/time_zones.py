"""The time zones a person can choose from, from the system's own list."""

from functools import cache
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

AREAS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
OFTEN = ("Europe/London", "Europe/Dublin")


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    """Names and labels, by area: ("Europe/London", "Europe: London")."""
    names = sorted(name for name in available_timezones() if name.startswith(AREAS))
    return [(name, time_zone_label(name)) for name in names]


def time_zone_label(name: str) -> str:
    """Such as "Europe: London"."""
    return name.replace("/", ": ", 1).replace("_", " ")


def grouped_choices() -> list[tuple[object, list[tuple[str, str]]]]:
    """The same choices under a heading for each area, with those chosen most often first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, label in time_zone_choices():
        groups.setdefault(name.partition("/")[0], []).append((name, label))
    labels = dict(time_zone_choices())
    often = [(name, labels[name]) for name in OFTEN if name in labels]
    return [(_("Chosen most often"), often), *groups.items()]
