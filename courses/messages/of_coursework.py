"""What learners are told about work that they handed in."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.assessment.coursework import Submission
from courses.assessment.states import WorkState
from courses.messages.kinds import Said, message

WORDS = ("course_title", "activity_title")


@message("coursework_sent_back", _("Your work has come back with a comment"), placeholders=WORDS)
def sent_back(*, submission: int, enrolment: int) -> Said | None:
    """There is something to add or change. Once they have handed in again, there is nothing to tell."""
    newest = Submission.objects.filter(pk=submission, status=WorkState.SENT_BACK.value)
    return _said(newest)


@message("coursework_signed_off", _("Your work has been signed off"), placeholders=WORDS)
def signed_off(*, submission: int, enrolment: int) -> Said | None:
    """This part is done."""
    return _said(Submission.objects.filter(pk=submission, status=WorkState.SIGNED_OFF.value))


def _said(found: Any) -> Said | None:
    row = found.select_related("enrolment__cohort__edition__course", "activity").first()
    if row is None:
        return None
    words = {
        "course_title": row.enrolment.cohort.edition.course.title,
        "activity_title": row.activity.title,
    }
    url = reverse("learning:activity", args=[row.enrolment_id, row.activity_id])
    return Said(words, f"{url}#your-work", row.enrolment.cohort_id)
