"""Everything about one person in one cohort, for the people who look after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from courses.actions import before_joining
from courses.actions.before_joining import Asked
from courses.assessment import assessors
from courses.assessment.allowances import Allowance, rules_with
from courses.assessment.coursework import Submission
from courses.assessment.models import Attempt
from courses.catalogue.outline import Kind
from courses.certificates.codes import grouped
from courses.certificates.models import Certificate
from courses.cohorts.models import Cohort
from courses.conversations.models import Message
from courses.enrolment import places
from courses.enrolment.applications import Application
from courses.enrolment.models import Enrolment, Grant, Offer, WaitingEntry
from courses.enrolment.states import State
from courses.enrolment.team_messages import TeamMessageTo
from courses.ledger.models import LedgerEntry
from courses.messages import kinds, trouble
from courses.outbox.models import MessageSent
from courses.progress.attendance import Attendance
from courses.progress.rules import Outcome
from courses.progress.stored import records_of
from courses.queries import access, ledger_words, looking, registers
from courses.queries.access import Learning
from courses.queries.dashboard import state_label

GRANTS = {
    "free": lazy("joined by themselves"),
    "staff": lazy("a place given by the team"),
    "invitation": lazy("an invitation"),
    "code": lazy("an enrolment code"),
    "organisation": lazy("a place of an organisation"),
    "application": lazy("an application"),
}
ENDS = {
    "withdrawn": lazy("left"),
    "removed": lazy("taken off by the team"),
    "deferred": lazy("moved on to a later group"),
    "transferred": lazy("moved to another group"),
    "access_over": lazy("the time of access was over"),
    "grants_gone": lazy("no reason for the place was left"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `who` is empty when the person did it themselves."""

    at: datetime
    sentence: str
    who: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QuizOfPerson:
    """A quiz of the edition, and how somebody stands with it. None means no limit.

    `is_used_up` says that every try is used and the quiz is not passed.
    """

    activity_id: int
    title: str
    state_label: str
    tries: int
    tries_allowed: int | None
    minutes: int | None
    usual_minutes: int | None
    time_percent: int
    is_used_up: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a short list: what it is, what to say of it, when, and where there is more of it."""

    what: str
    words: str
    at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class PersonInCohort:
    """`certificate_id` is the certificate that counts; `quizzes` and `left` are of their edition.

    `asked` is what the cohort asks for before joining, and how they stand with it.
    """

    enrolment: Enrolment
    cohort: Cohort
    learning: Learning
    name: str
    email: str
    is_erased: bool
    has_mail_trouble: bool
    status: str
    is_live: bool
    reasons: list[str]
    offers: list[Line]
    quizzes: list[QuizOfPerson]
    left: list[tuple[int, str]]
    attendance: list[Line]
    work: list[Line]
    certificates: list[Line]
    certificate_id: int | None
    printed_name: str
    events: list[Event]
    may_manage: bool
    may_correct: bool
    asked: list[Asked]

    @property
    def is_finished(self) -> bool:
        return hasattr(self.enrolment, "completion")

    @property
    def is_active(self) -> bool:
        return self.enrolment.status == State.ACTIVE.value

    @property
    def is_paused(self) -> bool:
        return self.enrolment.status == State.SUSPENDED.value

    @property
    def used_up(self) -> list[QuizOfPerson]:
        return [quiz for quiz in self.quizzes if quiz.is_used_up]

    @property
    def timed(self) -> list[QuizOfPerson]:
        return [quiz for quiz in self.quizzes if quiz.usual_minutes is not None]


def person(*, enrolment_id: int, by: Any, at: datetime) -> PersonInCohort:
    """All of it. The number of queries depends neither on how much was done nor on how many people there are.

    Raises Enrolment.DoesNotExist when `by` does not look after this cohort.
    """
    related = ("learner__mail_trouble", "completion", "place", "cohort__edition__course")
    asks = places.asks_of(OuterRef("cohort"))
    enrolment: Any = Enrolment.objects.select_related(*related).annotate(asks=asks).get(pk=enrolment_id)
    if not registers.cohorts_for(by).filter(pk=enrolment.cohort_id).exists():
        raise Enrolment.DoesNotExist
    learning = access.learning_of(enrolment, {r.activity_id: r for r in records_of(enrolment_id)})
    learner = enrolment.learner
    attempts = list(Attempt.objects.filter(enrolment=enrolment).defer("paper_frozen").order_by("started_at"))
    certificates = list(Certificate.objects.filter(enrolment=enrolment).select_related("superseded_by"))
    offers = list(Offer.objects.filter(cohort=enrolment.cohort_id, learner=learner))
    waiting = list(WaitingEntry.objects.filter(cohort=enrolment.cohort_id, learner=learner))
    theirs = Exists(assessors.assessable(by).filter(pk=OuterRef("pk")))
    handed_in = Submission.objects.filter(enrolment=enrolment).annotate(may_decide=theirs)
    work = list(handed_in.defer("text").select_related("activity"))
    counting = next((one for one in certificates if not hasattr(one, "superseded_by")), None)
    wishes = list(Application.objects.filter(cohort=enrolment.cohort_id, applicant=learner).only("pk"))
    subjects = [enrolment, *attempts, *certificates, *offers, *waiting, *wishes, *work]
    return PersonInCohort(
        enrolment=enrolment,
        cohort=enrolment.cohort,
        learning=learning,
        name=learner.get_full_name(),
        email=learner.email,
        is_erased=learner.erased_at is not None,
        has_mail_trouble=trouble.is_stopped(learner),
        status=_status(enrolment),
        is_live=enrolment.status != State.ENDED.value,
        reasons=_reasons(enrolment),
        offers=_offers(offers, waiting),
        quizzes=_quizzes(learning, attempts),
        left=_left(learning),
        attendance=_attendance(enrolment),
        work=[_work(one) for one in work],
        certificates=[_certificate(one) for one in certificates],
        certificate_id=counting.pk if counting else None,
        printed_name=learner.printed_name,
        events=_events(enrolment, subjects, attempts, learning),
        may_manage=looking.may_look_as(person=by, cohort_id=enrolment.cohort_id),
        may_correct=by.has_perm(looking.ADMINISTRATES),
        asked=before_joining.asked_of(enrolment.cohort, learner, at=at) if enrolment.asks else [],
    )


def _status(enrolment: Enrolment) -> str:
    label = str(registers.STATUS_LABELS[State(enrolment.status)])
    why = ENDS.get(enrolment.end_reason, enrolment.end_reason)
    return f"{label} ({why})" if enrolment.status == State.ENDED.value and why else label


def _reasons(enrolment: Enrolment) -> list[str]:
    """Why somebody may be there."""
    grants = Grant.objects.filter(enrolment=enrolment, withdrawn_at=None).order_by("given_at", "pk")
    return [str(GRANTS.get(grant.kind, grant.kind)) for grant in grants]


def _offers(offers: Iterable[Offer], waiting: Iterable[WaitingEntry]) -> list[Line]:
    """What came before the place: offers, and waiting for one."""
    offered = {
        "open": _("Not answered yet."),
        "accepted": _("Accepted."),
        "declined": _("Declined."),
        "expired": _("The time to answer went by."),
        "withdrawn": _("Taken back by the team."),
    }
    waited = {
        "waiting": _("Waits for a place."),
        "offered": _("A place is offered."),
        "joined": _("Has got a place."),
        "passed": _("Did not answer the offer in time."),
        "left": _("Left the list."),
        "closed": _("The list was closed."),
    }
    return [
        *(Line(_("Waiting list"), waited.get(one.status, one.status), one.joined_at) for one in waiting),
        *(Line(_("Offer of a place"), offered.get(one.status, one.status), one.made_at) for one in offers),
    ]


def _quizzes(learning: Learning, attempts: Iterable[Attempt]) -> list[QuizOfPerson]:
    given = {one.activity_id: one for one in Allowance.objects.filter(enrolment=learning.enrolment.pk)}
    tries: dict[int, int] = {}
    for attempt in attempts:
        tries[attempt.activity_id] = tries.get(attempt.activity_id, 0) + 1
    return [
        _quiz(learning, activity.activity_id, given.get(activity.activity_id), tries)
        for activity in learning.outline.activities
        if activity.quiz is not None
    ]


def _quiz(
    learning: Learning, activity_id: int, given: Allowance | None, tries: dict[int, int]
) -> QuizOfPerson:
    standing = learning.standing.of(activity_id)
    if standing is None or standing.activity.quiz is None:
        raise ValueError("The edition has no such quiz.")
    usual, used = standing.activity.quiz, tries.get(activity_id, 0)
    extra, percent = (given.extra_attempts, given.time_factor_percent) if given else (0, 100)
    rules = rules_with(usual, extra_attempts=extra, time_factor_percent=percent)
    allowed = rules.attempts_allowed
    record = learning.records.get(activity_id)
    is_passed = record is not None and record.outcome == Outcome.PASSED.value
    return QuizOfPerson(
        activity_id=activity_id,
        title=standing.activity.title,
        state_label=state_label(standing.state),
        tries=used,
        tries_allowed=allowed,
        minutes=rules.time_limit_minutes,
        usual_minutes=usual.time_limit_minutes,
        time_percent=percent,
        is_used_up=allowed is not None and used >= allowed and not is_passed,
    )


def _left(learning: Learning) -> list[tuple[int, str]]:
    """What is not finished and can be put down as done by hand: everything but quizzes."""
    return [
        (found.activity.activity_id, found.activity.title)
        for found in learning.standing.activities
        if not found.is_finished and found.activity.kind is not Kind.QUIZ
    ]


def _attendance(enrolment: Enrolment) -> list[Line]:
    found = Attendance.objects.filter(enrolment=enrolment).select_related("session")
    return [
        Line(one.session.title, _attended(one), one.session.starts_at)
        for one in found.order_by("session__starts_at", "pk")
    ]


def _attended(row: Any) -> str:
    label = str(row.get_status_display())
    return (
        _("%(label)s: %(minutes)d minutes") % {"label": label, "minutes": row.minutes}
        if row.minutes
        else label
    )


def _work(work: Any) -> Line:
    """A hand-in, with a link for who may read it."""
    words = {
        "handed_in": _("Handed in, waits for an assessor."),
        "replaced": _("Handed in again later."),
        "sent_back": _("Sent back with a comment."),
        "signed_off": _("Signed off."),
    }
    url = reverse("staff:submission", args=[work.pk]) if work.may_decide else ""
    return Line(work.activity.title, words.get(work.status, work.status), work.handed_in_at, url)


def _certificate(certificate: Certificate) -> Line:
    replaced = hasattr(certificate, "superseded_by")
    words = _("Replaced by a corrected one.") if replaced else _("Issued.")
    return Line(grouped(certificate.code), words, certificate.issued_at)


def _events(
    enrolment: Enrolment, subjects: Iterable[Any], attempts: Iterable[Attempt], learning: Learning
) -> list[Event]:
    """Everything that happened, the newest first. Four queries."""
    about = [f"{one._meta.model_name}:{one.pk}" for one in subjects]
    titles = {a.activity_id: a.title for a in learning.outline.activities}
    begun = _("Began try %(number)d at “%(title)s”.")
    found = [
        *_from_ledger(enrolment, about, learning),
        *(
            Event(a.started_at, begun % {"number": a.number, "title": titles.get(a.activity_id, _("a quiz"))})
            for a in attempts
        ),
        *_questions(enrolment, titles),
        *_messages(enrolment, about),
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)


def _from_ledger(enrolment: Enrolment, about: list[str], learning: Learning) -> list[Event]:
    entries = LedgerEntry.objects.filter(subject__in=about).select_related("by")
    return [
        Event(
            entry.at,
            ledger_words.sentence(entry, learning.outline),
            who=entry.by.get_full_name() if entry.by and entry.by_id != enrolment.learner_id else "",
            reason=entry.reason,
        )
        for entry in entries
    ]


def _questions(enrolment: Enrolment, titles: dict[int, str]) -> list[Event]:
    """That somebody asked or was answered: never the words, which are for those who answer."""
    rows = Message.objects.filter(conversation__enrolment=enrolment).select_related("author", "conversation")
    return [_question(row, titles.get(row.conversation.activity_id or 0, "")) for row in rows]


def _question(row: Any, title: str) -> Event:
    if row.is_answer:
        return Event(
            row.at, _("Got an answer to a question."), who=row.author.get_full_name() if row.author else ""
        )
    about = _("Asked a question about “%(title)s”.") % {"title": title} if title else _("Asked a question.")
    return Event(row.at, about)


def _messages(enrolment: Enrolment, about: list[str]) -> list[Event]:
    """What was sent: e-mails by the site about this place, and what the team wrote."""
    sent = MessageSent.objects.filter(user=enrolment.learner_id, about__in=about)
    written = TeamMessageTo.objects.filter(enrolment=enrolment).select_related("message__by")
    return [
        *(
            Event(one.sent_at, _("An e-mail was sent: %(kind)s.") % {"kind": _title(one.kind)})
            for one in sent
        ),
        *(
            Event(
                one.message.at,
                _("The team wrote: “%(subject)s”.") % {"subject": one.message.subject},
                who=one.message.by.get_full_name(),
            )
            for one in written
        ),
    ]


def _title(kind: str) -> str:
    """What a kind of message is called; its own name when it is no more."""
    try:
        return str(kinds.find(kind).title)
    except kinds.KindUnknown:
        return kind
