"""Work that was handed in, as the people who decide about it see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from courses.assessment import assessors
from courses.assessment.coursework import Submission, SubmissionFile
from courses.assessment.states import WorkState
from courses.catalogue import lesson_texts
from courses.cohorts import staffing
from courses.cohorts.models import Cohort
from courses.enrolment.states import State as Place
from courses.queries import staff_lists
from courses.queries.coursework import STATUS_LABELS, HandedIn, handed_in
from courses.queries.registers import STATUS_LABELS as PLACE_LABELS

A_PAGE = 40
FILTERS = {
    "waiting": (gettext_lazy("Waiting for you"), [WorkState.HANDED_IN.value]),
    "decided": (
        gettext_lazy("Signed off or sent back"),
        [WorkState.SENT_BACK.value, WorkState.SIGNED_OFF.value],
    ),
}


@dataclass(frozen=True, slots=True)
class WorkInList:
    learner: str
    activity_title: str
    cohort: str
    course_title: str
    number: int
    status_label: str
    is_waiting: bool
    age: str
    url: str


@dataclass(frozen=True, slots=True)
class WorkList:
    rows: list[WorkInList]
    page: Page[Any]
    shows: list[staff_lists.Choice]
    cohorts: list[staff_lists.Choice]
    show: str
    cohort: str


@dataclass(frozen=True, slots=True)
class WorkForStaff:
    """One hand-in with what was asked and those before it. `newer_url` leads to one that replaced it."""

    id: int
    learner: str
    learner_email: str
    cohort: Cohort
    course_title: str
    activity_title: str
    is_make_up: bool
    place: str
    task: SafeString | str
    looks_for: SafeString | str
    shown: HandedIn
    earlier: list[HandedIn]
    is_waiting: bool
    newer_url: str


def work(*, person: Any, show: str, cohort: str, page: str | int, at: datetime) -> WorkList:
    """What a person may decide about: what has waited longest first, of the rest the newest."""
    show = show if show in FILTERS else "waiting"
    chosen, cohorts = staff_lists.by_cohort(staffing.assessed_by(person), typed=cohort)
    rows = assessors.assessable(person).filter(status__in=FILTERS[show][1])
    if chosen:
        rows = rows.filter(enrolment__cohort=int(chosen))
    order = ("handed_in_at", "pk") if show == "waiting" else (F("decided_at").desc(), "-pk")
    related = ("enrolment__learner", "enrolment__cohort__edition__course", "activity")
    rows = rows.select_related(*related).defer("enrolment__cohort__edition__frozen", "text", "comment")
    found = Paginator(rows.order_by(*order), A_PAGE).get_page(page)
    return WorkList(
        rows=[_in_list(row, at) for row in found],
        page=found,
        shows=staff_lists.shows(FILTERS, chosen=show),
        cohorts=cohorts,
        show=show,
        cohort=chosen,
    )


def _in_list(row: Submission, at: datetime) -> WorkInList:
    enrolment = row.enrolment
    return WorkInList(
        learner=enrolment.learner.get_full_name(),
        activity_title=row.activity.title,
        cohort=enrolment.cohort.name,
        course_title=enrolment.cohort.edition.course.title,
        number=row.number,
        status_label=str(STATUS_LABELS[WorkState(row.status)]),
        is_waiting=row.status == WorkState.HANDED_IN.value,
        age=staff_lists.ago(row.decided_at or row.handed_in_at, at=at),
        url=reverse("staff:submission", args=[row.pk]),
    )


def submission(*, submission_id: int, person: Any) -> WorkForStaff:
    """Four queries, and one more for words not drawn before.

    Raises Submission.DoesNotExist when it is not theirs to read.
    """
    related = ("enrolment__learner", "enrolment__cohort__edition__course", "activity", "decided_by")
    rows = assessors.assessable(person).select_related(*related)
    row = rows.defer("enrolment__cohort__edition__frozen").get(pk=submission_id)
    enrolment, outline = row.enrolment, row.enrolment.cohort.edition.outline
    everything = list(
        Submission.objects.filter(enrolment=enrolment, activity=row.activity_id)
        .select_related("decided_by")
        .order_by("-number")
    )
    files: dict[int | None, list[SubmissionFile]] = {}
    for file in SubmissionFile.objects.filter(submission__in=everything):
        files.setdefault(file.submission_id, []).append(file)
    activity = outline.activity(row.activity_id)
    text = lesson_texts.text_of(activity) if activity is not None else None
    is_make_up = activity is not None and activity.session is not None
    body = text.html if text and not is_make_up else ""
    return WorkForStaff(
        id=row.pk,
        learner=enrolment.learner.get_full_name(),
        learner_email=enrolment.learner.email,
        cohort=enrolment.cohort,
        course_title=enrolment.cohort.edition.course.title,
        activity_title=row.activity.title,
        is_make_up=is_make_up,
        place=str(PLACE_LABELS[Place(enrolment.status)]),
        task=text.besides.get("make_up", "") if text and is_make_up else body,
        looks_for=text.besides.get("looks_for", "") if text else "",
        shown=handed_in(row, files.get(row.pk, []), staff=True),
        earlier=[
            handed_in(other, files.get(other.pk, []), staff=True)
            for other in everything
            if other.number < row.number
        ],
        is_waiting=row.status == WorkState.HANDED_IN.value,
        newer_url=reverse("staff:submission", args=[everything[0].pk])
        if everything[0].number > row.number
        else "",
    )


def file_of(*, file_id: int, person: Any) -> SubmissionFile:
    """A file that was handed in. Raises SubmissionFile.DoesNotExist when it is not theirs to read."""
    found: SubmissionFile = SubmissionFile.objects.get(
        pk=file_id, submission__in=assessors.assessable(person)
    )
    return found
