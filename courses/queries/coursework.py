"""Live sessions and coursework as their learner meets them, with what was handed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core.addresses import address
from courses.assessment.coursework import Submission, SubmissionDraft, SubmissionFile
from courses.assessment.states import WorkState
from courses.catalogue import lesson_texts
from courses.progress.rules import ActivityState
from courses.queries import lessons, sessions
from courses.queries.access import OpenedActivity
from courses.queries.lessons import ActivityHead
from courses.queries.sessions import SessionForLearner

STATUS_LABELS = {
    WorkState.HANDED_IN: gettext_lazy("Handed in"),
    WorkState.REPLACED: gettext_lazy("Replaced by a newer one"),
    WorkState.SENT_BACK: gettext_lazy("Sent back"),
    WorkState.SIGNED_OFF: gettext_lazy("Signed off"),
}


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file. `is_new` while it is not handed in yet."""

    id: int
    title: str
    size: str
    url: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One hand-in, and what was said about it."""

    number: int
    at: datetime
    text: str
    files: list[FileShown]
    status: str
    status_label: str
    comment: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefusedWork:
    """What somebody sent that was not taken as it is, and why. `other` are newer words in its way."""

    typed: str
    errors: tuple[str, ...]
    sequence: int = 1
    other: str | None = None


@dataclass(frozen=True, slots=True)
class WorkForm:
    """Where work is written. `again` are files of the last time that can go in once more."""

    text: str
    sequence: int
    token: UUID
    takes_text: bool
    takes_files: bool
    files: list[FileShown]
    again: list[FileShown]
    saved_at: datetime | None
    errors: tuple[str, ...]
    other: str
    action_url: str


@dataclass(frozen=True, slots=True)
class WorkShown:
    """Everything about one piece of work. `form` is None while nothing can be handed in."""

    state: str
    newest: HandedIn | None
    earlier: list[HandedIn]
    form: WorkForm | None


@dataclass(frozen=True, slots=True)
class CourseworkShown(ActivityHead):
    """Coursework with its words."""

    html: SafeString
    players: frozenset[str]
    looks_for: SafeString | str
    is_done: bool
    done_on: datetime | None
    work: WorkShown


@dataclass(frozen=True, slots=True)
class SessionShown(ActivityHead):
    """A live session with its words; `meeting` is None until a date is fixed.

    `work` is there where a make-up task can be handed in, or was. `needed_sentence` says how many sessions
    are enough.
    """

    html: SafeString
    players: frozenset[str]
    bring: SafeString | str
    make_up: SafeString | str
    meeting: SessionForLearner | None
    needed_sentence: str
    state: str
    work: WorkShown | None
    offers_make_up: bool


def coursework(
    opened: OpenedActivity, *, refused: RefusedWork | None = None, shows_work: bool = True
) -> CourseworkShown:
    """Coursework. Three queries, and one or two more for words that were not drawn before.

    `shows_work` is False for staff who look at a learner's pages: drafts are the learner's alone.
    """
    text = lesson_texts.text_of(opened.activity)
    record = opened.learning.records.get(opened.activity.activity_id)
    return CourseworkShown(
        **lessons.head(opened),
        html=text.html,
        players=text.players,
        looks_for=text.besides.get("looks_for", ""),
        is_done=opened.standing.is_finished,
        done_on=record.at if record else None,
        work=_work(opened, refused, can_write=_can_write(opened)) if shows_work else _nothing(opened),
    )


def _can_write(opened: OpenedActivity) -> bool:
    return not opened.standing.is_finished and not opened.lock_sentence


def session(
    opened: OpenedActivity,
    *,
    at: datetime,
    refused: RefusedWork | None = None,
    shows_work: bool = True,
) -> SessionShown:
    """A live session. Two queries, and three more where something is made up."""
    text = lesson_texts.text_of(opened.activity)
    meeting = sessions.for_activity(opened.learning.enrolment, opened.activity.activity_id, at)
    state = opened.standing.state
    rules = opened.activity.session
    takes_make_up = rules is not None and rules.make_up
    # While the stage is locked its task cannot be read, so nothing is asked for either.
    may_make_up = (
        takes_make_up
        and not opened.lock_sentence
        and opened.learning.may_study
        and not opened.standing.is_finished
        and meeting is not None
        and meeting.was_missed
    )
    has_work = may_make_up or state in (ActivityState.HANDED_IN, ActivityState.SENT_BACK)
    return SessionShown(
        **lessons.head(opened),
        html=text.html,
        players=text.players,
        bring=text.besides.get("bring", ""),
        make_up=text.besides.get("make_up", "") if takes_make_up else "",
        meeting=meeting,
        needed_sentence=_needed_sentence(opened),
        state=state.value,
        work=_work(opened, refused, can_write=may_make_up)
        if shows_work and (has_work or (takes_make_up and opened.standing.is_finished))
        else None,
        offers_make_up=may_make_up,
    )


def _needed_sentence(opened: OpenedActivity) -> str:
    found = opened.learning.standing.attendance
    if found is None:
        return ""
    return _("You need %(needed)d of %(planned)d sessions. So far you have %(attended)d.") % {
        "needed": found.needed,
        "planned": found.planned,
        "attended": found.attended,
    }


def _nothing(opened: OpenedActivity) -> WorkShown:
    return WorkShown(state=opened.standing.state.value, newest=None, earlier=[], form=None)


def _work(opened: OpenedActivity, refused: RefusedWork | None, *, can_write: bool) -> WorkShown:
    enrolment_id, activity_id = opened.learning.enrolment.pk, opened.activity.activity_id
    rows = Submission.objects.filter(enrolment=enrolment_id, activity=activity_id)
    files: dict[int | None, list[SubmissionFile]] = {}
    for file in SubmissionFile.objects.filter(enrolment=enrolment_id, activity=activity_id):
        files.setdefault(file.submission_id, []).append(file)
    found = list(rows.select_related("decided_by").order_by("-number"))
    shown = [handed_in(row, files.get(row.pk, [])) for row in found]
    form = _form(opened, found[0] if found else None, files, refused) if can_write else None
    return WorkShown(
        state=opened.standing.state.value, newest=shown[0] if shown else None, earlier=shown[1:], form=form
    )


def handed_in(row: Submission, files: list[SubmissionFile], *, staff: bool = False) -> HandedIn:
    """One hand-in as it is shown. `staff` leads to the files by the way of staff."""
    return HandedIn(
        number=row.number,
        at=row.handed_in_at,
        text=row.text,
        files=[_file(one, staff=staff) for one in files],
        status=row.status,
        status_label=str(STATUS_LABELS[WorkState(row.status)]),
        comment=row.comment,
        decided_by=row.decided_by.get_full_name() if row.decided_by else "",
        decided_at=row.decided_at,
    )


def _file(file: SubmissionFile, *, staff: bool = False) -> FileShown:
    return FileShown(
        id=file.pk,
        title=file.title,
        size=filesizeformat(file.size),
        url=address("staff:work_file", file.pk)
        if staff
        else address("learning:work_file", file.enrolment_id, file.pk),
        is_new=file.submission_id is None,
    )


def _form(
    opened: OpenedActivity,
    last: Submission | None,
    files: dict[int | None, list[SubmissionFile]],
    refused: RefusedWork | None,
) -> WorkForm:
    enrolment_id, activity_id = opened.learning.enrolment.pk, opened.activity.activity_id
    draft = SubmissionDraft.objects.filter(enrolment=enrolment_id, activity=activity_id).first()
    # A save that arrived after its own words were handed in tells nothing new.
    is_new = draft is not None and bool(draft.text) and (last is None or draft.text != last.text)
    rules = opened.activity.coursework
    # What waits is shown above the box; what came back is there to be changed.
    is_back = last is not None and last.status == WorkState.SENT_BACK.value
    written = draft.text if draft and is_new else last.text if last and is_back else ""
    known = draft.sequence if draft else 0
    return WorkForm(
        text=refused.typed if refused else written,
        sequence=max(known, refused.sequence if refused else 0) + 1,
        token=uuid4(),
        takes_text=rules is None or rules.takes_text,
        takes_files=rules is None or rules.takes_files,
        files=[_file(one) for one in files.get(None, [])],
        again=[_file(one) for one in files.get(last.pk, [])] if last else [],
        saved_at=draft.updated_at if draft and is_new and not refused else None,
        errors=refused.errors if refused else (),
        other=(refused.other or "") if refused else "",
        action_url=address("learning:work", enrolment_id, activity_id),
    )


def file_of(*, enrolment_id: int, file_id: int, learner: Any) -> SubmissionFile:
    """A learner's own file. Raises SubmissionFile.DoesNotExist when it is not theirs."""
    own = SubmissionFile.objects.filter(enrolment=enrolment_id, enrolment__learner=learner)
    found: SubmissionFile = own.get(pk=file_id)
    return found
