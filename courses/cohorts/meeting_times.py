"""On which days and at what times a cohort meets, in words for somebody who thinks of joining."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Subquery
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core import json_rows
from courses.cohorts import telling_times
from courses.cohorts.sessions import LiveSession

Meeting = tuple[datetime, datetime]
Slot = tuple[int, time, time]
# Fewer on the same day of the week are told one by one.
REGULAR = 3
A_WEEK = timedelta(days=7)


def of(cohort: Any) -> Subquery:
    """The meetings of a cohort as part of another query, for `read`. `cohort` is an OuterRef."""
    live = LiveSession.objects.filter(cohort=cohort, cancelled_at=None)
    return json_rows.listed(live, by="cohort", begins=F("starts_at"), ends=F("ends_at"))


def read(told: str | None) -> list[Meeting]:
    """What `of` brought, in the order of time."""
    rows = json.loads(told or "[]")
    return sorted((json_rows.moment(row["begins"]), json_rows.moment(row["ends"])) for row in rows)


def sentences(meetings: Sequence[Meeting], *, time_zone: str) -> list[str]:
    """ "12 meetings: Tuesdays, 10:30 to 13:00, first on 12 January 2027", and the others one by one.

    Times are the cohort's own. No meeting, no sentence.
    """
    zone = ZoneInfo(time_zone)
    here = [(begins.astimezone(zone), ends.astimezone(zone)) for begins, ends in meetings]
    usual, number = Counter(_slot(one) for one in here).most_common(1)[0] if here else (None, 0)
    regular = [one for one in here if _slot(one) == usual] if number >= REGULAR else []
    found = []
    if usual is not None and regular:
        found.append(_regular(usual, [begins.date() for begins, _ends in regular]))
    found += [telling_times.span(*one, own=zone, there=zone) for one in here if one not in regular]
    if not found:
        return []
    count = ngettext("%(count)d meeting", "%(count)d meetings", len(here)) % {"count": len(here)}
    if time_zone != settings.TIME_ZONE:
        count = _("%(count)s, by the clock in %(city)s") % {"count": count, "city": telling_times.city(zone)}
    return [f"{count}: {found[0]}", *found[1:]]


def _slot(one: Meeting) -> Slot:
    begins, ends = one
    return begins.weekday(), begins.time(), ends.time()


def _regular(slot: Slot, days: list[date]) -> str:
    weekday, begins, ends = slot
    gaps = {later - earlier for earlier, later in pairwise(days)}
    words = {
        "days": _weekdays()[weekday],
        "from": time_format(begins, telling_times.CLOCK),
        "to": time_format(ends, telling_times.CLOCK),
        "first": date_format(days[0], "DATE_FORMAT"),
    }
    if gaps == {A_WEEK}:
        return _("%(days)s, %(from)s to %(to)s, first on %(first)s") % words
    if gaps == {2 * A_WEEK}:
        return _("%(days)s, every two weeks, %(from)s to %(to)s, first on %(first)s") % words
    return _("%(days)s, %(from)s to %(to)s, on %(dates)s") % {
        **words,
        "dates": "; ".join(date_format(day, "DATE_FORMAT") for day in days),
    }


def _weekdays() -> tuple[str, ...]:
    return (
        _("Mondays"),
        _("Tuesdays"),
        _("Wednesdays"),
        _("Thursdays"),
        _("Fridays"),
        _("Saturdays"),
        _("Sundays"),
    )
