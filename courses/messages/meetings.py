"""When and where a group meets, for messages about a place in it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from courses.cohorts import meeting_times, telling_times
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession
from courses.enrolment import places
from courses.enrolment.models import Offer
from courses.messages import times

# What `offered` tells.
OFFERED = ("dates", "meetings", "place", "after")


def offered(offer: Offer) -> dict[str, str]:
    """What somebody needs who is offered a place; empty words where there is nothing to tell. One query."""
    cohort = offer.cohort
    rows = LiveSession.objects.filter(cohort=cohort, cancelled_at=None).values_list("starts_at", "ends_at")
    return {
        "dates": cohort.dates_sentence,
        "meetings": "\n".join(meeting_times.sentences(list(rows), time_zone=cohort.time_zone)),
        "place": cohort.place,
        "after": _("After that it goes to the next person.")
        if places.keeps_a_list(cohort)
        else _("After that we can no longer keep it."),
    }


def of_group(cohort: Cohort, *, person: Any, at: datetime) -> dict[str, str]:
    """The days of a group and its next meeting; empty words for one without dates. One query."""
    if cohort.is_rolling:
        return {"dates": "", "next_meeting": "", "place": ""}
    live = LiveSession.objects.filter(cohort=cohort, cancelled_at=None, ends_at__gt=at)
    following = live.first()
    told = ""
    if following is not None:
        own, there = times.zone_of(person), following.zone
        told = telling_times.span(following.starts_at, following.ends_at, own=own, there=there)
    return {
        "dates": cohort.dates_sentence,
        "next_meeting": told,
        "place": (following.place if following else "") or cohort.place,
    }
