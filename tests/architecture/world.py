"""One site with everybody in it, built once a module: the walks of the fitness tests go through it.

Ada sits her quiz, with every lesson done. Ben has finished and holds a certificate. Dee has just
joined, so her second stage is locked. Cleo has an account and nothing else. Fay and Ana look after
the cohort, Ed edits, Amy administers. There is a full group, too: its only place is kept for Otto,
and Wen waits.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailConfirmationHMAC
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex

from cms.core.glossary import GlossaryTerm
from cms.core.images import SiteImage, SiteRendition
from cms.core.models import SiteDocument
from cms.core.sessions import SessionStore
from cms.research.models import ResearchIndexPage, ResearchRelation, ResearchSummaryPage
from cms.users import accounts
from cms.users.models import Consent, SignIn, User
from courses.actions import ask, certify, enrol, notes, notify, offers, quiz, reading, waiting
from courses.assessment.models import Attempt
from courses.certificates.models import Certificate
from courses.cohorts.models import Cohort, CohortReserve, CohortStaff
from courses.conversations.models import Conversation
from courses.enrolment.models import Enrolment, Offer, WaitingEntry
from home.models import GlossaryPage, HomePage, InformationPage
from tests.factories import courses as build
from tests.factories import lessons, pages, people
from tests.factories.courses import BuiltCourse


@dataclass
class World:
    """Everything a walk needs to make an address."""

    at: datetime
    course: BuiltCourse
    people: dict[str, User]
    ada_enrolment: Enrolment
    ada_attempt: Attempt
    ben_enrolment: Enrolment
    ben_attempt: Attempt
    dee_enrolment: Enrolment
    ada_conversation: Conversation
    certificate: Certificate
    full_cohort: Cohort
    offer: Offer
    waiting: WaitingEntry
    document: SiteDocument
    pages: dict[str, Any]
    confirmation_key: str

    @property
    def ada(self) -> User:
        return self.people["ada"]

    @property
    def ben(self) -> User:
        return self.people["ben"]


def build_world() -> World:
    """Build it through the same actions that people use."""
    at = timezone.now() - timedelta(hours=1)
    cast = _cast()
    course = build.course(at=at)
    build.accreditation(course.edition.course, first=date(2020, 1, 1), last=date(2020, 12, 31))
    for key, role in (("fay", CohortStaff.Role.FACILITATOR), ("ana", CohortStaff.Role.ASSESSOR)):
        CohortStaff.objects.create(cohort=course.cohort, user=cast[key], role=role)
    ada_enrolment = course.enrol(cast["ada"], at=at)
    course.do_lessons(ada_enrolment, at=at)
    ada_attempt = course.begin(ada_enrolment, at=at)
    course.answer(ada_attempt, right=2, at=at)
    _read_and_note(ada_enrolment, course, at)
    _single_rows(cast["ada"], at)
    ben_enrolment = course.complete(cast["ben"], at=at)
    certificate = certify.issue(completion_id=ben_enrolment.completion.pk, at=at)
    assert certificate is not None
    certify.keep_pdf(certificate_id=certificate.pk, at=at)
    notify.certificate_issued(certificate_id=certificate.pk, at=at)
    full_cohort, offer, waiting_entry = _full_group(course, cast["fay"], at)
    return World(
        at=at,
        course=course,
        people=cast,
        ada_enrolment=ada_enrolment,
        ada_attempt=ada_attempt,
        ben_enrolment=ben_enrolment,
        ben_attempt=Attempt.objects.get(enrolment=ben_enrolment),
        dee_enrolment=course.enrol(cast["dee"], at=at),
        ada_conversation=_question(ada_enrolment, course, cast["fay"], at),
        certificate=certificate,
        full_cohort=full_cohort,
        offer=offer,
        waiting=waiting_entry,
        document=_document(),
        pages={"home": HomePage.objects.get(), "course": course.page, **publishing(), **_pages_of(course)},
        confirmation_key=_confirmation_key(),
    )


def _single_rows(ada: User, at: datetime) -> None:
    """One row of what no walk needs, but every rule of the database does."""
    GlossaryTerm.objects.create(term="peer", meaning="Somebody who is in the same situation.")
    build.topic("Self-help groups")
    session = SessionStore()
    session.save()
    SignIn.objects.create(session_id=session.session_key, user=ada, began_at=at)
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><path d="M0 0h4v4z"/></svg>'
    picture = SiteImage(title="A corner", width=4, height=4)
    picture.file.save("corner.svg", ContentFile(drawing), save=False)
    picture.save()
    SiteRendition.objects.create(
        image=picture, filter_spec="original", focal_point_key="", file=picture.file.name, width=4, height=4
    )


def _full_group(course: BuiltCourse, by: User, at: datetime) -> tuple[Cohort, Offer, WaitingEntry]:
    """A group whose only free place is kept for Otto, so that Wen waits."""
    cohort = build.cohort(course.edition, at=at, name="Full group", capacity=2)
    CohortReserve.objects.create(cohort=cohort, reason=CohortReserve.Reason.FUNDED, places=1)
    otto, wen = people.person("otto", "Otto Ffered"), people.person("wen", "Wen Aiting")
    with transaction.atomic():
        locked = enrol.lock_cohort(cohort.pk)
        offer, _secret = offers.make(cohort=locked, kind=Offer.Kind.INVITATION, learner=otto, by=by, at=at)
    return cohort, offer, waiting.join(cohort_id=cohort.pk, learner=wen, at=at)


def _question(enrolment: Enrolment, course: BuiltCourse, fay: User, at: datetime) -> Conversation:
    """Ada has asked, Fay has answered, and Ada has not read it yet."""
    asked = ask.start(
        enrolment_id=enrolment.pk,
        activity_id=course.lesson_id,
        learner=enrolment.learner,
        text="What does the first lesson mean?",
        token=uuid4(),
        at=at,
    )
    seen = asked.messages.get().pk
    ask.answer(conversation_id=asked.pk, by=fay, text="It means this.", token=uuid4(), seen=seen, at=at)
    return Conversation.objects.get(pk=asked.pk)


def _cast() -> dict[str, User]:
    cast = {
        "ada": people.person("ada", "Ada Lerner"),
        "ben": people.person("ben", "Ben Lerner"),
        "cleo": people.person("cleo", "Cleo Else"),
        "dee": people.person("dee", "Dee Lerner"),
        "fay": people.staff("fay", "Fay Cilitator", group="Course team"),
        "ana": people.staff("ana", "Ana Sessor", group="Course team"),
        "ed": people.staff("ed", "Ed Itor", group="Course editors"),
        "amy": people.person("amy", "Amy Min", is_superuser=True),
    }
    for person in cast.values():
        accounts.record_consent(
            user=person,
            kind=Consent.PRIVACY_NOTICE,
            version="1",
            wording="I agree to the words of this test.",
            at=timezone.now(),
        )
    return cast


def _pages_of(course: BuiltCourse) -> dict[str, Any]:
    """The pages under the course page, one of each type."""
    stage = Page.objects.get(pk=course.page.pk).get_children().first()
    quiz_stage = Page.objects.get(pk=course.page.pk).get_children().last()
    return {
        "catalogue": Page.objects.get(pk=course.page.pk).get_parent().specific,
        "stage": stage.specific,
        "lesson": stage.get_children().first().specific,
        "quiz": quiz_stage.get_children().first().specific,
    }


def publishing() -> dict[str, Any]:
    """One page of each type that is not part of a course."""
    home = build.home()
    words = [("paragraph", "<p>Words that everybody may read.</p>")]
    help_page = build._add(home, InformationPage(title="Help", slug="help", lead="Help.", body=words))
    index = build._add(home, ResearchIndexPage(title="Research", slug="research", show_in_menus=True))
    summaries = [
        build._add(
            index,
            ResearchSummaryPage(
                title=f"Summary {number}",
                slug=f"summary-{number}",
                one_line="What one study found.",
                source="What somebody wrote.",
                body=words,
                what_was_found=[("item", "One thing.")],
                cited_as="Somebody (2020). Something. Somewhere.",
                authors=[("author", {"name": "Some Body", "orcid": ""})],
                year=2020,
                venue="Somewhere",
            ),
        )
        for number in (1, 2)
    ]
    # Each way once: the second page is named by the first, and names it.
    ResearchRelation.objects.create(page=summaries[0], other=summaries[1], how="They are alike.")
    ResearchRelation.objects.create(page=summaries[1], other=summaries[0])
    return {
        "glossary": build._add(home, GlossaryPage(title="Glossary", slug="glossary")),
        "help": help_page,
        "research": index,
        "summary": summaries[0],
        "privacy": pages.notice(),
        "statement": pages.statement(),
    }


def _document() -> SiteDocument:
    """A file that a public page offers."""
    document = SiteDocument(title="A form")
    document.file.save("form.txt", ContentFile(b"A form to fill in."))
    document.save()
    document.file.close()
    body = [("download", {"title": "A form", "file": document, "about": ""})]
    page = build._add(build.home(), InformationPage(title="Forms", slug="forms", body=body))
    ReferenceIndex.create_or_update_for_object(page)
    return document


def _read_and_note(enrolment: Enrolment, course: BuiltCourse, at: datetime) -> None:
    """The learner wrote at the first prompt, and stopped reading there."""
    here = {"enrolment_id": enrolment.pk, "activity_id": course.lesson_id, "learner": enrolment.learner}
    seal = lessons.prompts(course)[0].seal
    notes.keep(**here, draft=notes.Draft(seal, "What I think.", 1), at=at)
    reading.keep_place(**here, anchor="", is_easy=False, at=at)


def _confirmation_key() -> str:
    """The key of the e-mail that asks somebody new to confirm their address."""
    person = people.person("new", "New Person")
    address = person.emailaddress_set.get()
    address.verified = False
    address.save()
    return str(EmailConfirmationHMAC(address).key)


def hand_in(world: World) -> None:
    """Ada hands in what she has answered."""
    quiz.hand_in(attempt_id=world.ada_attempt.pk, learner=world.ada, at=timezone.now())
