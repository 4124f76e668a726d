"""Every address of the site: who may, what they get, and how many SQL statements it costs.

An answer is a status, or the name of the view that somebody is sent on to. `queries` is the exact
number of SQL statements of the answer for `measured_as`, in a process that has answered the same
before; `cold` is the number for a public page that this process has not drawn in the last minute,
though it has drawn others. `budget` is the most that was agreed; a row without one has none of its
own, and its number only says when something changed.

Statements that only open or close a transaction (BEGIN, COMMIT, SAVEPOINT, RELEASE …) are not
counted: inside a test they are savepoints, on a real site one BEGIN and one COMMIT. What follows
after commit (the outbox) is not part of the answer either.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from cms.users.models import User
from courses.assessment.models import AttemptAnswer
from tests.architecture.world import World
from tests.factories.people import PASSWORD

ANONYMOUS = "anonymous"
OWNER = "owner"
OTHER = "another learner"
FACILITATOR = "facilitator"
ASSESSOR = "assessor"
EDITOR = "editor"
ADMINISTRATOR = "administrator"
ROLES = (ANONYMOUS, OWNER, OTHER, FACILITATOR, ASSESSOR, EDITOR, ADMINISTRATOR)
SIGNED_IN = ROLES[1:]
# Who plays each part; the owner is named by the row.
CAST = {OTHER: "cleo", FACILITATOR: "fay", ASSESSOR: "ana", EDITOR: "ed", ADMINISTRATOR: "amy"}

SIGN_IN = "account_login"
Answer = int | str
Answers = dict[str, Answer]


def everybody(answer: Answer = 200, **others: Answer) -> Answers:
    """The same for all."""
    return {**dict.fromkeys(ROLES, answer), **others}


def signed_in(answer: Answer = 200, **others: Answer) -> Answers:
    """Everybody gets their own; a visitor is asked to sign in."""
    return {**dict.fromkeys(SIGNED_IN, answer), ANONYMOUS: SIGN_IN, **others}


def only_owner(answer: Answer = 200) -> Answers:
    """Nobody else learns even whether it is there: not a tutor, an editor or an administrator."""
    return {**dict.fromkeys(SIGNED_IN, 404), ANONYMOUS: SIGN_IN, OWNER: answer}


def only_visitors(answer: Answer = 200) -> Answers:
    """Who is signed in already is sent to their dashboard."""
    return {**dict.fromkeys(SIGNED_IN, "learning:dashboard"), ANONYMOUS: answer}


def staff(answer: Answer = 200, **who: Answer) -> Answers:
    """Pages inside Wagtail's admin, which sends people without business there to its sign-in address."""
    return {**dict.fromkeys(ROLES, answer), **dict.fromkeys((ANONYMOUS, OWNER, OTHER), "staff_login"), **who}


Path = Callable[[World], str]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One address with one method, in one situation."""

    name: str
    method: str = "GET"
    path: Path
    answers: Answers
    owner: str = "ada"
    note: str = ""
    data: Callable[[World], dict[str, Any]] = field(default=lambda world: {})
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[World], object] | None = None
    measured_as: str = OWNER
    queries: int | None = None
    cold: int | None = None
    budget: int | None = None
    # Writes to these tables by a GET are somebody else's design; the reason stands beside the row.
    may_write: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        return " ".join(part for part in (self.method, self.name, self.note) if part)


def _to(name: str, *find: Callable[[World], Any]) -> Path:
    return lambda world: reverse(name, args=[one(world) for one in find])


def _page(key: str) -> Path:
    return lambda world: str(world.pages[key].url)


def _ada(world: World) -> int:
    return world.ada_enrolment.pk


def _ada_attempt(world: World) -> int:
    return world.ada_attempt.pk


def _ben_attempt(world: World) -> int:
    return world.ben_attempt.pk


def _dee(world: World) -> int:
    return world.dee_enrolment.pk


def _lesson(world: World) -> int:
    return world.course.lesson_id


def _quiz(world: World) -> int:
    return world.course.quiz_id


def _one(world: World) -> int:
    return 1


def _cohort(world: World) -> int:
    return world.course.cohort.pk


def _code(world: World) -> str:
    return str(world.certificate.code)


def _first_answer(world: World) -> dict[str, Any]:
    question = world.ada_attempt.paper.question(1)
    assert question is not None
    return {"choice": sorted(question.keys)[0], "sequence": 7, "go": "next"}


def _reset_key(world: World) -> str:
    person = User.objects.get(pk=world.people["cleo"].pk)
    uid, key = user_pk_to_url_str(person), default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})


HEALTH = (
    Row(name="health", path=_to("health"), answers=everybody(), measured_as=ANONYMOUS, queries=0),
    Row(name="ready", path=_to("ready"), answers=everybody(), measured_as=ANONYMOUS, queries=1),
)


def _public(key: str, *, queries: int | None = None, cold: int | None = None) -> Row:
    return Row(
        name="wagtail_serve",
        note=key,
        path=_page(key),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=queries,
        cold=cold,
        budget=7,
    )


PAGES = (
    _public("home", queries=0, cold=8),
    _public("catalogue", queries=0, cold=9),
    _public("course", queries=0, cold=10),
    _public("research", queries=0, cold=7),
    _public("summary", queries=0, cold=10),
    _public("help", queries=0, cold=6),
    Row(
        name="wagtail_serve",
        note="a lesson's own address",
        path=lambda world: str(world.pages["course"].url) + "first-stage/lesson-one/",
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=9,
    ),
    Row(
        name="search",
        path=lambda world: reverse("search") + "?q=course",
        answers=everybody(),
        measured_as=ANONYMOUS,
        budget=4,
        queries=3,
    ),
)

LEARNING = (
    Row(name="learning:dashboard", path=_to("learning:dashboard"), answers=signed_in(), budget=5, queries=5),
    Row(name="learning:course", path=_to("learning:course", _ada), answers=only_owner(), budget=7, queries=5),
    Row(
        name="learning:activity",
        note="lesson",
        path=_to("learning:activity", _ada, _lesson),
        answers=only_owner(),
        budget=6,
        queries=5,
    ),
    Row(
        name="learning:activity",
        note="quiz",
        path=_to("learning:activity", _ada, _quiz),
        answers=only_owner(),
        queries=6,
    ),
    Row(
        name="learning:activity",
        note="locked",
        owner="dee",
        path=_to("learning:activity", _dee, _quiz),
        answers=only_owner(403),
        queries=4,
    ),
    Row(
        name="learning:done",
        method="POST",
        owner="dee",
        path=_to("learning:done", _dee, _lesson),
        answers=only_owner("learning:activity"),
        queries=6,
    ),
    Row(
        name="learning:begin",
        method="POST",
        owner="dee",
        before=lambda world: world.course.do_lessons(world.dee_enrolment, at=world.at),
        path=_to("learning:begin", _dee, _quiz),
        answers=only_owner("learning:question"),
        budget=8,
        queries=8,
    ),
    Row(
        name="learning:begin",
        method="POST",
        note="locked",
        owner="dee",
        path=_to("learning:begin", _dee, _quiz),
        answers=only_owner("learning:activity"),
        queries=4,
    ),
    Row(
        name="learning:question",
        path=_to("learning:question", _ada_attempt, _one),
        answers=only_owner(),
        queries=4,
    ),
    Row(
        name="learning:question",
        method="POST",
        path=_to("learning:question", _ada_attempt, _one),
        data=_first_answer,
        answers=only_owner("learning:question"),
        budget=5,
        queries=4,
    ),
    Row(
        name="learning:question",
        method="POST",
        note="by quiz.js",
        path=_to("learning:question", _ada_attempt, _one),
        data=_first_answer,
        headers={"X-Requested-With": "fetch"},
        answers=only_owner(200),
        budget=5,
        queries=4,
    ),
    Row(name="learning:check", path=_to("learning:check", _ada_attempt), answers=only_owner(), queries=4),
    Row(
        name="learning:hand_in",
        method="POST",
        path=_to("learning:hand_in", _ada_attempt),
        answers=only_owner("learning:review"),
        budget=10,
        queries=12,
    ),
    Row(
        name="learning:hand_in",
        method="POST",
        note="not yet passed",
        before=lambda world: AttemptAnswer.objects.filter(attempt=world.ada_attempt).update(choice=[]),
        path=_to("learning:hand_in", _ada_attempt),
        answers=only_owner("learning:review"),
        queries=8,
        budget=10,
    ),
    Row(
        name="learning:review",
        owner="ben",
        path=_to("learning:review", _ben_attempt),
        answers=only_owner(),
        budget=7,
        queries=7,
    ),
    Row(
        name="learning:join",
        path=_to("learning:join", _cohort),
        answers={**everybody(), OWNER: "learning:course"},
        measured_as=OTHER,
        queries=5,
    ),
    Row(
        name="learning:join",
        method="POST",
        path=_to("learning:join", _cohort),
        answers=signed_in("learning:course"),
        measured_as=OTHER,
        budget=8,
        queries=12,
    ),
)

CERTIFICATES = (
    Row(
        name="certificates:look_up",
        path=_to("certificates:look_up"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="certificates:look_up",
        method="POST",
        path=_to("certificates:look_up"),
        data=lambda world: {"code": str(world.certificate)},
        answers=everybody("certificates:verify"),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="certificates:verify",
        path=_to("certificates:verify", _code),
        answers=everybody(),
        measured_as=ANONYMOUS,
        budget=2,
        queries=2,
    ),
    Row(
        name="certificates:verify",
        method="POST",
        path=_to("certificates:verify", _code),
        data=lambda world: {"name": "Somebody Else"},
        answers=everybody(),
        measured_as=ANONYMOUS,
        budget=2,
        queries=2,
    ),
    Row(
        name="certificates:verify",
        note="unknown number",
        path=lambda world: reverse("certificates:verify", args=["0" * 28]),
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=3,
    ),
    Row(
        name="certificates:view",
        owner="ben",
        path=_to("certificates:view", _code),
        answers=only_owner(),
        queries=4,
    ),
    Row(
        name="certificates:pdf",
        owner="ben",
        path=_to("certificates:pdf", _code),
        answers=only_owner(),
        budget=5,
        queries=5,
    ),
    Row(
        name="certificates:show_name",
        method="POST",
        owner="ben",
        path=_to("certificates:show_name", _code),
        data=lambda world: {"show": "yes"},
        answers=only_owner("certificates:view"),
        queries=5,
    ),
)

ACCOUNT = (
    Row(name="account:details", path=_to("account:details"), answers=signed_in(), queries=3),
    Row(
        name="account:details",
        method="POST",
        path=_to("account:details"),
        data=lambda world: {"printed_name": "A New Name", "time_zone": "Europe/London"},
        answers=signed_in("account:details"),
        queries=4,
    ),
    Row(name="account:privacy", path=_to("account:privacy"), answers=signed_in(), queries=5),
    Row(
        name="account:download", method="POST", path=_to("account:download"), answers=signed_in(), queries=13
    ),
    Row(
        name="account:close",
        method="POST",
        path=_to("account:close"),
        data=lambda world: {"password": PASSWORD},
        answers=signed_in("account:privacy"),
        queries=5,
    ),
    Row(
        name="account:close",
        method="POST",
        note="wrong password",
        path=_to("account:close"),
        data=lambda world: {"password": "not it"},
        answers=signed_in(422),
        queries=5,
    ),
    Row(
        name="account:keep",
        method="POST",
        path=_to("account:keep"),
        answers=signed_in("account:privacy"),
        queries=5,
    ),
)

SIGNING_IN = (
    Row(
        name="account_login",
        path=_to("account_login"),
        answers=only_visitors(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="account_login",
        method="POST",
        path=_to("account_login"),
        data=lambda world: {"login": "cleo@example.org", "password": PASSWORD},
        answers=only_visitors("learning:dashboard"),
        measured_as=ANONYMOUS,
        queries=6,
    ),
    Row(
        name="account_signup",
        path=_to("account_signup"),
        answers=only_visitors(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="account_signup",
        method="POST",
        path=_to("account_signup"),
        data=lambda world: {
            "printed_name": "Some Body",
            "email": "somebody@example.org",
            "password1": "a long enough secret",
            "agreed": "on",
        },
        answers=only_visitors("account_email_verification_sent"),
        measured_as=ANONYMOUS,
        queries=15,
    ),
    Row(
        name="account_signup",
        method="POST",
        note="with an address that is known",
        path=_to("account_signup"),
        data=lambda world: {
            "printed_name": "Some Body",
            "email": "cleo@example.org",
            "password1": "a long enough secret",
            "agreed": "on",
        },
        answers=only_visitors("account_email_verification_sent"),
        measured_as=ANONYMOUS,
        queries=4,
    ),
    Row(
        name="account_logout",
        path=_to("account_logout"),
        answers={**everybody(), ANONYMOUS: "wagtail_serve"},
        queries=2,
    ),
    Row(
        name="account_logout",
        method="POST",
        path=_to("account_logout"),
        answers=everybody("wagtail_serve"),
        queries=4,
    ),
    Row(
        name="account_inactive",
        path=_to("account_inactive"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(name="account_reauthenticate", path=_to("account_reauthenticate"), answers=signed_in(), queries=2),
    Row(
        name="account_reauthenticate",
        method="POST",
        path=_to("account_reauthenticate"),
        data=lambda world: {"password": PASSWORD},
        answers=signed_in("learning:dashboard"),
        queries=5,
    ),
    Row(name="account_email", path=_to("account_email"), answers=signed_in(), queries=4),
    Row(
        name="account_email",
        method="POST",
        path=_to("account_email"),
        data=lambda world: {"action_add": "", "email": "second@example.org"},
        answers=signed_in("account_email"),
        queries=7,
    ),
    Row(
        name="account_email_verification_sent",
        path=_to("account_email_verification_sent"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="account_confirm_email",
        path=lambda world: reverse("account_confirm_email", args=[world.confirmation_key]),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=3,
        # Whoever is signed in as somebody else is signed out, so that addresses are not mixed up.
        may_write=frozenset({"django_session"}),
    ),
    Row(
        name="account_confirm_email",
        method="POST",
        path=lambda world: reverse("account_confirm_email", args=[world.confirmation_key]),
        answers=everybody("account_login"),
        measured_as=ANONYMOUS,
        queries=6,
    ),
    Row(name="account_change_password", path=_to("account_change_password"), answers=signed_in(), queries=2),
    Row(
        name="account_change_password",
        method="POST",
        path=_to("account_change_password"),
        data=lambda world: {
            "oldpassword": PASSWORD,
            "password1": "another long secret",
            "password2": "another long secret",
        },
        answers=signed_in("account_change_password"),
        queries=5,
    ),
    # Everybody here has a password, so there is none to set.
    Row(
        name="account_set_password",
        path=_to("account_set_password"),
        answers=signed_in("account_change_password"),
        queries=2,
    ),
    Row(
        name="account_reset_password",
        path=_to("account_reset_password"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="account_reset_password",
        method="POST",
        path=_to("account_reset_password"),
        data=lambda world: {"email": "cleo@example.org"},
        answers=everybody("account_reset_password_done"),
        measured_as=ANONYMOUS,
        queries=3,
    ),
    Row(
        name="account_reset_password",
        method="POST",
        note="with an address that nobody has",
        path=_to("account_reset_password"),
        data=lambda world: {"email": "nobody@example.org"},
        answers=everybody("account_reset_password_done"),
        measured_as=ANONYMOUS,
        queries=2,
    ),
    Row(
        name="account_reset_password_done",
        path=_to("account_reset_password_done"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="account_reset_password_from_key",
        path=_reset_key,
        answers=everybody("account_reset_password_from_key"),
        measured_as=ANONYMOUS,
        # The secret of the link moves into the session, so that no later page can pass it on.
        may_write=frozenset({"django_session"}),
        queries=8,
    ),
    Row(
        name="account_reset_password_from_key",
        note="made up",
        path=lambda world: "/accounts/password/reset/key/zzzzz-made-up/",
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=1,
    ),
    Row(
        name="account_reset_password_from_key_done",
        path=_to("account_reset_password_from_key_done"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    # Signing in by a code is switched off.
    Row(
        name="account_confirm_login_code",
        path=_to("account_confirm_login_code"),
        answers=only_visitors("account_login"),
        measured_as=ANONYMOUS,
        queries=0,
    ),
)

FILES = (
    Row(
        name="wagtaildocs_serve",
        path=lambda world: world.document.url,
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=3,
    ),
    Row(
        name="wagtaildocs_authenticate_with_password",
        path=lambda world: reverse("wagtaildocs_authenticate_with_password", args=[1]),
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=3,
    ),
    Row(
        name="wagtailcore_authenticate_with_password",
        path=lambda world: reverse("wagtailcore_authenticate_with_password", args=[1, 1]),
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=3,
    ),
    # There is one way to sign in: the one that confirms addresses and slows guessing down.
    Row(
        name="wagtailcore_login",
        path=_to("wagtailcore_login"),
        answers=everybody("account_login"),
        measured_as=ANONYMOUS,
        queries=0,
    ),
)

# Wagtail makes a person's own admin preferences on their first visit.
PREFERENCES = frozenset({"wagtailusers_userprofile"})
STAFF = (
    # Who is signed in and may not enter is told so, instead of being sent round in a circle.
    Row(
        name="staff_login",
        path=_to("staff_login"),
        answers={**everybody("account_login"), OWNER: 403, OTHER: 403},
        measured_as=FACILITATOR,
        queries=4,
    ),
    Row(
        name="staff_account",
        path=_to("staff_account"),
        answers=staff(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=13,
    ),
    Row(
        name="staff:registers",
        path=_to("staff:registers"),
        answers=staff(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=11,
    ),
    Row(
        name="staff:register",
        path=_to("staff:register", _cohort),
        answers=staff(**{EDITOR: 404}),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=13,
    ),
    Row(
        name="staff:publish_edition",
        path=lambda world: reverse("staff:publish_edition", args=[world.course.page.pk]),
        answers=staff(**{FACILITATOR: "wagtailadmin_home", ASSESSOR: "wagtailadmin_home"}),
        measured_as=EDITOR,
        may_write=PREFERENCES,
        queries=32,
    ),
    Row(
        name="staff:publish_edition",
        method="POST",
        path=lambda world: reverse("staff:publish_edition", args=[world.course.page.pk]),
        answers=staff(
            "wagtailadmin_explore", **{FACILITATOR: "wagtailadmin_home", ASSESSOR: "wagtailadmin_home"}
        ),
        measured_as=EDITOR,
        queries=20,
    ),
)

# Only where MAILBOX and SERVE_MEDIA are on: tests/architecture/demo_urls.py has them beside the others.
DEMO = (
    Row(
        name="media",
        note="outside the folder",
        path=lambda world: "/media/..%2Fprivate/certificates/",
        answers=everybody(400),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="demo:mailbox",
        path=lambda world: "/demo/mailbox/",
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="demo:message",
        path=lambda world: "/demo/mailbox/one/",
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="demo:message",
        note="not there",
        path=lambda world: "/demo/mailbox/..%2Fsecret/",
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=2,
    ),
)

ROWS: tuple[Row, ...] = (
    *HEALTH,
    *PAGES,
    *LEARNING,
    *CERTIFICATES,
    *ACCOUNT,
    *SIGNING_IN,
    *FILES,
    *STAFF,
    *DEMO,
)
# Addresses below this prefix are Wagtail's own: one rule stands for all of them.
ADMIN = "admin/"
# They answer before anybody signs in, and show nothing of the site.
ADMIN_FOR_ANYBODY = {"wagtailadmin_javascript_catalog", "wagtailadmin_sprite"}

__all__ = ["ADMIN", "ADMIN_FOR_ANYBODY", "ANONYMOUS", "CAST", "OWNER", "ROLES", "ROWS", "Row"]
