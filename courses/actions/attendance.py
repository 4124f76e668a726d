"""Who was at a session: by the register, by a list, or by the learners themselves.

The enrolment's row is locked first. A mark that is corrected stands in the ledger with what was there
before. What counts as having been there is written as a record of the session's activity.
"""

import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import study, tell
from courses.actions.refusals import ActionRefused
from courses.catalogue.outline import PARTLY_PERCENT, Outline
from courses.cohorts import staffing
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.ledger import models as ledger
from courses.progress import attendance, turnout
from courses.progress.attendance import Attendance, WalkIn
from courses.progress.rules import Outcome
from courses.progress.turnout import Mark, Status

# Letters that nobody mistakes for another on a wall; no vowels, so that no rude word comes out.
ALPHABET = "BCDFGHJKMNPRTVWXZ"
WORD_LENGTH = 6
OPENS_BEFORE = timedelta(minutes=15)
Source = Attendance.Source


class AttendanceRefused(ActionRefused):
    """Nothing was written into the register. `line` is the enrolment that it was about, if one."""

    def __init__(self, sentence: str, *, line: int | None = None) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """A learner is in the register. `is_new` is False when they were there already."""

    session: LiveSession
    enrolment_id: int
    is_new: bool


def mark(  # noqa: PLR0913 - each is one thing a register says
    *,
    session_id: int,
    enrolment_id: int,
    status: Status,
    by: Any,
    at: datetime,
    minutes: int | None = None,
    source: str = Source.REGISTER,
) -> Attendance:
    """Write one learner into the register. Safe to repeat. Raises what `mark_many` raises."""
    marks = {enrolment_id: Mark(Status(status), minutes)}
    return mark_many(session_id=session_id, marks=marks, by=by, at=at, source=source)[0]


@dataclass(frozen=True, slots=True)
class _Hand:
    """Who writes, when, and by which way."""

    by: Any
    at: datetime
    source: str


@transaction.atomic
def mark_many(
    *,
    session_id: int,
    marks: Mapping[int, Mark],
    by: Any,
    at: datetime,
    source: str = Source.REGISTER,
) -> list[Attendance]:
    """Write several learners into the register, by enrolment id: all, or none. Safe to repeat.

    Raises LiveSession.DoesNotExist when it is not theirs, and AttendanceRefused with the reason.
    """
    session = LiveSession.objects.filter(cohort__in=staffing.run_by(by)).get(pk=session_id)
    found = {
        e.pk: e
        for e in Enrolment.objects.select_for_update(of=("self",))
        .filter(pk__in=marks, cohort=session.cohort_id)
        .select_related("learner", "cohort__edition")
        .defer("cohort__edition__frozen")
        .order_by("pk")
    }
    # After the enrolments, as everywhere: two ways of locking would wait for each other.
    session = _own_session(session_id, by)
    for line, one in marks.items():
        _check(session, one, line=line, at=at)
    if missing := set(marks) - set(found):
        raise AttendanceRefused(_("Somebody here is not on this cohort."), line=min(missing))
    stored, hand = _stored(session, found), _Hand(by, at, source)
    return [_write(session, found[line], one, stored.get(line), hand) for line, one in sorted(marks.items())]


def _stored(session: LiveSession, enrolments: Collection[int]) -> dict[int, Attendance]:
    """What the register says of these enrolments already."""
    rows = Attendance.objects.filter(session=session, enrolment__in=enrolments)
    return {row.enrolment_id: row for row in rows}


def _own_session(session_id: int, by: Any) -> LiveSession:
    """The session of a cohort that this person runs. It cannot be cancelled while it is written to."""
    sessions = LiveSession.objects.filter(cohort__in=staffing.run_by(by))
    found: LiveSession = (
        _with_cohort(sessions).select_for_update(of=("self",), no_key=True).get(pk=session_id)
    )
    return found


def _with_cohort(sessions: Any) -> Any:
    return sessions.select_related("cohort__edition").defer("cohort__edition__frozen")


def _check(session: LiveSession, one: Mark, *, line: int | None, at: datetime) -> None:
    if session.is_cancelled:
        raise AttendanceRefused(_("This meeting was cancelled, so it has no attendance list."), line=line)
    if one.status is not Status.APOLOGISED and at < session.starts_at - OPENS_BEFORE:
        raise AttendanceRefused(
            _("This meeting has not begun yet. Until then, only apologies can be noted."), line=line
        )
    if one.status is not Status.PARTLY:
        return
    if one.minutes is None:
        raise AttendanceRefused(_("Please say how many minutes they were there."), line=line)
    if not 1 <= one.minutes <= session.minutes:
        said = _("The minutes must be between 1 and %(longest)d, which is how long the session lasts.")
        raise AttendanceRefused(said % {"longest": session.minutes}, line=line)


def _write(
    session: LiveSession, enrolment: Enrolment, one: Mark, stored: Attendance | None, hand: _Hand
) -> Attendance:
    """One line. The enrolment is locked. What says the same already is left as it is."""
    after = one if one.status is Status.PARTLY else Mark(one.status)
    before = None if stored is None else Mark(Status(stored.status), stored.minutes)
    if stored is not None and before == after:
        return stored
    written = stored or Attendance(session=session, enrolment=enrolment)
    written.status, written.minutes = after.status.value, after.minutes
    written.at, written.by, written.source = hand.at, hand.by, hand.source
    written.save()
    _note(session, enrolment, (before, after), hand)
    _follow(session, enrolment, (before, after), hand)
    return written


Change = tuple[Mark | None, Mark | None]


def _note(session: LiveSession, enrolment: Enrolment, change: Change, hand: _Hand) -> None:
    before, after = change
    ledger.write(
        action="attendance corrected" if before else "attendance noted",
        learner=enrolment.learner,
        subject=enrolment,
        by=hand.by,
        at=hand.at,
        session=session.pk,
        activity=session.activity_id,
        source=str(hand.source),
        before=_plain(before),
        after=_plain(after),
    )


def _plain(one: Mark | None) -> list[Any] | None:
    return None if one is None else [one.status.value, one.minutes]


def _follow(session: LiveSession, enrolment: Enrolment, change: Change, hand: _Hand) -> None:
    """The record of the session's activity, and the early warning."""
    outline = enrolment.cohort.edition.outline
    was, now = (_counts(outline, session, one) for one in change)
    about: Any = {"enrolment": enrolment, "activity_id": session.activity_id, "by": hand.by, "at": hand.at}
    if now:
        study.record(**about, outcome=Outcome.DONE)
    elif was:
        study.unrecord(**about)
    if not now and enrolment.status == State.ACTIVE.value:
        warn(enrolment=enrolment, at=hand.at)


def _counts(outline: Outline, session: LiveSession, one: Mark | None) -> bool:
    activity = outline.activity(session.activity_id)
    planned = activity.participatory_minutes if activity else session.minutes
    percent = activity.session.partly_percent if activity and activity.session else PARTLY_PERCENT
    return turnout.counts(one, planned=planned, percent=percent)


def warn(*, enrolment: Enrolment, at: datetime) -> bool:
    """Tell a learner, once, that coming to all that is left is not enough any more. Safe to repeat."""
    if not attendance.turnout_of(enrolment).is_at_risk:
        return False
    tell.later(
        kind="attendance_at_risk",
        learner=enrolment.learner_id,
        about=f"enrolment:{enrolment.pk}",
        at=at,
        enrolment=enrolment.pk,
    )
    return True


@transaction.atomic
def apologise(*, session_id: int, enrolment_id: int, learner: Any, at: datetime) -> Attendance:
    """The learner sends word that they cannot come. Safe to repeat.

    Raises Enrolment.DoesNotExist or LiveSession.DoesNotExist when it is not theirs, and
    AttendanceRefused with the reason.
    """
    enrolment, session = _own_enrolment(session_id, enrolment_id, learner)
    if at >= session.ends_at:
        raise AttendanceRefused(_("This meeting is over. Please write to your facilitator instead."))
    if session.is_cancelled:
        raise AttendanceRefused(_("This meeting was cancelled, so you need not send word."))
    stored = Attendance.objects.filter(session=session, enrolment=enrolment).first()
    if stored is not None and stored.status in (Status.ATTENDED, Status.PARTLY):
        raise AttendanceRefused(_("You are noted as being there, so nothing was changed."))
    one = Mark(Status.APOLOGISED)
    return _write(session, enrolment, one, stored, _Hand(learner, at, Source.SELF))


@transaction.atomic
def come_after_all(*, session_id: int, enrolment_id: int, learner: Any, at: datetime) -> bool:
    """The learner takes an apology back before the session begins; say whether there was one. Safe to repeat.

    Raises what `apologise` raises.
    """
    enrolment, session = _own_enrolment(session_id, enrolment_id, learner)
    if at >= session.starts_at:
        raise AttendanceRefused(_("The session has begun. Your facilitator notes who is there."))
    stored = Attendance.objects.filter(session=session, enrolment=enrolment).first()
    if stored is None or stored.status != Status.APOLOGISED:
        return False
    stored.delete()
    before = Mark(Status.APOLOGISED)
    _note(session, enrolment, (before, None), _Hand(learner, at, Source.SELF))
    return True


def _own_enrolment(session_id: int, enrolment_id: int, learner: Any) -> tuple[Enrolment, LiveSession]:
    enrolment = study.locked_enrolment(enrolment_id=enrolment_id, learner=learner)
    sessions = LiveSession.objects.filter(cohort=enrolment.cohort_id)
    session: LiveSession = (
        _with_cohort(sessions).select_for_update(of=("self",), no_key=True).get(pk=session_id)
    )
    if enrolment.status != State.ACTIVE.value:
        raise AttendanceRefused(_("Your place on this course is not active, so nothing was changed."))
    return enrolment, session


def new_word() -> str:
    """A word to show in the room."""
    return "".join(secrets.choice(ALPHABET) for _ in range(WORD_LENGTH))


def tidy_word(typed: str) -> str:
    """What somebody typed, read kindly: small letters and spaces do not matter."""
    return "".join(typed.split()).upper()[: 2 * WORD_LENGTH]


@transaction.atomic
def renew_word(*, session_id: int, by: Any, at: datetime) -> str:
    """Make the word of a session, or a new one in its place, which ends the old.

    Raises LiveSession.DoesNotExist when it is not theirs, and AttendanceRefused when it has none.
    """
    session = _own_session(session_id, by)
    if session.is_cancelled or at >= session.ends_at:
        raise AttendanceRefused(_("This meeting is over or was cancelled, so it needs no word."))
    taken = set(LiveSession.objects.exclude(word="").filter(ends_at__gt=at).values_list("word", flat=True))
    word = next(found for found in iter(new_word, "") if found not in taken)
    LiveSession.objects.filter(pk=session.pk).update(word=word)
    return word


def is_open_for_check_in(session: LiveSession, at: datetime) -> bool:
    """From a quarter of an hour before the session until its end."""
    return not session.is_cancelled and session.starts_at - OPENS_BEFORE <= at < session.ends_at


@transaction.atomic
def check_in(*, session_id: int, word: str, learner: Any, at: datetime) -> CheckedIn:
    """A learner who is in the room notes it with the word that is shown there. Safe to repeat.

    Raises Enrolment.DoesNotExist when they are not on its cohort, and AttendanceRefused with the reason.
    """
    session = _with_cohort(LiveSession.objects).get(pk=session_id)
    theirs = Enrolment.objects.filter(learner=learner, cohort=session.cohort_id)
    enrolment_id = theirs.exclude(status=State.ENDED.value).values_list("pk", flat=True).get()
    enrolment, session = _own_enrolment(session_id, enrolment_id, learner)
    if not is_open_for_check_in(session, at):
        raise AttendanceRefused(
            _("You can do this from 15 minutes before the session until its end. Tell your facilitator.")
        )
    if not session.word or not hmac.compare_digest(tidy_word(word).encode(), session.word.encode()):
        raise AttendanceRefused(_("This is not the word for this session. Please look at it again."))
    stored = Attendance.objects.filter(session=session, enrolment=enrolment).first()
    if stored is not None and stored.status in (Status.ATTENDED, Status.PARTLY):
        return CheckedIn(session, enrolment.pk, is_new=False)
    if stored is not None and stored.status == Status.ABSENT:
        raise AttendanceRefused(_("The register says that you are not here. Please tell your facilitator."))
    one = Mark(Status.ATTENDED)
    _write(session, enrolment, one, stored, _Hand(learner, at, Source.SELF))
    return CheckedIn(session, enrolment.pk, is_new=True)


@transaction.atomic
def add_walk_in(*, session_id: int, name: str, email: str, by: Any, at: datetime) -> WalkIn:
    """Note somebody who came without an account. Safe to repeat: the same name and address is that person.

    Raises LiveSession.DoesNotExist when it is not theirs, and AttendanceRefused with the reason.
    """
    session = _own_session(session_id, by)
    _check(session, Mark(Status.ATTENDED), line=None, at=at)
    known = " ".join(name.replace("\x00", "").split())
    if not known:
        raise AttendanceRefused(_("Please write the name of the person who came."))
    walk_in, _is_new = WalkIn.objects.get_or_create(
        session=session, name=known, email=email.strip(), enrolment=None, defaults={"at": at, "by": by}
    )
    return walk_in


@transaction.atomic
def join_walk_in(*, walk_in_id: int, enrolment_id: int, by: Any, at: datetime) -> Attendance:
    """Somebody who walked in has a place now: their mark becomes the learner's, and the name goes.

    Safe to repeat. Raises WalkIn.DoesNotExist when it is not theirs, and AttendanceRefused.
    """
    walk_in = _own_walk_in(walk_in_id, by)
    if walk_in.enrolment_id is not None and walk_in.enrolment_id != enrolment_id:
        raise AttendanceRefused(_("This person was joined up with another learner already."))
    written = mark(
        session_id=walk_in.session_id, enrolment_id=enrolment_id, status=Status.ATTENDED, by=by, at=at
    )
    WalkIn.objects.filter(pk=walk_in.pk).update(enrolment=enrolment_id, name="", email="")
    return written


@transaction.atomic
def remove_walk_in(*, walk_in_id: int, by: Any) -> None:
    """Take somebody off the register who was written there by mistake.

    Raises WalkIn.DoesNotExist when it is not theirs.
    """
    _own_walk_in(walk_in_id, by).delete()


def _own_walk_in(walk_in_id: int, by: Any) -> WalkIn:
    theirs = WalkIn.objects.filter(session__cohort__in=staffing.run_by(by))
    found: WalkIn = theirs.select_for_update(of=("self",)).get(pk=walk_in_id)
    return found
