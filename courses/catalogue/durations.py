"""How long something takes, in words. The one place that says it, on pages and on certificates."""

from django.utils.translation import ngettext

MINUTES_AN_HOUR = 60


def duration(minutes: int) -> str:
    """Say whole minutes in words: 65 is "1 hour 5 minutes", 0 is "0 minutes".

    Raises ValueError when minutes is below zero.
    """
    if minutes < 0:
        raise ValueError("A duration cannot be below zero.")
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    parts = [
        ngettext("%d hour", "%d hours", hours) % hours if hours else "",
        ngettext("%d minute", "%d minutes", rest) % rest if rest or not hours else "",
    ]
    return " ".join(part for part in parts if part)
