"""What courses hold about a person: its part of the download, of erasure, and of retention."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import storages
from django.utils.translation import gettext as _

from cms.users.privacy import Attachment, Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.assessment.models import Attempt
from courses.certificates.codes import grouped
from courses.certificates.models import CertificateDocument, CertificateHolder, CertificateLogEntry
from courses.conversations.models import Conversation, Message
from courses.enrolment.models import Enrolment
from courses.ledger.models import LedgerEntry
from courses.outbox import writing as outbox
from courses.outbox.models import MessageSent, OutboxEntry
from courses.progress.models import Record
from courses.progress.notes import Note, ReadingPlace


@exporter
def export(user: Any) -> Export:
    """Everything courses hold about one person, in words, with their certificates as files."""
    tables = [
        (_("Your courses"), _enrolments(user)),
        (_("What you have done"), _records(user)),
        (_("Your quiz answers"), _answers(user)),
        (_("Your private notes"), _notes(user)),
        (_("Where you were reading"), _places(user)),
        (_("Your certificates"), _certificates(user)),
        (_("Your questions, and the answers to them"), _conversations(user)),
        (_("Answers you wrote"), _answers_written(user)),
        (_("E-mails we sent you"), _messages(user)),
        (_("What happened, and when"), _history(user)),
    ]
    sections = [Section(title, rows) for title, rows in tables if rows]
    return Export(sections=sections, attachments=_files(user))


def _enrolments(user: Any) -> list[Row]:
    found = Enrolment.objects.filter(learner=user).select_related("cohort__edition__course")
    return [
        [
            (_("Course"), e.cohort.edition.course.title),
            (_("Cohort"), e.cohort.name),
            (_("Started"), e.started_at.isoformat()),
            (_("State"), e.status),
        ]
        for e in found
    ]


def _records(user: Any) -> list[Row]:
    found = Record.objects.filter(enrolment__learner=user).select_related("activity")
    return [
        [
            (_("Activity"), r.activity.title),
            (_("Outcome"), r.outcome),
            (_("Mark"), f"{r.score}/{r.max_score}" if r.score is not None else ""),
            (_("When"), r.at.isoformat()),
        ]
        for r in found
    ]


def _answers(user: Any) -> list[Row]:
    found = Attempt.objects.filter(enrolment__learner=user).prefetch_related("answers")
    return [row for attempt in found for row in _attempt_answers(attempt)]


def _attempt_answers(attempt: Attempt) -> list[Row]:
    rows: list[Row] = []
    for answer in attempt.answers.all():
        question = attempt.paper.question(answer.slot)
        if question is None:
            continue
        chosen = [option.text for option in question.options if option.key in answer.choice]
        rows.append(
            [
                (_("Try"), str(attempt.number)),
                (_("Question"), question.text),
                (_("Your answer"), "; ".join(chosen)),
                (_("When"), answer.saved_at.isoformat() if answer.saved_at else ""),
            ]
        )
    return rows


def _notes(user: Any) -> list[Row]:
    found = Note.objects.filter(enrolment__learner=user).exclude(text="").select_related("activity")
    return [
        [
            (_("Lesson"), n.activity.title),
            (_("What you were asked"), n.prompt),
            (_("What you wrote"), n.text),
            (_("When"), n.updated_at.isoformat()),
        ]
        for n in found
    ]


def _places(user: Any) -> list[Row]:
    found = ReadingPlace.objects.filter(enrolment__learner=user).select_related("activity")
    return [
        [(_("Lesson"), p.activity.title), (_("Heading"), p.heading), (_("When"), p.kept_at.isoformat())]
        for p in found
    ]


def _certificates(user: Any) -> list[Row]:
    held = CertificateHolder.objects.filter(learner=user).select_related("certificate")
    return [
        [
            (_("Certificate number"), grouped(h.certificate.code)),
            (_("Course"), h.certificate.facts.course_title),
            (_("Name printed"), h.printed_name),
            (_("Issued"), h.certificate.issued_at.isoformat()),
            (_("Name shown on the public check page"), _("yes") if h.is_name_shown else _("no")),
        ]
        for h in held
    ]


def _conversations(user: Any) -> list[Row]:
    """Who answered is not told by name: that is somebody else's data."""
    found = Message.objects.filter(conversation__enrolment__learner=user)
    related = ("conversation__activity", "conversation__enrolment__cohort__edition__course")
    return [
        [
            (_("Course"), m.conversation.enrolment.cohort.edition.course.title),
            (_("About"), m.conversation.activity.title if m.conversation.activity else ""),
            (_("Written by"), _("the course team") if m.is_answer else _("you")),
            (_("Words"), m.text),
            (_("When"), m.at.isoformat()),
        ]
        for m in found.select_related(*related)
    ]


def _answers_written(user: Any) -> list[Row]:
    """Whom they answered is not told: that is somebody else's data."""
    found = Message.objects.filter(author=user, is_answer=True)
    return [[(_("Words"), m.text), (_("When"), m.at.isoformat())] for m in found]


def _messages(user: Any) -> list[Row]:
    return [
        [(_("Kind"), m.kind), (_("About"), m.about), (_("When"), m.sent_at.isoformat())]
        for m in MessageSent.objects.filter(user=user)
    ]


def _history(user: Any) -> list[Row]:
    return [
        [
            (_("What"), e.action),
            (_("Record"), e.subject),
            (_("When"), e.at.isoformat()),
            (_("Reason"), e.reason),
        ]
        for e in LedgerEntry.objects.filter(learner=user)
    ]


def _files(user: Any) -> list[Attachment]:
    drawn = CertificateDocument.objects.filter(certificate__holder__learner=user)
    attachments = []
    for document in drawn.select_related("certificate"):
        with storages["private"].open(document.file_name) as stored:
            path = f"certificates/{grouped(document.certificate.code)}.pdf"
            attachments.append(Attachment(path=path, content=stored.read()))
    return attachments


@eraser
def erase(user: Any, at: datetime) -> None:
    """Erase the printed details and files of a person's certificates, and the log of messages.

    The records that stay (enrolments, attempts, marks, the ledger) name nobody once the account is
    empty: answers are choices among given options, never a person's own words. A certificate's
    number can still be checked, and says that the holder's details were erased. Questions are a
    person's own words, so they go altogether, with the answers. Answers that somebody wrote to
    others stay: they belong to those who asked, and their author is no longer named.
    """
    Conversation.objects.filter(enrolment__learner=user).delete()
    # Locked first: a PDF that is being drawn is then either there to delete, or refused.
    held = CertificateHolder.objects.select_for_update(of=("self",)).filter(learner=user)
    holders = list(held.select_related("certificate"))
    for document in CertificateDocument.objects.filter(certificate__holder__learner=user):
        # Not here: when a later step fails, the row comes back, and its file must still be there.
        outbox.write(kind="file-erased", at=at, file_name=document.file_name)
        document.delete()
    for holder in holders:
        CertificateLogEntry(
            certificate=holder.certificate, event=CertificateLogEntry.Event.ERASED, at=at
        ).save()
        holder.delete()
    MessageSent.objects.filter(user=user).delete()
    Note.objects.filter(enrolment__learner=user).delete()
    ReadingPlace.objects.filter(enrolment__learner=user).delete()


def delete_file(*, file_name: str) -> None:
    """Delete a private file whose row is gone. Safe to repeat."""
    storages["private"].delete(file_name)


def _old_outbox(at: datetime) -> Any:
    return OutboxEntry.objects.filter(handled_at__lt=at - timedelta(days=90))


def _old_conversations(at: datetime) -> Any:
    return Conversation.objects.filter(last_at__lt=at - timedelta(days=730))


def _old_messages(at: datetime) -> Any:
    return MessageSent.objects.filter(sent_at__lt=at - timedelta(days=730))


retain(
    RetentionRule(
        name="outbox",
        sentence="Work that was handled is deleted from the outbox after 90 days.",
        keep_for=timedelta(days=90),
        expired=_old_outbox,
    )
)


def _old_notes(at: datetime) -> Any:
    return Note.objects.filter(enrolment__ended_at__lt=at - timedelta(days=730))


def _old_places(at: datetime) -> Any:
    return ReadingPlace.objects.filter(kept_at__lt=at - timedelta(days=365))


retain(
    RetentionRule(
        name="notes",
        sentence="Private notes are deleted two years after the place on the course ended.",
        keep_for=timedelta(days=730),
        expired=_old_notes,
    )
)
retain(
    RetentionRule(
        name="reading-places",
        sentence="Where a learner was reading is forgotten after a year without reading.",
        keep_for=timedelta(days=365),
        expired=_old_places,
    )
)
retain(
    RetentionRule(
        name="messages-sent",
        sentence="The note that an e-mail was sent is deleted after two years.",
        keep_for=timedelta(days=730),
        expired=_old_messages,
    )
)
retain(
    RetentionRule(
        name="questions",
        sentence="A question and its answers are deleted two years after the last word about it.",
        keep_for=timedelta(days=730),
        expired=_old_conversations,
    )
)
