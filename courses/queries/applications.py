"""Applications as those who apply see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.rich_text import expand_db_html

from courses.actions import before_joining
from courses.actions.before_joining import Asked
from courses.catalogue import public
from courses.cohorts import meeting_times
from courses.cohorts.application_forms import ApplicationQuestion
from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.applications import Application
from courses.enrolment.rules import Answer, Seats, may_join
from courses.enrolment.states import LIVE_APPLICATIONS, UNDECIDED, ApplicationState
from courses.queries import joining

# Words for how an application stands, for the person who wrote it.
OWN_LABELS = {
    ApplicationState.DRAFT: gettext_lazy("You have not sent it yet"),
    ApplicationState.SUBMITTED: gettext_lazy("The team has it and has not decided yet"),
    ApplicationState.MORE_INFORMATION: gettext_lazy("The team has a question for you"),
    ApplicationState.OFFERED: gettext_lazy("A place is kept for you"),
    ApplicationState.JOINED: gettext_lazy("You have a place"),
    ApplicationState.DECLINED: gettext_lazy("The team could not offer you a place"),
    ApplicationState.WITHDRAWN: gettext_lazy("You took it back"),
}
LIVE = [state.value for state in LIVE_APPLICATIONS]


@dataclass(frozen=True, slots=True)
class Applying:
    """The page with the form. `application` is the live one of this person, if there is one.

    `sentence` says why one cannot apply now; empty when one can.
    """

    cohort_id: int
    cohort_name: str
    course_title: str
    course_url: str
    intro: SafeString
    facts: list[public.Fact]
    questions: list[ApplicationQuestion]
    application: Application | None
    sentence: str
    until_sentence: str

    @property
    def is_sent(self) -> bool:
        """Whether it was sent in before, so that this only changes it."""
        return self.application is not None and self.application.status != ApplicationState.DRAFT.value

    @property
    def is_decided(self) -> bool:
        """Whether it is with the team no more, so that it cannot be changed."""
        return self.application is not None and ApplicationState(self.application.status) not in UNDECIDED

    @property
    def application_url(self) -> str:
        return reverse("learning:application", args=[self.application.pk]) if self.application else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One question and its answer, in words."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message between team and applicant."""

    is_from_team: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnApplication:
    """One's own application. `offer_id` is set while a place is kept, `waiting_since` while it waits.

    `before` is what is asked for before joining, while it can still come to a place.
    """

    id: int
    course_title: str
    course_url: str
    cohort_id: int
    cohort_name: str
    status: str
    status_label: str
    waiting_since: datetime | None
    submitted_at: datetime | None
    lines: list[Line]
    messages: list[Said]
    reply: str
    offer_id: int | None
    before: list[Asked]

    @property
    def can_change(self) -> bool:
        return ApplicationState(self.status) in UNDECIDED

    @property
    def can_take_back(self) -> bool:
        return ApplicationState(self.status) in LIVE_APPLICATIONS

    @property
    def is_asked(self) -> bool:
        return self.status == ApplicationState.MORE_INFORMATION.value


def applying(*, cohort_id: int, applicant: Any, at: datetime) -> Applying:
    """What somebody needs who applies. Three queries.

    Raises Cohort.DoesNotExist when there is no such cohort, it has no form, or its course is not published.
    """
    cohort: Any = (
        Cohort.objects.select_related("edition__course__page", "application_form")
        .defer("edition__frozen")
        .annotate(meetings=meeting_times.of(OuterRef("pk")))
        .get(pk=cohort_id, edition__course__page__live=True, application_form__isnull=False)
    )
    application = Application.objects.filter(cohort=cohort, applicant=applicant, status__in=LIVE).first()
    no_limit = Seats(capacity=None, taken=0)
    answer = may_join(window=places.window(cohort), seats=no_limit, at=at, joining=cohort.joining)
    entry = joining.OpenCohort(cohort, answer, no_limit)
    closed = answer is not Answer.APPLY
    return Applying(
        cohort_id=cohort.pk,
        cohort_name=cohort.name,
        course_title=cohort.edition.course.page.title,
        course_url=cohort.edition.course.page.url,
        intro=SafeString(expand_db_html(cohort.application_form.intro)),
        facts=joining.cohort_facts(cohort, at=at, meetings=cohort.meetings),
        questions=list(cohort.application_form.questions.all()),
        application=application,
        sentence=_closed_sentence(entry) if closed else "",
        until_sentence="" if closed else entry.until_sentence,
    )


def _closed_sentence(entry: joining.OpenCohort) -> str:
    if entry.answer is Answer.OPEN:
        return _("You need not apply for this group: you can join at once.")
    if entry.answer is Answer.CLOSED:
        return _("The time to apply is over. Please look at our other dates.")
    return entry.sentence


def own(*, application_id: int, applicant: Any, at: datetime) -> OwnApplication:
    """Two queries, and four more at the most where something is asked for before joining.

    Raises Application.DoesNotExist when it is somebody else's.
    """
    found: Any = (
        Application.objects.select_related("cohort__edition__course__page", "offer")
        .defer("cohort__edition__frozen")
        .annotate(asks=places.asks_of(OuterRef("cohort")))
        .get(pk=application_id, applicant=applicant)
    )
    cohort = found.cohort
    asks = found.asks and ApplicationState(found.status) in LIVE_APPLICATIONS
    return OwnApplication(
        id=found.pk,
        course_title=cohort.edition.course.title,
        course_url=cohort.edition.course.page.url or "",
        cohort_id=cohort.pk,
        cohort_name=cohort.name,
        status=found.status,
        status_label=_own_label(found),
        waiting_since=found.waiting_since if found.is_kept else None,
        submitted_at=found.submitted_at,
        lines=lines(found),
        messages=messages(found),
        reply=found.reply,
        offer_id=found.offer_id if found.status == ApplicationState.OFFERED.value else None,
        before=before_joining.asked_of(cohort, applicant, at=at) if asks else [],
    )


def _own_label(found: Application) -> str:
    if found.is_kept and found.status == ApplicationState.SUBMITTED.value:
        return _("You are on the waiting list")
    return str(OWN_LABELS[ApplicationState(found.status)])


def lines(application: Application) -> list[Line]:
    """The questions as they were asked, each with its answer in words."""
    return [Line(one["question"], in_words(one["answer"])) for one in application.answers]


def in_words(answer: str | list[str] | bool) -> str:  # noqa: FBT001 - what the form stored
    """An answer as text."""
    if isinstance(answer, bool):
        return _("Yes") if answer else _("No")
    return "; ".join(answer) if isinstance(answer, list) else answer


def messages(application: Application) -> list[Said]:
    """What was asked and answered, in order. One query."""
    return [Said(one.is_from_team, one.text, one.at) for one in application.messages.all()]
