"""How long something takes, in words. The one place that says it, on pages and on certificates."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTES_AN_HOUR = 60


def about(minutes: int) -> str:
    """Say how long something takes, near enough: from an hour on in half hours, as in "7½ hours".

    Raises ValueError when minutes is below zero.
    """
    if minutes < MINUTES_AN_HOUR:
        return duration(minutes)
    halves = (2 * minutes + MINUTES_AN_HOUR // 2) // MINUTES_AN_HOUR
    hours, half = divmod(halves, 2)
    number = f"{hours}½" if half else str(hours)
    return ngettext("%(number)s hour", "%(number)s hours", hours + half) % {"number": number}


def ways(sizes: Iterable[tuple[int, int]]) -> str:
    """How long a course takes in each way it can be taken; empty when that is not known.

    Each pair: minutes alone, minutes with others.
    """
    known = {(alone, together) for alone, together in sizes if alone + together}
    totals = sorted(alone + together for alone, together in known)
    if not totals:
        return ""
    shortest, longest = about(totals[0]), about(totals[-1])
    if shortest == longest:
        return _("About %s") % shortest
    on_your_own = [alone for alone, together in known if not together]
    with_others = [alone + together for alone, together in known if together]
    if on_your_own and with_others:
        return _("About %(alone)s on your own, about %(together)s with workshops") % {
            "alone": about(min(on_your_own)),
            "together": about(max(with_others)),
        }
    return _("About %(shortest)s to %(longest)s") % {"shortest": shortest, "longest": longest}


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
