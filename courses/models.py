"""The index of models for Django. Imported by nobody: import from the slice."""

from courses.assessment.allowances import Allowance
from courses.assessment.coursework import Submission, SubmissionDraft, SubmissionFile
from courses.assessment.models import Attempt, AttemptAnswer, Question, QuizQuestion
from courses.catalogue.accreditation import AccreditationRecord
from courses.catalogue.models import Activity, Course, Edition, EditionPage
from courses.catalogue.pages import (
    CatalogueIndexPage,
    CoursePage,
    CourseworkPage,
    LessonPage,
    LiveSessionPage,
    QuizPage,
    StagePage,
)
from courses.catalogue.topics import Topic
from courses.certificates.models import (
    Certificate,
    CertificateDocument,
    CertificateHolder,
    CertificateLogEntry,
)
from courses.cohorts.application_forms import ApplicationForm, ApplicationQuestion
from courses.cohorts.calendar_feeds import CalendarFeed
from courses.cohorts.models import Cohort, CohortReserve, CohortStaff
from courses.cohorts.notices import CohortNotice
from courses.cohorts.organisations import Organisation, OrganisationManager
from courses.cohorts.prerequisites import Prerequisite
from courses.cohorts.prices import Price
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession
from courses.conversations.models import Conversation, Message
from courses.enrolment.allocations import Allocation
from courses.enrolment.applications import Application, ApplicationMessage, ApplicationNote
from courses.enrolment.codes import CodeUse, EnrolmentCode
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.learner_lists import LearnerList
from courses.enrolment.models import Enrolment, Grant, Offer, Place, WaitingEntry
from courses.enrolment.needs import AccessNeeds
from courses.enrolment.prerequisites import Declaration, StaffCheck
from courses.enrolment.supporters import Supporter
from courses.enrolment.team_messages import TeamMessage, TeamMessageTo
from courses.ledger.models import LedgerEntry
from courses.messages.models import MailTrouble, MessageTemplate, Notice, ReminderChoice, ReminderRun
from courses.outbox.models import MessageSent, OutboxEntry
from courses.payments.events import PaymentEvent
from courses.payments.orders import Order, OrderBilling, OrderLine, Refund
from courses.payments.papers import Paper, PaperSeries
from courses.payments.vouchers import Voucher
from courses.progress.attendance import Attendance, WalkIn
from courses.progress.models import Completion, Record
from courses.progress.notes import Note, ReadingPlace

__all__ = [
    "AccessNeeds",
    "AccreditationRecord",
    "Activity",
    "Allocation",
    "Allowance",
    "Application",
    "ApplicationForm",
    "ApplicationMessage",
    "ApplicationNote",
    "ApplicationQuestion",
    "Attempt",
    "AttemptAnswer",
    "Attendance",
    "CalendarFeed",
    "CatalogueIndexPage",
    "Certificate",
    "CertificateDocument",
    "CertificateHolder",
    "CertificateLogEntry",
    "CodeUse",
    "Cohort",
    "CohortDate",
    "CohortNotice",
    "CohortReserve",
    "CohortStaff",
    "Completion",
    "Conversation",
    "Course",
    "CoursePage",
    "CourseworkPage",
    "Declaration",
    "Edition",
    "EditionPage",
    "Enrolment",
    "EnrolmentCode",
    "EnrolmentConsent",
    "Grant",
    "LearnerList",
    "LedgerEntry",
    "LessonPage",
    "LiveSession",
    "LiveSessionPage",
    "MailTrouble",
    "Message",
    "MessageSent",
    "MessageTemplate",
    "Note",
    "Notice",
    "Offer",
    "Order",
    "OrderBilling",
    "OrderLine",
    "Organisation",
    "OrganisationManager",
    "OutboxEntry",
    "Paper",
    "PaperSeries",
    "PaymentEvent",
    "Place",
    "Prerequisite",
    "Price",
    "Question",
    "QuizPage",
    "QuizQuestion",
    "ReadingPlace",
    "Record",
    "Refund",
    "ReminderChoice",
    "ReminderRun",
    "StaffCheck",
    "StagePage",
    "Submission",
    "SubmissionDraft",
    "SubmissionFile",
    "Supporter",
    "TeamMessage",
    "TeamMessageTo",
    "Topic",
    "Voucher",
    "WaitingEntry",
    "WalkIn",
]
