"""What everybody on a cohort is told."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.cohorts.notices import CohortNotice
from courses.enrolment.models import Enrolment
from courses.messages.kinds import Said, message


@message(
    "cohort_notice",
    _("Your course team has news for your group"),
    placeholders=("course_title", "text"),
    stops=("ended",),
)
def cohort_notice(*, notice: int, enrolment: int) -> Said | None:
    """A notice on the page of the cohort."""
    found = CohortNotice.objects.filter(pk=notice).first()
    place = Enrolment.objects.select_related("cohort__edition__course").filter(pk=enrolment).first()
    if found is None or place is None or place.cohort_id != found.cohort_id:
        return None
    words = {"course_title": place.cohort.edition.course.title, "text": found.text}
    return Said(words, reverse("learning:cohort", args=[enrolment]), place.cohort_id)
