"""Every kind of page that people meet: how to get there, and who sees it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from cms.research.models import ResearchSummaryPage
from courses.assessment.models import Attempt
from courses.catalogue.outline import Kind
from courses.catalogue.pages import CoursePage
from courses.certificates.models import Certificate
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from home.demo import people
from tests.browser import demo

# The people of the demo, by what they have done.
EMAILS = {person.key: person.email for person in (*people.ACCOUNTS, *people.OTHERS, demo.HAL)}


@dataclass(frozen=True)
class PageKind:
    """`path` asks the database, so it is called inside a test. `who` is a key of EMAILS, or nobody."""

    name: str
    path: Callable[[], str]
    who: str = ""

    @property
    def email(self) -> str:
        return EMAILS[self.who] if self.who else ""

    def __str__(self) -> str:
        return self.name


def _at(path: str) -> Callable[[], str]:
    return lambda: path


def _named(name: str) -> Callable[[], str]:
    return lambda: reverse(name)


def enrolment(who: str) -> Enrolment:
    return Enrolment.objects.get(learner__email=EMAILS[who])


def attempt(who: str) -> Attempt:
    """The newest attempt of somebody."""
    return Attempt.objects.filter(enrolment=enrolment(who)).order_by("-number")[0]


def activity_path(who: str, kind: Kind, place: int = 0) -> str:
    """The page of the first (or a later) activity of this kind."""
    found = enrolment(who)
    ids = [a.activity_id for a in found.cohort.edition.outline.activities if a.kind is kind]
    return reverse("learning:activity", args=[found.pk, ids[place]])


def question_path(who: str, slot: int = 1) -> str:
    return reverse("learning:question", args=[attempt(who).pk, slot])


def certificate_path(name: str) -> str:
    return reverse(f"certificates:{name}", args=[Certificate.objects.get().code])


def course_path() -> str:
    return str(CoursePage.objects.get().url)


def _course(who: str) -> Callable[[], str]:
    return lambda: reverse("learning:course", args=[enrolment(who).pk])


def _join() -> str:
    return reverse("learning:join", args=[Cohort.objects.get().pk])


PAGES = [
    PageKind("home", _at("/")),
    PageKind("courses", _at("/courses/")),
    PageKind("course", course_path),
    PageKind("join", _join),
    PageKind("research", _at("/research/")),
    PageKind("research summary", lambda: str(ResearchSummaryPage.objects.all()[0].url)),
    PageKind("information", _at("/accessibility/")),
    PageKind("search with results", _at("/search/?q=group")),
    PageKind("search without results", _at("/search/?q=submarine")),
    PageKind("sign in", _named("account_login")),
    PageKind("create an account", _named("account_signup")),
    PageKind("look in your e-mail", _named("account_email_verification_sent")),
    PageKind("password reset", _named("account_reset_password")),
    PageKind("check a certificate", _named("certificates:look_up")),
    PageKind("certificate is valid", lambda: certificate_path("verify")),
    PageKind("certificate is unknown", _at("/certificates/unknown/")),
    PageKind("not found", _at("/nothing-here/")),
    PageKind("join, signed in", _join, "cleo"),
    PageKind("dashboard, empty", _named("learning:dashboard"), "cleo"),
    PageKind("dashboard", _named("learning:dashboard"), "learner"),
    PageKind("dashboard, finished", _named("learning:dashboard"), "gus"),
    PageKind("own course", _course("learner"), "learner"),
    PageKind("own course, finished", _course("gus"), "gus"),
    PageKind("lesson, done", lambda: activity_path("learner", Kind.LESSON), "learner"),
    PageKind("lesson, open", lambda: activity_path("learner", Kind.LESSON, 1), "learner"),
    PageKind("quiz, to begin", lambda: activity_path("ben", Kind.QUIZ), "ben"),
    PageKind("quiz, to try again", lambda: activity_path("dora", Kind.QUIZ), "dora"),
    PageKind("quiz, no tries left", lambda: activity_path("eli", Kind.QUIZ), "eli"),
    PageKind("question, choose one", lambda: question_path("hal"), "hal"),
    PageKind("question, choose some", lambda: question_path("hal", 3), "hal"),
    PageKind("check your answers", lambda: reverse("learning:check", args=[attempt("hal").pk]), "hal"),
    PageKind("result, not passed", lambda: reverse("learning:review", args=[attempt("dora").pk]), "dora"),
    PageKind("result, passed", lambda: reverse("learning:review", args=[attempt("gus").pk]), "gus"),
    PageKind("own certificate", lambda: certificate_path("view"), "gus"),
    PageKind("account", _named("account:details"), "learner"),
    PageKind("e-mail address", _named("account_email"), "learner"),
    PageKind("password", _named("account_change_password"), "learner"),
    PageKind("privacy", _named("account:privacy"), "learner"),
    PageKind("sign out", _named("account_logout"), "learner"),
]
