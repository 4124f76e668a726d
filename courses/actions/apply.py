"""Applying for a place, and what reviewers decide.

The cohort is locked before the application, as everywhere where a place may be given.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import enrol, notices, offers, tell
from courses.actions.offers import OfferRefused
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.applications import LONGEST_TEXT, Application, ApplicationMessage, ApplicationNote
from courses.enrolment.models import Offer
from courses.enrolment.rules import Answer, Seats, answer_by, may_join
from courses.enrolment.states import LIVE_APPLICATIONS, UNDECIDED, ApplicationState
from courses.ledger import models as ledger

LIVE = [state.value for state in LIVE_APPLICATIONS]
CHANGEABLE = [state.value for state in UNDECIDED]
LONGEST_OFFER = timedelta(days=60)
# The window of a cohort alone decides whether one can apply; how full it is does not.
NO_LIMIT = Seats(capacity=None, taken=0)

# One answer: the key of its question, the question as it was asked, and what was answered.
Answers = Sequence[dict[str, Any]]


class ApplicationRefused(ActionRefused):
    """This cannot be done with an application now."""


# --- What applicants do -------------------------------------------------------------------------


@transaction.atomic
def keep(
    *, cohort_id: int, applicant: Any, answers: Answers, at: datetime, is_final: bool
) -> tuple[Application, bool]:
    """Keep what somebody wrote; send it in when it `is_final`. Safe to repeat.

    Says too whether this call sent it in for the first time. What was sent in before can be changed as
    long as nobody has decided, also after the window has closed; it stays sent in.
    Raises Cohort.DoesNotExist, and ApplicationRefused or EnrolmentRefused with what to do instead.
    """
    cohort = _open_cohort(cohort_id)
    application = _live(cohort, applicant)
    if application is None or application.status == ApplicationState.DRAFT.value:
        _check_may_apply(cohort, applicant, at=at)
    if application is None:
        application = Application(cohort=cohort, applicant=applicant, started_at=at, changed_at=at)
    elif application.status not in CHANGEABLE:
        raise ApplicationRefused(_("The team has decided already, so this cannot be changed any more."))
    elif application.answers != list(answers):
        application.version += 1
        application.changed_at = at
    application.answers = list(answers)
    application.save()
    if not is_final or application.status != ApplicationState.DRAFT.value:
        return application, False
    application.move_to(ApplicationState.SUBMITTED, submitted_at=at)
    _write("applied for a place", application, by=applicant, at=at)
    tell.later(
        kind="application_received",
        learner=applicant.pk,
        about=f"application:{application.pk}",
        at=at,
        application=application.pk,
    )
    return application, True


def _open_cohort(cohort_id: int) -> Any:
    """A cohort of a published course, locked."""
    cohort = enrol.lock_cohort(cohort_id)
    if not Cohort.objects.filter(pk=cohort_id, edition__course__page__live=True).exists():
        raise Cohort.DoesNotExist
    return cohort


def _live(cohort: Any, applicant: Any) -> Application | None:
    found: Application | None = (
        Application.objects.select_for_update(of=("self",))
        .filter(cohort=cohort, applicant=applicant, status__in=LIVE)
        .first()
    )
    return found


def _check_may_apply(cohort: Any, applicant: Any, *, at: datetime) -> None:
    answer = may_join(window=places.window(cohort), seats=NO_LIMIT, at=at, joining=cohort.joining)
    if answer is Answer.CLOSED:
        raise ApplicationRefused(_("The time to apply is over. Please look at our other dates."))
    if answer is Answer.OPEN:
        raise ApplicationRefused(_("You need not apply for this group: you can join at once."))
    if answer is not Answer.APPLY or cohort.application_form_id is None:
        raise ApplicationRefused(enrol.refusal_sentence(answer, cohort))
    if enrol.live_enrolments(learner=applicant, course_id=cohort.edition.course_id).exists():
        raise ApplicationRefused(_("You have a place on this course already."))
    enrol.check_person(cohort=cohort, learner=applicant)


@transaction.atomic
def answer_more(*, application_id: int, applicant: Any, text: str, at: datetime) -> Application:
    """Answer what the team asked; the application waits for its decision again. Safe to repeat.

    Raises Application.DoesNotExist when it is somebody else's, and ApplicationRefused.
    """
    application = _locked(application_id, applicant=applicant)
    text = _words(text)
    if application.status == ApplicationState.SUBMITTED.value and _said(application, applicant, text):
        return application
    if application.status != ApplicationState.MORE_INFORMATION.value:
        raise ApplicationRefused(_("The team does not wait for an answer from you at the moment."))
    application.move_to(ApplicationState.SUBMITTED, changed_at=at, version=application.version + 1)
    ApplicationMessage.objects.create(
        application=application, author=applicant, is_from_team=False, text=text, at=at
    )
    notices.settle(person_id=applicant.pk, at=at, application=application.pk)
    _write("answered what was asked", application, by=applicant, at=at)
    return application


@transaction.atomic
def withdraw(*, application_id: int, applicant: Any, at: datetime) -> Application:
    """Take one's own application back. Safe to repeat. An open offer is declined with it.

    Raises Application.DoesNotExist when it is somebody else's, and ApplicationRefused after a decision.
    """
    application = _locked(application_id, applicant=applicant)
    if application.status == ApplicationState.WITHDRAWN.value:
        return application
    if application.status == ApplicationState.OFFERED.value and application.offer_id is not None:
        offers.decline(offer_id=application.offer_id, learner=applicant, at=at)
        application.refresh_from_db()
        return application
    if not application.move_to(ApplicationState.WITHDRAWN, decided_at=at):
        raise ApplicationRefused(_("The team has decided already, so there is nothing to take back."))
    _write("took an application back", application, by=applicant, at=at)
    return application


# --- What reviewers do --------------------------------------------------------------------------


@transaction.atomic
def note(*, application_id: int, by: Any, text: str, at: datetime) -> ApplicationNote:
    """Write a note for the other reviewers. The same words sent twice are one note."""
    application, text = _locked(application_id), _words(text)
    last = application.notes.order_by("pk").last()
    if last is not None and (last.author_id, last.text) == (by.pk, text):
        return last
    return ApplicationNote.objects.create(application=application, author=by, text=text, at=at)


@transaction.atomic
def ask_more(*, application_id: int, by: Any, text: str, seen: int, at: datetime) -> Application:
    """Ask the applicant for more. `seen` is the version that was read. Safe to repeat.

    Raises Application.DoesNotExist, and ApplicationRefused when somebody else was quicker.
    """
    application, text = _locked(application_id), _words(text)
    if application.status == ApplicationState.MORE_INFORMATION.value and _said(application, by, text):
        return application
    _check_undecided(application, seen=seen)
    if application.status == ApplicationState.SUBMITTED.value:
        application.move_to(ApplicationState.MORE_INFORMATION)
    asked = ApplicationMessage.objects.create(
        application=application, author=by, is_from_team=True, text=text, at=at
    )
    _write("asked for more", application, by=by, at=at)
    tell.later(
        kind="application_more",
        learner=application.applicant_id,
        about=f"application-message:{asked.pk}",
        at=at,
        application=application.pk,
    )
    return application


@transaction.atomic
def offer(
    *,
    application_id: int,
    by: Any,
    seen: int,
    at: datetime,
    until: datetime | None = None,
    reserve: str = "",
) -> Application:
    """Offer the applicant a place. `until` of None: the usual hours of the cohort. Safe to repeat.

    Raises Application.DoesNotExist, and ApplicationRefused or OfferRefused when there is no room, it is too
    late, or somebody else has decided.
    """
    application = _locked(application_id)
    application = _lapse(application, at=at)
    if application.status == ApplicationState.OFFERED.value and application.decided_by_id == by.pk:
        return application
    _check_undecided(application, seen=seen)
    cohort: Any = application.cohort
    end = places.offers_end(cohort)
    until = until or answer_by(at=at, time_zone=cohort.time_zone, hours=cohort.offer_hours, end=end)
    if not at < until <= at + LONGEST_OFFER:
        raise OfferRefused(_("Choose a time to answer that is still to come, at most 60 days from now."))
    if end is not None and until > end:
        raise OfferRefused(
            _("Choose an earlier time to answer: no place is offered in this group after that.")
        )
    made, _token = offers.make(
        cohort=cohort,
        kind=Offer.Kind.APPLICATION,
        learner=application.applicant,
        by=by,
        at=at,
        answer_by=until,
        reserve=reserve,
    )
    # Their turn has come: if they do not answer, the team decides anew.
    application.move_to(
        ApplicationState.OFFERED, offer=made, decided_by=by, decided_at=at, waiting_since=None
    )
    tell.later(
        kind="offered", learner=application.applicant_id, about=f"offer:{made.pk}", at=at, offer=made.pk
    )
    return application


@transaction.atomic
def keep_waiting(*, application_id: int, by: Any, seen: int, at: datetime) -> Application:
    """There is no place now: keep the application for one that may come free. Safe to repeat.

    The order is that in which this was done. Nothing is offered by itself: the team chooses.
    Raises Application.DoesNotExist, and ApplicationRefused when somebody else has decided.
    """
    application = _lapse(_locked(application_id), at=at)
    if application.is_kept:
        return application
    _check_undecided(application, seen=seen)
    Application.objects.filter(pk=application.pk).update(waiting_since=at)
    application.waiting_since = at
    _write("put on the list of applicants who wait", application, by=by, at=at)
    tell.later(
        kind="application_kept",
        learner=application.applicant_id,
        about=f"application:{application.pk}",
        at=at,
        application=application.pk,
    )
    return application


@transaction.atomic
def decline(*, application_id: int, by: Any, reply: str, seen: int, at: datetime) -> Application:
    """Say no, kindly. `reply` are the team's own words, and may be empty. Safe to repeat.

    Raises Application.DoesNotExist, and ApplicationRefused when somebody else has decided.
    """
    application = _lapse(_locked(application_id), at=at)
    if application.status == ApplicationState.DECLINED.value and application.decided_by_id == by.pk:
        return application
    _check_undecided(application, seen=seen)
    application.move_to(
        ApplicationState.DECLINED, decided_by=by, decided_at=at, reply=reply.strip()[:LONGEST_TEXT]
    )
    _write("declined an application", application, by=by, at=at)
    tell.later(
        kind="application_declined",
        learner=application.applicant_id,
        about=f"application:{application.pk}",
        at=at,
        application=application.pk,
    )
    return application


# --- Shared -------------------------------------------------------------------------------------


def _locked(application_id: int, *, applicant: Any = None) -> Application:
    """An application with its locked cohort: first the cohort is locked, then the application."""
    own = Application.objects.all()
    if applicant is not None:
        own = own.filter(applicant=applicant)
    cohort = enrol.lock_cohort(own.values_list("cohort_id", flat=True).get(pk=application_id))
    found: Application = (
        own.select_for_update(of=("self",)).select_related("applicant", "offer").get(pk=application_id)
    )
    found.cohort = cohort
    return found


def _lapse(application: Application, *, at: datetime) -> Application:
    """An offer whose time is over lets the team decide anew, whether or not a job has run."""
    held = application.offer
    if application.status != ApplicationState.OFFERED.value or held is None or held.is_open_at(at):
        return application
    offers.expire(offer_id=held.pk, at=at)
    return _locked(application.pk)


def _check_undecided(application: Application, *, seen: int) -> None:
    state = ApplicationState(application.status)
    if state in (ApplicationState.DRAFT, ApplicationState.WITHDRAWN):
        raise ApplicationRefused(
            _("The applicant has taken this application back, so nothing is to be done.")
        )
    if state not in UNDECIDED:
        raise ApplicationRefused(
            _("Somebody else has decided in the meantime. Nothing was changed. Here is how it stands now.")
        )
    if application.version != seen:
        raise ApplicationRefused(
            _("The applicant changed their answers while you were reading. Please read them again first.")
        )


def _said(application: Application, author: Any, text: str) -> bool:
    """Whether these were this person's last words, so that a second press of the button says nothing new."""
    last = application.messages.order_by("pk").last()
    return last is not None and (last.author_id, last.text) == (author.pk, text)


def _words(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if not text:
        raise ApplicationRefused(_("Please write something first."))
    if len(text) > LONGEST_TEXT:
        raise ApplicationRefused(_("This is too long. Please keep it under %d characters.") % LONGEST_TEXT)
    return text


def _write(action: str, application: Application, *, by: Any, at: datetime) -> None:
    ledger.write(action=action, learner=application.applicant, subject=application, by=by, at=at)
