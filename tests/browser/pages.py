"""Every kind of page that people meet: how to get there, and who sees it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from courses.assessment.models import Attempt
from courses.catalogue.outline import Kind
from courses.catalogue.pages import CoursePage
from courses.certificates.models import Certificate
from courses.cohorts.models import Cohort
from courses.conversations.models import Conversation
from courses.enrolment.models import Enrolment
from home.demo import people
from tests.browser import content, demo

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
    return Attempt.objects.filter(enrolment=enrolment(who)).order_by("-started_at", "-pk")[0]


def activity_path(who: str, kind: Kind, place: int = 0) -> str:
    """The page of the first (or a later) activity of this kind."""
    found = enrolment(who)
    ids = [a.activity_id for a in found.cohort.edition.outline.activities if a.kind is kind]
    return reverse("learning:activity", args=[found.pk, ids[place]])


def print_path(who: str) -> str:
    return reverse("learning:print_stage", args=[enrolment(who).pk, 1])


def question_path(who: str, slot: int = 1) -> str:
    return reverse("learning:question", args=[attempt(who).pk, slot])


def ask_path(who: str) -> str:
    """Asking about the first activity of the course."""
    found = enrolment(who)
    about = found.cohort.edition.outline.activities[0].activity_id
    return reverse("learning:ask", args=[found.pk]) + f"?about={about}"


def questions_path(who: str) -> str:
    return reverse("learning:questions", args=[enrolment(who).pk])


def conversation_path(who: str) -> str:
    found = Conversation.objects.get(enrolment=enrolment(who))
    return reverse("learning:conversation", args=[found.pk])


def certificate_path(name: str) -> str:
    found = Certificate.objects.get(enrolment=enrolment("gus"))
    return reverse(f"certificates:{name}", args=[found.code])


def course_path() -> str:
    return str(course_page().url)


def course_page() -> CoursePage:
    """The course that most people of the demo are on."""
    found: CoursePage = CoursePage.objects.get(title=content.course_title())
    return found


def cohort() -> Cohort:
    """Its cohort that can be joined at any time."""
    found: Cohort = Cohort.objects.get(edition__course__page=course_page(), is_rolling=True)
    return found


def _course(who: str) -> Callable[[], str]:
    return lambda: reverse("learning:course", args=[enrolment(who).pk])


def _join() -> str:
    return reverse("learning:join", args=[cohort().pk])


PAGES = [
    PageKind("home", _at("/")),
    PageKind("courses", _at("/courses/")),
    PageKind("courses, filtered", _at("/courses/?topic=citizen-research&sort=title")),
    PageKind("courses, none fits", _at("/courses/?topic=life-stories&open=1")),
    PageKind("course", course_path),
    PageKind("course with a gate", _at("/courses/older-people-as-researchers/")),
    PageKind("course, planned", _at("/courses/planned/")),
    PageKind("join", _join),
    PageKind("research", _at("/research/")),
    PageKind("research, one kind", _at("/research/?kind=group")),
    PageKind("research, records differ", _at("/research/funding-and-philosophy-of-self-help/")),
    PageKind("research group", _at("/research/group-whynot/")),
    PageKind("information", _at("/help/")),
    PageKind("accessibility statement", _at("/accessibility/")),
    PageKind("notice", _at("/privacy/")),
    PageKind("version of a notice", _at("/privacy/versions/2026-11-23/")),
    PageKind("glossary", _at("/glossary/")),
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
    PageKind("dashboard, no tries left", _named("learning:dashboard"), "eli"),
    PageKind("own course, no tries left", _course("eli"), "eli"),
    PageKind("ask a question", lambda: ask_path("dora"), "dora"),
    PageKind("own questions", lambda: questions_path("learner"), "learner"),
    PageKind("own questions, none", lambda: questions_path("dora"), "dora"),
    PageKind("question with a new answer", lambda: conversation_path("learner"), "learner"),
    PageKind("question that waits", lambda: conversation_path("ben"), "ben"),
    PageKind("lesson, done", lambda: activity_path("learner", Kind.LESSON), "learner"),
    PageKind("lesson, open", lambda: activity_path("learner", Kind.LESSON, 1), "learner"),
    PageKind(
        "lesson, easy read", lambda: f"{activity_path('learner', Kind.LESSON, 1)}?version=easy", "learner"
    ),
    PageKind("lesson, picture", lambda: activity_path("dora", Kind.LESSON), "dora"),
    PageKind("own notes", lambda: reverse("learning:notes", args=[enrolment("learner").pk]), "learner"),
    PageKind("stage to print", lambda: print_path("learner"), "learner"),
    PageKind("quiz, to begin", lambda: activity_path("ben", Kind.QUIZ), "ben"),
    PageKind("quiz, to try again", lambda: activity_path("dora", Kind.QUIZ), "dora"),
    PageKind("quiz, no tries left", lambda: activity_path("eli", Kind.QUIZ), "eli"),
    PageKind("question, choose one", lambda: question_path("hal"), "hal"),
    PageKind("question, choose some", lambda: question_path("hal", 3), "hal"),
    PageKind("check your answers", lambda: reverse("learning:check", args=[attempt("hal").pk]), "hal"),
    PageKind("result, not passed", lambda: reverse("learning:review", args=[attempt("dora").pk]), "dora"),
    PageKind("stage is locked", lambda: activity_path("dora", Kind.LESSON, 3), "dora"),
    PageKind(
        "result, a safety question wrong", lambda: reverse("learning:review", args=[attempt("ida").pk]), "ida"
    ),
    PageKind("result, passed", lambda: reverse("learning:review", args=[attempt("gus").pk]), "gus"),
    PageKind("dashboard, left", _named("learning:dashboard"), "nan"),
    PageKind("own certificate", lambda: certificate_path("view"), "gus"),
    PageKind("account", _named("account:home"), "learner"),
    PageKind("account of staff", _named("account:home"), "editor"),
    PageKind("name and time zone", _named("account:details"), "learner"),
    PageKind("reading", _named("account:reading"), "learner"),
    PageKind("e-mails", _named("account:emails"), "learner"),
    PageKind("where you are signed in", _named("account:places"), "learner"),
    PageKind("second step", _named("mfa_index"), "learner"),
    PageKind("passkeys, none", _named("mfa_list_webauthn"), "learner"),
    PageKind("password again", _named("account_reauthenticate"), "learner"),
    PageKind("e-mail address", _named("account_email"), "learner"),
    PageKind("password", _named("account_change_password"), "learner"),
    PageKind("privacy", _named("account:privacy"), "learner"),
    PageKind("sign out", _named("account_logout"), "learner"),
]
