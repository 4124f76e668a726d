"""The register of a session, and how a whole cohort attends, for the people who look after it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.actions.attendance import OPENS_BEFORE, is_open_for_check_in
from courses.catalogue.outline import Outline
from courses.certificates.qr import qr_svg
from courses.cohorts import telling_times
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress import lists, turnout
from courses.progress.attendance import Attendance, WalkIn
from courses.progress.lists import Matched
from courses.progress.models import Record
from courses.progress.turnout import Mark, Status, Turnout
from courses.queries import team
from courses.queries.sessions import counts

CAME = (Status.ATTENDED, Status.PARTLY)


@dataclass(frozen=True, slots=True)
class LineOfRegister:
    """One learner in the register. `has_left` is somebody whose place ended after they were marked."""

    enrolment_id: int
    name: str
    email: str
    status: str
    minutes: int | None
    source: str
    counts: bool
    is_at_risk: bool
    has_left: bool

    @property
    def seen(self) -> str:
        """What the page showed, so that only what was changed there is written."""
        return f"{self.status}:{self.minutes or ''}"


@dataclass(frozen=True, slots=True)
class Register:
    session: LiveSession
    cohort: Cohort
    when: str
    lines: list[LineOfRegister]
    walk_ins: list[WalkIn]
    may_mark: bool
    is_over: bool

    @property
    def marked(self) -> int:
        return sum(bool(line.status) for line in self.lines)


def register(*, session_id: int, person: Any, at: datetime) -> Register:
    """Everybody on the cohort of a session, by name. Six queries, however many they are.

    Raises LiveSession.DoesNotExist when the person does not run it.
    """
    session = team.session_of(session_id=session_id, person=person)
    cohort = session.cohort
    zone = ZoneInfo(cohort.time_zone)
    risks = _turnouts(cohort)
    return Register(
        session=session,
        cohort=cohort,
        when=telling_times.span(session.starts_at, session.ends_at, own=zone, there=zone),
        lines=[_line(enrolment, session, risks) for enrolment in _people(session)],
        walk_ins=list(WalkIn.objects.filter(session=session, enrolment=None)),
        may_mark=at >= session.starts_at - OPENS_BEFORE and not session.is_cancelled,
        is_over=at >= session.ends_at,
    )


def _people(session: LiveSession) -> Any:
    """The learners of the cohort, and whoever has left and has a mark."""
    mark = Attendance.objects.filter(session=session, enrolment=OuterRef("pk"))
    found = Enrolment.objects.filter(cohort=session.cohort_id).annotate(
        mark_status=Subquery(mark.values("status")),
        mark_minutes=Subquery(mark.values("minutes")),
        mark_source=Subquery(mark.values("source")),
    )
    there = ~Q(status=State.ENDED.value) | Q(mark_status__isnull=False)
    return found.filter(there).select_related("learner").order_by("learner__printed_name", "pk")


def _line(enrolment: Any, session: LiveSession, risks: Mapping[int, Turnout]) -> LineOfRegister:
    mark = Mark(Status(enrolment.mark_status), enrolment.mark_minutes) if enrolment.mark_status else None
    enrolment.cohort = session.cohort
    stands = risks.get(enrolment.pk)
    return LineOfRegister(
        enrolment_id=enrolment.pk,
        name=enrolment.learner.get_full_name(),
        email=enrolment.learner.email,
        status=enrolment.mark_status or "",
        minutes=enrolment.mark_minutes,
        source=enrolment.mark_source or "",
        counts=counts(enrolment, session, mark),
        is_at_risk=stands is not None and stands.is_at_risk,
        has_left=enrolment.status == State.ENDED.value,
    )


Marks = dict[int, dict[int, Mark]]


def _marks_and_done(cohort: Cohort) -> tuple[Marks, dict[int, frozenset[int]]]:
    """What the registers say of everybody, and which sessions count as done, by enrolment. Two queries."""
    marks: Marks = defaultdict(dict)
    rows = Attendance.objects.filter(enrolment__cohort=cohort, session__cancelled_at=None)
    columns = ("enrolment", "session__activity", "status", "minutes")
    for pk, activity_id, status, minutes in rows.values_list(*columns):
        marks[pk][activity_id] = Mark(Status(status), minutes)
    done: dict[int, frozenset[int]] = defaultdict(frozenset)
    planned = [activity.activity_id for activity in cohort.edition.outline.planned_sessions]
    records = Record.objects.filter(enrolment__cohort=cohort, outcome="done", activity__in=planned)
    for pk, activity_id in records.values_list("enrolment", "activity"):
        done[pk] |= {activity_id}
    return marks, done


def _turnouts(cohort: Cohort) -> dict[int, Turnout]:
    """How everybody under way stands, by enrolment. Three queries."""
    marks, done = _marks_and_done(cohort)
    people = Enrolment.objects.filter(cohort=cohort, status=State.ACTIVE.value, completion=None)
    outline = cohort.edition.outline
    return {pk: turnout.turnout(outline, marks[pk], done[pk]) for pk in people.values_list("pk", flat=True)}


@dataclass(frozen=True, slots=True)
class InTheRoom:
    """What is shown in the room: the word, and a code that leads to it."""

    session: LiveSession
    when: str
    word: str
    spelled: str
    url: str
    short_url: str
    drawing: str
    is_open: bool
    is_over: bool


def in_the_room(*, session_id: int, person: Any, at: datetime) -> InTheRoom:
    """Raises LiveSession.DoesNotExist when the person does not run it."""
    session = team.session_of(session_id=session_id, person=person)
    zone = session.zone
    args = [session.pk, session.word]
    url = settings.SITE_URL + reverse("learning:check_in", args=args) if session.word else ""
    short = settings.SITE_URL + reverse("learning:word")
    return InTheRoom(
        session=session,
        when=telling_times.span(session.starts_at, session.ends_at, own=zone, there=zone),
        word=session.word,
        spelled=" ".join(session.word),
        url=url,
        short_url=short.partition("://")[2],
        drawing=qr_svg(url) if url else "",
        is_open=is_open_for_check_in(session, at),
        is_over=at >= session.ends_at or session.is_cancelled,
    )


@dataclass(frozen=True, slots=True)
class LineOfReport:
    """How one learner attends. `marks` has what each planned session says, in their order.

    `came` and `sent_word` count marks at the sessions that were `held` so far, as the cohort's numbers do.
    """

    name: str
    email: str
    marks: tuple[str, ...]
    turnout: Turnout
    minutes: int
    held: int
    came: int
    sent_word: int

    @property
    def attendance_so_far(self) -> int:
        """Of the sessions that were held, to how many per cent they came."""
        return _percent(self.came, self.held)

    @property
    def commitment_so_far(self) -> int:
        """Of the sessions that were held, to how many per cent they came or sent word."""
        return _percent(self.came + self.sent_word, self.held)

    @property
    def attendance_percent(self) -> int:
        """Of all planned sessions, how many per cent count as attended."""
        return _percent(self.turnout.attended, self.turnout.planned)

    @property
    def commitment_percent(self) -> int:
        """Of all planned sessions, to how many per cent somebody came or sent word."""
        return _percent(self.turnout.committed, self.turnout.planned)


@dataclass(frozen=True, slots=True)
class Report:
    """How a cohort attends. `held` is how many of the planned sessions are over.

    `came` and `sent_word` count marks at these, each learner at each session once.
    """

    cohort: Cohort
    sessions: tuple[str, ...]
    lines: list[LineOfReport]
    planned: int
    needed: int
    held: int
    came: int
    sent_word: int

    @property
    def at_risk(self) -> int:
        return sum(line.turnout.is_at_risk for line in self.lines)

    @property
    def attendance_percent(self) -> int:
        """Of all places at sessions that were held, how many per cent were filled."""
        return _percent(self.came, self.held * len(self.lines))

    @property
    def commitment_percent(self) -> int:
        """The same, with those who sent word."""
        return _percent(self.came + self.sent_word, self.held * len(self.lines))


def _percent(part: int, whole: int) -> int:
    return min(100, part * 100 // whole) if whole else 0


def report(*, cohort_id: int, person: Any, at: datetime) -> Report:
    """Attendance and commitment of everybody who has a place. Five queries, however many they are.

    Raises Cohort.DoesNotExist when the person does not look after it.
    """
    cohort = team.cohort_of(cohort_id=cohort_id, person=person)
    outline = cohort.edition.outline
    planned = outline.planned_sessions
    marks, done = _marks_and_done(cohort)
    ids = [activity.activity_id for activity in planned]
    over = LiveSession.objects.filter(cohort=cohort, cancelled_at=None, ends_at__lte=at, activity__in=ids)
    held = list(over.values_list("activity", flat=True))
    people = Enrolment.objects.filter(cohort=cohort).exclude(status=State.ENDED.value)
    found = list(people.select_related("learner").order_by("learner__printed_name", "pk"))
    lines = [_line_of_report(e, outline, marks[e.pk], done[e.pk], held) for e in found]
    return Report(
        cohort=cohort,
        sessions=tuple(activity.title for activity in planned),
        lines=lines,
        planned=len(planned),
        needed=len(planned) if outline.sessions_needed is None else outline.sessions_needed,
        held=len(held),
        came=sum(line.came for line in lines),
        sent_word=sum(line.sent_word for line in lines),
    )


def _line_of_report(
    enrolment: Any, outline: Outline, marks: Mapping[int, Mark], done: frozenset[int], held: list[int]
) -> LineOfReport:
    planned = outline.planned_sessions
    at_held = [marks[activity_id].status for activity_id in held if activity_id in marks]
    return LineOfReport(
        name=enrolment.learner.get_full_name(),
        email=enrolment.learner.email,
        marks=tuple(_word(marks.get(a.activity_id), made_up=a.activity_id in done) for a in planned),
        turnout=turnout.turnout(outline, marks, done),
        minutes=sum(
            turnout.minutes(marks[a.activity_id], a.participatory_minutes)
            for a in planned
            if a.activity_id in marks
        ),
        held=len(held),
        came=sum(status in CAME for status in at_held),
        sent_word=at_held.count(Status.APOLOGISED),
    )


def _word(mark: Mark | None, *, made_up: bool) -> str:
    if mark is None:
        return _("Made up") if made_up else ""
    if mark.status is Status.PARTLY:
        return _("Partly (%(minutes)d min)") % {"minutes": mark.minutes or 0}
    word = str(Attendance.Status(mark.status.value).label)
    is_missed = mark.status in (Status.APOLOGISED, Status.ABSENT)
    return _("%(mark)s, made up") % {"mark": word} if is_missed and made_up else word


def matched(*, session: LiveSession, text: str) -> Matched:
    """A list beside the people of the session's cohort. One query."""
    people = Enrolment.objects.filter(cohort=session.cohort_id).exclude(status=State.ENDED.value)
    found = {email.lower(): pk for pk, email in people.values_list("pk", "learner__email")}
    return lists.matched(lists.lines(text), found)


def people_to_join(cohort_id: int) -> list[tuple[int, str]]:
    """The learners with whom a walk-in can be joined up, by name. One query."""
    people = Enrolment.objects.filter(cohort=cohort_id).exclude(status=State.ENDED.value)
    found = people.select_related("learner").order_by("learner__printed_name", "pk")
    return [(enrolment.pk, enrolment.learner.get_full_name()) for enrolment in found]
