"""What learners handed in: its part of the download, of erasure, and of retention."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import storages
from django.utils.translation import gettext as _

from cms.users.privacy import Attachment, Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.actions.coursework import erase_if_unused
from courses.assessment.coursework import Submission, SubmissionDraft, SubmissionFile

KEPT_FOR = timedelta(days=730)


@exporter
def export(user: Any) -> Export:
    """Every hand-in with what was said about it, what was not handed in yet, and the files."""
    tables = [
        (_("Work you handed in"), _submissions(user)),
        (_("Work you have not handed in yet"), _drafts(user)),
        (_("Comments you wrote on other people’s work"), _comments(user)),
    ]
    sections = [Section(title, rows) for title, rows in tables if rows]
    return Export(sections=sections, attachments=_files(user))


def _submissions(user: Any) -> list[Row]:
    """Who decided is not told by name: that is somebody else's data."""
    found = Submission.objects.filter(enrolment__learner=user).select_related("activity")
    return [
        [
            (_("Activity"), s.activity.title),
            (_("Time"), str(s.number)),
            (_("What you wrote"), s.text),
            (_("When"), s.handed_in_at.isoformat()),
            (_("State"), s.status),
            (_("Comment"), s.comment),
        ]
        for s in found
    ]


def _drafts(user: Any) -> list[Row]:
    found = SubmissionDraft.objects.filter(enrolment__learner=user).exclude(text="")
    return [
        [
            (_("Activity"), d.activity.title),
            (_("What you wrote"), d.text),
            (_("When"), d.updated_at.isoformat()),
        ]
        for d in found.select_related("activity")
    ]


def _comments(user: Any) -> list[Row]:
    """Whose work it was is not told: that is somebody else's data."""
    found = Submission.objects.filter(decided_by=user).exclude(comment="")
    return [[(_("Words"), s.comment), (_("When"), s.decided_at.isoformat())] for s in found if s.decided_at]


def _files(user: Any) -> list[Attachment]:
    """Each file once, however often it was handed in."""
    found = {f.file_name: f for f in SubmissionFile.objects.filter(enrolment__learner=user)}
    attachments = []
    for file in found.values():
        with storages["private"].open(file.file_name) as stored:
            attachments.append(Attachment(path=f"coursework/{file.pk}-{file.title}", content=stored.read()))
    return attachments


@eraser
def erase(user: Any, at: datetime) -> None:
    """What somebody handed in are their own words, so it goes altogether, with the comments and the files.

    The records stay, and say that something was done. Comments that somebody wrote on others' work stay:
    they belong to those who handed it in, and their author is no longer named.
    """
    _delete_files(SubmissionFile.objects.filter(enrolment__learner=user), at)
    Submission.objects.filter(enrolment__learner=user).delete()
    SubmissionDraft.objects.filter(enrolment__learner=user).delete()


def _delete_files(rows: Any, at: datetime) -> None:
    names = set(rows.values_list("file_name", flat=True))
    rows.delete()
    erase_if_unused(names, at=at)


class _WithFiles(RetentionRule):
    """The bytes go with the rows that name them."""

    def delete(self, at: datetime) -> int:
        files = SubmissionFile.objects.filter(enrolment__ended_at__lt=at - KEPT_FOR)
        _delete_files(files, at)
        SubmissionDraft.objects.filter(enrolment__ended_at__lt=at - KEPT_FOR).delete()
        return super().delete(at)


def _old(at: datetime) -> Any:
    return Submission.objects.filter(enrolment__ended_at__lt=at - KEPT_FOR)


retain(
    _WithFiles(
        name="coursework",
        sentence="What was handed in is deleted, files too, two years after the place on the course ended.",
        keep_for=KEPT_FOR,
        expired=_old,
    )
)
