"""The index of models for Django. Imported by nobody: import from the slice."""

from courses.assessment.models import Attempt, AttemptAnswer, Question, QuizQuestion
from courses.catalogue.accreditation import AccreditationRecord
from courses.catalogue.models import Activity, Course, Edition, EditionPage
from courses.catalogue.pages import CatalogueIndexPage, CoursePage, LessonPage, QuizPage, StagePage
from courses.catalogue.topics import Topic
from courses.certificates.models import (
    Certificate,
    CertificateDocument,
    CertificateHolder,
    CertificateLogEntry,
)
from courses.cohorts.models import Cohort, CohortStaff
from courses.conversations.models import Conversation, Message
from courses.enrolment.models import Enrolment, Grant, Place
from courses.ledger.models import LedgerEntry
from courses.outbox.models import MessageSent, OutboxEntry
from courses.progress.models import Completion, Record
from courses.progress.notes import Note, ReadingPlace

__all__ = [
    "AccreditationRecord",
    "Activity",
    "Attempt",
    "AttemptAnswer",
    "CatalogueIndexPage",
    "Certificate",
    "CertificateDocument",
    "CertificateHolder",
    "CertificateLogEntry",
    "Cohort",
    "CohortStaff",
    "Completion",
    "Conversation",
    "Course",
    "CoursePage",
    "Edition",
    "EditionPage",
    "Enrolment",
    "Grant",
    "LedgerEntry",
    "LessonPage",
    "Message",
    "MessageSent",
    "Note",
    "OutboxEntry",
    "Place",
    "Question",
    "QuizPage",
    "QuizQuestion",
    "ReadingPlace",
    "Record",
    "StagePage",
    "Topic",
]
