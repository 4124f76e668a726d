"""The people of the demo. They are plainly made up, and what they did was done through the actions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from cms.core import places
from cms.users import accounts
from cms.users.models import Consent, User
from courses.actions import certify, enrol
from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.models import Enrolment
from home.demo import groups, members, prices, seats, vouchers
from home.demo.walks import Walk

PASSWORD = "lived-learning-demo"  # noqa: S105 - it is printed for everybody who tries the demo
DOMAIN = "example.org"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as. `does` says what they may look at."""

    key: str
    name: str
    does: str
    group: str = ""
    is_superuser: bool = False

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


LEARNER = DemoPerson("learner", "Ada Example", "Learner, part of the way through the course")
FACILITATOR = DemoPerson(
    "facilitator",
    "Fay Example",
    "Facilitator: sees the registers of her cohorts, and answers questions",
    "Course team",
)
ASSESSOR = DemoPerson(
    "assessor", "Ana Example", "Assessor: reads and signs off what her cohorts hand in", "Course team"
)
IN_A_GROUP = DemoPerson("kit", "Kit Example", "Learner on both courses, one of them with meetings")
EDITOR = DemoPerson("editor", "Ed Example", "Editor: writes pages and publishes editions", "Course editors")
ADMINISTRATOR = DemoPerson(
    "administrator", "Amy Example", "Administrator: may do everything", is_superuser=True
)
MANAGER = DemoPerson(
    "manager", "Mo Example", "Manager of a made-up organisation: says who gets its places on a course"
)
PAYMENTS = DemoPerson(
    "payments", "Penny Example", "Payments: sees orders, gives money back, reads the takings", "Payments"
)
ACCOUNTS = (LEARNER, IN_A_GROUP, FACILITATOR, ASSESSOR, EDITOR, MANAGER, PAYMENTS, ADMINISTRATOR)

# Learners at different places, so that lists look as they do in real life.
OTHERS = (
    DemoPerson("ben", "Ben Example", "has just joined"),
    DemoPerson("cleo", "Cleo Example", "has not joined anything"),
    DemoPerson("dora", "Dora Example", "has tried the first quiz once and not passed: stage 2 is locked"),
    DemoPerson("eli", "Eli Example", "has used all attempts"),
    DemoPerson("gus", "Gus Example", "has finished and has a certificate"),
    DemoPerson("ida", "Ida Example", "has not passed the ethics gate: marks enough, a safety question wrong"),
    DemoPerson("jo", "Jo Example", "is half of the way through, and has not been here for days"),
    DemoPerson("lou", "Lou Example", "has finished the other course and has a certificate"),
    DemoPerson("max", "Max Example", "has a certificate that was corrected: the name was misspelt"),
    DemoPerson("nan", "Nan Example", "has withdrawn after the first stage"),
    DemoPerson("oz", "Oz Example", "is in the group of the other course, and has done nothing else yet"),
    DemoPerson("pia", "Pia Example", "passed a quiz at the second try, and goes on"),
)
MISSPELT = "Max Exampel"
FIRST_NAMES = """
    Agnes Bertie Clara Duncan Elsie Frank Gwen Harold Irene Jack Kathleen Len Mavis Norman Olive Percy
    Queenie Ralph Sheila Tom Ursula Vic Winnie Yusuf Zainab Amrit Bela Cyril
"""
# Those in the groups with dates whom nobody needs to know by name.
MEMBERS = tuple(
    DemoPerson(email.partition("@")[0], f"{name} Sample", "is in a group, or would like to be")
    for email, name in zip(members.EVERYBODY, FIRST_NAMES.split(), strict=True)
)


@cache
def stored_password() -> str:
    """The password as it is stored: made once for all, since that is slow on purpose."""
    return make_password(PASSWORD)


def make(person: DemoPerson, *, at: datetime) -> User:
    """The account of a demo person, with a confirmed address. Safe to repeat."""
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(
            person.email, None, printed_name=person.name, is_superuser=person.is_superuser
        )
        user.password = stored_password()
        user.save(update_fields=["password"])
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        agree([user], at=at)
    if person.group:
        user.groups.add(Group.objects.get(name=person.group))
    return user


def agree(users: Iterable[User], *, at: datetime) -> None:
    """The consent that sign-up asks for."""
    for user in users:
        accounts.record_consent(
            user=user,
            kind=Consent.PRIVACY_NOTICE,
            version=places.privacy_version(),
            wording=str(accounts.PRIVACY_WORDING),
            at=at,
        )


def populate(cohorts: Sequence[Cohort], *, at: datetime) -> None:
    """Everybody of the demo, at their different places. Safe to repeat."""
    staff = {FACILITATOR: CohortStaff.Role.FACILITATOR, ASSESSOR: CohortStaff.Role.ASSESSOR}
    for person in (*ACCOUNTS, *OTHERS, *MEMBERS):
        user = make(person, at=at)
        for cohort in cohorts if person in staff else ():
            CohortStaff.objects.get_or_create(cohort=cohort, user=user, role=staff[person])
    courses = [cohort.edition.course_id for cohort in cohorts]
    if Enrolment.objects.filter(cohort__edition__course__in=courses).exists():
        return
    fay, ana = (User.objects.get(email=person.email) for person in (FACILITATOR, ASSESSOR))
    # Together, so that e-mails and certificates follow when all is there.
    with transaction.atomic():
        _first_course(cohorts[0], at=at)
        for cohort in cohorts:
            groups.plan_sessions(cohort, by=fay, at=at)
        members.populate(cohorts, facilitator=fay, assessor=ana, at=at)
        mo, amy = (User.objects.get(email=person.email) for person in (MANAGER, ADMINISTRATOR))
        seats.populate(cohorts, manager=mo, by=amy, at=at)
        prices.populate(cohorts, at=at)
        vouchers.populate(cohorts, by=amy, at=at)


def _days(at: datetime, ago: int) -> datetime:
    return at - timedelta(days=ago)


def _first_course(cohort: Cohort, *, at: datetime) -> None:
    """Who is on the course that the home page leads to."""
    ada = Walk(cohort, at=_days(at, 2), until=at)
    question = ada.ask(
        ada.lessons(LEARNER.email, count=1),
        "I am not sure how long I should spend on a lesson. Is it all right to stop in the middle?",
    )
    ada.answer(
        question,
        "Yes, stop whenever you like. What you have done is saved, and the page remembers where you were.",
        by=User.objects.get(email=FACILITATOR.email),
    )
    ben = Walk(cohort, at=at, until=at)
    ben.ask(
        ben.lessons("ben@example.org", count=0),
        "May I do this course together with a friend? We would like to talk about each part.",
    )
    dora = Walk(cohort, at=_days(at, 6), until=at)
    dora.quiz(dora.lessons("dora@example.org"), right=0.5)
    eli = Walk(cohort, at=_days(at, 20), until=at)
    tired = eli.lessons("eli@example.org")
    for _attempt in range(3):
        eli.quiz(tired, right=0.4)
    _certificate(Walk(cohort, at=_days(at, 45), until=_days(at, 9)), "gus@example.org")
    jo = Walk(cohort, at=_days(at, 30), until=_days(at, 12))
    jo.stages(jo.lessons("jo@example.org", count=0), count=2)
    kit = Walk(cohort, at=_days(at, 25), until=_days(at, 1))
    kit.stages(kit.lessons("kit@example.org", count=0), count=3)
    _corrected(cohort, at=at)
    nan = Walk(cohort, at=_days(at, 40), until=_days(at, 15))
    gone = nan.lessons("nan@example.org", count=0)
    nan.stages(gone, count=1)
    enrol.withdraw(enrolment_id=gone.pk, by=gone.learner, at=_days(at, 14))
    pia = Walk(cohort, at=_days(at, 10), until=_days(at, 1))
    again = pia.lessons("pia@example.org")
    pia.quiz(again, right=0.6)
    pia.quiz(again, right=1.0)
    pia.more_lessons(again, count=2)


def _certificate(walk: Walk, email: str) -> int:
    """Walk to the end, and have the certificate issued on the day of the last step."""
    enrolment = walk.stages(walk.lessons(email, count=0))
    issued = certify.issue(completion_id=enrolment.completion.pk, at=walk.at)
    return issued.pk if issued else 0


def _corrected(cohort: Cohort, *, at: datetime) -> None:
    """Somebody whose name was misspelt when the certificate was issued."""
    people = User.objects.filter(email="max@example.org")
    name = people.values_list("printed_name", flat=True)[0]
    people.update(printed_name=MISSPELT)
    first = _certificate(Walk(cohort, at=_days(at, 60), until=_days(at, 30)), "max@example.org")
    people.update(printed_name=name)
    certify.correct(
        certificate_id=first,
        name=name,
        by=User.objects.get(email=ADMINISTRATOR.email),
        reason="The name was misspelt",
        at=_days(at, 26),
    )
