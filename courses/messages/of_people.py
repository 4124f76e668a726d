"""What the team of a cohort tells one person or several."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.enrolment.models import Enrolment
from courses.enrolment.team_messages import TeamMessageTo
from courses.messages.kinds import Said, message


@message("from_team", _("A message from your course team"), placeholders=("course_title", "subject", "text"))
def from_team(*, team_message: int, enrolment: int) -> Said | None:
    """The words of the team. The subject is not the e-mail's: it can say more than a mailbox should."""
    found = (
        TeamMessageTo.objects.select_related("message", "enrolment__cohort__edition__course")
        .filter(message=team_message, enrolment=enrolment)
        .first()
    )
    if found is None:
        return None
    words = {
        "course_title": found.enrolment.cohort.edition.course.title,
        "subject": found.message.subject,
        "text": found.message.text,
    }
    return Said(words, reverse("learning:course", args=[enrolment]), found.enrolment.cohort_id)


@message(
    "another_try",
    _("You have another try at a quiz"),
    placeholders=("course_title", "quiz_title"),
    stops=("ended", "suspended", "completed"),
)
def another_try(*, enrolment: int, activity: int) -> Said | None:
    """The team gave one more try."""
    found = Enrolment.objects.select_related("cohort__edition__course").get(pk=enrolment)
    quiz = found.cohort.edition.outline.activity(activity)
    if quiz is None:
        return None
    words = {"course_title": found.cohort.edition.course.title, "quiz_title": quiz.title}
    return Said(words, reverse("learning:activity", args=[enrolment, activity]), found.cohort_id)
