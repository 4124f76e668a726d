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
from courses.actions import (
    apply,
    ask,
    assess,
    certify,
    coursework,
    enrol,
    notes,
    notify,
    offers,
    quiz,
    reading,
    waiting,
)
from courses.actions.coursework import Work
from courses.assessment.coursework import Submission
from courses.assessment.models import Attempt
from courses.catalogue.pages import CourseworkPage, LiveSessionPage
from courses.certificates.models import Certificate
from courses.cohorts.models import Cohort, CohortReserve, CohortStaff
from courses.cohorts.notices import CohortNotice
from courses.conversations.models import Conversation
from courses.enrolment.applications import Application, ApplicationMessage
from courses.enrolment.models import Enrolment, Offer, WaitingEntry
from courses.messages.models import Notice
from courses.payments.vouchers import Voucher
from home.models import GlossaryPage, HomePage, InformationPage
from tests.factories import (
    applications,
    asking_first,
    handing_in,
    helping,
    lessons,
    meetings,
    notices,
    organisations,
    pages,
    papers,
    people,
    teamwork,
    vouchers,
    ways_in,
)
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse
from tests.factories.meetings import OneOfEach
from tests.factories.ways_in import WaysIn


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
    notice: Notice
    full_cohort: Cohort
    offer: Offer
    offer_secret: str
    application: Application
    waiting: WaitingEntry
    works: BuiltCourse
    dee_works: Enrolment
    submission: Submission
    meeting: OneOfEach
    ways_in: WaysIn
    group_notice: CohortNotice
    help: helping.OneOfEach
    organisations: organisations.OneOfEach
    asked_first: asking_first.OneOfEach
    bought: papers.OneOfEach
    voucher: Voucher
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
    notice = notices.one_of_each(cast["ada"], ada_enrolment, at=at)
    full_cohort, offer, offer_secret, waiting_entry = _full_group(course, cast, at)
    works = _works(cast, at)
    submission = _submission(works, cast, at)
    dee_enrolment = course.enrol(cast["dee"], at=at)
    return World(
        at=at,
        course=course,
        people=cast,
        ada_enrolment=ada_enrolment,
        ada_attempt=ada_attempt,
        ben_enrolment=ben_enrolment,
        ben_attempt=Attempt.objects.get(enrolment=ben_enrolment),
        dee_enrolment=dee_enrolment,
        ada_conversation=_question(ada_enrolment, course, cast["fay"], at),
        certificate=certificate,
        notice=notice,
        full_cohort=full_cohort,
        offer=offer,
        offer_secret=offer_secret,
        application=_application(works, cast, at),
        waiting=waiting_entry,
        works=works,
        dee_works=submission.enrolment,
        submission=submission,
        meeting=meetings.one_of_each(works, submission.enrolment, by=cast["fay"], at=at),
        group_notice=teamwork.one_of_each(dee_enrolment, activity_id=course.quiz_id, by=cast["fay"], at=at),
        ways_in=ways_in.one_of_each(dee_enrolment, by=cast["fay"], at=at),
        help=helping.one_of_each(ada_enrolment, person=cast["otto"], at=at),
        organisations=organisations.one_of_each(course.cohort, manager=cast["otto"], by=cast["amy"], at=at),
        asked_first=_asked_first(works, course, cast, at),
        bought=_bought(works, cast, at),
        voucher=vouchers.made(by=cast["amy"], at=at, note="For the walks"),
        document=_document(),
        pages={
            "home": HomePage.objects.get(),
            "course": course.page,
            **publishing(),
            **_pages_of(course),
            "session": LiveSessionPage.objects.descendant_of(works.page).get(),
            "coursework": CourseworkPage.objects.descendant_of(works.page).get(),
        },
        confirmation_key=_confirmation_key(),
    )


def _works(cast: dict[str, User], at: datetime) -> BuiltCourse:
    """A course with a meeting and with coursework, looked after by the same people."""
    works = handing_in.course(at=at)
    for key, role in (("fay", CohortStaff.Role.FACILITATOR), ("ana", CohortStaff.Role.ASSESSOR)):
        handing_in.staff(works, cast[key], role)
    return works


def _submission(works: BuiltCourse, cast: dict[str, User], at: datetime) -> Submission:
    """Dee has handed in a plan that came back, and once more with a file, which waits; she writes on."""
    dee = works.enrol(cast["dee"], at=at)
    which: Any = {"enrolment_id": dee.pk, "activity_id": handing_in.work_id(works), "learner": cast["dee"]}
    first = coursework.hand_in(**which, work=Work(text="My first plan."), at=at)
    assess.send_back(submission_id=first.pk, comment="Who decides?", by=cast["ana"], at=at)
    second = Work(text="My plan.")
    files = [coursework.Upload("plan.pdf", handing_in.pdf())]
    coursework.keep_files(**which, files=files, token=second.token, at=at)
    waiting = coursework.hand_in(**which, work=second, at=at)
    coursework.keep(**which, work=Work(text="My plan, and more."), at=at)
    return waiting


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


def _application(works: BuiltCourse, cast: dict[str, User], at: datetime) -> Application:
    """Ada has applied for a group; Fay noted something about it, asked, and was answered."""
    cohort = build.cohort(works.edition, at=at, name="Chosen group")
    CohortStaff.objects.create(cohort=cohort, user=cast["fay"], role=CohortStaff.Role.FACILITATOR)
    made = applications.apply_for(applications.by_application(cohort), cast["ada"], at=at)
    apply.note(application_id=made.pk, by=cast["fay"], text="A note.", at=at)
    ApplicationMessage.objects.create(
        application=made, author=cast["fay"], is_from_team=True, text="Which years?", at=at
    )
    return made


def _asked_first(
    works: BuiltCourse, other: BuiltCourse, cast: dict[str, User], at: datetime
) -> asking_first.OneOfEach:
    """A group that asks for a sentence and a check, which Otto has met, and since then for another course."""
    cohort = build.cohort(works.edition, at=at, name="Asking group")
    CohortStaff.objects.create(cohort=cohort, user=cast["fay"], role=CohortStaff.Role.FACILITATOR)
    met = asking_first.one_of_each(cohort, cast["otto"], by=cast["fay"], at=at)
    asking_first.for_course(cohort, other.edition.course)
    return met


def _bought(works: BuiltCourse, cast: dict[str, User], at: datetime) -> papers.OneOfEach:
    """Pia has bought a place in a group that costs money, and had a part of it back."""
    cohort = build.cohort(works.edition, at=at, name="Paid group")
    return papers.one_of_each(cohort, cast["pia"], by=cast["amy"], at=at)


def _full_group(
    course: BuiltCourse, cast: dict[str, User], at: datetime
) -> tuple[Cohort, Offer, str, WaitingEntry]:
    """A group whose only free place is kept for Otto, so that Wen waits."""
    cohort = build.cohort(course.edition, at=at, name="Full group", capacity=2)
    CohortReserve.objects.create(cohort=cohort, reason=CohortReserve.Reason.FUNDED, places=1)
    CohortStaff.objects.create(cohort=cohort, user=cast["fay"], role=CohortStaff.Role.FACILITATOR)
    otto, wen = cast["otto"], cast["wen"]
    with transaction.atomic():
        locked = enrol.lock_cohort(cohort.pk)
        invites: Any = {"kind": Offer.Kind.INVITATION, "by": cast["fay"], "at": at}
        offer, secret = offers.make(cohort=locked, learner=otto, **invites)
    return cohort, offer, secret, waiting.join(cohort_id=cohort.pk, learner=wen, at=at)


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
        "otto": people.person("otto", "Otto Ffered"),
        "pia": people.person("pia", "Pia Aying"),
        "wen": people.person("wen", "Wen Aiting"),
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
