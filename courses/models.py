"""The index of models for Django. Imported by nobody: import from the slice."""

from courses.assessment.models import Attempt, AttemptAnswer, Question, QuizQuestion
from courses.catalogue.models import Activity, Course, Edition, EditionPage
from courses.catalogue.pages import CatalogueIndexPage, CoursePage, LessonPage, QuizPage, StagePage
from courses.certificates.models import (
    Certificate,
    CertificateDocument,
    CertificateHolder,
    CertificateLogEntry,
)
from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.models import Enrolment, Grant, Place
from courses.ledger.models import LedgerEntry
from courses.outbox.models import MessageSent, OutboxEntry
from courses.progress.models import Completion, Record

__all__ = [
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
    "Course",
    "CoursePage",
    "Edition",
    "EditionPage",
    "Enrolment",
    "Grant",
    "LedgerEntry",
    "LessonPage",
    "MessageSent",
    "OutboxEntry",
    "Place",
    "Question",
    "QuizPage",
    "QuizQuestion",
    "Record",
    "StagePage",
]
