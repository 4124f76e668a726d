"""What calendar programs are given, and the address that a learner gives to theirs."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.core.secret_links import hash_of
from cms.users import sealing
from courses.cohorts import calendar_files, staffing
from courses.cohorts.calendar_feeds import CalendarFeed
from courses.cohorts.calendar_files import Meeting, Site
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import LIVE


def of_session(*, session_id: int, person: Any) -> bytes:
    """The file of one session, for its learners and for who looks after its cohort.

    Raises LiveSession.DoesNotExist when it is not for this person.
    """
    learns = Enrolment.objects.filter(learner=person, status__in=[*LIVE]).values("cohort")
    for_them = Q(cohort__in=learns) | Q(cohort__in=staffing.seen_by(person))
    session = _sessions().filter(for_them).get(pk=session_id)
    return calendar_files.write([_meeting(session, "")], site=_site(), name=session.title)


def of_token(token: str) -> bytes:
    """Every session of the courses that the owner of this address is on. Two queries.

    Raises CalendarFeed.DoesNotExist when the address is not in use, or not any more.
    """
    found = CalendarFeed.objects.get(
        token_hash=hash_of(token), user__is_active=True, user__erased_at__isnull=True
    )
    live = Q(cohort__enrolments__learner=found.user_id, cohort__enrolments__status__in=[*LIVE])
    sessions = _sessions().filter(live).annotate(enrolment=F("cohort__enrolments"))
    meetings = [_meeting(session, _url(session.enrolment, session)) for session in sessions]
    name = _("%(site)s: your meetings") % {"site": settings.SITE_NAME}
    return calendar_files.write(meetings, site=_site(), name=name)


def feed_address(user: Any) -> str:
    """The address of a learner's calendar; empty when there is none, or it cannot be read any more."""
    feed = CalendarFeed.objects.filter(user=user).first()
    if feed is None:
        return ""
    try:
        token = sealing.unseal(feed.sealed_token)
    except InvalidToken:
        return ""
    return str(settings.SITE_URL) + reverse("learning:calendar_feed", args=[token])


def _sessions() -> Any:
    sessions = LiveSession.objects.select_related("cohort__edition").defer("cohort__edition__frozen")
    return sessions.order_by("starts_at", "pk")


def _url(enrolment_id: int, session: LiveSession) -> str:
    return str(settings.SITE_URL) + reverse("learning:activity", args=[enrolment_id, session.activity_id])


def _meeting(session: LiveSession, url: str) -> Meeting:
    cohort = session.cohort
    return Meeting(
        uid=session.uid,
        sequence=session.sequence,
        changed_at=session.changed_at,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=cohort.time_zone,
        title=f"{cohort.edition.outline.course_title}: {session.title}",
        place=session.place or session.link,
        about="\n".join(_about(session)),
        url=url,
        is_cancelled=session.is_cancelled,
    )


def _about(session: LiveSession) -> Iterable[str]:
    if session.is_cancelled:
        yield _("This meeting does not take place. %(reason)s") % {"reason": session.cancel_reason}
    elif session.link and session.place:
        yield session.link


def _site() -> Site:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return Site(settings.SITE_NAME, host, settings.DEFAULT_FROM_EMAIL)
