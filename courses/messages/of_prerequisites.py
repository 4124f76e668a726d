"""What people are told about a check before joining: yes or no and the days, never what was found."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.enrolment.applications import Application
from courses.enrolment.models import Enrolment, Offer, WaitingEntry
from courses.enrolment.prerequisites import StaffCheck
from courses.enrolment.states import LIVE_APPLICATIONS, STILL_WAITING, OfferState, State
from courses.messages.kinds import Said, message
from courses.progress.models import Completion

WORDS = ("course_title", "cohort_name", "checked_on", "counts_until", "next_step")


@message("check_confirmed", gettext_lazy("The team has confirmed what you need"), placeholders=WORDS)
def confirmed(*, check: int, at: datetime) -> Said | None:
    """The team recorded a yes. Nothing is told when something else is on record by now."""
    return _said(check, is_done=True, at=at)


@message("check_not_confirmed", gettext_lazy("The team could not confirm what you need"), placeholders=WORDS)
def not_confirmed(*, check: int, at: datetime) -> Said | None:
    """The team recorded a no. Who has a place keeps it."""
    return _said(check, is_done=False, at=at)


def _said(pk: int, *, is_done: bool, at: datetime) -> Said | None:
    related = StaffCheck.objects.select_related("cohort__edition__course").defer("cohort__edition__frozen")
    check = related.filter(pk=pk, is_done=is_done).first()
    if check is None:
        return None
    course = check.cohort.edition.course_id
    here = Enrolment.objects.filter(learner=check.learner_id, cohort__edition__course=course)
    live = here.exclude(status=State.ENDED.value).first()
    if live is not None and Completion.objects.filter(enrolment=live).exists():
        return None
    if live is not None:
        next_step, url = _on_it(live, is_done=is_done)
    else:
        next_step, url = _before(check, at=at) if is_done else _refused(check)
    until = date_format(check.valid_until, "DATE_FORMAT") if check.valid_until else ""
    words = {
        "course_title": check.cohort.edition.course.title,
        "cohort_name": check.cohort.name,
        "checked_on": date_format(check.checked_on, "DATE_FORMAT"),
        "counts_until": _("It counts until %(date)s.") % {"date": until} if until else "",
        "next_step": next_step,
    }
    return Said(words, url, check.cohort_id)


def _on_it(live: Enrolment, *, is_done: bool) -> tuple[str, str]:
    """The next step of somebody who has a place, and where it is."""
    if is_done:
        return _("You have your place. There is nothing more to do."), reverse(
            "learning:course", args=[live.pk]
        )
    return _("You keep your place. Please write to us, so that we can put it right."), reverse(
        "learning:questions", args=[live.pk]
    )


def _before(check: StaffCheck, *, at: datetime) -> tuple[str, str]:
    """The next step of somebody who may now have a place, and where it is."""
    mine: dict[str, Any] = {"cohort": check.cohort_id}
    offer = Offer.objects.filter(**mine, learner=check.learner_id, status=OfferState.OPEN.value).first()
    if offer is not None and offer.is_open_at(at):
        return _("A place is kept for you. You can take it now."), reverse("learning:offer", args=[offer.pk])
    undecided = [state.value for state in LIVE_APPLICATIONS]
    applied = Application.objects.filter(
        **mine, applicant=check.learner_id, status__in=undecided, submitted_at__isnull=False
    ).first()
    if applied is not None:
        return _("The team still chooses, and writes to you. There is nothing to do now."), reverse(
            "learning:application", args=[applied.pk]
        )
    waiting = [state.value for state in STILL_WAITING]
    if WaitingEntry.objects.filter(**mine, learner=check.learner_id, status__in=waiting).exists():
        return _("You keep your turn on the waiting list. There is nothing to do now."), _join(check)
    return _("You can join now, if the group still takes people. The page of the group says so:"), _join(
        check
    )


def _refused(check: StaffCheck) -> tuple[str, str]:
    """The next step of somebody who cannot take a place, and where it is."""
    return _(
        "For now you cannot take a place. This need not stay so. The page of the group says what you can do. "
        "If something is not right, please write to us. The help page on our site says how to reach us."
    ), _join(check)


def _join(check: StaffCheck) -> str:
    return reverse("learning:join", args=[check.cohort_id])
