"""When something takes place, in words: in the reader's own time, and in the cohort's where that differs."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

DAY, CLOCK = "l j F Y", "H:i"
# Hour and minute of a moment that stands for the end of a day. Forms have no 24:00, so people type the other.
ENDS_OF_A_DAY = ((0, 0), (23, 59))


def city(zone: ZoneInfo) -> str:
    """The place a time zone is named after."""
    return str(zone).rpartition("/")[2].replace("_", " ")


def span(starts_at: datetime, ends_at: datetime, *, own: ZoneInfo, there: ZoneInfo) -> str:
    """ "Tuesday 3 March 2026, 10:00 to 12:30", with the cohort's own times where its clocks differ."""
    begins, ends = starts_at.astimezone(own), ends_at.astimezone(own)
    said = {"day": date_format(begins, DAY), "from": clock(begins), "to": clock(ends)}
    sentence = _("%(day)s, %(from)s to %(to)s") % said
    if begins.utcoffset() == starts_at.astimezone(there).utcoffset():
        return sentence
    return f"{sentence} ({span_there(starts_at, ends_at, there=there, beside=begins)})"


def span_there(starts_at: datetime, ends_at: datetime, *, there: ZoneInfo, beside: datetime) -> str:
    """The times of the clock in the cohort's zone, with the day where it is not the day of `beside`."""
    begins, ends = starts_at.astimezone(there), ends_at.astimezone(there)
    said = {"from": clock(begins), "to": clock(ends), "city": city(there)}
    if begins.date() == beside.date():
        return _("%(from)s to %(to)s in %(city)s") % said
    return _("%(day)s, %(from)s to %(to)s in %(city)s") % {**said, "day": date_format(begins, DAY)}


def moment(at: datetime, *, own: ZoneInfo, there: ZoneInfo) -> str:
    """ "Tuesday 3 March 2026, 09:00", with the cohort's own time where its clocks differ."""
    begins, away = at.astimezone(own), at.astimezone(there)
    sentence = _("%(day)s, %(time)s") % {"day": date_format(begins, DAY), "time": clock(begins)}
    if begins.utcoffset() == away.utcoffset():
        return sentence
    day = "" if begins.date() == away.date() else date_format(away, DAY) + ", "
    return _("%(sentence)s (%(there)s in %(city)s)") % {
        "sentence": sentence,
        "there": day + clock(away),
        "city": city(there),
    }


def until(at: datetime, *, own: ZoneInfo, there: ZoneInfo) -> str:
    """Until when: "the end of Monday 7 December 2026" for what ends when a day of the cohort's zone does.

    Any other moment is told with its time, and so is the reader's own where their clocks differ.
    """
    away = at.astimezone(there)
    if (away.hour, away.minute) not in ENDS_OF_A_DAY:
        return moment(at, own=own, there=there)
    last = _("the end of %(day)s") % {"day": date_format(away - timedelta(minutes=1), DAY)}
    begins = at.astimezone(own)
    if begins.utcoffset() == away.utcoffset():
        return last
    return _("%(day)s, %(time)s (%(last)s in %(city)s)") % {
        "day": date_format(begins, DAY),
        "time": clock(begins),
        "last": last,
        "city": city(there),
    }


def day(at: date) -> str:
    """ "Tuesday 3 March 2026", of a moment that is in its zone already."""
    return date_format(at, DAY)


def clock(at: datetime) -> str:
    """ "09:00", of a moment that is in its zone already."""
    return date_format(at, CLOCK)


def days_from(days: int, anchor: str) -> str:
    """ "3 days after the first day"."""
    if days == 0:
        return _("On %(anchor)s") % {"anchor": anchor}
    words = {"days": abs(days), "anchor": anchor}
    if days > 0:
        return ngettext("%(days)d day after %(anchor)s", "%(days)d days after %(anchor)s", days) % words
    return ngettext("%(days)d day before %(anchor)s", "%(days)d days before %(anchor)s", -days) % words
