"""What somebody is told who is invited by address: the link with its secret is the only way in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.cohorts import telling_times
from courses.enrolment.models import Offer
from courses.messages import meetings
from courses.messages.kinds import Said, message


@message(
    "invited",
    _("You are invited to a course"),
    placeholders=("course_title", "cohort_name", *meetings.OFFERED, "answer_by"),
    in_site=False,
    reader="person_name",
)
def invited(*, at: datetime, offer: int, token: str) -> Said | None:
    """A place is kept for whoever opens the link. The address is kept with the offer alone."""
    found = Offer.objects.select_related("cohort__edition__course").get(pk=offer)
    if not found.is_open_at(at) or not found.email:
        return None
    there = ZoneInfo(found.cohort.time_zone)
    words = {
        "course_title": found.cohort.edition.course.title,
        "cohort_name": found.cohort.name,
        **meetings.offered(found),
        "answer_by": telling_times.until(found.answer_by, own=there, there=there) if found.answer_by else "",
    }
    return Said(words, reverse("learning:offer_link", args=[token]), to=found.email)
