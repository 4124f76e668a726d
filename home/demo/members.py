"""The people of the demo's groups: joining, coming to meetings, handing in, through the actions and in the
order of time.

Safe to repeat: a group that has people keeps them as they are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cms.users.models import User
from courses.actions import apply, assess, attendance, certify, checks, coursework, enrol, study, waiting
from courses.actions.coursework import Work
from courses.assessment.coursework import Submission
from courses.catalogue.outline import ActivityOutline, Kind, StageOutline
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress.models import Completion
from courses.progress.turnout import Mark, Status
from home.demo import groups
from home.demo.walks import Walk

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HANDED_IN = (
    "This text is made up for the demonstration. We talked about it in the group first. Then I wrote down "
    "what we want to do, who helps, and what we do if something goes wrong."
)
MADE_UP = (
    "This text is made up for the demonstration. I could not come. I read the papers, talked about them with "
    "a neighbour, and wrote down what I would have said."
)
SIGNED = "Clear and careful. I could follow every step. Thank you."
SENT_BACK = "A good beginning. Please add who looks after the notes, and for how long you keep them."


@dataclass(frozen=True, slots=True)
class Member:
    """What somebody does in a group. Sessions and stages are counted from 1 and from 0, as they are shown.

    `misses` are sessions they apologised for, `absent` those they just missed; what they `makes_up` for, they
    hand in. `stages` is how many stages they work through; None: all. `fails` is how often they fail the
    gate. `leaves_after` is the session after which they withdraw.
    """

    email: str
    misses: tuple[int, ...] = ()
    absent: tuple[int, ...] = ()
    makes_up: tuple[int, ...] = ()
    stages: int | None = None
    fails: int = 0
    comes_back: bool = False
    leaves_after: int = 0


def _m(number: int, **more: Any) -> Member:
    return Member(f"member-{number}@example.org", **more)


# Of the group that is over: who finished, who is still at it, and who left.
FINISHED = (
    Member("lou@example.org", misses=(4,)),
    _m(1, misses=(2, 7), makes_up=(7,), comes_back=True),
    _m(2, absent=(3, 9, 11)),
    _m(3, misses=(1, 5, 6, 10), makes_up=(5,)),
    Member("ida@example.org", stages=3, fails=2, misses=(8, 9), absent=(10, 11, 12)),
    _m(4, stages=2, absent=(5, 6, 7, 8, 9, 10, 11, 12)),
    _m(5, stages=1, leaves_after=3),
)
# Of the group that meets now: twelve people, which is all there is room for.
RUNNING = (
    Member("kit@example.org", stages=2),
    Member("oz@example.org", stages=0),
    _m(6, stages=2),
    _m(7, stages=1, misses=(2,)),
    *(_m(number, stages=1) for number in (8, 9)),
    *(_m(number, stages=0, absent=(2,) if number == 12 else ()) for number in range(10, 16)),
)
WAITING = tuple(f"member-{number}@example.org" for number in (16, 17, 18))
APPLYING = tuple(f"member-{number}@example.org" for number in (19, 20, 21))
NEXT = tuple(f"member-{number}@example.org" for number in (22, 23, 24, 25, 26))
LATER = ("member-27@example.org",)
EVERYBODY = tuple(f"member-{number}@example.org" for number in range(1, 29))
WHY = (
    ("I look after my sister, and nobody asks us. I would like to learn how to ask.", "Tuesdays are fine."),
    ("Our lunch club is to close. I want to find out what it means to people.", "I may be late by bus."),
    ("I worked with numbers all my life and would like to listen for a change.", "Large print, please."),
)


def populate(cohorts: Sequence[Cohort], *, facilitator: User, assessor: User, at: datetime) -> None:
    """Everybody in the groups with dates, as far as they are at this moment."""
    by_name = {cohort.name: cohort for cohort in cohorts if not cohort.is_rolling}
    for name, members in ((groups.FINISHED, FINISHED), (groups.RUNNING, RUNNING)):
        if name in by_name:
            _Group(by_name[name], facilitator=facilitator, assessor=assessor, until=at).live(members)
    if groups.RUNNING in by_name:
        _wait(by_name[groups.RUNNING])
    if groups.COMING in by_name:
        _apply(by_name[groups.COMING], at=at)
        _check(by_name[groups.COMING], by=facilitator, at=at)
    for name, emails in ((groups.NEXT, NEXT), (groups.LATER, LATER)):
        for place, email in enumerate(emails if name in by_name else ()):
            learner = User.objects.get(email=email)
            cohort = by_name[name]
            agreed = list(cohort.prerequisites.values_list("pk", flat=True))
            enrol.start(cohort_id=cohort.pk, learner=learner, at=at - DAY * (place + 1), agreed=agreed)


def _wait(cohort: Cohort) -> None:
    """Three people who came when all places were taken."""
    first = cohort.sessions.order_by("starts_at")[0].starts_at
    for place, email in enumerate(WAITING):
        learner = User.objects.get(email=email)
        waiting.join(cohort_id=cohort.pk, learner=learner, at=first - DAY * (4 - place))


def _apply(cohort: Cohort, *, at: datetime) -> None:
    """Three people who have applied; nobody has decided yet."""
    form = cohort.application_form
    questions = list(form.questions.all()) if form else []
    for place, (email, answers) in enumerate(zip(APPLYING, WHY, strict=True)):
        said = [
            {"key": question.key, "question": question.label, "answer": answer}
            for question, answer in zip(questions, answers, strict=True)
        ]
        apply.keep(
            cohort_id=cohort.pk,
            applicant=User.objects.get(email=email),
            answers=said,
            at=at - DAY * (place + 2),
            is_final=True,
        )


def _check(cohort: Cohort, *, by: User, at: datetime) -> None:
    """One of those who applied has been checked; of the others nothing is recorded yet."""
    for rule in cohort.prerequisites.all():
        checks.record(
            cohort_id=cohort.pk,
            prerequisite_id=rule.pk,
            learners=[User.objects.get(email=APPLYING[0]).pk],
            is_done=True,
            checked_on=(at - DAY).date(),
            valid_until=(at + DAY * 365).date(),
            by=by,
            at=at - HOUR,
        )


@dataclass
class _Group:
    """A group living through its weeks. What happens is put in the order of time, and then done."""

    cohort: Cohort
    facilitator: User
    assessor: User
    until: datetime
    events: list[tuple[datetime, int, Callable[[datetime], object]]] = field(default_factory=list)
    walks: dict[str, Walk] = field(default_factory=dict)
    enrolments: dict[str, Enrolment] = field(default_factory=dict)

    def live(self, members: Sequence[Member]) -> None:
        sessions = list(self.cohort.sessions.order_by("starts_at"))
        first = sessions[0].starts_at
        for place, member in enumerate(members):
            joins = first - DAY * (30 - place) + HOUR * place
            self._at(joins, partial(self._join, member))
            self._plan(member, sessions, lag=timedelta(minutes=17 * place))
        for number, session in enumerate(sessions, start=1):
            self._at(session.ends_at, self._register(session, number, members))
        for moment, _order, do in sorted(self.events, key=lambda event: event[:2]):
            if moment <= self.until:
                do(moment)
        self._certificates()

    def _at(self, moment: datetime, do: Callable[[datetime], object]) -> None:
        self.events.append((moment, len(self.events), do))

    def _join(self, member: Member, at: datetime) -> None:
        learner = User.objects.get(email=member.email)
        self.enrolments[member.email] = enrol.start(cohort_id=self.cohort.pk, learner=learner, at=at)
        self.walks[member.email] = Walk(self.cohort, at=at, until=self.until)

    def _plan(self, member: Member, sessions: Sequence[LiveSession], *, lag: timedelta) -> None:
        """Before the first meeting of a stage its lessons; after the last the quiz, and the coursework."""
        by_activity = {session.activity_id: session for session in sessions}
        before = sessions[0].starts_at - DAY * 9
        for place, stage in enumerate(self.cohort.edition.outline.stages):
            held = [by_activity[a.activity_id] for a in stage.activities if a.activity_id in by_activity]
            begins = held[0].starts_at - DAY * 3 if held else before
            ends = held[-1].ends_at + DAY if held else before + HOUR * 30
            if member.stages is None or place < member.stages:
                self._stage(member, stage, begins + lag, ends + lag)
            elif place == member.stages and member.fails:
                self._until_gate(member, stage, begins + lag, ends + lag)
        for number, session in enumerate(sessions, start=1):
            if number in member.misses:
                self._at(session.starts_at - DAY, self._apologise(member, session))
            if number in member.makes_up:
                self._hand_in(member, session.activity_id, session.ends_at + DAY * 2 + lag, MADE_UP)
            if number == member.leaves_after:
                self._at(session.ends_at + DAY, self._withdraw(member))

    def _stage(self, member: Member, stage: StageOutline, begins: datetime, ends: datetime) -> None:
        for place, activity in enumerate(stage.activities):
            if activity.kind is Kind.LESSON:
                self._at(begins + HOUR * 3 * place, self._read(member, activity))
            elif activity.kind is Kind.QUIZ:
                self._at(ends, self._sit(member, right=1.0))
            elif activity.kind is Kind.COURSEWORK:
                later = ends + HOUR * (2 + place)
                self._hand_in(member, activity.activity_id, later, HANDED_IN)

    def _until_gate(self, member: Member, stage: StageOutline, begins: datetime, ends: datetime) -> None:
        for place, activity in enumerate(stage.activities):
            if activity.kind is Kind.LESSON:
                self._at(begins + HOUR * 3 * place, self._read(member, activity))
        for number in range(member.fails):
            self._at(ends + DAY * number, self._sit(member, right=1.0, is_safe=False))

    def _hand_in(self, member: Member, activity_id: int, at: datetime, text: str) -> None:
        """Hand in, and have it signed off the next day; once it comes back first."""

        def hand_in(text: str) -> Callable[[datetime], object]:
            return lambda now: coursework.hand_in(
                **self._which(member), activity_id=activity_id, work=Work(text=text), at=now
            )

        self._at(at, hand_in(text))
        if member.comes_back and text == HANDED_IN:
            self._at(at + HOUR * 4, self._decide(member, activity_id, assess.send_back, SENT_BACK))
            more = f"{text} I look after the notes. They are kept until the summer."
            self._at(at + HOUR * 8, hand_in(more))
        self._at(at + HOUR * 20, self._decide(member, activity_id, assess.sign_off, SIGNED))

    def _decide(
        self, member: Member, activity_id: int, decide: Callable[..., object], comment: str
    ) -> Callable[[datetime], object]:
        def do(at: datetime) -> None:
            work = Submission.objects.filter(
                enrolment=self.enrolments[member.email], activity=activity_id, status="handed_in"
            ).get()
            decide(submission_id=work.pk, comment=comment, by=self.assessor, at=at)

        return do

    def _which(self, member: Member) -> dict[str, Any]:
        enrolment = self.enrolments[member.email]
        return {"enrolment_id": enrolment.pk, "learner": enrolment.learner}

    def _read(self, member: Member, lesson: ActivityOutline) -> Callable[[datetime], object]:
        return lambda at: study.mark_done(**self._which(member), activity_id=lesson.activity_id, at=at)

    def _sit(self, member: Member, *, right: float, is_safe: bool = True) -> Callable[[datetime], object]:
        def do(at: datetime) -> None:
            walk = self.walks[member.email]
            walk.at = walk.until = at
            walk.quiz(self.enrolments[member.email], right=right, is_safe=is_safe)

        return do

    def _apologise(self, member: Member, session: LiveSession) -> Callable[[datetime], object]:
        return lambda at: attendance.apologise(session_id=session.pk, **self._which(member), at=at)

    def _withdraw(self, member: Member) -> Callable[[datetime], object]:
        def do(at: datetime) -> None:
            enrolment = self.enrolments[member.email]
            enrol.withdraw(enrolment_id=enrolment.pk, by=enrolment.learner, at=at)

        return do

    def _register(
        self, session: LiveSession, number: int, members: Sequence[Member]
    ) -> Callable[[datetime], object]:
        def do(at: datetime) -> None:
            here = Enrolment.objects.filter(cohort=self.cohort, status=State.ACTIVE.value)
            known = dict(here.values_list("learner__email", "pk"))
            marks = {known[m.email]: _mark(m, number) for m in members if m.email in known}
            attendance.mark_many(session_id=session.pk, marks=marks, by=self.facilitator, at=at)

        return do

    def _certificates(self) -> None:
        """Each on the day after the last step, and not when the demo is built."""
        found = Completion.objects.filter(enrolment__cohort=self.cohort, enrolment__certificates=None)
        for completion in found.order_by("pk"):
            certify.issue(completion_id=completion.pk, at=min(completion.completed_at + HOUR, self.until))


def _mark(member: Member, number: int) -> Mark:
    if number in member.misses:
        return Mark(Status.APOLOGISED)
    return Mark(Status.ABSENT if number in member.absent else Status.ATTENDED)
