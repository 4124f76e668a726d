"""What a row of the table of addresses says, and the words rows are written with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.architecture.world import World

ANONYMOUS = "anonymous"
OWNER = "owner"
OTHER = "another learner"
FACILITATOR = "facilitator"
ASSESSOR = "assessor"
EDITOR = "editor"
ADMINISTRATOR = "administrator"
ROLES = (ANONYMOUS, OWNER, OTHER, FACILITATOR, ASSESSOR, EDITOR, ADMINISTRATOR)
SIGNED_IN = ROLES[1:]
TEAM_ROLES = (FACILITATOR, ASSESSOR, EDITOR, ADMINISTRATOR)
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
    """Who is signed in already is sent to their dashboard; who only works here, to their work."""
    learners = dict.fromkeys(SIGNED_IN, "learning:dashboard")
    return {**learners, **dict.fromkeys(TEAM_ROLES, "wagtailadmin_home"), ANONYMOUS: answer}


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


def to(name: str, *find: Callable[[World], Any]) -> Path:
    return lambda world: reverse(name, args=[find_one(world) for find_one in find])


def page(key: str) -> Path:
    return lambda world: str(world.pages[key].url)


def ada(world: World) -> int:
    return world.ada_enrolment.pk


def ada_attempt(world: World) -> int:
    return world.ada_attempt.pk


def ben_attempt(world: World) -> int:
    return world.ben_attempt.pk


def dee(world: World) -> int:
    return world.dee_enrolment.pk


def lesson(world: World) -> int:
    return world.course.lesson_id


def quiz(world: World) -> int:
    return world.course.quiz_id


def one(world: World) -> int:
    return 1


def cohort(world: World) -> int:
    return world.course.cohort.pk


def code(world: World) -> str:
    return str(world.certificate.code)
