"""Planning, changing and cancelling the live sessions of a cohort.

The cohort's row is locked first, so that two people cannot plan two sessions for the same time. What was
done stands in the history of the cohort (Wagtail's log); learners who are there are told once.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.actions import new_meetings, tell
from courses.actions.refusals import ActionRefused
from courses.catalogue.outline import Kind
from courses.cohorts import staffing
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State

ADDED, CHANGED, CANCELLED = "courses.session_added", "courses.session_changed", "courses.session_cancelled"
# What calendars hold: a change of any of these is a new version of the event.
IN_CALENDARS = ("title", "starts_at", "ends_at", "place", "link")


class SessionRefused(ActionRefused):
    """The session was not planned, changed or cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """All that can be said of a session. Times have a zone."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""
    capacity: int | None = None
    materials: str = ""


@transaction.atomic
def add(*, cohort_id: int, activity_id: int, details: Details, by: Any, at: datetime) -> LiveSession:
    """Plan the session of one live-session activity. Who is on the cohort is told if it is still to come, of
    all that are planned now together.

    Safe to repeat: the same session again is that one.
    Raises Cohort.DoesNotExist when it is not theirs to plan, and SessionRefused with the reason.
    """
    cohort = locked(cohort_id, by)
    activity = cohort.edition.outline.activity(activity_id)
    if activity is None or activity.kind is not Kind.LIVE_SESSION:
        raise SessionRefused(_("This course has no such live session."))
    planned = LiveSession.objects.filter(cohort=cohort, activity=activity_id, cancelled_at=None).first()
    if planned is not None:
        if _is_the_same(planned, details):
            return planned
        raise SessionRefused(_("This meeting is planned already. Open it to change it."))
    session = LiveSession(cohort=cohort, activity_id=activity_id, changed_at=at, **asdict(details))
    _check(session)
    session.save()
    if session.starts_at > at:
        new_meetings.planned(session, at=at)
    _log(cohort, ADDED, session, by=by, at=at)
    return session


@transaction.atomic
def change(*, session_id: int, details: Details, seen: int, by: Any, at: datetime) -> LiveSession:
    """Change a session, and tell its learners if their calendars change. Safe to repeat.

    `seen` is the `sequence` that was on the page. New materials alone are no change of the meeting.
    Raises Cohort.DoesNotExist when it is not theirs, and SessionRefused with the reason.
    """
    session = _locked_session(session_id, by)
    if _is_the_same(session, details):
        return session
    if session.is_cancelled:
        raise SessionRefused(_("This meeting was cancelled. Plan it anew instead."))
    if session.sequence != seen:
        raise SessionRefused(
            _("Somebody else has changed this session in the meantime. Please look at it again.")
        )
    before = {name: getattr(session, name) for name in IN_CALENDARS}
    for name, value in asdict(details).items():
        setattr(session, name, value)
    _check(session)
    if any(before[name] != getattr(session, name) for name in IN_CALENDARS):
        session.sequence += 1
        if not new_meetings.is_still_to_be_told(session):
            tell_learners("session_changed", session, at=at)
    session.changed_at = at
    session.save()
    _log(session.cohort, CHANGED, session, by=by, at=at, before=before["starts_at"].isoformat())
    return session


@transaction.atomic
def cancel(*, session_id: int, reason: str, by: Any, at: datetime) -> bool:
    """Cancel a session, tell its learners, and say whether this call did it. Safe to repeat.

    Raises Cohort.DoesNotExist when it is not theirs, and SessionRefused with the reason.
    """
    session = _locked_session(session_id, by)
    if session.is_cancelled:
        return False
    words = " ".join(reason.replace("\x00", "").split())
    if not words:
        raise SessionRefused(_("Please say why. Learners read it."))
    longest = LiveSession._meta.get_field("cancel_reason").max_length or 0
    if len(words) > longest:
        raise SessionRefused(_("Please say it in at most %(count)d letters.") % {"count": longest})
    if session.attendances.filter(status__in=["attended", "partly"]).exists():
        raise SessionRefused(
            _("Somebody is marked as having been there, so this session took place. Mend its register first.")
        )
    session.cancelled_at, session.cancel_reason = at, words
    session.sequence += 1
    session.changed_at = at
    session.save()
    tell_learners("session_cancelled", session, at=at)
    _log(session.cohort, CANCELLED, session, by=by, at=at, reason=words)
    return True


def locked(cohort_id: int, by: Any) -> Cohort:
    """The cohort, locked until the transaction ends. Raises Cohort.DoesNotExist when it is not theirs."""
    found: Cohort = (
        staffing.run_by(by)
        .select_for_update(of=("self",), no_key=True)
        .select_related("edition")
        .defer("edition__frozen")
        .get(pk=cohort_id)
    )
    return found


def _locked_session(session_id: int, by: Any) -> LiveSession:
    cohort_id = LiveSession.objects.filter(pk=session_id).values_list("cohort", flat=True).first()
    cohort = locked(cohort_id or 0, by)
    session: LiveSession = LiveSession.objects.select_for_update(no_key=True).get(pk=session_id)
    session.cohort = cohort
    return session


def _is_the_same(session: LiveSession, details: Details) -> bool:
    return all(getattr(session, name) == value for name, value in asdict(details).items())


def _check(session: LiveSession) -> None:
    try:
        session.clean()
    except ValidationError as wrong:
        raise SessionRefused(" ".join(wrong.messages)) from wrong


def tell_learners(kind: str, session: LiveSession, *, at: datetime) -> None:
    """Tell every active learner of the cohort once about this version of a session."""
    for enrolment, learner in active_learners(session.cohort_id):
        tell.later(
            kind=kind,
            learner=learner,
            about=f"session:{session.pk}:{session.sequence}",
            at=at,
            session=session.pk,
            enrolment=enrolment,
        )


def active_learners(cohort_id: int) -> list[tuple[int, int]]:
    """The enrolment and the learner, by id, of everybody who is told. One query."""
    found = Enrolment.objects.filter(cohort=cohort_id, status=State.ACTIVE.value)
    return list(found.order_by("pk").values_list("pk", "learner_id"))


def _log(cohort: Cohort, action: str, session: LiveSession, *, by: Any, at: datetime, **more: Any) -> None:
    data = {"session": session.pk, "title": session.title, "starts_at": session.starts_at.isoformat()}
    log(cohort, action, user=by, timestamp=at, data={**data, **more})
