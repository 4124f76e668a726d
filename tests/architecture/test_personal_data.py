"""Every model that holds something about a person says what happens to it: export, erasure, retention.

A person uses everything there is; then all of it is in the download, and after the erasure no row of
any table, no session and no file holds the name or an address any more.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from cms.users import accounts, privacy
from cms.users.models import Consent, User
from courses.actions import (
    apply,
    ask,
    assess,
    buy,
    certify,
    coursework,
    enrol,
    mail_trouble,
    notes,
    offers,
    reading,
    reminder_choices,
    waiting,
)
from courses.actions.buy import Billing
from courses.actions.coursework import Work
from courses.assessment.models import Attempt
from courses.certificates.codes import grouped
from courses.certificates.models import Certificate, CertificateDocument
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Offer
from courses.ledger.models import LedgerEntry
from courses.outbox.models import MessageSent
from courses.payments.orders import Order
from courses.payments.papers import Paper
from tests.architecture.database import rows_with
from tests.architecture.test_models import our_models
from tests.architecture.world import World
from tests.factories import (
    applications,
    asking_first,
    handing_in,
    helping,
    lessons,
    meetings,
    organisations,
    papers,
    payments,
    people,
    teamwork,
    vouchers,
    ways_in,
)
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

NAME = "Zebedee Quagga"
ADDRESS = "zebedee.quagga@example.org"
SECOND_ADDRESS = "quagga.second@example.org"
NEVER = "kept: it is part of a record that names nobody once the account is empty"
Words = Callable[["UsedLearner"], list[str]]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What happens to the rows of a model. `exported` finds words of theirs that the download holds."""

    exported: Words | None = None
    why_not: str = ""
    erased: str
    # The name of a retention rule; without one the rows stay as long as the record they belong to.
    retention: str = ""


@dataclass
class UsedLearner:
    """Somebody who has used everything."""

    user: User
    enrolment: Enrolment
    certificate: Certificate
    paid: Order


STAFF_ONLY = "about the work of staff on pages, not about a learner"

# Our own models with something about a person, directly or through an enrolment.
OURS: dict[str, Kept] = {
    "users.User": Kept(
        exported=lambda used: [NAME, ADDRESS, used.user.time_zone],
        erased="emptied: the row stays and names nobody",
        retention="unconfirmed-accounts",
    ),
    "users.SignIn": Kept(
        exported=lambda used: ["Signed in with", "A web browser on a device we do not know"],
        erased="deleted with the session",
        retention="sessions",
    ),
    "users.Consent": Kept(exported=lambda used: ["I agree to the canary."], erased="deleted"),
    "courses.Attendance": Kept(
        exported=lambda used: ["Meetings you were at", "Apologised"],
        erased="kept: who was there, by number",
    ),
    "courses.WalkIn": Kept(
        exported=lambda used: ["Meetings where you were noted without a place"],
        erased="deleted by the e-mail address",
        retention="walk-ins",
    ),
    "courses.CalendarFeed": Kept(exported=lambda used: ["Your calendar address"], erased="deleted"),
    "courses.Enrolment": Kept(exported=lambda used: ["Course ZED", "Start any time", "active"], erased=NEVER),
    "courses.Record": Kept(exported=lambda used: ["Lesson one", "The quiz", "passed"], erased=NEVER),
    "courses.Attempt": Kept(exported=lambda used: ["First", "Second"], erased=NEVER),
    "courses.AttemptAnswer": Kept(
        exported=lambda used: ["First one", "Second one; Second three"],
        erased="kept: choices among given options, never a person's own words",
    ),
    "courses.Note": Kept(
        exported=lambda used: ["Look at a group", "zebedee-note-canary"],
        erased="deleted",
        retention="notes",
    ),
    "courses.ReadingPlace": Kept(
        exported=lambda used: ["Where you were reading", "An evening"],
        erased="deleted",
        retention="reading-places",
    ),
    "courses.Allowance": Kept(
        exported=lambda used: ["What you were allowed at quizzes", "Reads slowly. zebedee-team-canary"],
        erased="deleted",
        retention="allowances",
    ),
    "courses.CohortNotice": Kept(
        why_not="words for a whole group; whoever wrote them finds them in their own download",
        erased="kept: it is for the group, and its author is no longer named",
        retention="cohort-notices",
    ),
    "courses.TeamMessage": Kept(
        exported=lambda used: ["What your course team wrote to you", "We meet at ten. zebedee-team-canary"],
        erased="deleted, unless others have it too; its author is no longer named",
        retention="team-messages",
    ),
    "courses.TeamMessageTo": Kept(
        exported=lambda used: ["About Thursday"], erased="deleted", retention="team-messages"
    ),
    "courses.Submission": Kept(
        exported=lambda used: ["Work you handed in", "zebedee-work-canary", "A comment with canary words"],
        erased="deleted, with what was said about it; comments on others' work stay without a name",
        retention="coursework",
    ),
    "courses.SubmissionDraft": Kept(
        exported=lambda used: ["Work you have not handed in yet", "zebedee-draft-canary"],
        erased="deleted",
        retention="coursework",
    ),
    "courses.SubmissionFile": Kept(
        exported=lambda used: ["zebedee-file-canary"],
        erased="deleted, the row at once and the file after the transaction",
        retention="coursework",
    ),
    "courses.Application": Kept(
        exported=lambda used: ["Your applications", "zebedee-wish-canary"],
        erased="deleted, with what was noted and asked about it",
        retention="applications",
    ),
    "courses.ApplicationNote": Kept(
        exported=lambda used: ["zebedee-reviewer-canary"],
        erased="deleted with the application; notes about others stay without a name",
        retention="applications",
    ),
    "courses.ApplicationMessage": Kept(
        exported=lambda used: ["A canary asked back"],
        erased="deleted with the application; what was asked of others stays without a name",
        retention="applications",
    ),
    "courses.AccessNeeds": Kept(
        exported=lambda used: ["What you need to take part", "zebedee-needs-canary"],
        erased="deleted",
        retention="access-needs",
    ),
    "courses.EnrolmentConsent": Kept(
        exported=lambda used: [
            "What you agreed to in your groups",
            "show it to the facilitators of my group",
        ],
        erased="deleted",
        retention="enrolment-consents",
    ),
    "courses.Declaration": Kept(
        exported=lambda used: ["What you agreed to before you joined", "A sentence canary."],
        erased="deleted",
        retention="declarations",
    ),
    "courses.StaffCheck": Kept(
        exported=lambda used: ["What course teams recorded about checks", "A basic vetting check"],
        erased="deleted; checks of others stay with the number of who recorded them",
        retention="staff-checks",
    ),
    "courses.Supporter": Kept(
        exported=lambda used: ["Your supporters", "supporter@example.net", "Where you are a supporter"],
        erased="deleted, on whichever side they are",
        retention="supporters",
    ),
    "courses.OrganisationManager": Kept(
        exported=lambda used: ["Organisations whose places you look after", "Example Trust"],
        erased="deleted; the seats stay with the organisation",
        retention="organisation-managers",
    ),
    "courses.Allocation": Kept(why_not=STAFF_ONLY, erased="kept: who gave the seats, by number"),
    "courses.Completion": Kept(exported=lambda used: ["completed"], erased=NEVER),
    "courses.Conversation": Kept(
        exported=lambda used: ["Course ZED", "Lesson one"], erased="deleted", retention="questions"
    ),
    "courses.Message": Kept(
        exported=lambda used: ["A question with canary words", "An answer with canary words"],
        erased="deleted with the question; answers to others stay without a name",
        retention="questions",
    ),
    "courses.Certificate": Kept(
        exported=lambda used: [grouped(used.certificate.code), "certificate issued"],
        erased="kept: the facts and a salted digest, so that a printed copy can still be checked",
    ),
    "courses.CertificateHolder": Kept(exported=lambda used: ["Name printed", NAME], erased="deleted"),
    "courses.CertificateDocument": Kept(
        exported=lambda used: [f"certificates/{grouped(used.certificate.code)}.pdf"],
        erased="deleted, with its file",
    ),
    "courses.CertificateLogEntry": Kept(
        why_not="what happened to a certificate is in the history already", erased=NEVER
    ),
    "courses.LedgerEntry": Kept(exported=lambda used: ["enrolled", "lesson done"], erased=NEVER),
    "courses.MessageSent": Kept(
        exported=lambda used: ["certificate_issued", f"enrolment:{used.enrolment.pk}"],
        erased="deleted",
        retention="messages-sent",
    ),
    "courses.Notice": Kept(
        exported=lambda used: ["Your notices", "You are on the waiting list"],
        erased="deleted",
        retention="notices",
    ),
    "courses.ReminderChoice": Kept(
        exported=lambda used: ["When you want no reminders", "until you switch them on again"],
        erased="deleted",
    ),
    "courses.MailTrouble": Kept(
        exported=lambda used: ["E-mails that came back"],
        erased="deleted; before that, when the address changes or takes an e-mail",
    ),
    "courses.Place": Kept(why_not="a number that is counted; the enrolment says the rest", erased=NEVER),
    "courses.Grant": Kept(exported=lambda used: ["Why you have your places", "free"], erased=NEVER),
    "courses.Offer": Kept(
        exported=lambda used: ["Places we kept for you", "Kept place"],
        erased="declined while it is open; its address is emptied, the rest names nobody",
        retention="invited-addresses",
    ),
    "courses.EnrolmentCode": Kept(
        exported=lambda used: ["Codes you made", "zebedee-code-canary"],
        erased="kept without its note: it belongs to the cohort, and its maker is no longer named",
    ),
    "courses.CodeUse": Kept(exported=lambda used: ["Codes you joined with"], erased=NEVER),
    "courses.Voucher": Kept(
        exported=lambda used: ["Vouchers for you alone", "Vouchers you made", "zebedee-voucher-canary"],
        erased="kept without its note, and without its code where it was theirs alone: orders have it",
    ),
    "courses.LearnerList": Kept(
        why_not="a list of other people, sealed, for a day",
        erased="deleted with the account of who checked it",
        retention="learner-lists",
    ),
    "courses.Order": Kept(
        exported=lambda used: ["Your orders", used.paid.reference, "£60.00"],
        erased="given up while it is not paid; kept, and points at an empty account, once it is",
    ),
    "courses.OrderLine": Kept(
        exported=lambda used: ["What you ordered", "Course ZPAY: Start any time"],
        erased="kept: what was sold, as tax law wants it",
    ),
    "courses.OrderBilling": Kept(
        exported=lambda used: ["Who is billed for your orders", "Quagga Trust", "zebedee-billing-canary"],
        erased="deleted where nothing was paid; else kept for six years, as tax law wants it",
        retention="billing",
    ),
    "courses.Refund": Kept(
        exported=lambda used: ["Money that went back to you", "£10.00", "succeeded"],
        erased="kept: amounts and days, as tax law wants it",
    ),
    "courses.Paper": Kept(
        exported=lambda used: [
            "Your receipts and credit notes",
            *(f"receipts/{paper}.pdf" for paper in Paper.objects.filter(order=used.paid)),
        ],
        erased="kept for six years, as tax law wants it; then the buyer goes, and the PDF",
        retention="papers",
    ),
    "courses.WaitingEntry": Kept(exported=lambda used: ["Waiting lists", "Long list"], erased=NEVER),
    "courses.CohortStaff": Kept(why_not=STAFF_ONLY, erased="kept: who looked after a cohort, by number"),
    "courses.Edition": Kept(why_not=STAFF_ONLY, erased="kept: who published, by number"),
    "core.SiteDocument": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "core.SiteImage": Kept(why_not=STAFF_ONLY, erased="kept by number"),
}
# Models of Wagtail, allauth and Django that point at a person.
THEIRS: dict[str, Kept] = {
    "account.EmailAddress": Kept(exported=lambda used: [ADDRESS, SECOND_ADDRESS], erased="deleted"),
    "mfa.Authenticator": Kept(
        # Its secrets are sealed, and not in the download: with them somebody else could sign in.
        exported=lambda used: ["Second step", "Recovery codes", f"Phone of {NAME}"],
        erased="deleted",
    ),
    "wagtailusers.UserProfile": Kept(
        exported=lambda used: ["Your choices in the admin", "picture.png"], erased="deleted, with its picture"
    ),
    "wagtailcore.ModelLogEntry": Kept(why_not=STAFF_ONLY, erased="the person's name is taken out"),
    "wagtailcore.PageLogEntry": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailcore.Page": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailcore.Revision": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailcore.Comment": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailcore.CommentReply": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailcore.PageSubscription": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailcore.WorkflowState": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailcore.TaskState": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailcore.UploadedFile": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailcore.APIToken": Kept(why_not="there is no API", erased="an account that is closed opens nothing"),
    "wagtailadmin.EditingSession": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailadmin.FormState": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtaildocs.Document": Kept(why_not=STAFF_ONLY, erased="kept by number"),
    "wagtailimages.Image": Kept(why_not=STAFF_ONLY, erased="kept by number"),
}
# Tables without a key to a person that still hold something for a while.
ALSO: dict[str, Kept] = {
    "sessions.Session": Kept(why_not="a key of the browser", erased="deleted", retention="sessions"),
    "courses.OutboxEntry": Kept(why_not="ids of records", erased="kept", retention="outbox"),
    "courses.PaymentEvent": Kept(
        why_not="numbers of the payment service; the order says the rest",
        erased="kept",
        retention="payment-news",
    ),
    "courses.PaperSeries": Kept(why_not="the last number of a year", erased="kept"),
    "courses.Price": Kept(why_not="what a place costs, for everybody alike", erased="kept"),
    "courses.ReminderRun": Kept(
        why_not="how far a day's reminders were: a number", erased="kept", retention="reminder-runs"
    ),
}
# From here on, whatever points at one of these is about a learner too.
ROOTS = {
    "users.User",
    "courses.Enrolment",
    "courses.Attempt",
    "courses.Certificate",
    "courses.Conversation",
    "courses.Order",
}
# Tax law wants these with the name on them, so an erasure leaves them and a rule takes them later.
KEPT_BY_LAW = {"courses_orderbilling", "courses_paper"}


def points_at(model: type[models.Model], targets: set[str]) -> bool:
    return any(
        isinstance(field, models.ForeignKey) and field.related_model._meta.label in targets
        for field in model._meta.local_fields
    )


def test_every_model_about_a_person_says_what_happens_to_it() -> None:
    ours = {label for label, model in our_models().items() if points_at(model, ROOTS)}
    assert ours | {"users.User"} == set(OURS)


def test_every_model_of_others_that_points_at_a_person_says_what_happens_to_it() -> None:
    found = {m._meta.label for m in apps.get_models() if points_at(m, {"users.User"})}
    assert found - set(our_models()) == set(THEIRS)


def test_every_model_is_exported_or_says_why_not() -> None:
    for label, kept in {**OURS, **THEIRS, **ALSO}.items():
        assert bool(kept.exported) != bool(kept.why_not), label


def test_every_retention_rule_belongs_to_a_model_and_the_other_way_round() -> None:
    named = {kept.retention for kept in [*OURS.values(), *THEIRS.values(), *ALSO.values()] if kept.retention}
    assert named == {rule.name for rule in privacy.retention_rules}


@pytest.fixture
def used(world: World, django_capture_on_commit_callbacks: Any) -> UsedLearner:
    """Zebedee signs in, adds an address, completes a course, and is edited by an administrator."""
    at = timezone.now() - timedelta(minutes=30)
    user = people.person("zebedee.quagga", NAME)
    accounts.record_consent(
        user=user, kind=Consent.PRIVACY_NOTICE, version="1", wording="I agree to the canary.", at=at
    )
    course = build.course(at=at, code="ZED")
    with django_capture_on_commit_callbacks(execute=True):
        enrolment = course.complete(user, at=at)
        _ask_and_be_answered(world, course, enrolment, at)
        _read_and_note(course, enrolment, at)
        teamwork.one_of_each(
            enrolment,
            activity_id=course.quiz_id,
            by=world.people["fay"],
            at=at,
            words=f"zebedee-team-canary {NAME}",
        )
        _be_offered_and_wait(world, user, at)
        _hand_in(world, user, at)
        _apply(world, user, at)
        _be_helped_and_help(world, enrolment, at)
        _be_asked_first(world, user, at)
        ways_in.one_of_each(enrolment, by=user, at=at, note="zebedee-code-canary")
        vouchers.made(
            "ZEBEDEE-ALONE", by=user, at=at, person_id=user.pk, note=f"zebedee-voucher-canary {NAME}"
        )
    paid = _buy(world, user, at)
    _choose_reminders(user, at)
    certificate = Certificate.objects.get(enrolment=enrolment)
    _be_edited(world, user)
    _use_the_site(user)
    UserProfile.objects.create(user=user, avatar=ContentFile(NAME.encode(), name="zebedee.png"))
    return UsedLearner(
        user=User.objects.get(pk=user.pk), enrolment=enrolment, certificate=certificate, paid=paid
    )


def _buy(world: World, user: User, at: datetime) -> Order:
    """They bought a place and had a part of it back; of another course, they have not paid for one yet."""
    billing = Billing(name=NAME, organisation="Quagga Trust", address="zebedee-billing-canary")
    cohort = build.course(at=at, code="ZPAY").cohort
    bought = papers.one_of_each(cohort, user, by=world.people["amy"], at=at, billing=billing)
    price = payments.price(build.course(at=at, code="ZUNPAID").cohort)
    with papers.payments_switched_on():
        wanted = payments.wanted(price, billing=billing)
        buy.start(cohort_id=price.cohort_id, buyer=user, wanted=wanted, at=timezone.now())
    return bought.order


def _hand_in(world: World, user: User, at: datetime) -> None:
    """They hand in work with a file, which comes back, and write on."""
    enrolment = world.works.enrol(user, at=at)
    which: Any = {
        "enrolment_id": enrolment.pk,
        "activity_id": handing_in.work_id(world.works),
        "learner": user,
    }
    work = Work(text="zebedee-work-canary")
    files = [coursework.Upload("zebedee-file-canary.pdf", handing_in.pdf("zebedee-file-canary"))]
    coursework.keep_files(**which, files=files, token=work.token, at=at)
    made = coursework.hand_in(**which, work=work, at=at)
    comment = "A comment with canary words"
    assess.send_back(submission_id=made.pk, comment=comment, by=world.people["ana"], at=at)
    coursework.keep(**which, work=Work(text="zebedee-draft-canary"), at=at)
    meetings.one_of_each(world.works, enrolment, by=world.people["fay"], at=at, name=NAME, email=ADDRESS)


def _apply(world: World, user: User, at: datetime) -> None:
    """They apply for a place; somebody notes their name, and asks for more."""
    cohort = applications.by_application(build.course(at=at, code="WISH").cohort)
    made = applications.apply_for(cohort, user, at=at, why=f"zebedee-wish-canary of {NAME}")
    fay = world.people["fay"]
    apply.note(application_id=made.pk, by=fay, text=f"zebedee-reviewer-canary {NAME}", at=at)
    apply.ask_more(
        application_id=made.pk, by=fay, text=f"A canary asked back: are you {NAME}?", seen=1, at=at
    )


def _be_asked_first(world: World, user: User, at: datetime) -> None:
    """They joined where a sentence and a check were asked for."""
    cohort = build.course(at=at, code="ZASK").cohort
    asking_first.one_of_each(cohort, user, by=world.people["fay"], at=at, words="A sentence canary.")


def _be_helped_and_help(world: World, enrolment: Enrolment, at: datetime) -> None:
    """They told what they need, somebody supports them, and they support Ada."""
    words = f"zebedee-needs-canary of {NAME}"
    helping.one_of_each(enrolment, person=world.people["wen"], at=at, words=words, secret="z" * 43)
    helping.supports(world.ada_enrolment, enrolment.learner, at=at)
    organisations.manages(enrolment.learner, at=at)


def _choose_reminders(user: User, at: datetime) -> None:
    """They want no reminders, and one e-mail came back."""
    reminder_choices.pause(person=user, last_day=None, at=at)
    mail_trouble.note(person=user, at=at)


def _be_offered_and_wait(world: World, user: User, at: datetime) -> None:
    """A place of another course is kept for them, and they wait for one of a third."""
    offered = build.course(at=at, code="KEPT").cohort
    Cohort.objects.filter(pk=offered.pk).update(name="Kept place")
    with transaction.atomic():
        offers.make(
            cohort=enrol.lock_cohort(offered.pk),
            kind=Offer.Kind.INVITATION,
            learner=user,
            email=ADDRESS,
            by=world.people["fay"],
            at=timezone.now(),
        )
    waited_for = build.course(at=at, code="LIST", capacity=1)
    Cohort.objects.filter(pk=waited_for.cohort.pk).update(name="Long list")
    waited_for.enrol(world.ada, at=at)
    waiting.join(cohort_id=waited_for.cohort.pk, learner=user, at=at)


def _ask_and_be_answered(world: World, course: BuiltCourse, enrolment: Enrolment, at: datetime) -> None:
    words = f"A question with canary words of {NAME}"
    asked = ask.start(
        enrolment_id=enrolment.pk,
        activity_id=course.lesson_id,
        learner=enrolment.learner,
        text=words,
        token=uuid4(),
        at=at,
    )
    answer = f"An answer with canary words for {NAME}"
    ask.answer(
        conversation_id=asked.pk,
        by=world.people["amy"],
        text=answer,
        token=uuid4(),
        seen=asked.messages.get().pk,
        at=at,
    )


def _read_and_note(course: BuiltCourse, enrolment: Enrolment, at: datetime) -> None:
    lessons.write(course, body=lessons.body())
    here = {"enrolment_id": enrolment.pk, "activity_id": course.lesson_id, "learner": enrolment.learner}
    seal = lessons.prompts(course)[0].seal
    notes.keep(**here, draft=notes.Draft(seal, f"zebedee-note-canary by {NAME}", 1), at=at)
    reading.keep_place(**here, anchor="part-an-evening", is_easy=False, at=at)


def _use_the_site(user: User) -> None:
    client = Client()
    signed_in = client.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    assert signed_in.status_code == 302
    client.post(reverse("account_email"), {"action_add": "", "email": SECOND_ADDRESS})
    assert EmailAddress.objects.filter(user=user).count() == 2
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    phone = {"name": f"Phone of {NAME}", "credential": {}}
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=phone)
    # Somebody who is half way through signing in leaves a session too.
    Client().post(reverse("account_login"), {"login": ADDRESS, "password": "not it"})
    Client().post(reverse("account_signup"), {"email": ADDRESS, "printed_name": NAME, "password1": "x"})


def _be_edited(world: World, user: User) -> None:
    amy = Client()
    amy.force_login(world.people["amy"])
    edit = reverse("wagtailusers_users:edit", args=[user.pk])
    answer = amy.post(edit, {"email": ADDRESS, "printed_name": NAME, "is_active": "on"})
    assert answer.status_code == 302, answer.context["form"].errors


def download(user: User) -> tuple[str, list[str]]:
    """The words of the page and of the data, and the names of the files."""
    with zipfile.ZipFile(io.BytesIO(accounts.archive(user=user, at=timezone.now()))) as packed:
        words = [packed.read(name).decode() for name in ("index.html", "data.json")]
        return "\n".join(words), packed.namelist()


EXPORTED = {label: kept for label, kept in {**OURS, **THEIRS}.items() if kept.exported}


def test_the_download_holds_something_of_every_model(used: UsedLearner) -> None:
    words, files = download(used.user)
    text = words + "\n".join(files)
    missing = {
        label: [word for word in kept.exported(used) if word not in text]
        for label, kept in EXPORTED.items()
        if kept.exported
    }
    assert {label: words for label, words in missing.items() if words} == {}


def test_the_learner_really_has_a_row_of_every_model_that_is_exported(used: UsedLearner) -> None:
    """The control: a model without a row could not be missed in the download."""
    for label in EXPORTED:
        assert apps.get_model(label)._base_manager.exists(), label
    assert Attempt.objects.filter(enrolment=used.enrolment).exists()
    assert MessageSent.objects.filter(user=used.user).count() > 3
    assert CertificateDocument.objects.filter(certificate=used.certificate).exists()


def test_the_download_holds_nothing_of_anybody_else(used: UsedLearner, world: World) -> None:
    words, _files = download(used.user)
    for person in world.people.values():
        assert person.email not in words
        assert person.printed_name not in words


def sessions_with(word: str) -> int:
    """Sessions are packed: their words are not to be seen in the table."""
    return sum(word.lower() in str(session.get_decoded()).lower() for session in Session.objects.all())


def erase(used: UsedLearner, run: Any, at: datetime) -> None:
    with run(execute=True):
        assert accounts.erase(user_id=used.user.pk, at=at)


def test_before_the_erasure_the_name_is_in_many_places(used: UsedLearner) -> None:
    """The control: each way of looking finds something."""
    tables = {row.partition(":")[0] for row in [*rows_with(NAME), *rows_with(ADDRESS)]}
    assert {
        "users_user",
        "account_emailaddress",
        "courses_certificateholder",
        "wagtailcore_modellogentry",
    } <= tables
    assert sessions_with(ADDRESS) > 0


@pytest.mark.parametrize("word", [NAME, "Quagga", "Zebedee", ADDRESS, SECOND_ADDRESS])
def test_after_the_erasure_no_row_holds_a_name_or_an_address(
    used: UsedLearner, django_capture_on_commit_callbacks: Any, word: str
) -> None:
    erase(used, django_capture_on_commit_callbacks, timezone.now())
    assert [row for row in rows_with(word) if row.partition(":")[0] not in KEPT_BY_LAW] == []


def test_what_tax_law_wants_stays_with_the_name_until_the_law_lets_it_go(
    used: UsedLearner, django_capture_on_commit_callbacks: Any
) -> None:
    erase(used, django_capture_on_commit_callbacks, timezone.now())
    assert {row.partition(":")[0] for row in rows_with(NAME)} == KEPT_BY_LAW
    assert list(Order.objects.filter(buyer=used.user, billing__isnull=False)) == [used.paid]
    assert set(Order.objects.filter(buyer=used.user).values_list("status", flat=True)) == {
        "partly_refunded",
        "cancelled",
    }
    files = [Path(settings.PRIVATE_ROOT) / paper.file_name for paper in Paper.objects.filter(order=used.paid)]
    assert all(file.is_file() for file in files)
    with django_capture_on_commit_callbacks(execute=True):
        for rule in privacy.retention_rules:
            rule.delete(timezone.now() + timedelta(days=366 * 7))
    assert rows_with("Quagga") == []
    assert not any(file.exists() for file in files)


def test_after_the_erasure_no_session_holds_an_address(
    used: UsedLearner, django_capture_on_commit_callbacks: Any
) -> None:
    erase(used, django_capture_on_commit_callbacks, timezone.now())
    assert sessions_with(ADDRESS) == 0


def test_after_the_erasure_no_file_is_left(
    used: UsedLearner, django_capture_on_commit_callbacks: Any
) -> None:
    document = CertificateDocument.objects.get(certificate=used.certificate)
    files = [
        Path(settings.PRIVATE_ROOT) / document.file_name,
        Path(UserProfile.objects.get(user=used.user).avatar.path),
    ]
    assert all(file.is_file() for file in files)
    erase(used, django_capture_on_commit_callbacks, timezone.now())
    assert not any(file.exists() for file in files)


def test_the_numbers_stay_true_after_an_erasure(
    used: UsedLearner, django_capture_on_commit_callbacks: Any
) -> None:
    counted = (Enrolment, Attempt, Certificate)
    before = [model._base_manager.count() for model in counted]
    erase(used, django_capture_on_commit_callbacks, timezone.now())
    assert [model._base_manager.count() for model in counted] == before
    # What was kept for them is free again, and the history says so without a name.
    ended = set(LedgerEntry.objects.filter(learner=used.user, by=None).values_list("action", flat=True))
    assert "account closed" in ended
    assert used.certificate.matches_name(NAME)


def test_nothing_comes_back_after_an_erasure(
    used: UsedLearner, django_capture_on_commit_callbacks: Any
) -> None:
    erase(used, django_capture_on_commit_callbacks, timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        certify.issue_missing(at=timezone.now())
        certify.issue(completion_id=used.enrolment.completion.pk, at=timezone.now())
        assert not accounts.erase(user_id=used.user.pk, at=timezone.now())
    assert {row.partition(":")[0] for row in rows_with("Quagga")} <= KEPT_BY_LAW
    assert not MessageSent.objects.filter(user=used.user).exists()


def test_no_retention_rule_takes_what_is_in_use(used: UsedLearner) -> None:
    """Rows of people who are here today are never old enough, whatever the rule."""
    for rule in privacy.retention_rules:
        assert rule.keep_for > timedelta(0)
        assert rule.count(timezone.now()) == 0, rule.name
