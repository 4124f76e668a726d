"""What applicants are told: that their application came, that more is asked, that it waits, that it is a no.

That a place is offered is told like every other offer (`of_enrolment`).
"""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.enrolment.applications import Application, kept
from courses.enrolment.states import ApplicationState
from courses.messages.kinds import Said, message

WORDS = ("course_title", "cohort_name")


@message("application_received", _("We have your application"), placeholders=WORDS)
def received(*, application: int) -> Said | None:
    """An application was sent in."""
    return _about(application, ApplicationState.SUBMITTED)


@message("application_more", _("A question about your application"), placeholders=WORDS)
def more(*, application: int) -> Said | None:
    """The team asks for more before it decides."""
    return _about(application, ApplicationState.MORE_INFORMATION)


@message("application_kept", _("You are on our waiting list"), placeholders=WORDS)
def kept_waiting(*, application: int) -> Said | None:
    """There is no place now, and the team keeps the application for one that may come free."""
    return _told(Application.objects.filter(kept(), pk=application))


@message("application_declined", _("About your application"), placeholders=WORDS)
def declined(*, application: int) -> Said | None:
    """The team has no place for this person."""
    return _about(application, ApplicationState.DECLINED)


def _about(pk: int, state: ApplicationState) -> Said | None:
    return _told(Application.objects.filter(pk=pk, status=state.value))


def _told(found: QuerySet[Application]) -> Said | None:
    """Nothing, when it no longer stands so, or was deleted."""
    related = found.select_related("cohort__edition__course")
    application = related.defer("cohort__edition__frozen").first()
    if application is None:
        return None
    cohort = application.cohort
    words = {"course_title": cohort.edition.course.title, "cohort_name": cohort.name}
    return Said(words, reverse("learning:application", args=[application.pk]), cohort.pk)
