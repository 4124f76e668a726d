"""What is told about questions and answers."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.conversations import people
from courses.conversations.models import Message
from courses.messages.kinds import Said, message


@message(
    "question_asked",
    _("A learner is waiting for an answer"),
    placeholders=("learner_name", "course_title", "cohort_name"),
    in_site=False,
    wants="wants_questions_by_email",
    reader="person_name",
)
def asked(*, person: Any, message: int) -> Said | None:
    """A learner waits for an answer. Without a person, the site's contact address is told.

    Neither the words of the question nor, in the subject, the learner's name: questions can be private.
    """
    found = _message(message)
    conversation, enrolment = found.conversation, found.conversation.enrolment
    if person is not None and not people.answerable(person).filter(pk=conversation.pk).exists():
        return None
    words = {
        "learner_name": enrolment.learner.printed_name,
        "cohort_name": enrolment.cohort.name,
        "course_title": enrolment.cohort.edition.course.title,
    }
    return Said(words, reverse("staff:question", args=[conversation.pk]), enrolment.cohort_id)


@message(
    "question_answered",
    _("Your question has an answer"),
    placeholders=("course_title", "answer"),
    in_site=False,
    wants="wants_answers_by_email",
)
def answered(*, message: int) -> Said:
    """Somebody has answered."""
    found = _message(message)
    enrolment = found.conversation.enrolment
    words = {"course_title": enrolment.cohort.edition.course.title, "answer": found.text}
    url = reverse("learning:conversation", args=[found.conversation_id])
    return Said(words, url, enrolment.cohort_id)


def _message(pk: int) -> Message:
    related = ("conversation__enrolment__learner", "conversation__enrolment__cohort__edition__course")
    return Message.objects.select_related(*related).get(pk=pk)
