"""Handing in work: coursework, and the make-up task of a missed session. Deciding about it: assess.py."""

import hashlib
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import study
from courses.actions.refusals import ActionRefused
from courses.actions.study import StudyRefused
from courses.assessment import work_files
from courses.assessment.coursework import Submission, SubmissionDraft, SubmissionFile
from courses.assessment.states import WorkState
from courses.assessment.work_files import CheckedFile, FileRefused
from courses.catalogue.outline import ActivityOutline, Kind, Outline
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.progress import rules, turnout
from courses.progress.attendance import marks_of
from courses.progress.rules import Outcome

LONGEST = 20_000
MOST_FILES = 10
# More than anybody needs; it keeps the storage from being filled.
MOST_TIMES = 50
LARGEST_SEQUENCE = 2_000_000_000


class WorkRefused(ActionRefused):
    """The work was not taken. `kept` are newer words of the learner's own, if they stand in the way."""

    def __init__(self, sentence: str, *, kept: str | None = None, sequence: int = 0) -> None:
        super().__init__(sentence)
        self.kept = kept
        self.sequence = sequence


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Work:
    """What a page sends. `sequence` counts the saves of this page; `token` was made by its form; `again` are
    the ids of files of the last hand-in that go in once more.
    """

    text: str = ""
    sequence: int = 1
    token: UUID = field(default_factory=uuid4)
    again: Collection[int] = ()

    @property
    def words(self) -> str:
        """Browsers send two characters for the end of a line; PostgreSQL cannot keep a NUL."""
        return self.text.replace("\r\n", "\n").replace("\x00", "").rstrip()


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept now."""

    sequence: int
    at: datetime


@transaction.atomic
def keep(*, enrolment_id: int, activity_id: int, work: Work, learner: Any, at: datetime) -> Kept:
    """Keep what was written so far, for the learner alone. Safe to repeat.

    An older sequence number never replaces a newer one. Raises Enrolment.DoesNotExist when it is not
    theirs, StudyRefused when it is not open to them, and WorkRefused with what to do.
    """
    enrolment = study.locked_enrolment(enrolment_id=enrolment_id, learner=learner)
    activity = check_may_hand_in(enrolment=enrolment, activity_id=activity_id, at=at)
    sequence = max(1, min(work.sequence, LARGEST_SEQUENCE))
    _keep_words(enrolment, activity, work.words, sequence, at)
    return Kept(sequence=sequence, at=at)


def _keep_words(
    enrolment: Enrolment, activity: ActivityOutline, text: str, sequence: int, at: datetime
) -> None:
    if len(text) > LONGEST:
        raise WorkRefused(
            _(
                "This is %(over)d characters longer than the %(longest)d that fit. Nothing is lost: please "
                "hand in the whole as a file, or make it shorter."
            )
            % {"over": len(text) - LONGEST, "longest": LONGEST}
        )
    fields = {"text": text, "sequence": sequence, "updated_at": at}
    draft, is_new = SubmissionDraft.objects.get_or_create(
        enrolment=enrolment, activity_id=activity.activity_id, defaults=fields
    )
    if is_new or SubmissionDraft.objects.filter(pk=draft.pk, sequence__lt=sequence).update(**fields):
        return
    draft.refresh_from_db()
    if draft.text != text:
        raise _written_elsewhere(draft)


def _written_elsewhere(draft: SubmissionDraft) -> WorkRefused:
    return WorkRefused(
        _(
            "You wrote here in another window, or on another device, after you opened this page. Both "
            "are still here: choose which to keep."
        ),
        kept=draft.text,
        sequence=draft.sequence,
    )


@transaction.atomic
def keep_files(
    *, enrolment_id: int, activity_id: int, files: Iterable[Upload], token: UUID, learner: Any, at: datetime
) -> tuple[str, ...]:
    """Keep the good files until they are handed in; say of each of the others why it was not taken.

    Safe to repeat: a file that is there is not kept twice, nor is one of a form that was handed in.
    Raises Enrolment.DoesNotExist when it is not theirs, and StudyRefused when it is not open to them.
    """
    enrolment = study.locked_enrolment(enrolment_id=enrolment_id, learner=learner)
    activity = check_may_hand_in(enrolment=enrolment, activity_id=activity_id, at=at)
    if activity.coursework is not None and not activity.coursework.takes_files:
        return (_("This is handed in as text. Please write it in the box."),)
    last = _latest(enrolment, activity_id)
    if last is not None and last.token == token:
        return ()
    refused: list[str] = []
    room = MOST_FILES - _waiting_files(enrolment, activity_id).count()
    for sent in files:
        try:
            found = work_files.check(name=sent.name, content=sent.content)
        except FileRefused as wrong:
            refused.append(str(wrong))
            continue
        if room <= 0:
            refused.append(
                _("“%(name)s” was not kept: %(most)d files are the most.")
                % {"name": found.title, "most": MOST_FILES}
            )
            continue
        room -= _store(enrolment, activity, found, at)
    return tuple(refused)


def _store(enrolment: Enrolment, activity: ActivityOutline, found: CheckedFile, at: datetime) -> int:
    """Keep one file, unless the same one is there; say how many were added."""
    digest = hashlib.sha256(found.content).hexdigest()
    if _waiting_files(enrolment, activity.activity_id).filter(sha256=digest, title=found.title).exists():
        return 0
    name = f"coursework/{enrolment.pk}-{secrets.token_hex(12)}.{found.ending}"
    kept = storages["private"].save(name, ContentFile(found.content))
    try:
        SubmissionFile.objects.create(
            enrolment=enrolment,
            activity_id=activity.activity_id,
            title=found.title,
            file_name=kept,
            content_type=found.content_type,
            size=len(found.content),
            sha256=digest,
            added_at=at,
        )
    except BaseException:
        storages["private"].delete(kept)
        raise
    return 1


def _waiting_files(enrolment: Enrolment, activity_id: int) -> Any:
    return SubmissionFile.objects.filter(enrolment=enrolment, activity=activity_id, submission=None)


@transaction.atomic
def remove_file(*, enrolment_id: int, activity_id: int, file_id: int, learner: Any, at: datetime) -> bool:
    """Take away a file that is not handed in yet; say whether it was there. Safe to repeat."""
    enrolment = study.locked_enrolment(enrolment_id=enrolment_id, learner=learner)
    found = _waiting_files(enrolment, activity_id).filter(pk=file_id).first()
    if found is None:
        return False
    found.delete()
    erase_if_unused([found.file_name], at=at)
    return True


def erase_if_unused(file_names: Collection[str], *, at: datetime) -> None:
    """Delete the bytes that no row names any more, after the transaction: a rollback keeps them."""
    used = set(SubmissionFile.objects.filter(file_name__in=file_names).values_list("file_name", flat=True))
    for name in sorted(set(file_names) - used):
        outbox.write(kind="file-erased", at=at, file_name=name)


@transaction.atomic
def hand_in(*, enrolment_id: int, activity_id: int, work: Work, learner: Any, at: datetime) -> Submission:
    """Hand in what is written and the files that are kept. Safe to repeat: a form counts once.

    Whoever hands in before somebody has looked replaces what waits. Raises as `keep` does.
    """
    enrolment = study.locked_enrolment(enrolment_id=enrolment_id, learner=learner)
    last = _latest(enrolment, activity_id)
    if last is not None and last.token == work.token:
        return last
    activity = check_may_hand_in(enrolment=enrolment, activity_id=activity_id, at=at)
    new = list(_waiting_files(enrolment, activity_id))
    old = list(last.files.filter(pk__in=work.again)) if last else []
    _check_there_is_something(activity, work.words, has_files=bool(new or old))
    if last is not None and last.number >= MOST_TIMES:
        raise WorkRefused(
            _("You have handed this in very often. Please ask your team to look at it with you.")
        )
    draft = SubmissionDraft.objects.filter(enrolment=enrolment, activity=activity_id).first()
    if draft is not None and draft.sequence > work.sequence and draft.text != work.words:
        raise _written_elsewhere(draft)
    if last is not None:
        last.move_to(WorkState.REPLACED)
    made = Submission.objects.create(
        enrolment=enrolment,
        activity_id=activity_id,
        number=last.number + 1 if last else 1,
        token=work.token,
        text=work.words,
        handed_in_at=at,
    )
    _take_files(made, new, old)
    _empty_draft(enrolment, activity_id, draft, sequence=work.sequence, at=at)
    ledger.write(
        action="work handed in",
        learner=learner,
        subject=enrolment,
        by=learner,
        at=at,
        activity=activity_id,
        number=made.number,
    )
    study.keep(enrolment=enrolment, activity_id=activity_id, outcome=Outcome.HANDED_IN, by=learner, at=at)
    return made


def _empty_draft(
    enrolment: Enrolment, activity_id: int, draft: SubmissionDraft | None, *, sequence: int, at: datetime
) -> None:
    """What was handed in is no draft any more, also when a save of the same page arrives after it."""
    used = max(min(sequence, LARGEST_SEQUENCE), draft.sequence if draft else 1)
    own = SubmissionDraft.objects.filter(enrolment=enrolment, activity=activity_id)
    own.update(text="", sequence=used, updated_at=at)


def _check_there_is_something(activity: ActivityOutline, words: str, *, has_files: bool) -> None:
    if len(words) > LONGEST:
        raise WorkRefused(_("This is too long. Please hand in the whole as a file."))
    takes = activity.coursework
    if words and takes is not None and not takes.takes_text:
        raise WorkRefused(_("This is handed in as a file. Please choose one."))
    if words or has_files:
        return
    if takes is not None and not takes.takes_files:
        raise WorkRefused(_("Please write something first."))
    if takes is not None and not takes.takes_text:
        raise WorkRefused(_("Please choose a file first."))
    raise WorkRefused(_("Please write something, or choose a file, first."))


def _latest(enrolment: Enrolment, activity_id: int) -> Submission | None:
    found = Submission.objects.filter(enrolment=enrolment, activity=activity_id)
    return found.order_by("-number").first()


def _take_files(made: Submission, new: list[SubmissionFile], old: list[SubmissionFile]) -> None:
    SubmissionFile.objects.filter(pk__in=[one.pk for one in new]).update(submission=made)
    SubmissionFile.objects.bulk_create(
        SubmissionFile(
            enrolment_id=one.enrolment_id,
            activity_id=one.activity_id,
            submission=made,
            title=one.title,
            file_name=one.file_name,
            content_type=one.content_type,
            size=one.size,
            sha256=one.sha256,
            added_at=one.added_at,
        )
        for one in old
    )


def check_may_hand_in(*, enrolment: Enrolment, activity_id: int, at: datetime) -> ActivityOutline:
    """Refuse what cannot be handed in now. Two queries, and two more for a session.

    Raises StudyRefused with the reason.
    """
    outline: Outline = enrolment.cohort.edition.outline
    outcomes, activity = study.outcomes_of(enrolment), outline.activity(activity_id)
    if enrolment.status != State.ACTIVE.value:
        raise StudyRefused(_("Your place on this course is not active, so nothing was changed."))
    if activity is None or not activity.takes_work:
        raise StudyRefused(_("Nothing is handed in here."))
    if outcomes.get(activity_id) in rules.FINISHED:
        raise StudyRefused(_("This is signed off already. You need not hand in anything else."))
    if activity.kind is Kind.LIVE_SESSION:
        sentence = why_not_made_up(enrolment, activity)
        if sentence:
            raise StudyRefused(sentence)
    else:
        standing = rules.standing(outline, outcomes, shut=study.shut_to(enrolment, at))
        study.check_may_do(enrolment=enrolment, activity_id=activity_id, standing=standing)
    return activity


def why_not_made_up(enrolment: Enrolment, activity: ActivityOutline) -> str:
    """Why the make-up task of a session cannot be handed in; empty when it can."""
    mark = marks_of(enrolment).get(activity.activity_id)
    if mark is None:
        return _(
            "The make-up task is for people who could not come. Tell us first that you cannot come, or "
            "wait until the register is there."
        )
    percent = activity.session.partly_percent if activity.session else 0
    if turnout.counts(mark, planned=activity.participatory_minutes, percent=percent):
        return _("You were there, so there is nothing to make up.")
    return ""
